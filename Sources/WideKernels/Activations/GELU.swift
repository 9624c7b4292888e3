/// φ(x) = x Φ(x) = x (1 + erf(x/√2)) / 2, the exact form (not the tanh approximation).
///
/// φ is x/2 plus the even function x erf(x/√2)/2, so no mixed term is left. With A = 1 + q11, B = 1 + q22,
/// Δ = A B − q12² = 1 + q11 + q22 + (q11 q22 − q12²), g = (2/π) atan2(q12, √Δ), t = 1/A + 1/B, N = q11 q22 − q12² + q12² t:
///
///     4 dual       = q12 + q12 g + (2/π) N / √Δ
///     4 derivative = 1 + g + (2/π) q12 (2 t − 1 + N/Δ) / √Δ
///
/// Δ ≥ 1 and A, B ≥ 1, so nothing is singular for any covariance.
///
/// Source: Stein's lemma twice on E[u v erf(u/√2) erf(v/√2)], with Williams 1996 for E[erf erf]; Price's theorem.
public struct GELU: Activation {
  public static let name = "gelu"
  @inlinable public init() {}
  public init(parameters: [Double]) throws(ActivationError) {
    try requireParameters(parameters, of: Self.self)
  }

  @inlinable public func value<R: RealAlgebra>(_ x: R) -> R {
    R(0.5) * x * (R(1) + R.erf(R(0.5.squareRoot()) * x))
  }

  @inlinable public func dual<R: RealAlgebra>(q11: R, q22: R, q12: R) -> (dual: R, derivative: R) {
    let determinant = R.differenceOfProducts(q11, q22, q12, q12)
    let t = R(1) / (R(1) + q11) + R(1) / (R(1) + q22)
    return combine(q12: q12, determinant: determinant, sum: q11 + q22, t: t)
  }

  @inlinable public func diagonal<R: RealAlgebra>(_ q: R) -> (dual: R, derivative: R) {
    combine(q12: q, determinant: R(0), sum: R(2) * q, t: R(2) / (R(1) + q))
  }

  @inlinable func combine<R: RealAlgebra>(q12: R, determinant: R, sum: R, t: R) -> (dual: R, derivative: R) {
    // Below 1 only where the covariances are so large that the determinant's rounding exceeds them.
    let delta = R.maximum(determinant + (R(1) + sum), R(1))
    let inverse = R(1) / delta
    let root = R.sqrt(delta)
    let factor = R(2 / Double.pi) * root * inverse
    let g = R(1) + R(2 / Double.pi) * R.atan2(y: q12, x: root)
    let n = R.fma(q12 * q12, t, determinant)
    let slope = R.fma(R(2), t, R.fma(n, inverse, R(-1)))
    return (R(0.25) * R.fma(q12, g, factor * n), R(0.25) * R.fma(factor * q12, slope, g))
  }
}
