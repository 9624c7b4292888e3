/// φ(x) = max(x, 0), the rectifier without a factor √2 (put 2 into the next weight variance for that).
///
/// With D = q11 q22 − q12² and α = asin ρ = atan2(q12, √D):
/// dual = (√D + (π/2 + α) q12) / (2π),  derivative = (π/2 + α) / (2π).
/// At coinciding inputs D = 0 up to rounding; it is clipped at 0, and `Jet` takes the symmetric derivative 0 there.
///
/// Source: Cho & Saul 2009, eqs. 3-6, orders 0 and 1, with θ = π/2 − α.
public struct ReLU: Activation {
  public static let name = "relu"
  public var kind: ActivationKind { .relu }
  public static var hasKink: Bool { true }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { R.maximum(x, R(0)) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.dual(negative: 0, positive: 1, q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.diagonal(negative: 0, positive: 1, q)
  }
}
