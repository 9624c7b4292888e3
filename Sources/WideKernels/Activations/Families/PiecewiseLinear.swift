/// What relu, leaky-relu, abrelu, abs and sign share: φ(x) = a min(x, 0) + b max(x, 0) and its slope.
///
/// φ is (a + b)/2 · x + (b − a)/2 · |x|, an odd and an even part, so only E[uv], E|uv| and E[sgn u sgn v] enter.
@usableFromInline enum PiecewiseLinear {
  /// √D and α = asin ρ, with D = q11 q22 − q12² and ρ the correlation; E[sgn u sgn v] = 2α/π.
  ///
  /// α = atan2(q12, √D) keeps its digits for any covariance. At coinciding inputs D = 0 up to rounding and is clipped there.
  /// A vanishing input gives α = 0: the value for independent inputs, as if φ′(0) were the mean of both slopes.
  @inlinable static func angle<R: RealAlgebra>(_ q11: R, _ q22: R, _ q12: R) -> (root: R, angle: R) {
    let root = R.sqrt(R.maximum(R.differenceOfProducts(q11, q22, q12, q12), R(0)))
    return (root, R.atan2(y: q12, x: root))
  }

  /// derivative = ((a + b)/2)² + ((b − a)/2)² 2α/π,  dual = q12 · derivative + ((b − a)/2)² 2√D/π.
  @inlinable static func dual<R: RealAlgebra>(
    negative a: Double, positive b: Double, q11: R, q22: R, q12: R
  ) -> (dual: R, derivative: R) {
    let (root, angle) = angle(q11, q22, q12)
    let even = R((b - a) * (b - a) / (2 * Double.pi))
    let derivative = R.fma(even, angle, R((a + b) * (a + b) / 4))
    return (R.fma(derivative, q12, even * root), derivative)
  }

  @inlinable static func diagonal<R: RealAlgebra>(negative a: Double, positive b: Double, _ q: R) -> (dual: R, derivative: R) {
    let half = R((a * a + b * b) / 2)
    return (half * q, half)
  }

  @inlinable static func value<R: RealAlgebra>(negative a: Double, positive b: Double, _ x: R) -> R {
    R.select(R(a) * x, R(b) * x, where: x, isLessThan: R(0))
  }
}
