/// φ(x) = 1/(1 + e^(−x)) = 1/2 + tanh(x/2)/2: the quadrature of `Tanh` at a quarter of the covariances.
public struct Sigmoid: Activation {
  public static let name = "sigmoid"
  public var kind: ActivationKind { .sigmoid }
  /// Error of dual and derivative relative to their diagonals, measured for q ≤ 4.
  public var dualError: Double { 1e-10 }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { Logistic.sigmoid(x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let quarter = R(0.25)
    return scaled(Tanh().dual(q11: quarter * q11, q22: quarter * q22, q12: quarter * q12))
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { scaled(Tanh().diagonal(R(0.25) * q)) }

  @inlinable @inline(__always) func scaled<R: RealAlgebra>(_ tanh: (dual: R, derivative: R)) -> (dual: R, derivative: R) {
    (R.fma(R(0.25), tanh.dual, R(0.25)), R(0.0625) * tanh.derivative)
  }
}
