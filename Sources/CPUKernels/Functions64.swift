import WideKernels

/// Elementary functions by range reduction and minimax polynomials (Lawson's iteration in 60 digits), without branches.
///
/// Long polynomials are summed by `Powers`; in float32 they are so short that the additional products cost more than the waiting.
enum Functions64: ElementaryFunctions {
  /// 2^n for integers n of normal numbers.
  @inline(__always) static func power2<R: Vector>(_ n: R.Integers) -> R { R(bits: (n &+ 1023) &<< 52) }

  /// x = n log 2 + r with |r| ≤ log(2)/2, and e^r − 1; x is clamped to where e^x is neither 0 nor infinite for sure.
  @inline(__always) static func reducedExp<R: Vector>(_ x: R) -> (n: R.Integers, expm1: R) {
    reducedExp(
      clamped: R.select(
        R(709.9), R.select(R(-746.0), x, where: x, isLessThan: R(-746.0)), where: R(709.9), isLessThan: x))
  }

  @inline(__always) private static func reducedExp<R: Vector>(clamped: R) -> (n: R.Integers, expm1: R) {
    // Adding 1.5 · 2^52 rounds to an integer and leaves it in the lowest bits.
    let shifted = R.fma(clamped, R(1.4426950408889634), R(6755399441055744.0))
    let n = shifted.bits &- R(6755399441055744.0).bits
    let whole = shifted - R(6755399441055744.0)
    let r = R.fma(whole, R(-1.90821492927058770002e-10), R.fma(whole, R(-6.93147180369123816490e-01), clamped))
    let rs = Powers(r)
    var p = rs.sum(R(2.755724200468926e-07), R(2.510913964625757e-08), R(2.0924657886178176e-09))
    p = R.fma(p, rs.fourth, rs.sum(R(0.0013888888888866236), R(0.0001984126988637283), R(2.480158736154944e-05), R(2.755724393635592e-06)))
    p = R.fma(p, rs.fourth, rs.sum(R(0.5), R(0.16666666666666677), R(0.041666666666666706), R(0.008333333333321544)))
    return (n, R.fma(r * r, p, r))
  }

  @inline(__always) static func exp<R: Vector>(_ x: R) -> R {
    let (n, p) = reducedExp(x)
    // In two factors, so that the result may overflow or lose bits gradually.
    let half = n &>> 1
    return (R.one + p) * power2(half) * power2(n &- half)
  }

  @inline(__always) static func expm1<R: Vector>(_ x: R) -> R {
    let (n, p) = reducedExp(x)
    let half = n &>> 1
    let (first, second): (R, R) = (power2(half), power2(n &- half))
    // 2^n (1 + p) − 1, where the subtraction from 2^n is exact or harmless.
    let inverse: R = power2(R.Integers(0) &- n)
    let small = (p + (R.one - inverse)) * first * second
    let large = ((R.one + p) * first) * second - R.one
    let isModerate = R.select(small, large, where: R.absolute(x), isLessThan: R(30))
    // Keeps the sign of −0 and tiny numbers whole.
    return R.select(x, isModerate, where: R.absolute(x), isLessThan: R(1e-20))
  }

  /// log(m · 2^k (1 + c)) for m in [√½, √2), f = m − 1 and a correction c. Source: fdlibm's s_log1p.c.
  @inline(__always) static func logReduced<R: Vector>(_ f: R, exponent k: R, correction c: R) -> R {
    let s = f / (f + R(2))
    let z = s * s
    var p = R(0.1479698549278869)
    p = R.fma(p, z, R(0.1531395546470471))
    p = R.fma(p, z, R(0.18183567723406707))
    p = R.fma(p, z, R(0.22222198513389593))
    p = R.fma(p, z, R(0.28571428742929605))
    p = R.fma(p, z, R(0.3999999999941227))
    p = R.fma(p, z, R(0.6666666666666735))
    let halfSquare = R(0.5) * f * f
    let low = R.fma(k, R(1.90821492927058770002e-10), c)
    return R.fma(k, R(6.93147180369123816490e-01), f - (halfSquare - R.fma(s, R.fma(p, z, halfSquare), low)))
  }

  /// A positive normal number as m · 2^k with m in [√½, √2).
  @inline(__always) private static func exponentAndMantissa<R: Vector>(_ x: R) -> (exponent: R, mantissa: R) {
    let k = (x.bits &- R(0.7071067811865476).bits) &>> 52
    return (R(whole: k), R(bits: x.bits &- (k &<< 52)))
  }

