import WideKernels

/// What the arithmetic of a precision leaves of kernels, told from the variance of a point alone.
extension CovarianceProgram {
  /// Kernels of a point with itself that are not zero and yet below `least`; q > 0.
  func vanishingKernels(variance q: Double, below least: Double) -> Set<KernelKind> {
    var machine = VanishingMachine()
    let point = run(&machine, from: .init(nngp: q))
    var kinds: Set<KernelKind> = []
    if point.nngp < least, !point.isZero { kinds.insert(.nngp) }
    if point.ntk < least, !point.isTangentZero { kinds.insert(.ntk) }
    return kinds
  }

  /// How far the kernels of a pair move, relative to √(K(x, x) K(y, y)), while its covariance before every pointwise layer goes from `rounding`
  /// of its bound below to as much above, as that of nearly parallel points may by rounding alone.
  func changes(q11: Double, q22: Double, q12: Double, rounding: Double) -> (nngp: Double, ntk: Double) {
    let (below, above) = (
      kernels(q11: q11, q22: q22, q12: q12, rounding: rounding), kernels(q11: q11, q22: q22, q12: q12, rounding: -rounding)
    )
    let (one, two) = (kernels(q11: q11, q22: q11, q12: q11), kernels(q11: q22, q22: q22, q12: q22))
    // Kernels that are zero, or no numbers at all, are told elsewhere.
    func change(_ distance: Double, _ one: Double, _ two: Double) -> Double {
      let bound = one.squareRoot() * two.squareRoot()
      return bound > 0 && bound.isFinite && distance.isFinite ? abs(distance) / bound : 0
    }
    return (change(above.nngp - below.nngp, one.nngp, two.nngp), change(above.ntk - below.ntk, one.ntk, two.ntk))
  }

  private func kernels(q11: Double, q22: Double, q12: Double, rounding: Double = 0) -> (nngp: Double, ntk: Double) {
    var machine = ShiftedMachine(rounding: rounding)
    let pair = run(&machine, from: Pair(q11: q11, q22: q22, q12: q12))
    return (pair.q12, pair.ntk)
  }

  /// Changes up to which kernels count as told. At a kink an angle is uncertain by the root of a rounding, layer by layer, for any inputs;
  /// without one only long inputs lose as much.
  func toleratedChange(_ precision: Precision) -> Double {
    hasKink ? 0.3 : precision == .float64 ? 1e-4 : 1e-2
  }
}

/// Kernels of a point with itself, and whether they are zero of themselves and not by their range.
private struct VanishingMachine: CovarianceMachine {
  struct State {
    var nngp: Double
    var ntk = 0.0
    var isZero = false
    var isTangentZero = true
  }

  func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State {
    var state = x
    state.nngp = weightVariance * x.nngp + biasVariance
    state.ntk = weightVariance * x.ntk + state.nngp
    state.isZero = (x.isZero || weightVariance == 0) && biasVariance == 0
    state.isTangentZero = (x.isTangentZero || weightVariance == 0) && state.isZero
    return state
  }

  func pointwise(_ x: State, _ layer: PointwiseLayer) -> State {
    let formulas = FloatDuals(layer)
    let (dual, derivative) = formulas.diagonal(x.nngp)
    var state = State(nngp: dual, ntk: x.ntk * derivative)
    state.isZero = dual == 0 && (x.isZero || formulas.diagonal(1.0).dual == 0)
    state.isTangentZero = x.isTangentZero || (derivative == 0 && formulas.diagonal(1.0).derivative == 0)
    return state
  }
}

/// A pair whose covariance is shifted by a share of its bound before every pointwise layer.
private struct ShiftedMachine: CovarianceMachine {
  typealias State = CovarianceProgram.Pair<Double>
  let rounding: Double

  func affine(_ x: State, weightVariance: Double, biasVariance: Double) -> State {
    var pair = x
    pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
    return pair
  }

  func pointwise(_ x: State, _ layer: PointwiseLayer) -> State {
    let formulas = FloatDuals(layer)
    let covariance = x.q12 - rounding * x.q11.squareRoot() * x.q22.squareRoot()
    let (dual, derivative) = formulas.dual(q11: x.q11, q22: x.q22, q12: covariance)
    return State(q11: formulas.diagonal(x.q11).dual, q22: formulas.diagonal(x.q22).dual, q12: dual, ntk: x.ntk * derivative)
  }
}
