/// What sin and cos share: φ(x) = A sin(B x + C).
///
/// With E∓ = exp(−B² (q11 + q22 ∓ 2 q12)/2) and S = E₋ − E₊:
/// dual = A² (S/2 + sin²C E₊),  derivative = A² B² (S/2 + cos²C E₊).
///
/// S is formed without cancellation and without overflow: the larger exponential times expm1(−2 B² |q12|).
@usableFromInline enum Sinusoid {
  @inlinable @inline(__always) static func dual<R: RealAlgebra>(
    amplitude: Double, frequency: Double, sineSquared: Double, cosineSquared: Double, q11: R, q22: R, q12: R
  ) -> (dual: R, derivative: R) {
    let rate = frequency * frequency
    // −|q12| by `select`, whose derivative at q12 = 0 is that of one side and not 0.
    let lower = R.select(q12, -q12, where: q12, isLessThan: R(0))
    // Each difference is exact where the inputs nearly coincide; their sum is at least (√q11 − √q22)² but for rounding.
    let larger = R.exp(R(-rate / 2) * R.nonNegative((q11 + lower) + (q22 + lower)))
    let ratio = R.expm1(R(2 * rate) * lower)
    let sum = R.select(larger, R.fma(larger, ratio, larger), where: q12, isLessThan: R(0))
    let gap = larger * ratio
    let halfDifference = R(0.5) * R.select(gap, -gap, where: q12, isLessThan: R(0))
    return combine(amplitude, frequency, sineSquared, cosineSquared, halfDifference: halfDifference, sum: sum)
  }

  /// Both expectations at u = v: E₋ = 1, E₊ = exp(−2 B² q).
  @inlinable static func diagonal<R: RealAlgebra>(
    amplitude: Double, frequency: Double, sineSquared: Double, cosineSquared: Double, _ q: R
  ) -> (dual: R, derivative: R) {
    let ratio = R.expm1(R(-2 * frequency * frequency) * q)
    return combine(amplitude, frequency, sineSquared, cosineSquared, halfDifference: R(-0.5) * ratio, sum: R(1) + ratio)
  }

  @inlinable @inline(__always) static func combine<R: RealAlgebra>(
    _ amplitude: Double, _ frequency: Double, _ sineSquared: Double, _ cosineSquared: Double, halfDifference: R, sum: R
  ) -> (dual: R, derivative: R) {
    let scale = amplitude * amplitude
    return (
      R(scale) * R.fma(R(sineSquared), sum, halfDifference),
      R(scale * frequency * frequency) * R.fma(R(cosineSquared), sum, halfDifference)
    )
  }
}
