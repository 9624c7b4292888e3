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

  /// How far the kernels of a pair move, relative to √(K(x, x) K(y, y)), while its covariance before every activation goes from `rounding` of its
  /// bound below to as much above, as that of nearly parallel points may by rounding alone.
  func changes(q11: Double, q22: Double, q12: Double, rounding: Double) -> (nngp: Double, ntk: Double) {
    func values(_ q12: Double, _ rounding: Double) -> (nngp: Double, ntk: Double) {
      kernels(q11: q11, q22: q22, q12: q12, rounding: rounding)
    }
    let (below, above) = (values(q12, rounding), values(q12, -rounding))
    let (one, two) = (kernels(q11: q11, q22: q11, q12: q11), kernels(q11: q22, q22: q22, q12: q22))
    // Kernels that are zero, or no numbers at all, are told elsewhere.
    func change(_ distance: Double, _ one: Double, _ two: Double) -> Double {
      let bound = one.squareRoot() * two.squareRoot()
      return bound > 0 && bound.isFinite && distance.isFinite ? abs(distance) / bound : 0
    }
    return (change(above.nngp - below.nngp, one.nngp, two.nngp), change(above.ntk - below.ntk, one.ntk, two.ntk))
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
