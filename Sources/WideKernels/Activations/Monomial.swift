/// φ(x) = x^degree, degree 0 to 5.
///
/// Source: Isserlis 1918; see `HermiteRows`.
public struct Monomial: Activation {
  public static let name = "monomial"
  public var kind: ActivationKind { .monomial(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("degree", 2)] }
  /// Exponent n of xⁿ.
  public let degree: Int
  @usableFromInline let rows: HermiteRows
  public var parameters: [Double] { [Double(degree)] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    degree = try requireDegree(parameters[0], of: Self.self)
    rows = HermiteRows(coefficients: [Double](repeating: 0, count: degree) + [1])
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    var power = R(1)
    for _ in 0..<degree { power = power * x }
    return power
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    rows.dual(q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { rows.diagonal(q) }
}

/// A degree from 0 to 5 given as a number.
func requireDegree<A: Activation>(_ value: Double, of type: A.Type) throws(ActivationError) -> Int {
  guard let degree = Int(exactly: value), (0...HermiteRows.maximalDegree).contains(degree) else {
    throw .parameter(
      name: A.name, parameter: "degree", expected: "a whole number from 0 to \(HermiteRows.maximalDegree)", got: value)
  }
  return degree
}
