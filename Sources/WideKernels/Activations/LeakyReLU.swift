/// φ(x) = x for x ≥ 0, slope · x below.
///
/// Source: Cho & Saul 2009 for the rectifier's part; see `PiecewiseLinear`.
public struct LeakyReLU: Activation {
  public static let name = "leaky-relu"
  public var kind: ActivationKind { .leakyReLU(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("slope", 0.01)] }
  public static var hasKink: Bool { true }
  /// Slope for x < 0.
  public let slope: Double
  public var parameters: [Double] { [slope] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    slope = parameters[0]
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R { PiecewiseLinear.value(negative: slope, positive: 1, x) }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.dual(negative: slope, positive: 1, q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.diagonal(negative: slope, positive: 1, q)
  }
}
