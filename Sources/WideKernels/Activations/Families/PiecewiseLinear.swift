/// What relu, leaky-relu, abrelu, abs and sign share: φ(x) = a min(x, 0) + b max(x, 0) and its slope.
///
/// φ is (a + b)/2 · x + (b − a)/2 · |x|, an odd and an even part, so only E[uv], E|uv| and E[sgn u sgn v] enter.
@usableFromInline enum PiecewiseLinear {
  /// √D and α = asin ρ, with D = q11 q22 − q12² and ρ the correlation; E[sgn u sgn v] = 2α/π.
  ///
  /// α = atan2(q12, √D) keeps its digits for any covariance. At coinciding inputs D = 0 up to rounding and is clipped there.
  /// A vanishing input gives α = 0: the value for independent inputs, as if φ′(0) were the mean of both slopes.
  @inlinable @inline(__always) static func angle<R: RealAlgebra>(_ q11: R, _ q22: R, _ q12: R) -> (root: R, angle: R) {
    let (scale, inverse) = R.balance(q11, q22)
    let covariance = scale * q12
    let root = R.sqrt(R.nonNegative(R.differenceOfProducts(scale * q11, scale * q22, covariance, covariance)))
    return (inverse * root, R.atan2(y: covariance, x: root))
  }

  /// derivative = ((a + b)/2)² + ((b − a)/2)² 2α/π,  dual = q12 · derivative + ((b − a)/2)² 2√D/π.
  @inlinable @inline(__always) static func dual<R: RealAlgebra>(
    negative a: Double, positive b: Double, q11: R, q22: R, q12: R
  ) -> (dual: R, derivative: R) {
    let (root, angle) = angle(q11, q22, q12)
    let even = R((b - a) * (b - a) / (2 * Double.pi))
    let general = R.fma(even, angle, R((a + b) * (a + b) / 4))
    let derivative = isExactWhereParallel(a, b) ? general : parallel(R((a * a + b * b) / 2), else: general, root, q12)
    return (R.fma(derivative, q12, even * root), derivative)
  }

  /// `value` where two inputs have one direction, so that equal ones have the diagonal form's numbers to the last bit: a later layer
  /// would take a difference by one rounding u for an angle of √u.
  @inlinable @inline(__always) static func parallel<R: RealAlgebra>(_ value: R, else general: R, _ root: R, _ q12: R) -> R {
    R.select(general, R.select(value, general, where: R(0), isLessThan: q12), where: R(0), isLessThan: root)
  }

  /// Whether the derivative comes out exact at α = π/2 without that, in both precisions, as for relu and abs.
  @inlinable @inline(__always) static func isExactWhereParallel(_ a: Double, _ b: Double) -> Bool {
    let (even, mean, half) = ((b - a) * (b - a) / (2 * Double.pi), (a + b) * (a + b) / 4, (a * a + b * b) / 2)
    return mean.addingProduct(even, Double.pi / 2) == half
      && Float(mean).addingProduct(Float(even), Float(Double.pi / 2)) == Float(half)
  }

  @inlinable static func diagonal<R: RealAlgebra>(negative a: Double, positive b: Double, _ q: R) -> (dual: R, derivative: R) {
    let half = R((a * a + b * b) / 2)
    return (half * q, half)
  }

  @inlinable @inline(__always) static func value<R: RealAlgebra>(negative a: Double, positive b: Double, _ x: R) -> R {
    R.select(R(a) * x, R(b) * x, where: x, isLessThan: R(0))
  }
}
