/// φ(x) = max(x, 0), the rectifier without a factor √2 (put 2 into the next weight variance for that).
///
/// With D = q11 q22 − q12² and the angle θ = atan2(√D, q12):
/// dual = (√D + (π − θ) q12) / (2π),  derivative = (π − θ) / (2π).
/// At coinciding inputs D = 0 up to rounding; it is clipped at 0, and `Jet` takes the symmetric derivative 0 there.
///
/// Source: Cho & Saul 2009, eqs. 3-6, orders 0 and 1.
public struct ReLU: Activation {
  public static let name = "relu"
  public static var hasKink: Bool { true }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable public func value<R: RealAlgebra>(_ x: R) -> R { R.maximum(x, R(0)) }

  @inlinable public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let root = R.sqrt(R.maximum(R.differenceOfProducts(q11, q22, q12, q12), R(0)))
    let share = R(0.5) - R(0.5 / Double.pi) * R.atan2(y: root, x: q12)
    return (R.fma(share, q12, R(0.5 / Double.pi) * root), share)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) { (R(0.5) * q, R(0.5)) }
}
