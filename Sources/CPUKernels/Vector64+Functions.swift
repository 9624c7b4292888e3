import CVectors
import WideKernels

// Elementary functions by range reduction and minimax polynomials (Lawson's iteration in 60 digits), without branches.
extension Vector64 {
  /// 2^n for integers n of normal numbers.
  @inline(__always) static func power2(_ n: vector_i64) -> Vector64 { Vector64(f64_from_bits((n &+ 1023) &<< 52)) }

  /// x = n log 2 + r with |r| ≤ log(2)/2, and e^r − 1; x is clamped to where e^x is neither 0 nor infinite for sure.
  @inline(__always) static func reducedExp(_ x: Vector64) -> (n: vector_i64, expm1: Vector64) {
    reducedExp(
      clamped: select(
        Vector64(709.9), select(Vector64(-746.0), x, where: x, isLessThan: Vector64(-746.0)), where: Vector64(709.9), isLessThan: x))
  }

  @inline(__always) private static func reducedExp(clamped: Vector64) -> (n: vector_i64, expm1: Vector64) {
    // Adding 1.5 · 2^52 rounds to an integer and leaves it in the lowest bits.
    let shifted = fma(clamped, Vector64(1.4426950408889634), Vector64(6755399441055744.0))
    let n = f64_bits(shifted.lanes) &- f64_bits(Vector64(6755399441055744.0).lanes)
    let whole = shifted - Vector64(6755399441055744.0)
    let r = fma(whole, Vector64(-1.90821492927058770002e-10), fma(whole, Vector64(-6.93147180369123816490e-01), clamped))
    var p = Vector64(2.0924657886178176e-09)
    p = fma(p, r, Vector64(2.510913964625757e-08))
    p = fma(p, r, Vector64(2.755724200468926e-07))
    p = fma(p, r, Vector64(2.755724393635592e-06))
    p = fma(p, r, Vector64(2.480158736154944e-05))
    p = fma(p, r, Vector64(0.0001984126988637283))
    p = fma(p, r, Vector64(0.0013888888888866236))
    p = fma(p, r, Vector64(0.008333333333321544))
    p = fma(p, r, Vector64(0.041666666666666706))
    p = fma(p, r, Vector64(0.16666666666666677))
    p = fma(p, r, Vector64(0.5))
    return (n, fma(r * r, p, r))
  }

  @inline(__always) package static func exp(_ x: Vector64) -> Vector64 {
    let (n, p) = reducedExp(x)
    // In two factors, so that the result may overflow or lose bits gradually.
    let half = n &>> 1
    return (one + p) * power2(half) * power2(n &- half)
  }

  @inline(__always) package static func expm1(_ x: Vector64) -> Vector64 {
    let (n, p) = reducedExp(x)
    let half = n &>> 1
    let (first, second) = (power2(half), power2(n &- half))
    // 2^n (1 + p) − 1, where the subtraction from 2^n is exact or harmless.
    let inverse = power2(0 &- n)
    let small = (p + (one - inverse)) * first * second
    let large = ((one + p) * first) * second - one
    let isModerate = select(small, large, where: absolute(x), isLessThan: Vector64(30))
    // Keeps the sign of −0 and tiny numbers whole.
    return select(x, isModerate, where: absolute(x), isLessThan: Vector64(1e-20))
  }

  /// log(m · 2^k (1 + c)) for m in [√½, √2), f = m − 1 and a correction c. Source: fdlibm's s_log1p.c.
  @inline(__always) static func logReduced(_ f: Vector64, exponent k: Vector64, correction c: Vector64) -> Vector64 {
    let s = f / (f + Vector64(2))
    let z = s * s
    var p = Vector64(0.1479698549278869)
    p = fma(p, z, Vector64(0.1531395546470471))
    p = fma(p, z, Vector64(0.18183567723406707))
    p = fma(p, z, Vector64(0.22222198513389593))
    p = fma(p, z, Vector64(0.28571428742929605))
    p = fma(p, z, Vector64(0.3999999999941227))
    p = fma(p, z, Vector64(0.6666666666666735))
    let halfSquare = Vector64(0.5) * f * f
    let low = fma(k, Vector64(1.90821492927058770002e-10), c)
    return fma(k, Vector64(6.93147180369123816490e-01), f - (halfSquare - fma(s, fma(p, z, halfSquare), low)))
  }

