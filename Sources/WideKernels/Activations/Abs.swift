/// φ(x) = |x|.
///
/// With D = q11 q22 − q12² and α = asin ρ:  dual = (2/π)(√D + α q12),  derivative = (2/π) α.
///
/// Source: Cho & Saul 2009 for the rectifier's part; see `PiecewiseLinear`.
public struct Abs: Activation {
  public static let name = "abs"
  public var kind: ActivationKind { .abs }
  public static var hasKink: Bool { true }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R.absolute(x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.dual(negative: -1, positive: 1, q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.diagonal(negative: -1, positive: 1, q)
  }
}
