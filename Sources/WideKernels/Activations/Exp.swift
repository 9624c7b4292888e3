/// φ(x) = amplitude · exp(rate · x).
///
/// dual = amplitude² exp(rate² (q11 + q22 + 2 q12)/2),  derivative = rate² · dual. Both grow fast: a float64 holds
/// rate² q up to about 350.
///
/// Source: moment generating function of the normal law.
public struct Exp: Activation {
  public static let name = "exp"
  public var kind: ActivationKind { .exp(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("amplitude", 1), ("rate", 1)] }
  /// Factor in front of the exponential.
  public let amplitude: Double
  /// Factor of x.
  public let rate: Double
  public var parameters: [Double] { [amplitude, rate] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    (amplitude, rate) = (parameters[0], parameters[1])
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R(amplitude) * R.exp(R(rate) * x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let dual = R(amplitude * amplitude) * R.exp(R(rate * rate / 2) * ((q11 + q12) + (q22 + q12)))
    return (dual, R(rate * rate) * dual)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    let dual = R(amplitude * amplitude) * R.exp(R(2 * rate * rate) * q)
    return (dual, R(rate * rate) * dual)
  }
}
