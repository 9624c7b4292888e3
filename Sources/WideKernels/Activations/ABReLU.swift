/// φ(x) = negative · min(x, 0) + positive · max(x, 0): any function of two slopes that meets at 0.
///
/// Source: Cho & Saul 2009 for the rectifier's part; see `PiecewiseLinear`.
public struct ABReLU: Activation {
  public static let name = "abrelu"
  public var kind: ActivationKind { .abReLU(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("negative", -0.5), ("positive", 1)] }
  public static var hasKink: Bool { true }
  /// Slope for x < 0.
  public let negative: Double
  /// Slope for x > 0.
  public let positive: Double
  public var parameters: [Double] { [negative, positive] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    (negative, positive) = (parameters[0], parameters[1])
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    PiecewiseLinear.value(negative: negative, positive: positive, x)
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.dual(negative: negative, positive: positive, q11: q11, q22: q22, q12: q12)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    PiecewiseLinear.diagonal(negative: negative, positive: positive, q)
  }
}
