// functions.cl: elementary functions of vectors, for processors; stands before generated functions where LANES > 1.
//
// Range reduction and minimax polynomials without branches, the same as the CPU backend's (Vector64+Functions.swift and
// Vector32+Functions.swift), in the place of the built-in ones, whose last half ulp costs several times as much.
// GPUs (LANES == 1) keep the built-in functions: theirs are made for them.

#define REAL(x) REAL_(x)
#if REAL_IS_DOUBLE
#define REAL_(x) ((vreal)(x))
#define vinteger PASTE(long, LANES)
#define AS_INTEGER PASTE(as_long, LANES)
#define AS_REAL PASTE(as_double, LANES)
#define TO_REAL PASTE(convert_double, LANES)
#define MANTISSA_BITS 52
#define EXPONENT_BIAS 1023
// Adding 1.5 * 2^MANTISSA_BITS rounds to an integer and leaves it in the lowest bits.
#define ROUNDER 6755399441055744.0
#define LEAST_NORMAL 2.2250738585072014e-308
#define SUBNORMAL_SCALE 18014398509481984.0
#define SUBNORMAL_EXPONENT -54.0
#define LARGEST 1.7976931348623157e308
#define EXP_HIGHEST 709.9
#define EXP_LOWEST -746.0
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define EXPM1_TINY 1e-20
#define LOG1P_TINY 1e-17
#define MINUS_ONE_NEXT -0.9999999999999999
#define ERF_ONE 5.95
// pi/4 is its nearest number plus QUARTER_LOW.
#define QUARTER_LOW 3.061616997868383e-17
#define EXP_TERMS(NEXT) \
  NEXT(2.0924657886178176e-09) NEXT(2.510913964625757e-08) NEXT(2.755724200468926e-07) NEXT(2.755724393635592e-06) \
  NEXT(2.480158736154944e-05) NEXT(0.0001984126988637283) NEXT(0.0013888888888866236) NEXT(0.008333333333321544) \
  NEXT(0.041666666666666706) NEXT(0.16666666666666677) NEXT(0.5)
#define LOG_TERMS(NEXT) \
  NEXT(0.1479698549278869) NEXT(0.1531395546470471) NEXT(0.18183567723406707) NEXT(0.22222198513389593) \
  NEXT(0.28571428742929605) NEXT(0.3999999999941227) NEXT(0.6666666666666735)
#define ERF_SMALL_TERMS(NEXT) \
  NEXT(5.960566589169124e-11) NEXT(-1.1374882455872857e-09) NEXT(1.4660308901876444e-08) NEXT(-1.6350393136805328e-07) \
  NEXT(1.646100817240167e-06) NEXT(-1.492559575216792e-05) NEXT(0.00012055331132078459) NEXT(-0.000854832698140014) \
  NEXT(0.005223977624827963) NEXT(-0.026866170645077823) NEXT(0.11283791670954885) NEXT(-0.3761263890318375) \
  NEXT(0.1283791670955126)
#define ERF_LARGE_TERMS(NEXT) \
  NEXT(1.1723020176317994e-12) NEXT(-1.5813497083320537e-11) NEXT(9.5708008280586e-11) NEXT(-3.8727821272730606e-10) \
  NEXT(1.4433669875000738e-09) NEXT(-5.772261031578233e-09) NEXT(2.330362900913484e-08) NEXT(-9.089427120627237e-08) \
  NEXT(3.4492474927178705e-07) NEXT(-1.279376028365419e-06) NEXT(4.628121320263335e-06) NEXT(-1.629380677218671e-05) \
  NEXT(5.572833370978443e-05) NEXT(-0.00018477833602350364) NEXT(0.000592469993706692) NEXT(-0.0018316642813974641) \
  NEXT(0.005440738537144925) NEXT(-0.015460637763884405) NEXT(0.041802752603568374) NEXT(-0.1067964618534962) \
  NEXT(0.2553956763105053)
#define ATAN_TERMS(NEXT) \
  NEXT(0.015202804752524715) NEXT(-0.0334820302561805) NEXT(0.04503876787029254) NEXT(-0.052184855174723835) \
  NEXT(0.05877034521289343) NEXT(-0.06666228072256436) NEXT(0.07692282849078443) NEXT(-0.09090908148609556) \
  NEXT(0.11111111088294152) NEXT(-0.14285714285389955) NEXT(0.19999999999997686) NEXT(-0.33333333333333326)
