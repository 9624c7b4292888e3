import WideKernels

/// What the arithmetic of a precision leaves of kernels, told from the variance of a point alone.
extension KernelProgram {
  /// Kernels of a point with itself that are not zero and yet below `least`; q > 0.
  func vanishingKernels(variance q: Double, below least: Double) -> Set<KernelKind> {
    var (nngp, ntk) = (q, 0.0)
    // Of themselves, and not by their range.
    var (isZero, isTangentZero) = (false, true)
    for step in steps {
      switch step {
      case .affine(let weightVariance, let biasVariance):
        nngp = weightVariance * nngp + biasVariance
        ntk = weightVariance * ntk + nngp
        isZero = (isZero || weightVariance == 0) && biasVariance == 0
        isTangentZero = (isTangentZero || weightVariance == 0) && isZero
      case .activation(let activation):
        let formulas = FloatDuals(activation)
        let (dual, derivative) = formulas.diagonal(nngp)
        isZero = dual == 0 && (isZero || formulas.diagonal(1.0).dual == 0)
        isTangentZero = isTangentZero || (derivative == 0 && formulas.diagonal(1.0).derivative == 0)
        (nngp, ntk) = (dual, ntk * derivative)
      }
    }
    var kinds: Set<KernelKind> = []
    if nngp < least, !isZero { kinds.insert(.nngp) }
    if ntk < least, !isTangentZero { kinds.insert(.ntk) }
    return kinds
  }

  /// By how much of themselves the kernels of a pair change where its covariance before every activation is off by `rounding` of its bound,
  /// as that of nearly parallel points may be by rounding alone.
  func changes(q11: Double, q22: Double, q12: Double, rounding: Double) -> (nngp: Double, ntk: Double) {
    let exact = kernels(q11: q11, q22: q22, q12: q12)
    var changes = (nngp: 0.0, ntk: 0.0)
    for side in [-1.0, 1] {
      let rounded = kernels(q11: q11, q22: q22, q12: q12, rounding: side * rounding)
      func bound(_ kind: KeyPath<(nngp: Double, ntk: Double), Double>) -> Double {
        let own = kernels(q11: q11, q22: q11, q12: q11)[keyPath: kind], other = kernels(q11: q22, q22: q22, q12: q22)[keyPath: kind]
        return own.squareRoot() * other.squareRoot()
      }
      changes.nngp = max(changes.nngp, Self.change(rounded.nngp, exact.nngp, bound: bound(\.nngp)))
      changes.ntk = max(changes.ntk, Self.change(rounded.ntk, exact.ntk, bound: bound(\.ntk)))
    }
    return changes
  }

  /// A kernel that is zero where the other is not is held against its bound. Kernels that are no numbers are told elsewhere.
  private static func change(_ value: Double, _ exact: Double, bound: @autoclosure () -> Double) -> Double {
    guard value != exact, value.isFinite, exact.isFinite else { return 0 }
    guard exact == 0 else { return abs(value / exact - 1) }
    let bound = bound()
    return bound > 0 ? abs(value) / bound : 0
  }

  private func kernels(q11: Double, q22: Double, q12: Double, rounding: Double = 0) -> (nngp: Double, ntk: Double) {
    var pair = Pair(q11: q11, q22: q22, q12: q12)
    for step in steps {
      switch step {
      case .affine(let weightVariance, let biasVariance): pair.affine(weightVariance: weightVariance, biasVariance: biasVariance)
      case .activation(let activation):
        let formulas = FloatDuals(activation)
        let covariance = pair.q12 - rounding * pair.q11.squareRoot() * pair.q22.squareRoot()
        let (dual, derivative) = formulas.dual(q11: pair.q11, q22: pair.q22, q12: covariance)
        pair = Pair(q11: formulas.diagonal(pair.q11).dual, q22: formulas.diagonal(pair.q22).dual, q12: dual, ntk: pair.ntk * derivative)
      }
    }
    return (pair.q12, pair.ntk)
  }

  /// Changes up to which kernels count as told. At a kink an angle is uncertain by the root of a rounding, layer by layer, for any inputs;
  /// without one only long inputs lose as much.
  func toleratedChange(_ precision: Precision) -> Double {
    hasKink ? 0.3 : precision == .float64 ? 1e-4 : 1e-2
  }
}
