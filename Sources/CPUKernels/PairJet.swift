import WideKernels

/// A value with its derivatives in q11 and q12, the two directions that a pass over pairs reads.
///
/// Whether a derivative can differ from 0 is kept beside it. Seeds and constants are known when a formula is compiled, so
/// after inlining these flags are constants and what multiplies a constant zero is never executed; the compiler alone
/// may not drop `0 · x`.
struct PairJet<R: Vector>: RealAlgebra {
  var value: R
  var d11: R
  var d12: R
  var has11: Bool
  var has12: Bool

  @inline(__always) init(value: R, d11: R, d12: R, has11: Bool, has12: Bool) {
    self.value = value
    self.d11 = d11
    self.d12 = d12
    self.has11 = has11
    self.has12 = has12
  }
  @inline(__always) init(_ constant: Double) { self.init(constant: R(constant)) }
  @inline(__always) init(constant: R) { self.init(value: constant, d11: .zero, d12: .zero, has11: false, has12: false) }
  @inline(__always) static func q11(_ value: R) -> PairJet { PairJet(value: value, d11: .one, d12: .zero, has11: true, has12: false) }
  @inline(__always) static func q12(_ value: R) -> PairJet { PairJet(value: value, d11: .zero, d12: .one, has11: false, has12: true) }

  /// slope · a, in each direction that a has.
  @inline(__always) static func linear(_ value: R, _ slope: R, _ a: PairJet) -> PairJet {
    PairJet(
      value: value, d11: a.has11 ? slope * a.d11 : .zero, d12: a.has12 ? slope * a.d12 : .zero, has11: a.has11, has12: a.has12)
  }
  /// p · a + q · b in one direction.
  @inline(__always) static func combine(_ p: R, _ a: R, _ hasA: Bool, _ q: R, _ b: R, _ hasB: Bool) -> R {
    hasA ? (hasB ? R.fma(p, a, q * b) : p * a) : (hasB ? q * b : .zero)
  }
  @inline(__always) static func bilinear(_ value: R, _ p: R, _ a: PairJet, _ q: R, _ b: PairJet) -> PairJet {
    PairJet(
      value: value, d11: combine(p, a.d11, a.has11, q, b.d11, b.has11), d12: combine(p, a.d12, a.has12, q, b.d12, b.has12),
      has11: a.has11 || b.has11, has12: a.has12 || b.has12)
  }
  @inline(__always) static func sum(_ a: R, _ hasA: Bool, _ b: R, _ hasB: Bool) -> R { hasA ? (hasB ? a + b : a) : b }

  @inline(__always) static func + (a: PairJet, b: PairJet) -> PairJet {
    PairJet(
      value: a.value + b.value, d11: sum(a.d11, a.has11, b.d11, b.has11), d12: sum(a.d12, a.has12, b.d12, b.has12),
      has11: a.has11 || b.has11, has12: a.has12 || b.has12)
  }
  @inline(__always) static func - (a: PairJet, b: PairJet) -> PairJet {
    PairJet(
      value: a.value - b.value, d11: a.has11 ? (b.has11 ? a.d11 - b.d11 : a.d11) : (b.has11 ? -b.d11 : .zero),
      d12: a.has12 ? (b.has12 ? a.d12 - b.d12 : a.d12) : (b.has12 ? -b.d12 : .zero), has11: a.has11 || b.has11,
      has12: a.has12 || b.has12)
  }
  @inline(__always) static prefix func - (a: PairJet) -> PairJet {
    PairJet(value: -a.value, d11: a.has11 ? -a.d11 : .zero, d12: a.has12 ? -a.d12 : .zero, has11: a.has11, has12: a.has12)
  }
  @inline(__always) static func * (a: PairJet, b: PairJet) -> PairJet { bilinear(a.value * b.value, b.value, a, a.value, b) }
  @inline(__always) static func / (a: PairJet, b: PairJet) -> PairJet {
    let inverse = R.one / b.value
    let quotient = a.value * inverse
    return bilinear(quotient, inverse, a, -(quotient * inverse), b)
  }