#else
#define REAL_(x) ((vreal)(x##f))
#define vinteger PASTE(int, LANES)
#define AS_INTEGER PASTE(as_int, LANES)
#define AS_REAL PASTE(as_float, LANES)
#define TO_REAL PASTE(convert_float, LANES)
#define MANTISSA_BITS 23
#define EXPONENT_BIAS 127
#define ROUNDER 12582912.0
#define LEAST_NORMAL 1.1754943508222875e-38
#define SUBNORMAL_SCALE 16777216.0
#define SUBNORMAL_EXPONENT -24.0
#define LARGEST 3.4028234663852886e38
#define EXP_HIGHEST 89.0
#define EXP_LOWEST -104.0
#define LN2_HIGH 0.693359375
#define LN2_LOW -2.12194440e-4
#define EXPM1_TINY 1e-12
#define LOG1P_TINY 1e-9
#define MINUS_ONE_NEXT -0.99999995
#define ERF_ONE 4.0
#define QUARTER_LOW -2.1855694143368964e-8
#define EXP_TERMS(NEXT) \
  NEXT(0.0013946182877090018) NEXT(0.008366612918535745) NEXT(0.041666288546500035) NEXT(0.16666542854695798) NEXT(0.5)
#define LOG_TERMS(NEXT) \
  NEXT(0.2358256521922248) NEXT(0.28537297827112607) NEXT(0.40000335157645034) NEXT(0.6666666564599291)
#define ERF_SMALL_TERMS(NEXT) \
  NEXT(7.888705155570432e-05) NEXT(-0.0008020709272278161) NEXT(0.005189519423449313) NEXT(-0.026854435642002992) \
  NEXT(0.11283599945146754) NEXT(-0.3761262711364803) NEXT(0.12837916591013607)
#define ERF_LARGE_TERMS(NEXT) \
  NEXT(0.00010682702722121821) NEXT(-0.0002023390552494675) NEXT(0.0005035121575929224) NEXT(-0.0018573622219264507) \
  NEXT(0.005475558340549469) NEXT(-0.015443017706274986) NEXT(0.041801564395427704) NEXT(-0.10679778456687927) \
  NEXT(0.2553955912590027)
#define ATAN_TERMS(NEXT) \
  NEXT(-0.06082466101799282) NEXT(0.10595577644984082) NEXT(-0.1424378619417301) NEXT(0.19998485941197808) \
  NEXT(-0.33333315454829765)
#endif

// ((c0 x + c1) x + c2) x + ... of a list of terms, from the highest power down; the first is added to 0.
#define TERM(c) sum = fma(sum, x, REAL(c));
#define POLYNOMIAL(NAME, TERMS) \
  INLINE vreal NAME(const vreal x) { \
    vreal sum = REAL(0.0); \
    TERMS(TERM) \
    return sum; \
  }
POLYNOMIAL(exp_polynomial, EXP_TERMS)
POLYNOMIAL(log_polynomial, LOG_TERMS)
POLYNOMIAL(erf_small_polynomial, ERF_SMALL_TERMS)
POLYNOMIAL(erf_large_polynomial, ERF_LARGE_TERMS)
POLYNOMIAL(atan_polynomial, ATAN_TERMS)

// 2^n for integers n of normal numbers.
INLINE vreal power2(const vinteger n) { return AS_REAL((n + EXPONENT_BIAS) << MANTISSA_BITS); }

// x = n log 2 + r with |r| <= log(2)/2; e^r - 1 comes back. x is within EXP_LOWEST ... EXP_HIGHEST.
INLINE vreal reduced_exp(const vreal x, vinteger *n) {
  const vreal shifted = fma(x, REAL(1.4426950408889634), REAL(ROUNDER));
  *n = AS_INTEGER(shifted) - AS_INTEGER(REAL(ROUNDER));
  const vreal whole = shifted - REAL(ROUNDER);
  const vreal r = fma(whole, -REAL(LN2_LOW), fma(whole, -REAL(LN2_HIGH), x));
  return fma(r * r, exp_polynomial(r), r);
}

// Comparisons with a number that is none are false, so that it passes.
INLINE vreal clamp_exp(const vreal x) {
  const vreal low = x < REAL(EXP_LOWEST) ? REAL(EXP_LOWEST) : x;
  return REAL(EXP_HIGHEST) < x ? REAL(EXP_HIGHEST) : low;
}

INLINE vreal vector_exp(const vreal x) {
  vinteger n;
  const vreal p = reduced_exp(clamp_exp(x), &n);
  // In two factors, so that the result may overflow or lose bits gradually.
  const vinteger half_n = n >> 1;
  return (REAL(1.0) + p) * power2(half_n) * power2(n - half_n);
}

INLINE vreal vector_expm1(const vreal x) {
  vinteger n;
  const vreal p = reduced_exp(clamp_exp(x), &n);
  const vinteger half_n = n >> 1;
  const vreal first = power2(half_n), second = power2(n - half_n);
  // 2^n (1 + p) - 1, where the subtraction from 2^n is exact or harmless.
  const vreal small = (p + (REAL(1.0) - power2(-n))) * first * second;
  const vreal large = ((REAL(1.0) + p) * first) * second - REAL(1.0);
  const vreal moderate = fabs(x) < REAL(30.0) ? small : large;
  // Keeps the sign of -0 and tiny numbers whole.
  return fabs(x) < REAL(EXPM1_TINY) ? x : moderate;
}

