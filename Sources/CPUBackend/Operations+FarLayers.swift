import CPUKernelInterface
import WideKernels

// Layers of pairs whose variances are so far from 1 that products of two would leave the range of numbers or lose digits: pair by pair in
// float64, whose formulas balance such products. Slow, and rare: the vectors' formulas then have nothing to balance.

extension Operations {
  /// Whether products of two of these variances have all their digits, and of four stay in range; a variance of 0 has no digits to lose.
  private func areModerate(_ variances: UnsafePointer<Scalar>, _ count: Int) -> Bool {
    let digits = Scalar.Exponent(Scalar.significandBitCount + 1)
    let least = Scalar(sign: .plus, exponent: (Scalar.leastNormalMagnitude.exponent + 2 * digits) / 2, significand: 1)
    let largest = Scalar(sign: .plus, exponent: Scalar.greatestFiniteMagnitude.exponent / 4, significand: 1)
    for i in 0..<count where variances[i] > largest || (variances[i] < least && variances[i] != 0) { return false }
    return true
  }

  /// Notes in a table which blocks of a stage's variances have some that are far from 1, so that tiles need not look at every one.
  func noteFarVariances(_ table: DiagonalTable<Scalar>, stage: Int, of stages: Int, first: Int, count: Int) {
    let (notes, variances) = (table.farNotes(stage, of: stages), table.variance(stage))
    for start in stride(from: first, to: first + count, by: DiagonalTable<Scalar>.block) {
      let length = min(DiagonalTable<Scalar>.block, first + count - start)
      notes[start / DiagonalTable<Scalar>.block] = areModerate(variances + start, length) ? 0 : 1
    }
  }

  private func areModerate(_ table: DiagonalTable<Scalar>, stage: Int, of stages: Int, first: Int, count: Int) -> Bool {
    let (notes, block) = (table.farNotes(stage, of: stages), DiagonalTable<Scalar>.block)
    for index in first / block...(first + count - 1) / block where notes[index] != 0 {
      return areModerate(table.variance(stage) + first, count)
    }
    return true
  }

  /// Whether a layer is to go through `farLayer`. Duals by quadrature form no products of variances.
  func isFar(
    _ layer: LayerStage, stage: Int, of stages: Int, _ tile: PairTile<Scalar>, rowTable: DiagonalTable<Scalar>, firstRow: Int,
    columnTable: DiagonalTable<Scalar>, firstColumn: Int
  ) -> Bool {
    layer.layer.dualError == 0
      && !(areModerate(rowTable, stage: stage, of: stages, first: firstRow, count: tile.isPaired ? tile.stride : tile.rows)
        && areModerate(columnTable, stage: stage, of: stages, first: firstColumn, count: tile.stride))
  }

