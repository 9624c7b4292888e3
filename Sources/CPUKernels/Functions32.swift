import WideKernels

/// Elementary functions by range reduction and minimax polynomials (Lawson's iteration in 60 digits), without branches.
enum Functions32: ElementaryFunctions {
  /// 2^n for integers n of normal numbers.
  @inline(__always) static func power2<R: Vector>(_ n: R.Integers) -> R { R(bits: (n &+ 127) &<< 23) }

  /// x = n log 2 + r with |r| ≤ log(2)/2, and e^r − 1; x is clamped to where e^x is neither 0 nor infinite for sure.
  @inline(__always) static func reducedExp<R: Vector>(_ x: R) -> (n: R.Integers, expm1: R) {
    reducedExp(
      clamped: R.select(
        R(89.0), R.select(R(-104.0), x, where: x, isLessThan: R(-104.0)), where: R(89.0), isLessThan: x))
  }

  @inline(__always) private static func reducedExp<R: Vector>(clamped: R) -> (n: R.Integers, expm1: R) {
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the lowest bits.
    let shifted = R.fma(clamped, R(1.4426950408889634), R(12582912.0))
    let n = shifted.bits &- R(12582912.0).bits
    let whole = shifted - R(12582912.0)
    let r = R.fma(whole, R(2.12194440e-4), R.fma(whole, R(-0.693359375), clamped))
    var p = R(0.0013946182877090018)
    p = R.fma(p, r, R(0.008366612918535745))
    p = R.fma(p, r, R(0.041666288546500035))
    p = R.fma(p, r, R(0.16666542854695798))
    p = R.fma(p, r, R(0.5))
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
    return R.select(x, isModerate, where: R.absolute(x), isLessThan: R(1e-12))
  }

  /// log(m · 2^k (1 + c)) for m in [√½, √2), f = m − 1 and a correction c. Source: fdlibm's s_log1p.c.
  @inline(__always) static func logReduced<R: Vector>(_ f: R, exponent k: R, correction c: R) -> R {
    let s = f / (f + R(2))
    let z = s * s
    var p = R(0.2358256521922248)
    p = R.fma(p, z, R(0.28537297827112607))
    p = R.fma(p, z, R(0.40000335157645034))
    p = R.fma(p, z, R(0.6666666564599291))
    let halfSquare = R(0.5) * f * f
    let low = R.fma(k, R(-2.12194440e-4), c)
    return R.fma(k, R(0.693359375), f - (halfSquare - R.fma(s, R.fma(p, z, halfSquare), low)))
  }

  /// A positive normal number as m · 2^k with m in [√½, √2).
  @inline(__always) private static func exponentAndMantissa<R: Vector>(_ x: R) -> (exponent: R, mantissa: R) {
    let k = (x.bits &- R(0.7071067811865476).bits) &>> 23
    return (R(whole: k), R(bits: x.bits &- (k &<< 23)))
  }

  /// log x of positive normal numbers.
  @inline(__always) static func logOfPositive<R: Vector>(_ x: R) -> R {
    let (k, m) = exponentAndMantissa(x)
    return logReduced(m - R.one, exponent: k, correction: R.zero)
  }

  @inline(__always) static func log<R: Vector>(_ x: R) -> R {
    // Subnormal numbers are multiplied by 2^24 first.
    let leastNormal = R(1.1754943508222875e-38)
    let scaled = R.select(x * R(16777216.0), x, where: x, isLessThan: leastNormal)
    let (k, m) = exponentAndMantissa(scaled)
    let exponent = k + R.select(R(-24), R.zero, where: x, isLessThan: leastNormal)
    // x − x is 0, or not a number where x is none.
    let value = logReduced(m - R.one, exponent: exponent, correction: x - x)
    let huge = R.select(x, value, where: R(3.4028234663852886e38), isLessThan: x)
    let atZero = R.select(R(-Double.infinity), huge, where: x, isLessThan: R(Double(Float.leastNonzeroMagnitude)))
    return R.select(R(Double.nan), atZero, where: x, isLessThan: R.zero)
  }

  @inline(__always) static func log1p<R: Vector>(_ x: R) -> R {
    let sum = R.one + x
    let (k, m) = exponentAndMantissa(sum)
    // What 1 + x lost, relative to the sum.
    let lost = R.select(R.one - (sum - x), x - (sum - R.one), where: R.one, isLessThan: x)
    let value = logReduced(m - R.one, exponent: k, correction: lost / sum)
    let tiny = R.select(x, value, where: R.absolute(x), isLessThan: R(1e-9))
    let huge = R.select(x, tiny, where: R(3.4028234663852886e38), isLessThan: x)
    return R.select(R(-Double.infinity), huge, where: x, isLessThan: R(-0.99999995))
  }

