/// A value with its first derivatives in three directions, propagated through any `RealAlgebra` formula.
///
/// The directions used throughout are (q11, q22, q12), the three covariances by which a wide block sees a pair of
/// inputs, so one forward pass through all layers of a block is its complete Jacobian. A direction whose result is
/// not read costs nothing once the compiler (or `KernelPrinter`) has removed dead code.
public struct Jet<R: RealAlgebra>: RealAlgebra {
  /// The value.
  public var value: R
  /// Derivative in q11.
  public var d11: R
  /// Derivative in q22.
  public var d22: R
  /// Derivative in q12.
  public var d12: R

  @inlinable public init(value: R, d11: R, d22: R, d12: R) {
    self.value = value
    self.d11 = d11
    self.d22 = d22
    self.d12 = d12
  }

  @inlinable public init(_ constant: Double) {
    self.init(value: R(constant), d11: R(0), d22: R(0), d12: R(0))
  }

  /// A value that does not depend on any direction.
  @inlinable public init(constant value: R) { self.init(value: value, d11: R(0), d22: R(0), d12: R(0)) }
  /// The variable q11: derivative 1 in its own direction.
  @inlinable @inline(__always) public static func q11(_ value: R) -> Jet { Jet(value: value, d11: R(1), d22: R(0), d12: R(0)) }
  /// The variable q22: derivative 1 in its own direction.
  @inlinable @inline(__always) public static func q22(_ value: R) -> Jet { Jet(value: value, d11: R(0), d22: R(1), d12: R(0)) }
  /// The variable q12: derivative 1 in its own direction.
  @inlinable @inline(__always) public static func q12(_ value: R) -> Jet { Jet(value: value, d11: R(0), d22: R(0), d12: R(1)) }

  /// f(x) given f and f′ at the value of x.
  @inlinable @inline(__always) func chain(_ value: R, _ slope: R) -> Jet {
    Jet(value: value, d11: slope * d11, d22: slope * d22, d12: slope * d12)
  }

  @inlinable @inline(__always) public static func + (a: Jet, b: Jet) -> Jet {
    Jet(value: a.value + b.value, d11: a.d11 + b.d11, d22: a.d22 + b.d22, d12: a.d12 + b.d12)
  }
  @inlinable @inline(__always) public static func - (a: Jet, b: Jet) -> Jet {
    Jet(value: a.value - b.value, d11: a.d11 - b.d11, d22: a.d22 - b.d22, d12: a.d12 - b.d12)
  }
  @inlinable @inline(__always) public static prefix func - (a: Jet) -> Jet { Jet(value: -a.value, d11: -a.d11, d22: -a.d22, d12: -a.d12) }
  @inlinable @inline(__always) public static func * (a: Jet, b: Jet) -> Jet {
    Jet(
      value: a.value * b.value,
      d11: R.fma(a.value, b.d11, a.d11 * b.value),
      d22: R.fma(a.value, b.d22, a.d22 * b.value),
      d12: R.fma(a.value, b.d12, a.d12 * b.value))
  }
  @inlinable @inline(__always) public static func / (a: Jet, b: Jet) -> Jet {
    let inverse = R(1) / b.value
    let quotient = a.value * inverse
    return Jet(
      value: quotient,
      d11: (a.d11 - quotient * b.d11) * inverse,
      d22: (a.d22 - quotient * b.d22) * inverse,
      d12: (a.d12 - quotient * b.d12) * inverse)
  }

