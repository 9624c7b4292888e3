/// φ(x) = c0 + c1 x + … + c5 x⁵. In text, trailing zeros may be left out: `polynomial(0,1,0.5)`.
///
/// Source: Isserlis 1918; see `HermiteRows`.
public struct Polynomial: Activation {
  public static let name = "polynomial"
  public var kind: ActivationKind { .polynomial(self) }
  public static var parameterDefaults: [(name: String, value: Double)] {
    [("c0", 0), ("c1", 1), ("c2", 0), ("c3", 0), ("c4", 0), ("c5", 0)]
  }
  /// Coefficients in ascending order, six of them.
  public let coefficients: [Double]
  @usableFromInline let rows: HermiteRows
  public var parameters: [Double] { coefficients }

  public init(parameters: [Double]) throws(ActivationError) {
    let missing = max(0, Self.parameterDefaults.count - parameters.count)
    let padded = parameters + [Double](repeating: 0, count: parameters.isEmpty ? 0 : missing)
    try requireParameters(padded, of: Self.self)
    coefficients = padded
    rows = HermiteRows(coefficients: padded)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    var sum = R(0)
    for coefficient in coefficients.reversed() { sum = R.fma(sum, x, R(coefficient)) }
    return sum
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    rows.dual(q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { rows.diagonal(q) }
}