  /// log x of positive normal numbers.
  @inline(__always) static func logOfPositive<R: Vector>(_ x: R) -> R {
    let (k, m) = exponentAndMantissa(x)
    return logReduced(m - R.one, exponent: k, correction: R.zero)
  }

  @inline(__always) static func log<R: Vector>(_ x: R) -> R {
    // Subnormal numbers are multiplied by 2^54 first.
    let leastNormal = R(2.2250738585072014e-308)
    let scaled = R.select(x * R(18014398509481984.0), x, where: x, isLessThan: leastNormal)
    let (k, m) = exponentAndMantissa(scaled)
    let exponent = k + R.select(R(-54), R.zero, where: x, isLessThan: leastNormal)
    // x − x is 0, or not a number where x is none.
    let value = logReduced(m - R.one, exponent: exponent, correction: x - x)
    let huge = R.select(x, value, where: R(1.7976931348623157e308), isLessThan: x)
    let atZero = R.select(R(-Double.infinity), huge, where: x, isLessThan: R(Double.leastNonzeroMagnitude))
    return R.select(R(Double.nan), atZero, where: x, isLessThan: R.zero)
  }

  @inline(__always) static func log1p<R: Vector>(_ x: R) -> R {
    let sum = R.one + x
    let (k, m) = exponentAndMantissa(sum)
    // What 1 + x lost, relative to the sum.
    let lost = R.select(R.one - (sum - x), x - (sum - R.one), where: R.one, isLessThan: x)
    let value = logReduced(m - R.one, exponent: k, correction: lost / sum)
    let tiny = R.select(x, value, where: R.absolute(x), isLessThan: R(1e-17))
    let huge = R.select(x, tiny, where: R(1.7976931348623157e308), isLessThan: x)
    return R.select(R(-Double.infinity), huge, where: x, isLessThan: R(-0.9999999999999999))
  }

  @inline(__always) static func erfAndGaussian<R: Vector>(_ x: R) -> (erf: R, gaussian: R) {
    let a = R.absolute(x)
    let z = x * x
    let gaussian = gaussian(square: z)
    // One polynomial for both: of erf(a)/a − 1 in a² below 1; above, of exp(a²) erfc(a) in a − 2, fitted to the error of its product
    // with exp(−a²); beyond 5.95 erf rounds to 1.
    @inline(__always) func choose(_ small: R, _ large: R) -> R { R.select(small, large, where: a, isLessThan: R.one) }
    let u = choose(z, R.select(R(5.95), a, where: R(5.95), isLessThan: a) - R(2))
    @inline(__always) func c(_ small: Double, _ large: Double) -> R { choose(R(small), R(large)) }
    let us = Powers(u)
    // Only the upper part has terms of these degrees.
    var p = R.fma(
      R(1.1723020176317994e-12), us.fourth,
      us.sum(R(1.4433669875000738e-09), R(-3.8727821272730606e-10), R(9.5708008280586e-11), R(-1.5813497083320537e-11)))
    p = R.fma(
      choose(R.zero, p), us.fourth,
      us.sum(
        c(5.960566589169124e-11, 3.4492474927178705e-07), c(0, -9.089427120627237e-08), c(0, 2.330362900913484e-08),
        c(0, -5.772261031578233e-09)))
    p = R.fma(
      p, us.fourth,
      us.sum(
        c(1.646100817240167e-06, 5.572833370978443e-05), c(-1.6350393136805328e-07, -1.629380677218671e-05),
        c(1.4660308901876444e-08, 4.628121320263335e-06), c(-1.1374882455872857e-09, -1.279376028365419e-06)))
    p = R.fma(
      p, us.fourth,
      us.sum(
        c(0.005223977624827963, 0.005440738537144925), c(-0.000854832698140014, -0.0018316642813974641),
        c(0.00012055331132078459, 0.000592469993706692), c(-1.492559575216792e-05, -0.00018477833602350364)))
    p = R.fma(
      p, us.fourth,
      us.sum(
        c(0.1283791670955126, 0.2553956763105053), c(-0.3761263890318375, -0.1067964618534962),
        c(0.11283791670954885, 0.041802752603568374), c(-0.026866170645077823, -0.015460637763884405)))
    return (choose(R.fma(x, p, x), R.copySign(R.one - gaussian * p, x)), gaussian)
  }

  /// exp(−z) for z ≥ 0; 0 where it is not a normal number or nearly so.
  @inline(__always) private static func gaussian<R: Vector>(square z: R) -> R {
    let (n, p) = reducedExp(clamped: -R.select(R(708.0), z, where: R(708.0), isLessThan: z))
    return R.select(R.zero, (R.one + p) * power2(n), where: R(708.0), isLessThan: z)
  }

