/// φ(x) = log(1 + e^(beta x))/beta: x/2, exact, plus the even function log(2 cosh(beta x/2))/beta by quadrature.
public struct Softplus: Activation {
  public static let name = "softplus"
  public var kind: ActivationKind { .softplus(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("beta", 1)] }
  /// Error of dual and derivative relative to their diagonals, measured for beta² q ≤ 4.
  public var dualError: Double { 1e-10 }
  /// Sharpness β.
  public let beta: Double
  public var parameters: [Double] { [beta] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    beta = parameters[0]
    guard beta > 0 else { throw .parameter(name: Self.name, parameter: "beta", expected: "> 0", got: beta) }
  }

  /// - Precondition: sharpness > 0.
  public init(sharpness: Double) {
    precondition(sharpness > 0, "softplus with beta = \(sharpness)")
    beta = sharpness
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    let scaled = R(beta) * x
    return R(1 / beta) * (R.maximum(scaled, R(0)) + R.log1p(R.exp(Logistic.lower(scaled))))
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let rate = R(beta * beta)
    return combine(QuadratureDual.dual(.even, q11: rate * q11, q22: rate * q22, q12: rate * q12) { evenPart($0) }, q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    combine(QuadratureDual.diagonal(.even, R(beta * beta) * q) { evenPart($0) }, q)
  }

  /// log(2 cosh(x/2)) for x > 0.
  @inlinable @inline(__always) func evenPart<R: RealAlgebra>(_ x: R) -> R { R.fma(R(0.5), x, R.log1p(R.exp(-x))) }

  /// Adds E[(u/2)(v/2)]; odd and even parts have no mixed term.
  @inlinable @inline(__always) func combine<R: RealAlgebra>(_ even: (dual: R, derivative: R), _ q12: R) -> (dual: R, derivative: R) {
    (R.fma(R(0.25), q12, R(1 / (beta * beta)) * even.dual), R(0.25) + even.derivative)
  }
}