  /// One layer as `HotLoops.layer`, for variances far from 1.
  func farLayer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, rowVariance: UnsafePointer<Scalar>, columnVariance: UnsafePointer<Scalar>
  ) {
    let area = tileArea(rows: tile.rows, stride: tile.stride)
    if stage.isFirst { tile.ntk.update(repeating: 0, count: area) }
    if stage.gain != 0 { loops.affine(weight: stage.weight, bias: stage.bias, nngp: tile.nngp, ntk: tile.ntk, padded: area) }
    let formulas = FloatDuals(stage.layer)
    for row in 0..<tile.rows {
      for column in 0..<tile.stride {
        let e = row * tile.stride + column
        let (dual, derivative) = formulas.dual(
          q11: Double(rowVariance[tile.isPaired ? column : row]), q22: Double(columnVariance[column]), q12: Double(tile.nngp[e]))
        tile.nngp[e] = Scalar(dual)
        tile.ntk[e] *= Scalar(derivative)
      }
    }
    guard stage.outputGain != 0 else { return }
    loops.affine(weight: stage.outputWeight, bias: stage.outputBias, nngp: tile.nngp, ntk: tile.ntk, padded: area)
  }

  /// One layer with derivatives in q12 and in the variance of the columns' inputs.
  func farLayer(
    _ stage: LayerStage, _ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>, rowVariance: UnsafePointer<Scalar>,
    columnVariance: UnsafePointer<Scalar>, columnSlope: UnsafePointer<Scalar>
  ) {
    let area = tileArea(rows: tile.rows, stride: tile.stride)
    if stage.isFirst { startDerivatives(tile, derivatives) }
    if stage.gain != 0 {
      loops.affine(weight: stage.weight, bias: stage.bias, nngp: tile.nngp, ntk: tile.ntk, padded: area)
      loops.affine(weight: stage.weight, derivatives, padded: area)
    }
    let formulas = FloatDuals(stage.layer)
    for row in 0..<tile.rows {
      for column in 0..<tile.stride {
        let e = row * tile.stride + column
        // The column's is the variance that derivatives are by.
        let (dual, slope) = formulas.jets(
          q11: .q11(Double(columnVariance[column])), q22: Jet(constant: Double(rowVariance[row])), q12: .q12(Double(tile.nngp[e])))
        let own = Double(columnSlope[column]), tangent = Double(tile.ntk[e])
        let (nngp11, nngp12) = (Double(derivatives.nngp11[e]), Double(derivatives.nngp12[e]))
        let by11 = slope.d11 * own + slope.d12 * nngp11
        derivatives.ntk11[e] = Scalar(tangent * by11 + Double(derivatives.ntk11[e]) * slope.value)
        derivatives.ntk12[e] = Scalar(tangent * slope.d12 * nngp12 + Double(derivatives.ntk12[e]) * slope.value)
        derivatives.nngp11[e] = Scalar(dual.d11 * own + dual.d12 * nngp11)
        derivatives.nngp12[e] = Scalar(dual.d12 * nngp12)
        tile.nngp[e] = Scalar(dual.value)
        tile.ntk[e] *= Scalar(slope.value)
      }
    }
    guard stage.outputGain != 0 else { return }
    loops.affine(weight: stage.outputWeight, bias: stage.outputBias, nngp: tile.nngp, ntk: tile.ntk, padded: area)
    loops.affine(weight: stage.outputWeight, derivatives, padded: area)
  }

  /// Tangent kernels of 0, and derivatives of the covariances by themselves.
  func startDerivatives(_ tile: PairTile<Scalar>, _ derivatives: PairDerivatives<Scalar>) {
    let area = tileArea(rows: tile.rows, stride: tile.stride)
    tile.ntk.update(repeating: 0, count: area)
    derivatives.nngp11.update(repeating: 0, count: area)
    derivatives.nngp12.update(repeating: 1, count: area)
    derivatives.ntk11.update(repeating: 0, count: area)
    derivatives.ntk12.update(repeating: 0, count: area)
  }

  /// A pointwise layer for points with themselves.
  ///
  /// By the loop of pairs where all variances are moderate, so that pairs of equal points have the same bits: derivatives beside values would
  /// round quotients otherwise.
  func diagonalPointwise(_ layer: PointwiseLayer, _ state: DiagonalState<Scalar>, padded length: Int) {
    guard layer.dualError == 0, !areModerate(state.nngp, length) else {
      let area = tileArea(rows: 1, stride: length)
      return withTile(3 * area) { base in
        let variances = base + 2 * area
        var tile = PairTile(rows: 1, columns: length, stride: length, nngp: base, ntk: base + area)
        tile.isPaired = true
        base.update(repeating: 0, count: 3 * area)
        tile.nngp.update(from: state.nngp, count: length)
        tile.ntk.update(from: state.ntk, count: length)
        variances.update(from: state.nngp, count: length)
        loops.diagonalPointwise(layer, state, padded: length)
        loops.layer(
          LayerStage(weight: 1, bias: 0, gain: 0, layer: layer, isFirst: false), tile, rowVariance: variances,
          columnVariance: variances)
        state.nngp.update(from: tile.nngp, count: length)
        state.ntk.update(from: tile.ntk, count: length)
      }
    }
    let formulas = FloatDuals(layer)
    for i in 0..<length {
      let (dual, derivative) = formulas.diagonal(.q12(Double(state.nngp[i])))
      state.nngp[i] = Scalar(dual.value)
      state.ntk[i] *= Scalar(derivative.value)
      state.slope[i] *= Scalar(dual.d12)
    }
  }
}
