import WideKernels

/// A jet of bounded numbers whose operations are calls.
///
/// A device's formulas are compiled in one piece, to be fast. Here every operation is some hundred instructions, and nothing waits for it.
struct BoundedJet<P: Rounding>: RealAlgebra {
  let jet: Jet<Bounded<P>>

  init(_ jet: Jet<Bounded<P>>) { self.jet = jet }
  init(_ constant: Double) { jet = Jet(constant) }

  @inline(never) static func + (a: Self, b: Self) -> Self { Self(a.jet + b.jet) }
  @inline(never) static func - (a: Self, b: Self) -> Self { Self(a.jet - b.jet) }
  @inline(never) static func * (a: Self, b: Self) -> Self { Self(a.jet * b.jet) }
  @inline(never) static func / (a: Self, b: Self) -> Self { Self(a.jet / b.jet) }
  @inline(never) static prefix func - (a: Self) -> Self { Self(-a.jet) }
  @inline(never) static func sqrt(_ x: Self) -> Self { Self(.sqrt(x.jet)) }
  @inline(never) static func exp(_ x: Self) -> Self { Self(.exp(x.jet)) }
  @inline(never) static func expm1(_ x: Self) -> Self { Self(.expm1(x.jet)) }
  @inline(never) static func log(_ x: Self) -> Self { Self(.log(x.jet)) }
  @inline(never) static func log1p(_ x: Self) -> Self { Self(.log1p(x.jet)) }
  @inline(never) static func erf(_ x: Self) -> Self { Self(.erf(x.jet)) }
  @inline(never) static func erfAndGaussian(_ x: Self) -> (erf: Self, gaussian: Self) {
    let (erf, gaussian) = Jet.erfAndGaussian(x.jet)
    return (Self(erf), Self(gaussian))
  }
  @inline(never) static func sin(_ x: Self) -> Self { Self(.sin(x.jet)) }
  @inline(never) static func cos(_ x: Self) -> Self { Self(.cos(x.jet)) }
  @inline(never) static func atan2(y: Self, x: Self) -> Self { Self(.atan2(y: y.jet, x: x.jet)) }
  @inline(never) static func maximum(_ a: Self, _ b: Self) -> Self { Self(.maximum(a.jet, b.jet)) }
  @inline(never) static func absolute(_ x: Self) -> Self { Self(.absolute(x.jet)) }
  @inline(never) static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self { Self(.fma(a.jet, b.jet, c.jet)) }
  @inline(never) static func select(_ ifTrue: Self, _ ifFalse: Self, where x: Self, isLessThan y: Self) -> Self {
    Self(.select(ifTrue.jet, ifFalse.jet, where: x.jet, isLessThan: y.jet))
  }
  @inline(never) static func differenceOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self {
    Self(.differenceOfProducts(a.jet, b.jet, c.jet, d.jet))
  }
  @inline(never) static func nonNegative(_ x: Self) -> Self { Self(.nonNegative(x.jet)) }
  @inline(never) static func balance(_ a: Self, _ b: Self) -> (scale: Self, inverse: Self) {
    let (scale, inverse) = Jet.balance(a.jet, b.jet)
    return (Self(scale), Self(inverse))
  }
}
