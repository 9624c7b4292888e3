/// φ(x) = max(x, 0)^degree, degree 0 to 5; degree 0 is the step from 0 to 1, with 1/2 at 0.
///
/// With D = q11 q22 − q12², X = q11 q22, s = √D and share = (π/2 + asin ρ)/(2π):
/// dual = share · M(q) + s P(q)/(2π), where M = E[(u v)^degree] and P is a polynomial; derivative = degree² · dual of one
/// degree less. For degree 0 the derivative is taken almost everywhere, 0, as gradient descent does (see `Sign`).
///
/// Source: Cho & Saul 2009 (arc-cosine kernels) for degrees 0 to 2; P of higher degrees n from Price's theorem, which is
/// D P′ − q12 P + M = n² D P_{n−1} with the prime for ∂/∂q12.
public struct RectifiedMonomial: Activation {
  public static let name = "rectified-monomial"
  public var kind: ActivationKind { .rectifiedMonomial(self) }
  public static var parameterDefaults: [(name: String, value: Double)] { [("degree", 2)] }
  public static var hasKink: Bool { true }
  /// Exponent n of max(x, 0)ⁿ.
  public let degree: Int
  public var parameters: [Double] { [Double(degree)] }

  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
    degree = try requireDegree(parameters[0], of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    guard degree > 0 else { return R.select(R(0), R.select(R(1), R(0.5), where: R(0), isLessThan: x), where: x, isLessThan: R(0)) }
    let rectified = R.maximum(x, R(0))
    var power = rectified
    for _ in 1..<degree { power = power * rectified }
    return power
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let (root, angle) = PiecewiseLinear.angle(q11, q22, q12)
    let share = R.fma(R(0.5 / Double.pi), angle, R(0.25))
    let (x, cone) = (q11 * q22, R(0.5 / Double.pi) * root)
    let dual = expectation(degree, x, q12, share, cone)
    guard degree > 0 else { return (dual, R(0)) }
    return (dual, R(Double(degree * degree)) * expectation(degree - 1, x, q12, share, cone))
  }

  @inlinable @inline(__always) func expectation<R: RealAlgebra>(_ degree: Int, _ x: R, _ c: R, _ share: R, _ cone: R) -> R {
    let square = c * c
    switch degree {
    case 0: return share
    case 1: return R.fma(share, c, cone)
    case 2: return R.fma(share, R.fma(R(2), square, x), R(3) * c * cone)
    case 3:
      let moment = c * R.fma(R(6), square, R(9) * x)
      return R.fma(share, moment, cone * R.fma(R(11), square, R(4) * x))
    case 4:
      let moment = R.fma(R.fma(R(24), square, R(72) * x), square, R(9) * x * x)
      return R.fma(share, moment, cone * c * R.fma(R(50), square, R(55) * x))
    default:
      let moment = c * R.fma(R.fma(R(120), square, R(600) * x), square, R(225) * x * x)
      return R.fma(share, moment, cone * R.fma(R.fma(R(274), square, R(607) * x), square, R(64) * x * x))
    }
  }

  /// Half of the full moments, (2n − 1)!! qⁿ / 2, by the same sums as of two inputs, so that equal ones have the same bits.
  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    guard degree > 0 else { return (R.select(R(0.5), R(0.25), where: R(0), isLessThan: q), R(0)) }
    func moment(_ degree: Int) -> R { expectation(degree, q * q, q, R(0.5), R(0)) }
    return (moment(degree), R(Double(degree * degree)) * moment(degree - 1))
  }
}
