/// φ(x) = x/(1 + e^(−x)), also called swish: x/2, exact, plus the even function x tanh(x/2)/2 by quadrature.
public struct SiLU: Activation {
  public static let name = "silu"
  public var kind: ActivationKind { .silu }
  /// Error of dual and derivative relative to their diagonals, measured for q ≤ 4.
  public var dualError: Double { 1e-10 }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { x * Logistic.sigmoid(x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    withLinearPart(QuadratureDual.dual(.even, q11: q11, q22: q22, q12: q12) { evenPart($0) }, q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    withLinearPart(QuadratureDual.diagonal(.even, q) { evenPart($0) }, q)
  }

  @inlinable @inline(__always) func evenPart<R: RealAlgebra>(_ x: R) -> R {
    let half = R(0.5) * x
    return half * Logistic.positiveTanh(half)
  }

  /// Adds E[(u/2)(v/2)]; odd and even parts have no mixed term.
  @inlinable @inline(__always) func withLinearPart<R: RealAlgebra>(_ even: (dual: R, derivative: R), _ q12: R) -> (dual: R, derivative: R) {
    (R.fma(R(0.25), q12, even.dual), R(0.25) + even.derivative)
  }
}
