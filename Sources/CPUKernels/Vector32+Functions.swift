import CVectors
import WideKernels

// Elementary functions by range reduction and minimax polynomials (Lawson's iteration in 60 digits), without branches.
extension Vector32 {
  /// 2^n for integers n of normal numbers.
  @inline(__always) static func power2(_ n: vector_i32) -> Vector32 { Vector32(f32_from_bits((n &+ 127) &<< 23)) }

  /// x = n log 2 + r with |r| ≤ log(2)/2, and e^r − 1; x is clamped to where e^x is neither 0 nor infinite for sure.
  @inline(__always) static func reducedExp(_ x: Vector32) -> (n: vector_i32, expm1: Vector32) {
    reducedExp(
      clamped: select(
        Vector32(89.0), select(Vector32(-104.0), x, where: x, isLessThan: Vector32(-104.0)), where: Vector32(89.0), isLessThan: x))
  }

  @inline(__always) private static func reducedExp(clamped: Vector32) -> (n: vector_i32, expm1: Vector32) {
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the lowest bits.
    let shifted = fma(clamped, Vector32(1.4426950408889634), Vector32(12582912.0))
    let n = f32_bits(shifted.lanes) &- f32_bits(Vector32(12582912.0).lanes)
    let whole = shifted - Vector32(12582912.0)
    let r = fma(whole, Vector32(2.12194440e-4), fma(whole, Vector32(-0.693359375), clamped))
    var p = Vector32(0.0013946182877090018)
    p = fma(p, r, Vector32(0.008366612918535745))
    p = fma(p, r, Vector32(0.041666288546500035))
    p = fma(p, r, Vector32(0.16666542854695798))
    p = fma(p, r, Vector32(0.5))
    return (n, fma(r * r, p, r))
  }

  @inline(__always) package static func exp(_ x: Vector32) -> Vector32 {
    let (n, p) = reducedExp(x)
    // In two factors, so that the result may overflow or lose bits gradually.
    let half = n &>> 1
    return (one + p) * power2(half) * power2(n &- half)
  }

  @inline(__always) package static func expm1(_ x: Vector32) -> Vector32 {
    let (n, p) = reducedExp(x)
    let half = n &>> 1
    let (first, second) = (power2(half), power2(n &- half))
    // 2^n (1 + p) − 1, where the subtraction from 2^n is exact or harmless.
    let inverse = power2(0 &- n)
    let small = (p + (one - inverse)) * first * second
    let large = ((one + p) * first) * second - one
    let isModerate = select(small, large, where: absolute(x), isLessThan: Vector32(30))
    // Keeps the sign of −0 and tiny numbers whole.
    return select(x, isModerate, where: absolute(x), isLessThan: Vector32(1e-12))
  }

  /// log(m · 2^k (1 + c)) for m in [√½, √2), f = m − 1 and a correction c. Source: fdlibm's s_log1p.c.
  @inline(__always) static func logReduced(_ f: Vector32, exponent k: Vector32, correction c: Vector32) -> Vector32 {
    let s = f / (f + Vector32(2))
    let z = s * s
    var p = Vector32(0.2358256521922248)
    p = fma(p, z, Vector32(0.28537297827112607))
    p = fma(p, z, Vector32(0.40000335157645034))
    p = fma(p, z, Vector32(0.6666666564599291))
    let halfSquare = Vector32(0.5) * f * f
    let low = fma(k, Vector32(-2.12194440e-4), c)
    return fma(k, Vector32(0.693359375), f - (halfSquare - fma(s, fma(p, z, halfSquare), low)))
  }

  /// A positive normal number as m · 2^k with m in [√½, √2).
  @inline(__always) private static func exponentAndMantissa(_ x: Vector32) -> (exponent: Vector32, mantissa: Vector32) {
    let k = (f32_bits(x.lanes) &- f32_bits(Vector32(0.7071067811865476).lanes)) &>> 23
    return (Vector32(f32_from_integer(k)), Vector32(f32_from_bits(f32_bits(x.lanes) &- (k &<< 23))))
  }

  /// log x of positive normal numbers.
  @inline(__always) static func logOfPositive(_ x: Vector32) -> Vector32 {
    let (k, m) = exponentAndMantissa(x)
    return logReduced(m - one, exponent: k, correction: zero)
  }

  @inline(__always) package static func log(_ x: Vector32) -> Vector32 {
    // Subnormal numbers are multiplied by 2^24 first.
    let leastNormal = Vector32(1.1754943508222875e-38)
    let scaled = select(x * Vector32(16777216.0), x, where: x, isLessThan: leastNormal)
    let (k, m) = exponentAndMantissa(scaled)
    let exponent = k + select(Vector32(-24), zero, where: x, isLessThan: leastNormal)
    // x − x is 0, or not a number where x is none.
    let value = logReduced(m - one, exponent: exponent, correction: x - x)
    let huge = select(x, value, where: Vector32(3.4028234663852886e38), isLessThan: x)
    let atZero = select(Vector32(-Double.infinity), huge, where: x, isLessThan: Vector32(repeating: .leastNonzeroMagnitude))
    return select(Vector32(Double.nan), atZero, where: x, isLessThan: zero)
  }

