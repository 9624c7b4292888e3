/// φ(x) = tanh(x), by quadrature (`QuadratureDual`), odd.
public struct Tanh: Activation {
  public static let name = "tanh"
  public var kind: ActivationKind { .tanh }
  /// Error of dual and derivative relative to their diagonals, measured for q ≤ 4: most of it in the derivative near ρ = ±1.
  /// Its poles lie close to the real axis, so it grows with q: 10⁻¹⁰ for q ≤ 1.
  public var dualError: Double { 1e-4 }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { Logistic.tanh(x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    QuadratureDual.dual(.odd, q11: q11, q22: q22, q12: q12) { Logistic.positiveTanh($0) }
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    QuadratureDual.diagonal(.odd, q) { Logistic.positiveTanh($0) }
  }
}