  @inline(__always) static func erfAndGaussian<R: Vector>(_ x: R) -> (erf: R, gaussian: R) {
    let a = R.absolute(x)
    let z = x * x
    let gaussian = gaussian(square: z)
    // One polynomial for both: of erf(a)/a − 1 in a² below 1; above, of exp(a²) erfc(a) in a − 2, fitted to the error of its product
    // with exp(−a²); beyond 4.0 erf rounds to 1.
    @inline(__always) func choose(_ small: R, _ large: R) -> R { R.select(small, large, where: a, isLessThan: R.one) }
    let u = choose(z, R.select(R(4.0), a, where: R(4.0), isLessThan: a) - R(2))
    @inline(__always) func c(_ small: Double, _ large: Double) -> R { choose(R(small), R(large)) }
    var p = R(0.00010682702722121821)
    p = R.fma(p, u, R(-0.0002023390552494675))
    p = R.fma(choose(R.zero, p), u, c(7.888705155570432e-05, 0.0005035121575929224))
    p = R.fma(p, u, c(-0.0008020709272278161, -0.0018573622219264507))
    p = R.fma(p, u, c(0.005189519423449313, 0.005475558340549469))
    p = R.fma(p, u, c(-0.026854435642002992, -0.015443017706274986))
    p = R.fma(p, u, c(0.11283599945146754, 0.041801564395427704))
    p = R.fma(p, u, c(-0.3761262711364803, -0.10679778456687927))
    p = R.fma(p, u, c(0.12837916591013607, 0.2553955912590027))
    return (choose(R.fma(x, p, x), R.copySign(R.one - gaussian * p, x)), gaussian)
  }

  /// exp(−z) for z ≥ 0; 0 where it is not a normal number or nearly so.
  @inline(__always) private static func gaussian<R: Vector>(square z: R) -> R {
    let (n, p) = reducedExp(clamped: -R.select(R(87.0), z, where: R(87.0), isLessThan: z))
    return R.select(R.zero, (R.one + p) * power2(n), where: R(87.0), isLessThan: z)
  }

  @inline(__always) static func atan2<R: Vector>(y: R, x: R) -> R {
    let (a, b) = (R.absolute(y), R.absolute(x))
    // Angles of |y| and |x|: below π/8 atan(a/b), up to 3π/8 π/4 + atan((a − b)/(a + b)), above π/2 − atan(b/a).
    let (low, high) = (R(0.41421356237309503) * b, R(0.41421356237309503) * a)
    @inline(__always) func choose(_ flat: R, _ middle: R, _ steep: R) -> R {
      R.select(steep, R.select(middle, flat, where: low, isLessThan: a), where: b, isLessThan: high)
    }
    // The least number for 0/0, which is 0.
    let t = choose(a, a - b, -b) / R.maximum(choose(b, a + b, a), R(Double(Float.leastNonzeroMagnitude)))
    let base = choose(R.zero, R(0.7853981633974483), R(1.5707963267948966))
    let baseLow = choose(R.zero, R(-2.1855694143368964e-8), R(2 * -2.1855694143368964e-8))
    let z = t * t
    var p = R(-0.06082466101799282)
    p = R.fma(p, z, R(0.10595577644984082))
    p = R.fma(p, z, R(-0.1424378619417301))
    p = R.fma(p, z, R(0.19998485941197808))
    p = R.fma(p, z, R(-0.33333315454829765))
    let first = (base + t) + R.fma(t * z, p, baseLow)
    let whole = R.select(R(3.141592653589793) - (first - R(4 * -2.1855694143368964e-8)), first, where: x, isLessThan: R.zero)
    return R.copySign(whole, y)
  }

  /// Sine and cosine of a reduced angle. Source: Cephes, sinf.c.
  @inline(__always) private static func sineKernel<R: Vector>(_ x: R) -> R {
    let z = x * x
    let p = R.fma(R.fma(R(-1.9515295891e-4), z, R(8.3321608736e-3)), z, R(-1.6666654611e-1))
    return R.fma(x * z, p, x)
  }
  @inline(__always) private static func cosineKernel<R: Vector>(_ x: R) -> R {
    let z = x * x
    let p = R.fma(R.fma(R(2.443315711809948e-5), z, R(-1.388731625493765e-3)), z, R(4.166664568298827e-2))
    return R.fma(z * z, p, R.fma(R(-0.5), z, R.one))
  }

  @inline(__always) static func sineAndCosine<R: Vector>(_ x: R) -> (sine: R, cosine: R) {
    let (n, high, _) = R.reducedAngle(x)
    let (sineOfRest, cosineOfRest) = (sineKernel(high), cosineKernel(high))
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