  /// A positive normal number as m · 2^k with m in [√½, √2).
  @inline(__always) private static func exponentAndMantissa(_ x: Vector64) -> (exponent: Vector64, mantissa: Vector64) {
    let k = (f64_bits(x.lanes) &- f64_bits(Vector64(0.7071067811865476).lanes)) &>> 52
    return (Vector64(f64_from_integer(k)), Vector64(f64_from_bits(f64_bits(x.lanes) &- (k &<< 52))))
  }

  /// log x of positive normal numbers.
  @inline(__always) static func logOfPositive(_ x: Vector64) -> Vector64 {
    let (k, m) = exponentAndMantissa(x)
    return logReduced(m - one, exponent: k, correction: zero)
  }

  @inline(__always) package static func log(_ x: Vector64) -> Vector64 {
    // Subnormal numbers are multiplied by 2^54 first.
    let leastNormal = Vector64(2.2250738585072014e-308)
    let scaled = select(x * Vector64(18014398509481984.0), x, where: x, isLessThan: leastNormal)
    let (k, m) = exponentAndMantissa(scaled)
    let exponent = k + select(Vector64(-54), zero, where: x, isLessThan: leastNormal)
    // x − x is 0, or not a number where x is none.
    let value = logReduced(m - one, exponent: exponent, correction: x - x)
    let huge = select(x, value, where: Vector64(1.7976931348623157e308), isLessThan: x)
    let atZero = select(Vector64(-Double.infinity), huge, where: x, isLessThan: Vector64(repeating: .leastNonzeroMagnitude))
    return select(Vector64(Double.nan), atZero, where: x, isLessThan: zero)
  }

  @inline(__always) package static func log1p(_ x: Vector64) -> Vector64 {
    let sum = one + x
    let (k, m) = exponentAndMantissa(sum)
    // What 1 + x lost, relative to the sum.
    let lost = select(one - (sum - x), x - (sum - one), where: one, isLessThan: x)
    let value = logReduced(m - one, exponent: k, correction: lost / sum)
    let tiny = select(x, value, where: absolute(x), isLessThan: Vector64(1e-17))
    let huge = select(x, tiny, where: Vector64(1.7976931348623157e308), isLessThan: x)
    return select(Vector64(-Double.infinity), huge, where: x, isLessThan: Vector64(-0.9999999999999999))
  }

  @inline(__always) package static func erf(_ x: Vector64) -> Vector64 { erfAndGaussian(x).erf }

