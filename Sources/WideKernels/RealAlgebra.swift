/// The arithmetic in which kernels, activations and point functions are written once.
///
/// With `Double` a formula is the reference, with SIMD vectors the CPU backend, with `KernelExpression` it prints
/// OpenCL C, and with `Jet` it yields derivatives. Conforming types are values without branches: a formula
/// chooses with `select`, which evaluates both sides.
public protocol RealAlgebra: Sendable {
  /// A constant, rounded once from float64.
  init(_ constant: Double)

  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static prefix func - (a: Self) -> Self

  /// Square root; the argument is at least 0. The derivative at 0 is taken as 0 (see `Jet`).
  static func sqrt(_ x: Self) -> Self
  /// e^x.
  static func exp(_ x: Self) -> Self
  /// exp(x) - 1 without cancellation near 0.
  static func expm1(_ x: Self) -> Self
  /// Natural logarithm; x > 0.
  static func log(_ x: Self) -> Self
  /// log(1 + x) without cancellation near 0; x > -1.
  static func log1p(_ x: Self) -> Self
  /// The error function, 2/√π ∫₀ˣ e^(−t²) dt.
  static func erf(_ x: Self) -> Self
  /// erf(x) and exp(−x²), which its derivative is made of: together they cost little more than one of them.
  static func erfAndGaussian(_ x: Self) -> (erf: Self, gaussian: Self)
  /// Sine of x in radians.
  static func sin(_ x: Self) -> Self
  /// Cosine of x in radians.
  static func cos(_ x: Self) -> Self
  /// Angle of the point (x, y) in (-π, π].
  static func atan2(y: Self, x: Self) -> Self
  /// The larger of two numbers.
  static func maximum(_ a: Self, _ b: Self) -> Self
  /// The magnitude |x|.
  static func absolute(_ x: Self) -> Self
  /// a·b + c rounded once.
  static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self
  /// `ifTrue` where x < y, else `ifFalse`.
  static func select(_ ifTrue: Self, _ ifFalse: Self, where x: Self, isLessThan y: Self) -> Self

  /// a·b − c·d with a small error even where the products cancel.
  static func differenceOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self
  /// x, or 0 where rounding has put a number below 0 that is none; derivatives stay those of x.
  static func nonNegative(_ x: Self) -> Self
  /// A power of two s with s² a b between 1 and 8, and 1/s, for a, b ≥ 0 below half the largest number: products of what s scales stay
  /// in range. Formulas do not depend on s, so it has no derivative, and a power of two changes no bit of a result.
  static func balance(_ a: Self, _ b: Self) -> (scale: Self, inverse: Self)

  /// The recording of algebras that record formulas and do not compute numbers; nil for the others.
  static var recording: Recording<Self>? { get }
}

extension RealAlgebra {
  @inlinable public static var recording: Recording<Self>? { nil }

  @inlinable public static func nonNegative(_ x: Self) -> Self { maximum(x, Self(0)) }

  @inlinable public static func erfAndGaussian(_ x: Self) -> (erf: Self, gaussian: Self) { (erf(x), exp(-(x * x))) }

  /// Kahan's method: the rounding of c·d is computed exactly by an FMA and given back. Error below 1.5 ulp.
  ///
  /// Source: Jeannerod, Louvet & Muller, *Further analysis of Kahan's algorithm for the accurate computation of
  /// 2 × 2 determinants*, Math. Comp. 82 (2013), alg. 1.
  @inlinable public static func differenceOfProducts(_ a: Self, _ b: Self, _ c: Self, _ d: Self) -> Self {
    let product = c * d
    let error = fma(-c, d, product)
    return fma(a, b, -product) + error
  }
}
