import CPUKernelInterface
import WideKernels

/// The vectors of a tile one after the other, row by row, with the numbers that belong to their row and their columns.
private struct TileCursor<V: Register> {
  let tile: PairTile<V.Scalar>
  var row = 0
  var column = 0

  /// The next vector's row and first column; beyond the tile's end those of its last row.
  @inline(__always) mutating func next() -> (row: Int, column: Int) {
    let place = (min(row, tile.rows - 1), column)
    column += V.lanes
    if column >= tile.stride {
      column = 0
      row += 1
    }
    return place
  }
}

/// One layer of a tile, compiled for each pointwise layer.
private struct LayerLoop<V: Register>: PairMapVisitor {
  typealias Two = Twin<V>
  let stage: LayerStage
  let tile: PairTile<V.Scalar>
  let rowVariance: UnsafePointer<V.Scalar>
  let columnVariance: UnsafePointer<V.Scalar>

  @inline(never) func visit<Map: PairMap>(_ map: Map) {
    let (weight, bias, gain) = (Two(stage.weight), Two(stage.bias), Two(stage.gain))
    let (outputWeight, outputBias, outputGain) = (Two(stage.outputWeight), Two(stage.outputBias), Two(stage.outputGain))
    let (isFirst, isPaired) = (stage.isFirst, tile.isPaired)
    var cursor = TileCursor<V>(tile: tile)
    @inline(__always) func next() -> (q11: V, q22: V) {
      let (row, column) = cursor.next()
      return (isPaired ? V(rowVariance + column) : V(repeating: rowVariance[row]), V(columnVariance + column))
    }
    let count = tile.rows * tile.stride
    var e = 0
    while e < count {
      let (first, second) = (next(), next())
      let (q11, q22) = (Two(first.q11, second.q11), Two(first.q22, second.q22))
      let q12 = Two.fma(weight, Two(tile.nngp + e), bias)
      let tangent = isFirst ? gain * q12 : Two.fma(weight, Two(tile.ntk + e), gain * q12)
      let (dual, derivative) = map.dual(q11: q11, q22: q22, q12: q12)
      let output = Two.fma(outputWeight, dual, outputBias)
      output.store(tile.nngp + e)
      Two.fma(outputWeight, tangent * derivative, outputGain * output).store(tile.ntk + e)
      e += Two.lanes
    }
  }
}

/// One layer of a tile with derivatives, by jets of this layer alone and the chain rule.
private struct LayerJetLoop<V: Register>: PairMapVisitor {
  typealias Two = Twin<V>
  let stage: LayerStage
  let tile: PairTile<V.Scalar>
  let derivatives: PairDerivatives<V.Scalar>
  let rowVariance: UnsafePointer<V.Scalar>
  let columnVariance: UnsafePointer<V.Scalar>
  let columnSlope: UnsafePointer<V.Scalar>

  @inline(never) func visit<Map: PairMap>(_ map: Map) {
    let (weight, bias, gain) = (Two(stage.weight), Two(stage.bias), Two(stage.gain))
    let (outputWeight, outputBias, outputGain) = (Two(stage.outputWeight), Two(stage.outputBias), Two(stage.outputGain))
    let isFirst = stage.isFirst
    var cursor = TileCursor<V>(tile: tile)
    let count = tile.rows * tile.stride
    var e = 0
    while e < count {
      let (first, second) = (cursor.next(), cursor.next())
      let q11 = Two(V(columnVariance + first.column), V(columnVariance + second.column))
      let q22 = Two(V(repeating: rowVariance[first.row]), V(repeating: rowVariance[second.row]))
      let slope = Two(V(columnSlope + first.column), V(columnSlope + second.column))
      let q12 = Two.fma(weight, Two(tile.nngp + e), bias)
      let nngp11 = isFirst ? Two.zero : weight * Two(derivatives.nngp11 + e)
      let nngp12 = isFirst ? weight : weight * Two(derivatives.nngp12 + e)
      let ntk = isFirst ? gain * q12 : Two.fma(weight, Two(tile.ntk + e), gain * q12)
      let ntk11 = isFirst ? Two.zero : Two.fma(weight, Two(derivatives.ntk11 + e), gain * nngp11)
      let ntk12 = isFirst ? gain * nngp12 : Two.fma(weight, Two(derivatives.ntk12 + e), gain * nngp12)
      let (dual, derivative) = map.dual(
        q11: PairJet<Two>.q11(q11), q22: PairJet<Two>(constant: q22), q12: PairJet<Two>.q12(q12))
      let output = Two.fma(outputWeight, dual.value, outputBias)
      let output11 = outputWeight * Two.fma(dual.d11, slope, dual.d12 * nngp11)
      let output12 = outputWeight * (dual.d12 * nngp12)
      let tangent11 = Two.fma(ntk, Two.fma(derivative.d11, slope, derivative.d12 * nngp11), ntk11 * derivative.value)
      let tangent12 = Two.fma(ntk, derivative.d12 * nngp12, ntk12 * derivative.value)
      output.store(tile.nngp + e)
      output11.store(derivatives.nngp11 + e)
      output12.store(derivatives.nngp12 + e)
      Two.fma(outputWeight, ntk * derivative.value, outputGain * output).store(tile.ntk + e)
      Two.fma(outputWeight, tangent11, outputGain * output11).store(derivatives.ntk11 + e)
      Two.fma(outputWeight, tangent12, outputGain * output12).store(derivatives.ntk12 + e)
      e += Two.lanes
    }
  }
}