  @inline(__always) package static func erfAndGaussian(_ x: Vector64) -> (erf: Vector64, gaussian: Vector64) {
    let a = absolute(x)
    let z = x * x
    let gaussian = gaussian(square: z)
    var p = Vector64(5.960566589169124e-11)
    p = fma(p, z, Vector64(-1.1374882455872857e-09))
    p = fma(p, z, Vector64(1.4660308901876444e-08))
    p = fma(p, z, Vector64(-1.6350393136805328e-07))
    p = fma(p, z, Vector64(1.646100817240167e-06))
    p = fma(p, z, Vector64(-1.492559575216792e-05))
    p = fma(p, z, Vector64(0.00012055331132078459))
    p = fma(p, z, Vector64(-0.000854832698140014))
    p = fma(p, z, Vector64(0.005223977624827963))
    p = fma(p, z, Vector64(-0.026866170645077823))
    p = fma(p, z, Vector64(0.11283791670954885))
    p = fma(p, z, Vector64(-0.3761263890318375))
    p = fma(p, z, Vector64(0.1283791670955126))
    let small = fma(x, p, x)
    // exp(a²) erfc(a) as a polynomial in a − 2, fitted to the error of its product with exp(−a²); beyond 5.95 erf rounds to 1.
    let s = select(Vector64(5.95), a, where: Vector64(5.95), isLessThan: a) - Vector64(2)
    var q = Vector64(1.1723020176317994e-12)
    q = fma(q, s, Vector64(-1.5813497083320537e-11))
    q = fma(q, s, Vector64(9.5708008280586e-11))
    q = fma(q, s, Vector64(-3.8727821272730606e-10))
    q = fma(q, s, Vector64(1.4433669875000738e-09))
    q = fma(q, s, Vector64(-5.772261031578233e-09))
    q = fma(q, s, Vector64(2.330362900913484e-08))
    q = fma(q, s, Vector64(-9.089427120627237e-08))
    q = fma(q, s, Vector64(3.4492474927178705e-07))
    q = fma(q, s, Vector64(-1.279376028365419e-06))
    q = fma(q, s, Vector64(4.628121320263335e-06))
    q = fma(q, s, Vector64(-1.629380677218671e-05))
    q = fma(q, s, Vector64(5.572833370978443e-05))
    q = fma(q, s, Vector64(-0.00018477833602350364))
    q = fma(q, s, Vector64(0.000592469993706692))
    q = fma(q, s, Vector64(-0.0018316642813974641))
    q = fma(q, s, Vector64(0.005440738537144925))
    q = fma(q, s, Vector64(-0.015460637763884405))
    q = fma(q, s, Vector64(0.041802752603568374))
    q = fma(q, s, Vector64(-0.1067964618534962))
    q = fma(q, s, Vector64(0.2553956763105053))
    let large = copySign(one - gaussian * q, x)
    return (select(small, large, where: a, isLessThan: one), gaussian)
  }

  /// exp(−z) for z ≥ 0; 0 where it is not a normal number or nearly so.
  @inline(__always) private static func gaussian(square z: Vector64) -> Vector64 {
    let (n, p) = reducedExp(clamped: -select(Vector64(708.0), z, where: Vector64(708.0), isLessThan: z))
    return select(zero, (one + p) * power2(n), where: Vector64(708.0), isLessThan: z)
  }

  @inline(__always) package static func atan2(y: Vector64, x: Vector64) -> Vector64 {
    let (a, b) = (absolute(y), absolute(x))
    let high = select(b, a, where: a, isLessThan: b)
    let low = select(a, b, where: a, isLessThan: b)
    // Half an octant: above tan(π/8) the angle is π/4 + atan((low − high)/(low + high)).
    let bound = Vector64(0.41421356237309503) * high
    let numerator = select(low - high, low, where: bound, isLessThan: low)
    let denominator = select(low + high, select(high, one, where: zero, isLessThan: high), where: bound, isLessThan: low)
    let offset = select(Vector64(0.7853981633974483), zero, where: bound, isLessThan: low)
    let offsetLow = select(Vector64(3.061616997868383e-17), zero, where: bound, isLessThan: low)
    let t = numerator / denominator
    let z = t * t
    var p = Vector64(0.015202804752524715)
    p = fma(p, z, Vector64(-0.0334820302561805))
    p = fma(p, z, Vector64(0.04503876787029254))
    p = fma(p, z, Vector64(-0.052184855174723835))
    p = fma(p, z, Vector64(0.05877034521289343))
    p = fma(p, z, Vector64(-0.06666228072256436))
    p = fma(p, z, Vector64(0.07692282849078443))
    p = fma(p, z, Vector64(-0.09090908148609556))
    p = fma(p, z, Vector64(0.11111111088294152))
    p = fma(p, z, Vector64(-0.14285714285389955))
    p = fma(p, z, Vector64(0.19999999999997686))
    p = fma(p, z, Vector64(-0.33333333333333326))
    let tail = fma(t * z, p, offsetLow)
    // The angle is base + direction · (offset + t + tail): complement where |y| > |x|, supplement where x < 0.
    let octant = select(Vector64(1.5707963267948966), zero, where: b, isLessThan: a)
    let octantLow = select(Vector64(2 * 3.061616997868383e-17), zero, where: b, isLessThan: a)
    let isSwapped = select(Vector64(-1), one, where: b, isLessThan: a)
    let first = fma(isSwapped, offset, octant) + isSwapped * t + fma(isSwapped, tail, octantLow)
    let whole = select(Vector64(3.141592653589793) - (first - Vector64(4 * 3.061616997868383e-17)), first, where: x, isLessThan: zero)
    return copySign(whole, y)
  }

