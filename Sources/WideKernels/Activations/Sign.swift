/// φ(x) = −1, 0 or 1 with the sign of x.
///
/// dual = (2/π) asin ρ. The derivative is taken almost everywhere, as gradient descent does, so it is 0: no gradient
/// passes below this layer, and Price's theorem does not hold (∂dual/∂q12 is E[δδ], infinite at coinciding inputs).
/// A vanishing input has dual 0 with any, itself included, as φ(0) = 0.
///
/// Source: Cho & Saul 2009, order 0.
public struct Sign: Activation {
  public static let name = "sign"
  public var kind: ActivationKind { .sign }
  public static var hasKink: Bool { true }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    R.select(R(-1), R.select(R(1), R(0), where: R(0), isLessThan: x), where: x, isLessThan: R(0))
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    (R(2 / Double.pi) * PiecewiseLinear.angle(q11, q22, q12).angle, R(0))
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    (R.select(R(1), R(0), where: R(0), isLessThan: q), R(0))
  }
}
