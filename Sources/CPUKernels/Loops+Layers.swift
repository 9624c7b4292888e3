import CPUKernelInterface
import WideKernels

/// One layer of a tile, compiled for each activation.
private struct LayerLoop<V: Vector>: ActivationVisitor {
  let stage: LayerStage
  let tile: PairTile<V.Scalar>
  let rowVariance: UnsafePointer<V.Scalar>
  let columnVariance: UnsafePointer<V.Scalar>

  func visit<A: Activation>(_ activation: A) {
    let (weight, bias, gain) = (V(stage.weight), V(stage.bias), V(stage.gain))
    let (outputWeight, outputBias, outputGain) = (V(stage.outputWeight), V(stage.outputBias), V(stage.outputGain))
    let isFirst = stage.isFirst
    for i in 0..<tile.rows {
      let rowQ11 = V(repeating: rowVariance[i])
      let (nngp, ntk) = (tile.nngp + i * tile.stride, tile.ntk + i * tile.stride)
      var j = 0
      while j < tile.columns {
        let q12 = V.fma(weight, V(nngp + j), bias)
        let tangent = isFirst ? gain * q12 : V.fma(weight, V(ntk + j), gain * q12)
        let q11 = tile.isPaired ? V(rowVariance + j) : rowQ11
        let (dual, derivative) = activation.dual(q11: q11, q22: V(columnVariance + j), q12: q12)
        let output = V.fma(outputWeight, dual, outputBias)
        output.store(nngp + j)
        V.fma(outputWeight, tangent * derivative, outputGain * output).store(ntk + j)
        j += V.lanes
      }
    }
  }
}

/// One layer of a tile with derivatives, by jets of this layer alone and the chain rule.
private struct LayerJetLoop<V: Vector>: ActivationVisitor {
  let stage: LayerStage
  let tile: PairTile<V.Scalar>
  let derivatives: PairDerivatives<V.Scalar>
  let rowVariance: UnsafePointer<V.Scalar>
  let columnVariance: UnsafePointer<V.Scalar>
  let columnSlope: UnsafePointer<V.Scalar>

  func visit<A: Activation>(_ activation: A) {
    let (weight, bias, gain) = (V(stage.weight), V(stage.bias), V(stage.gain))
    let (outputWeight, outputBias, outputGain) = (V(stage.outputWeight), V(stage.outputBias), V(stage.outputGain))
    let isFirst = stage.isFirst
    for i in 0..<tile.rows {
      let q22 = PairJet<V>(constant: V(repeating: rowVariance[i]))
      let start = i * tile.stride
      var j = 0
      while j < tile.columns {
        let at = start + j
        let q12 = V.fma(weight, V(tile.nngp + at), bias)
        let nngp11 = isFirst ? V.zero : weight * V(derivatives.nngp11 + at)
        let nngp12 = isFirst ? weight : weight * V(derivatives.nngp12 + at)
        let ntk = isFirst ? gain * q12 : V.fma(weight, V(tile.ntk + at), gain * q12)
        let ntk11 = isFirst ? V.zero : V.fma(weight, V(derivatives.ntk11 + at), gain * nngp11)
        let ntk12 = isFirst ? gain * nngp12 : V.fma(weight, V(derivatives.ntk12 + at), gain * nngp12)
        let slope = V(columnSlope + j)
        let (dual, derivative) = activation.dual(q11: PairJet<V>.q11(V(columnVariance + j)), q22: q22, q12: PairJet<V>.q12(q12))
        let output = V.fma(outputWeight, dual.value, outputBias)
        let output11 = outputWeight * V.fma(dual.d11, slope, dual.d12 * nngp11)
        let output12 = outputWeight * (dual.d12 * nngp12)
        let tangent11 = V.fma(ntk, V.fma(derivative.d11, slope, derivative.d12 * nngp11), ntk11 * derivative.value)
        let tangent12 = V.fma(ntk, derivative.d12 * nngp12, ntk12 * derivative.value)
        output.store(tile.nngp + at)
        output11.store(derivatives.nngp11 + at)
        output12.store(derivatives.nngp12 + at)
        V.fma(outputWeight, ntk * derivative.value, outputGain * output).store(tile.ntk + at)
        V.fma(outputWeight, tangent11, outputGain * output11).store(derivatives.ntk11 + at)
        V.fma(outputWeight, tangent12, outputGain * output12).store(derivatives.ntk12 + at)
        j += V.lanes
      }
    }
  }
}

/// The diagonal form of an activation with its derivative.
private struct DiagonalLoop<V: Vector>: ActivationVisitor {
  let state: DiagonalState<V.Scalar>
  let padded: Int

  func visit<A: Activation>(_ activation: A) {
    var i = 0
    while i < padded {
      let (dual, derivative) = activation.diagonal(PairJet<V>.q12(V(state.nngp + i)))
      dual.value.store(state.nngp + i)
      (V(state.ntk + i) * derivative.value).store(state.ntk + i)
      (V(state.slope + i) * dual.d12).store(state.slope + i)
      i += V.lanes
    }
  }
}

