/// φ(x) = x: a linear layer, for deep linear networks.
///
/// dual = q12, derivative = 1.
public struct Identity: Activation {
  public static let name = "identity"
  public var kind: ActivationKind { .identity }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { x }
  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) { (q12, R(1)) }
  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { (q, R(1)) }
}
