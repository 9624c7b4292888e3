/// φ(x) = √2 sin(√(2 gamma) x + π/4): the activation whose NNGP is the squared-exponential kernel.
///
/// dual = exp(−gamma (q11 + q22 − 2 q12)),  derivative = 2 gamma · dual.
///
/// Source: Rahimi & Recht 2007, random Fourier features, in the limit; see `Sinusoid` at sin² = cos² = 1/2.
public struct Rbf: Activation {
  public static let name = "rbf"
  public var kind: ActivationKind { .rbf(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("gamma", 1)] }
  /// γ of the kernel exp(−γ (q11 + q22 − 2 q12)).
  public let gamma: Double
  public var parameters: [Double] { [gamma] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    gamma = parameters[0]
    guard gamma > 0 else { throw .parameter(name: Self.name, parameter: "gamma", expected: "> 0", got: gamma) }
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    R(2.0.squareRoot()) * R.sin(R.fma(R((2 * gamma).squareRoot()), x, R(Double.pi / 4)))
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    // Each difference is exact where the inputs nearly coincide; their sum is at least (√q11 − √q22)² but for rounding.
    let dual = R.exp(R(-gamma) * R.nonNegative((q11 - q12) + (q22 - q12)))
    return (dual, R(2 * gamma) * dual)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { (R(1), R(2 * gamma)) }
}