extension TileLoops {
  @inline(never)
  package func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, rowVariance: UnsafePointer<Scalar>, columnVariance: UnsafePointer<Scalar>
  ) {
    ActivationCatalog.visit(
      stage.activation, LayerLoop<V>(stage: stage, tile: tile, rowVariance: rowVariance, columnVariance: columnVariance))
  }

  @inline(never)
  package func layer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>, rowVariance: UnsafePointer<Scalar>,
    columnVariance: UnsafePointer<Scalar>, columnSlope: UnsafePointer<Scalar>
  ) {
    ActivationCatalog.visit(
      stage.activation,
      LayerJetLoop<V>(
        stage: stage, tile: tile, derivatives: derivatives, rowVariance: rowVariance, columnVariance: columnVariance,
        columnSlope: columnSlope))
  }

  @inline(never)
  package func diagonalActivation(_ activation: any Activation, _ state: DiagonalState<Scalar>, padded: Int) {
    ActivationCatalog.visit(activation, DiagonalLoop<V>(state: state, padded: padded))
  }

  @inline(never)
  package func affine(weight: Double, bias: Double, nngp: UnsafeMutablePointer<Scalar>, ntk: UnsafeMutablePointer<Scalar>, padded: Int) {
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
  package func affine(weight: Double, _ derivatives: PairDerivatives<Scalar>, padded: Int) {
    affine(weight: weight, bias: 0, nngp: derivatives.nngp11, ntk: derivatives.ntk11, padded: padded)
    affine(weight: weight, bias: 0, nngp: derivatives.nngp12, ntk: derivatives.ntk12, padded: padded)
  }

  @inline(never)
  package func diagonalAffine(weight: Double, bias: Double, gain: Double, _ state: DiagonalState<Scalar>, padded: Int) {
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

  @inline(never)
  package func gram(
    centres: UnsafePointer<Scalar>, centreStride: Int, rows: Int, points: UnsafePointer<Scalar>, pointStride: Int, width: Int,
    factor: Scalar, into q12: UnsafeMutablePointer<Scalar>, stride: Int
  ) {
    let factors = V(repeating: factor)
    for i in 0..<rows {
      let centre = centres + i * centreStride
      var j = 0
      while j < stride {
        var sum = V.zero
        for k in 0..<width { sum = V.fma(V(repeating: centre[k]), V(points + k * pointStride + j), sum) }
        (factors * sum).store(q12 + i * stride + j)
        j += V.lanes
      }
    }
  }

  @inline(never)
  package func squares(
    points: UnsafePointer<Scalar>, pointStride: Int, width: Int, factor: Scalar, into squares: UnsafeMutablePointer<Scalar>, padded: Int
  ) {
    let factors = V(repeating: factor)
    var j = 0
    while j < padded {
      var sum = V.zero
      for k in 0..<width {
        let coordinate = V(points + k * pointStride + j)
        sum = V.fma(coordinate, coordinate, sum)
      }
      (factors * sum).store(squares + j)
      j += V.lanes
    }
  }

  @inline(never)
  package func accumulate(
    _ tile: UnsafePointer<Scalar>, rows: Int, padded: Int, stride: Int, coefficients: UnsafePointer<Scalar>, coefficientStride: Int,
    outputs: Int, into sums: UnsafeMutablePointer<Scalar>, sumStride: Int
  ) {
    let whole = outputs - outputs % 4
    var j = 0
    while j < padded {
      var o = 0
      while o < whole {
        let target = sums + o * sumStride + j
        var (s0, s1) = (V(target), V(target + sumStride))
        var (s2, s3) = (V(target + 2 * sumStride), V(target + 3 * sumStride))
        for i in 0..<rows {
          let value = V(tile + i * stride + j)
          let factors = coefficients + i * coefficientStride + o
          s0 = V.fma(V(repeating: factors[0]), value, s0)
          s1 = V.fma(V(repeating: factors[1]), value, s1)
          s2 = V.fma(V(repeating: factors[2]), value, s2)
          s3 = V.fma(V(repeating: factors[3]), value, s3)
        }
        s0.store(target)
        s1.store(target + sumStride)
        s2.store(target + 2 * sumStride)
        s3.store(target + 3 * sumStride)
        o += 4
      }
      j += V.lanes
    }
    for o in whole..<outputs {
      accumulate(tile, rows: rows, padded: padded, stride: stride, coefficients + o, coefficientStride, into: sums + o * sumStride)
    }
  }

  /// The sums of one output, of four vectors at a time so that they overlap.
  @inline(__always)
  private func accumulate(
    _ tile: UnsafePointer<Scalar>, rows: Int, padded: Int, stride: Int, _ factors: UnsafePointer<Scalar>, _ factorStride: Int,
    into sums: UnsafeMutablePointer<Scalar>
  ) {
    var j = 0
    while j + 4 * V.lanes <= padded {
      let target = sums + j
      var (s0, s1) = (V(target), V(target + V.lanes))
      var (s2, s3) = (V(target + 2 * V.lanes), V(target + 3 * V.lanes))
      for i in 0..<rows {
        let factor = V(repeating: factors[i * factorStride])
        let line = tile + i * stride + j
        s0 = V.fma(factor, V(line), s0)
        s1 = V.fma(factor, V(line + V.lanes), s1)
        s2 = V.fma(factor, V(line + 2 * V.lanes), s2)
        s3 = V.fma(factor, V(line + 3 * V.lanes), s3)
      }
      s0.store(target)
      s1.store(target + V.lanes)
      s2.store(target + 2 * V.lanes)
      s3.store(target + 3 * V.lanes)
      j += 4 * V.lanes
    }
    while j < padded {
      var sum = V(sums + j)
      for i in 0..<rows { sum = V.fma(V(repeating: factors[i * factorStride]), V(tile + i * stride + j), sum) }
      sum.store(sums + j)
      j += V.lanes
    }
  }

  @inline(never)
  package func contract(
    _ a: UnsafePointer<Scalar>, _ nngpCotangent: UnsafePointer<Scalar>?, _ b: UnsafePointer<Scalar>,
    _ ntkCotangent: UnsafePointer<Scalar>?, into out: UnsafeMutablePointer<Scalar>, count: Int
  ) {
    for i in 0..<count { out[i] = (nngpCotangent.map { a[i] * $0[i] } ?? 0) + (ntkCotangent.map { b[i] * $0[i] } ?? 0) }
  }
}