// log(m 2^k (1 + c)) for m in [sqrt(1/2), sqrt(2)), f = m - 1 and a correction c. Source: fdlibm's s_log1p.c.
INLINE vreal log_reduced(const vreal f, const vreal k, const vreal c) {
  const vreal s = f / (f + REAL(2.0)), z = s * s, halfSquare = REAL(0.5) * f * f;
  const vreal low = fma(k, REAL(LN2_LOW), c);
  return fma(k, REAL(LN2_HIGH), f - (halfSquare - fma(s, fma(log_polynomial(z), z, halfSquare), low)));
}

// A positive normal number as m 2^k with m in [sqrt(1/2), sqrt(2)).
INLINE vreal exponent_and_mantissa(const vreal x, vreal *mantissa) {
  const vinteger k = (AS_INTEGER(x) - AS_INTEGER(REAL(0.7071067811865476))) >> MANTISSA_BITS;
  *mantissa = AS_REAL(AS_INTEGER(x) - (k << MANTISSA_BITS));
  return TO_REAL(k);
}

INLINE vreal vector_log(const vreal x) {
  const vreal scaled = x < REAL(LEAST_NORMAL) ? x * REAL(SUBNORMAL_SCALE) : x;
  vreal m;
  const vreal k = exponent_and_mantissa(scaled, &m) + (x < REAL(LEAST_NORMAL) ? REAL(SUBNORMAL_EXPONENT) : REAL(0.0));
  // x - x is 0, or not a number where x is none.
  const vreal value = log_reduced(m - REAL(1.0), k, x - x);
  const vreal huge = REAL(LARGEST) < x ? x : value;
  const vreal positive = REAL(0.0) < x || x != x ? huge : (vreal)(-INFINITY);
  return x < REAL(0.0) ? (vreal)(NAN) : positive;
}

INLINE vreal vector_log1p(const vreal x) {
  const vreal sum = REAL(1.0) + x;
  vreal m;
  const vreal k = exponent_and_mantissa(sum, &m);
  // What 1 + x lost, relative to the sum.
  const vreal lost = REAL(1.0) < x ? REAL(1.0) - (sum - x) : x - (sum - REAL(1.0));
  const vreal value = log_reduced(m - REAL(1.0), k, lost / sum);
  const vreal tiny = fabs(x) < REAL(LOG1P_TINY) ? x : value;
  const vreal huge = REAL(LARGEST) < x ? x : tiny;
  return x < REAL(MINUS_ONE_NEXT) ? (vreal)(-INFINITY) : huge;
}

INLINE vreal vector_erf(const vreal x) {
  // The same term as in the derivative, so that compilers compute it once.
  const vreal a = fabs(x), z = x * x, gaussian = vector_exp(-z);
  const vreal small = fma(x, erf_small_polynomial(z), x);
  // exp(a^2) erfc(a) as a polynomial in a - 2, fitted to the error of its product with exp(-a^2).
  const vreal s = (REAL(ERF_ONE) < a ? REAL(ERF_ONE) : a) - REAL(2.0);
  const vreal large = copysign(REAL(1.0) - gaussian * erf_large_polynomial(s), x);
  return a < REAL(1.0) ? small : large;
}

INLINE vreal vector_atan2(const vreal y, const vreal x) {
  const vreal a = fabs(y), b = fabs(x);
  const vreal high = a < b ? b : a, low = a < b ? a : b;
  // Half an octant: above tan(pi/8) the angle is pi/4 + atan((low - high)/(low + high)).
  const vreal bound = REAL(0.41421356237309503) * high;
  const vreal numerator = bound < low ? low - high : low;
  const vreal denominator = bound < low ? low + high : (REAL(0.0) < high ? high : REAL(1.0));
  const vreal offset = bound < low ? REAL(0.7853981633974483) : REAL(0.0);
  const vreal offsetLow = bound < low ? REAL(QUARTER_LOW) : REAL(0.0);
  const vreal t = numerator / denominator, z = t * t;
  const vreal tail = fma(t * z, atan_polynomial(z), offsetLow);
  // The angle is base + direction (offset + t + tail): complement where |y| > |x|, supplement where x < 0.
  const vreal octant = b < a ? REAL(1.5707963267948966) : REAL(0.0);
  const vreal octantLow = b < a ? REAL(2.0) * REAL(QUARTER_LOW) : REAL(0.0);
  const vreal direction = b < a ? REAL(-1.0) : REAL(1.0);
  const vreal first = fma(direction, offset, octant) + direction * t + fma(direction, tail, octantLow);
  const vreal supplement = REAL(3.141592653589793) - (first - REAL(4.0) * REAL(QUARTER_LOW));
  return copysign(x < REAL(0.0) ? supplement : first, y);
}

// PoCL's are macros.
#undef exp
#undef expm1
#undef log
#undef log1p
#undef erf
#undef atan2
#define exp vector_exp
#define expm1 vector_expm1
#define log vector_log
#define log1p vector_log1p
#define erf vector_erf
#define atan2 vector_atan2