  @inline(__always) static func atan2<R: Vector>(y: R, x: R) -> R {
    let (a, b) = (R.absolute(y), R.absolute(x))
    // Angles of |y| and |x|: below π/8 atan(a/b), up to 3π/8 π/4 + atan((a − b)/(a + b)), above π/2 − atan(b/a).
    let (low, high) = (R(0.41421356237309503) * b, R(0.41421356237309503) * a)
    @inline(__always) func choose(_ flat: R, _ middle: R, _ steep: R) -> R {
      R.select(steep, R.select(middle, flat, where: low, isLessThan: a), where: b, isLessThan: high)
    }
    // The least number for 0/0, which is 0.
    let t = choose(a, a - b, -b) / R.maximum(choose(b, a + b, a), R(Double.leastNonzeroMagnitude))
    let base = choose(R.zero, R(0.7853981633974483), R(1.5707963267948966))
    let baseLow = choose(R.zero, R(3.061616997868383e-17), R(2 * 3.061616997868383e-17))
    let z = t * t
    var p = R(0.015202804752524715)
    p = R.fma(p, z, R(-0.0334820302561805))
    p = R.fma(p, z, R(0.04503876787029254))
    p = R.fma(p, z, R(-0.052184855174723835))
    p = R.fma(p, z, R(0.05877034521289343))
    p = R.fma(p, z, R(-0.06666228072256436))
    p = R.fma(p, z, R(0.07692282849078443))
    p = R.fma(p, z, R(-0.09090908148609556))
    p = R.fma(p, z, R(0.11111111088294152))
    p = R.fma(p, z, R(-0.14285714285389955))
    p = R.fma(p, z, R(0.19999999999997686))
    p = R.fma(p, z, R(-0.33333333333333326))
    let first = (base + t) + R.fma(t * z, p, baseLow)
    let whole = R.select(R(3.141592653589793) - (first - R(4 * 3.061616997868383e-17)), first, where: x, isLessThan: R.zero)
    return R.copySign(whole, y)
  }

  /// Sine and cosine of a reduced angle. Source: fdlibm's k_sin.c and k_cos.c.
  @inline(__always) private static func sineKernel<R: Vector>(_ x: R, _ low: R) -> R {
    let z = x * x
    var p = R(1.58969099521155e-10)
    p = R.fma(p, z, R(-2.5050760253406863e-08))
    p = R.fma(p, z, R(2.7557313707070068e-06))
    p = R.fma(p, z, R(-0.0001984126982985795))
    p = R.fma(p, z, R(0.00833333333332249))
    let cube = z * x
    return x - ((z * (R(0.5) * low - cube * p) - low) - cube * R(-0.16666666666666632))
  }
  @inline(__always) private static func cosineKernel<R: Vector>(_ x: R, _ low: R) -> R {
    let z = x * x
    var p = R(-1.1359647557788195e-11)
    p = R.fma(p, z, R(2.087572321298175e-09))
    p = R.fma(p, z, R(-2.7557314351390663e-07))
    p = R.fma(p, z, R(2.480158728947673e-05))
    p = R.fma(p, z, R(-0.001388888888887411))
    p = R.fma(p, z, R(0.0416666666666666))
    let half = R(0.5) * z
    let w = R.one - half
    return w + (((R.one - w) - half) + (z * (z * p) - x * low))
  }

  @inline(__always) static func sineAndCosine<R: Vector>(_ x: R) -> (sine: R, cosine: R) {
    let (n, high, low) = R.reducedAngle(x)
    let (sineOfRest, cosineOfRest) = (sineKernel(high, low), cosineKernel(high, low))
    let (odd, next) = (n & 1, n &+ 1)
    let first = R.select(sineOfRest, cosineOfRest, whereZero: odd)
    let second = R.select(cosineOfRest, sineOfRest, whereZero: odd)
    let (sine, cosine) = (R.select(first, -first, whereZero: n & 2), R.select(second, -second, whereZero: next & 2))
    // Beyond, the products of the reduction are not exact. Lane by lane, so that no number depends on those beside it.
    let (limit, magnitude) = (R(1e5), R.absolute(x))
    guard R.isAnyLess(limit, magnitude) else { return (sine, cosine) }
    return (
      R.select(R.librarySin(x), sine, where: limit, isLessThan: magnitude),
      R.select(R.libraryCos(x), cosine, where: limit, isLessThan: magnitude)
    )
  }
}