  /// The derivative at 0 is taken as 0, as in `Jet`.
  @inline(__always) static func sqrt(_ x: PairJet) -> PairJet {
    let root = R.sqrt(x.value)
    // Of the root itself, so that a later division by the root shares it.
    let slope = R.select(R(0.5) * (R.one / root), .zero, where: .zero, isLessThan: x.value)
    return linear(root, slope, x)
  }
  @inline(__always) static func exp(_ x: PairJet) -> PairJet {
    let value = R.exp(x.value)
    return linear(value, value, x)
  }
  @inline(__always) static func expm1(_ x: PairJet) -> PairJet {
    let value = R.expm1(x.value)
    return linear(value, value + .one, x)
  }
  @inline(__always) static func log(_ x: PairJet) -> PairJet { linear(R.log(x.value), .one / x.value, x) }
  @inline(__always) static func log1p(_ x: PairJet) -> PairJet { linear(R.log1p(x.value), .one / (.one + x.value), x) }
  @inline(__always) static func erf(_ x: PairJet) -> PairJet {
    let (value, gaussian) = R.erfAndGaussian(x.value)
    return linear(value, R(1.1283791670955126) * gaussian, x)  // 2/√π
  }
  @inline(__always) static func sin(_ x: PairJet) -> PairJet {
    let (sine, cosine) = R.Functions.sineAndCosine(x.value)
    return linear(sine, cosine, x)
  }
  @inline(__always) static func cos(_ x: PairJet) -> PairJet {
    let (sine, cosine) = R.Functions.sineAndCosine(x.value)
    return linear(cosine, -sine, x)
  }
  /// Angle of the point (x, y); at the origin, where there is no direction, its derivative is taken as 0, as in `Jet`.
  @inline(__always) static func atan2(y: PairJet, x: PairJet) -> PairJet {
    let norm = R.fma(x.value, x.value, y.value * y.value)
    let inverse = R.select(.one / norm, .zero, where: .zero, isLessThan: norm)
    return bilinear(R.atan2(y: y.value, x: x.value), x.value * inverse, y, -(y.value * inverse), x)
  }
  @inline(__always) static func maximum(_ a: PairJet, _ b: PairJet) -> PairJet { select(b, a, where: a, isLessThan: b) }
  @inline(__always) static func nonNegative(_ x: PairJet) -> PairJet {
    PairJet(value: R.nonNegative(x.value), d11: x.d11, d12: x.d12, has11: x.has11, has12: x.has12)
  }
  @inline(__always) static func balance(_ a: PairJet, _ b: PairJet) -> (scale: PairJet, inverse: PairJet) {
    let (scale, inverse) = R.balance(a.value, b.value)
    return (PairJet(constant: scale), PairJet(constant: inverse))
  }
  /// The derivative at 0 is taken as 0.
  @inline(__always) static func absolute(_ x: PairJet) -> PairJet {
    let negative = R.select(R(-1), .zero, where: x.value, isLessThan: .zero)
    return linear(R.absolute(x.value), R.select(.one, negative, where: .zero, isLessThan: x.value), x)
  }
  @inline(__always) static func fma(_ a: PairJet, _ b: PairJet, _ c: PairJet) -> PairJet {
    @inline(__always) func slope(_ a: R, _ hasA: Bool, _ b: R, _ hasB: Bool, _ c: R, _ hasC: Bool, _ aValue: R, _ bValue: R) -> R {
      let inner = hasA ? (hasC ? R.fma(a, bValue, c) : a * bValue) : c
      return hasB ? (hasA || hasC ? R.fma(aValue, b, inner) : aValue * b) : inner
    }
    return PairJet(
      value: R.fma(a.value, b.value, c.value), d11: slope(a.d11, a.has11, b.d11, b.has11, c.d11, c.has11, a.value, b.value),
      d12: slope(a.d12, a.has12, b.d12, b.has12, c.d12, c.has12, a.value, b.value), has11: a.has11 || b.has11 || c.has11,
      has12: a.has12 || b.has12 || c.has12)
  }
  @inline(__always)
  static func select(_ ifTrue: PairJet, _ ifFalse: PairJet, where x: PairJet, isLessThan y: PairJet) -> PairJet {
    let (has11, has12) = (ifTrue.has11 || ifFalse.has11, ifTrue.has12 || ifFalse.has12)
    return PairJet(
      value: R.select(ifTrue.value, ifFalse.value, where: x.value, isLessThan: y.value),
      d11: has11 ? R.select(ifTrue.d11, ifFalse.d11, where: x.value, isLessThan: y.value) : .zero,
      d12: has12 ? R.select(ifTrue.d12, ifFalse.d12, where: x.value, isLessThan: y.value) : .zero, has11: has11, has12: has12)
  }
  @inline(__always)
  static func differenceOfProducts(_ a: PairJet, _ b: PairJet, _ c: PairJet, _ d: PairJet) -> PairJet {
    let first = bilinear(.zero, b.value, a, a.value, b)
    let second = bilinear(.zero, d.value, c, c.value, d)
    var result = first - second
    result.value = R.differenceOfProducts(a.value, b.value, c.value, d.value)
    return result
  }
}