  /// The derivative at 0, where the slope is infinite, is taken as 0: the symmetric choice at a cone's tip, which is
  /// where kernels of activations with kinks take the square root of a vanishing determinant.
  @inlinable @inline(__always) public static func sqrt(_ x: Jet) -> Jet {
    let root = R.sqrt(x.value)
    let isPositive = R.select(R(1), R(0), where: R(0), isLessThan: x.value)
    let safe = R.select(root, R(1), where: R(0), isLessThan: x.value)
    return x.chain(root, R(0.5) * isPositive / safe)
  }
  @inlinable @inline(__always) public static func exp(_ x: Jet) -> Jet {
    let value = R.exp(x.value)
    return x.chain(value, value)
  }
  @inlinable @inline(__always) public static func expm1(_ x: Jet) -> Jet {
    let value = R.expm1(x.value)
    return x.chain(value, value + R(1))
  }
  @inlinable @inline(__always) public static func log(_ x: Jet) -> Jet { x.chain(R.log(x.value), R(1) / x.value) }
  @inlinable @inline(__always) public static func log1p(_ x: Jet) -> Jet { x.chain(R.log1p(x.value), R(1) / (R(1) + x.value)) }
  @inlinable @inline(__always) public static func erf(_ x: Jet) -> Jet {
    let (value, gaussian) = R.erfAndGaussian(x.value)
    return x.chain(value, R(1.1283791670955126) * gaussian)  // 2/√π
  }
  @inlinable @inline(__always) public static func sin(_ x: Jet) -> Jet { x.chain(R.sin(x.value), R.cos(x.value)) }
  @inlinable @inline(__always) public static func cos(_ x: Jet) -> Jet { x.chain(R.cos(x.value), -R.sin(x.value)) }
  @inlinable @inline(__always) public static func atan2(y: Jet, x: Jet) -> Jet {
    let size = R.absolute(x.value) + R.absolute(y.value)
    let scale = R.balance(size, size).scale
    let (sine, cosine) = (scale * y.value, scale * x.value)
    let norm = R.fma(cosine, cosine, sine * sine)
    // At the origin there is no direction; the angle's derivative is taken as 0 there.
    let safe = R.select(norm, R(1), where: R(0), isLessThan: norm)
    let inverse = R.select(R(1), R(0), where: R(0), isLessThan: norm) / safe
    let alongY = scale * (cosine * inverse)
    let alongX = scale * (sine * inverse)
    return Jet(
      value: R.atan2(y: y.value, x: x.value),
      d11: alongY * y.d11 - alongX * x.d11,
      d22: alongY * y.d22 - alongX * x.d22,
      d12: alongY * y.d12 - alongX * x.d12)
  }
  @inlinable @inline(__always) public static func maximum(_ a: Jet, _ b: Jet) -> Jet { select(b, a, where: a, isLessThan: b) }
  @inlinable @inline(__always) public static func nonNegative(_ x: Jet) -> Jet {
    Jet(value: R.nonNegative(x.value), d11: x.d11, d22: x.d22, d12: x.d12)
  }
  @inlinable @inline(__always) public static func balance(_ a: Jet, _ b: Jet) -> (scale: Jet, inverse: Jet) {
    let (scale, inverse) = R.balance(a.value, b.value)
    return (Jet(constant: scale), Jet(constant: inverse))
  }
  /// The derivative at 0 is taken as 0.
  @inlinable @inline(__always) public static func absolute(_ x: Jet) -> Jet {
    let negative = R.select(R(-1), R(0), where: x.value, isLessThan: R(0))
    return x.chain(R.absolute(x.value), R.select(R(1), negative, where: R(0), isLessThan: x.value))
  }
  @inlinable @inline(__always) public static func fma(_ a: Jet, _ b: Jet, _ c: Jet) -> Jet {
    Jet(
      value: R.fma(a.value, b.value, c.value),
      d11: R.fma(a.value, b.d11, R.fma(a.d11, b.value, c.d11)),
      d22: R.fma(a.value, b.d22, R.fma(a.d22, b.value, c.d22)),
      d12: R.fma(a.value, b.d12, R.fma(a.d12, b.value, c.d12)))
  }
  @inlinable @inline(__always) public static func select(_ ifTrue: Jet, _ ifFalse: Jet, where x: Jet, isLessThan y: Jet) -> Jet {
    Jet(
      value: R.select(ifTrue.value, ifFalse.value, where: x.value, isLessThan: y.value),
      d11: R.select(ifTrue.d11, ifFalse.d11, where: x.value, isLessThan: y.value),
      d22: R.select(ifTrue.d22, ifFalse.d22, where: x.value, isLessThan: y.value),
      d12: R.select(ifTrue.d12, ifFalse.d12, where: x.value, isLessThan: y.value))
  }
  @inlinable @inline(__always) public static func differenceOfProducts(_ a: Jet, _ b: Jet, _ c: Jet, _ d: Jet) -> Jet {
    func slope(_ da: R, _ db: R, _ dc: R, _ dd: R) -> R {
      R.fma(da, b.value, a.value * db) - R.fma(dc, d.value, c.value * dd)
    }
    return Jet(
      value: R.differenceOfProducts(a.value, b.value, c.value, d.value),
      d11: slope(a.d11, b.d11, c.d11, d.d11),
      d22: slope(a.d22, b.d22, c.d22, d.d22),
      d12: slope(a.d12, b.d12, c.d12, d.d12))
  }

  @inlinable public static var recording: Recording<Jet>? { R.recording.map(Jet.recording(of:)) }

  @usableFromInline static func recording(of parts: Recording<R>) -> Recording<Jet> {
    let count = parts.count
    return Recording(
      count: 4 * count,
      parts: { parts.parts($0.value) + parts.parts($0.d11) + parts.parts($0.d22) + parts.parts($0.d12) },
      value: { all in
        func part(_ index: Int) -> R { parts.value(Array(all[index * count..<(index + 1) * count])) }
        return Jet(value: part(0), d11: part(1), d22: part(2), d12: part(3))
      })
  }
}
