/// φ(x) = erf(x).
///
/// With D = (1 + 2 q11)(1 + 2 q22) − 4 q12²:  dual = (2/π) asin(2 q12 / √((1 + 2 q11)(1 + 2 q22))),
/// derivative = (4/π) D^(−1/2). asin(s/√(s² + D)) = atan2(s, √D), and D ≥ 1, so the form is smooth for any covariance.
/// D is formed as 1 + 2 (q11 + q22) + 4 (q11 q22 − q12²): nothing cancels but the determinant, which has its own care and is at
/// least 0, as for the covariances of any two numbers.
///
/// Source: Williams 1996, *Computing with infinite networks*, eq. 11; the derivative by Price's theorem.
public struct Erf: Activation {
  public static let name = "erf"
  public var kind: ActivationKind { .erf }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R.erf(x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let (scale, inverse) = R.balance(q11 + R(1), q22 + R(1))
    let (a, b, c) = (scale * q11, scale * q22, scale * q12)
    let determinant = R.nonNegative(R.differenceOfProducts(a, b, c, c))
    let root = R.sqrt(R.fma(R(4), determinant, scale * R.fma(R(2), a + b, scale)))
    return (R(2 / Double.pi) * R.atan2(y: R(2) * c, x: root), R(4 / Double.pi) / (inverse * root))
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    // At u = v the determinant is (1 + 2q)² − (2q)² = 1 + 4q.
    let root = R.sqrt(R.fma(R(4), q, R(1)))
    return (R(2 / Double.pi) * R.atan2(y: R(2) * q, x: root), R(4 / Double.pi) / root)
  }
}