  @inline(__always) package static func log1p(_ x: Vector32) -> Vector32 {
    let sum = one + x
    let (k, m) = exponentAndMantissa(sum)
    // What 1 + x lost, relative to the sum.
    let lost = select(one - (sum - x), x - (sum - one), where: one, isLessThan: x)
    let value = logReduced(m - one, exponent: k, correction: lost / sum)
    let tiny = select(x, value, where: absolute(x), isLessThan: Vector32(1e-9))
    let huge = select(x, tiny, where: Vector32(3.4028234663852886e38), isLessThan: x)
    return select(Vector32(-Double.infinity), huge, where: x, isLessThan: Vector32(-0.99999995))
  }

  @inline(__always) package static func erf(_ x: Vector32) -> Vector32 { erfAndGaussian(x).erf }

  @inline(__always) package static func erfAndGaussian(_ x: Vector32) -> (erf: Vector32, gaussian: Vector32) {
    let a = absolute(x)
    let z = x * x
    let gaussian = gaussian(square: z)
    var p = Vector32(7.888705155570432e-05)
    p = fma(p, z, Vector32(-0.0008020709272278161))
    p = fma(p, z, Vector32(0.005189519423449313))
    p = fma(p, z, Vector32(-0.026854435642002992))
    p = fma(p, z, Vector32(0.11283599945146754))
    p = fma(p, z, Vector32(-0.3761262711364803))
    p = fma(p, z, Vector32(0.12837916591013607))
    let small = fma(x, p, x)
    // exp(a²) erfc(a) as a polynomial in a − 2, fitted to the error of its product with exp(−a²); beyond 4.0 erf rounds to 1.
    let s = select(Vector32(4.0), a, where: Vector32(4.0), isLessThan: a) - Vector32(2)
    var q = Vector32(0.00010682702722121821)
    q = fma(q, s, Vector32(-0.0002023390552494675))
    q = fma(q, s, Vector32(0.0005035121575929224))
    q = fma(q, s, Vector32(-0.0018573622219264507))
    q = fma(q, s, Vector32(0.005475558340549469))
    q = fma(q, s, Vector32(-0.015443017706274986))
    q = fma(q, s, Vector32(0.041801564395427704))
    q = fma(q, s, Vector32(-0.10679778456687927))
    q = fma(q, s, Vector32(0.2553955912590027))
    let large = copySign(one - gaussian * q, x)
    return (select(small, large, where: a, isLessThan: one), gaussian)
  }

  /// exp(−z) for z ≥ 0; 0 where it is not a normal number or nearly so.
  @inline(__always) private static func gaussian(square z: Vector32) -> Vector32 {
    let (n, p) = reducedExp(clamped: -select(Vector32(87.0), z, where: Vector32(87.0), isLessThan: z))
    return select(zero, (one + p) * power2(n), where: Vector32(87.0), isLessThan: z)
  }

  @inline(__always) package static func atan2(y: Vector32, x: Vector32) -> Vector32 {
    let (a, b) = (absolute(y), absolute(x))
    let high = select(b, a, where: a, isLessThan: b)
    let low = select(a, b, where: a, isLessThan: b)
    // Half an octant: above tan(π/8) the angle is π/4 + atan((low − high)/(low + high)).
    let bound = Vector32(0.41421356237309503) * high
    let numerator = select(low - high, low, where: bound, isLessThan: low)
    let denominator = select(low + high, select(high, one, where: zero, isLessThan: high), where: bound, isLessThan: low)
    let offset = select(Vector32(0.7853981633974483), zero, where: bound, isLessThan: low)
    let offsetLow = select(Vector32(-2.1855694143368964e-8), zero, where: bound, isLessThan: low)
    let t = numerator / denominator
    let z = t * t
    var p = Vector32(-0.06082466101799282)
    p = fma(p, z, Vector32(0.10595577644984082))
    p = fma(p, z, Vector32(-0.1424378619417301))
    p = fma(p, z, Vector32(0.19998485941197808))
    p = fma(p, z, Vector32(-0.33333315454829765))
    let tail = fma(t * z, p, offsetLow)
    // The angle is base + direction · (offset + t + tail): complement where |y| > |x|, supplement where x < 0.
    let octant = select(Vector32(1.5707963267948966), zero, where: b, isLessThan: a)
    let octantLow = select(Vector32(2 * -2.1855694143368964e-8), zero, where: b, isLessThan: a)
    let isSwapped = select(Vector32(-1), one, where: b, isLessThan: a)
    let first = fma(isSwapped, offset, octant) + isSwapped * t + fma(isSwapped, tail, octantLow)
    let whole = select(Vector32(3.141592653589793) - (first - Vector32(4 * -2.1855694143368964e-8)), first, where: x, isLessThan: zero)
    return copySign(whole, y)
  }

  // By way of float64: the reduction needs more digits than float32 has.
  @inline(__always) package static func sin(_ x: Vector32) -> Vector32 {
    Vector32(
      f32_from_halves(Vector64.sin(Vector64(f32_low(x.lanes))).lanes, Vector64.sin(Vector64(f32_high(x.lanes))).lanes))
  }
  @inline(__always) package static func cos(_ x: Vector32) -> Vector32 {
    Vector32(
      f32_from_halves(Vector64.cos(Vector64(f32_low(x.lanes))).lanes, Vector64.cos(Vector64(f32_high(x.lanes))).lanes))
  }
}