/// The diagonal form of a pointwise layer with its derivative.
private struct DiagonalLoop<V: Vector>: PairMapVisitor {
  let state: DiagonalState<V.Scalar>
  let padded: Int

  @inline(never) func visit<Map: PairMap>(_ map: Map) {
    var i = 0
    while i < padded {
      let (dual, derivative) = map.diagonal(PairJet<V>.q12(V(state.nngp + i)))
      dual.value.store(state.nngp + i)
      (V(state.ntk + i) * derivative.value).store(state.ntk + i)
      (V(state.slope + i) * dual.d12).store(state.slope + i)
      i += V.lanes
    }
  }
}

extension TileLoops {
  @inline(never)
  func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, rowVariance: UnsafePointer<Scalar>, columnVariance: UnsafePointer<Scalar>
  ) {
    stage.layer.visit(LayerLoop<V>(stage: stage, tile: tile, rowVariance: rowVariance, columnVariance: columnVariance))
  }

  @inline(never)
  func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>, rowVariance: UnsafePointer<Scalar>,
    columnVariance: UnsafePointer<Scalar>, columnSlope: UnsafePointer<Scalar>
  ) {
    stage.layer.visit(
      LayerJetLoop<V>(
        stage: stage, tile: tile, derivatives: derivatives, rowVariance: rowVariance, columnVariance: columnVariance,
        columnSlope: columnSlope))
  }

  @inline(never)
  func diagonalPointwise(_ layer: PointwiseLayer, _ state: DiagonalState<Scalar>, padded: Int) {
    layer.visit(DiagonalLoop<V>(state: state, padded: padded))
  }

  @inline(never)
  func affine(weight: Double, bias: Double, nngp: UnsafeMutablePointer<Scalar>, ntk: UnsafeMutablePointer<Scalar>, padded: Int) {
    let (weight, bias) = (V(weight), V(bias))
    var i = 0
    while i < padded {
      let q12 = V.fma(weight, V(nngp + i), bias)
      q12.store(nngp + i)
      V.fma(weight, V(ntk + i), q12).store(ntk + i)
      i += V.lanes
    }
  }

  @inline(never)
  func affine(weight: Double, _ derivatives: PairDerivatives<Scalar>, padded: Int) {
    affine(weight: weight, bias: 0, nngp: derivatives.nngp11, ntk: derivatives.ntk11, padded: padded)
    affine(weight: weight, bias: 0, nngp: derivatives.nngp12, ntk: derivatives.ntk12, padded: padded)
  }

  @inline(never)
  func diagonalAffine(weight: Double, bias: Double, gain: Double, _ state: DiagonalState<Scalar>, padded: Int) {
    let (weight, bias, gain) = (V(weight), V(bias), V(gain))
    var i = 0
    while i < padded {
      let q = V.fma(weight, V(state.nngp + i), bias)
      q.store(state.nngp + i)
      V.fma(weight, V(state.ntk + i), gain * q).store(state.ntk + i)
      (weight * V(state.slope + i)).store(state.slope + i)
      i += V.lanes
    }
  }
}