  // Beyond this many multiples of π/2 the products below are no longer exact.
  @inline(__always) private static var reducible: Vector64 { Vector64(1e5) }

  /// x = n π/2 + high + low with |high| ≤ π/4. Source: fdlibm's e_rem_pio2.c, with π/2 in pieces of 33 bits.
  @inline(__always) private static func reducedAngle(_ x: Vector64) -> (n: vector_i64, high: Vector64, low: Vector64) {
    let magic = Vector64(6755399441055744.0)
    let shifted = fma(x, Vector64(0.6366197723675814), magic)
    let n = f64_bits(shifted.lanes)
    let whole = shifted - magic
    let first = x - whole * Vector64(1.57079632673412561417e+00)
    let piece = whole * Vector64(6.07710050630396597660e-11)
    let second = first - piece
    let rest = (first - second) - piece
    let tail = rest - fma(whole, Vector64(2.02226624871116645580e-21), whole * Vector64(8.47842766036889956997e-32))
    let high = second + tail
    return (n, high, (second - high) + tail)
  }

  /// Sine and cosine of a reduced angle. Source: fdlibm's k_sin.c and k_cos.c.
  @inline(__always) private static func sineKernel(_ x: Vector64, _ low: Vector64) -> Vector64 {
    let z = x * x
    var p = Vector64(1.58969099521155e-10)
    p = fma(p, z, Vector64(-2.5050760253406863e-08))
    p = fma(p, z, Vector64(2.7557313707070068e-06))
    p = fma(p, z, Vector64(-0.0001984126982985795))
    p = fma(p, z, Vector64(0.00833333333332249))
    let cube = z * x
    return x - ((z * (Vector64(0.5) * low - cube * p) - low) - cube * Vector64(-0.16666666666666632))
  }
  @inline(__always) private static func cosineKernel(_ x: Vector64, _ low: Vector64) -> Vector64 {
    let z = x * x
    var p = Vector64(-1.1359647557788195e-11)
    p = fma(p, z, Vector64(2.087572321298175e-09))
    p = fma(p, z, Vector64(-2.7557314351390663e-07))
    p = fma(p, z, Vector64(2.480158728947673e-05))
    p = fma(p, z, Vector64(-0.001388888888887411))
    p = fma(p, z, Vector64(0.0416666666666666))
    let half = Vector64(0.5) * z
    let w = one - half
    return w + (((one - w) - half) + (z * (z * p) - x * low))
  }

  /// sin(x + quadrant π/2) for |x| ≤ 1e5.
  @inline(__always) private static func sine(_ x: Vector64, quadrant: Int64) -> Vector64 {
    let (n, high, low) = reducedAngle(x)
    let turned = n &+ quadrant
    let value = Vector64(
      f64_select_zero(sineKernel(high, low).lanes, cosineKernel(high, low).lanes, turned & 1))
    return Vector64(f64_select_zero(value.lanes, (-value).lanes, turned & 2))
  }

  @inline(__always) package static func sin(_ x: Vector64) -> Vector64 {
    if f64_any_less(reducible.lanes, absolute(x).lanes) != 0 { return Vector64(f64_library_sin(x.lanes)) }
    return sine(x, quadrant: 0)
  }
  @inline(__always) package static func cos(_ x: Vector64) -> Vector64 {
    if f64_any_less(reducible.lanes, absolute(x).lanes) != 0 { return Vector64(f64_library_cos(x.lanes)) }
    return sine(x, quadrant: 1)
  }
}
