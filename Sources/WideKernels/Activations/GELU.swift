/// φ(x) = x Φ(x) = x (1 + erf(x/√2)) / 2, the exact form (not the tanh approximation).
///
/// φ is x/2 plus the even function x erf(x/√2)/2, so no mixed term is left. With A = 1 + q11, B = 1 + q22,
/// Δ = A B − q12² = 1 + q11 + q22 + (q11 q22 − q12²), g = (2/π) atan2(q12, √Δ), t = 1/A + 1/B, N = q11 q22 − q12² + q12² t:
///
///     4 dual       = q12 + q12 g + (2/π) N / √Δ
///     4 derivative = 1 + g + (2/π) q12 (t + 1/Δ) / √Δ
///
/// Δ ≥ 1 and A, B ≥ 1, so nothing is singular for any covariance, and no terms of the derivative cancel: t + 1/Δ is 2 t − 1 + N/Δ.
///
/// Source: Stein's lemma twice on E[u v erf(u/√2) erf(v/√2)], with Williams 1996 for E[erf erf]; Price's theorem.
public struct GELU: Activation {
  public static let name = "gelu"
  public var kind: ActivationKind { .gelu }
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable @inline(__always) public func value<R: RealAlgebra>(_ x: R) -> R {
    R(0.5) * x * (R(1) + R.erf(R(0.5.squareRoot()) * x))
  }

  @inlinable @inline(__always) public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let (one, two) = (R(1) + q11, R(1) + q22)
    let (scale, inverse) = R.balance(one, two)
    let (a, b, c) = (scale * q11, scale * q22, scale * q12)
    // Of the covariances of two numbers, so at least 0.
    let determinant = R.nonNegative(R.differenceOfProducts(a, b, c, c))
    return combine(q12, scaled: c, determinant: determinant, sum: a + b, t: R(1) / one + R(1) / two, (scale, inverse))
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    let one = R(1) + q
    let (scale, inverse) = R.balance(one, one)
    let c = scale * q
    return combine(q, scaled: c, determinant: R(0), sum: R(2) * c, t: R(2) / one, (scale, inverse))
  }

  /// - Parameters:
  ///   - scaled, sum: q12 and q11 + q22 times the balance's scale, `determinant` times its square.
  ///   - t: unscaled.
  @inlinable @inline(__always) func combine<R: RealAlgebra>(
    _ q12: R, scaled: R, determinant: R, sum: R, t: R, _ balance: (scale: R, inverse: R)
  ) -> (dual: R, derivative: R) {
    let delta = determinant + balance.scale * (balance.scale + sum)
    let inverse = R(1) / delta
    let root = R.sqrt(delta)
    let factor = R(2 / Double.pi) * root * inverse
    let g = R(1) + R(2 / Double.pi) * R.atan2(y: scaled, x: root)
    let n = R.fma(scaled * scaled, t, determinant)
    let slope = R.fma(balance.scale, balance.scale * inverse, t)
    return (R(0.25) * R.fma(q12, g, balance.inverse * (factor * n)), R(0.25) * R.fma(factor * scaled, slope, g))
  }
}
