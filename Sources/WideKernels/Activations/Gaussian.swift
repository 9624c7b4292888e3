/// φ(x) = amplitude · exp(−rate · x²).
///
/// With k = 2 rate and D = (1 + k q11)(1 + k q22) − k² q12² = 1 + k (q11 + q22) + k² (q11 q22 − q12²):
/// dual = amplitude² D^(−1/2),  derivative = amplitude² k² q12 D^(−3/2). D ≥ 1, so neither is singular for any covariance.
///
/// Source: Gaussian integral for the dual; Price's theorem, E[φ′(u) φ′(v)] = ∂E[φ(u) φ(v)]/∂q12, for the other.
public struct Gaussian: Activation {
  public static let name = "gaussian"
  public var kind: ActivationKind { .gaussian(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("amplitude", 1), ("rate", 1)] }
  /// Factor in front of the exponential.
  public let amplitude: Double
  /// Factor of −x².
  public let rate: Double
  public var parameters: [Double] { [amplitude, rate] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    (amplitude, rate) = (parameters[0], parameters[1])
    guard rate > 0 else { throw .parameter(name: Self.name, parameter: "rate", expected: "> 0", got: rate) }
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R(amplitude) * R.exp(R(-rate) * x * x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let k = 2 * rate
    let (scale, inverse) = R.balance(R.fma(R(k), q11, R(1)), R.fma(R(k), q22, R(1)))
    let (a, b, c) = (scale * q11, scale * q22, scale * q12)
    // Of the covariances of two numbers, so at least 0.
    let determinant = R.nonNegative(R.differenceOfProducts(a, b, c, c))
    let d = R.fma(R(k * k), determinant, scale * R.fma(R(k), a + b, scale))
    let (dual, derivative) = combine(q12: c, d: d, root: inverse * R.sqrt(d))
    return (dual, scale * derivative)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    let d = R.fma(R(4 * rate), q, R(1))
    return combine(q12: q, d: d, root: R.sqrt(d))
  }

  @inlinable @inline(__always) func combine<R: RealAlgebra>(q12: R, d: R, root: R) -> (dual: R, derivative: R) {
    let dual = R(amplitude * amplitude) / root
    return (dual, R(4 * rate * rate) * q12 * dual / d)
  }
}
