// CVectors.h: vectors of the width that the including target is compiled for, and the operations that Swift's SIMD
// types lack or compile lane by lane (arithmetic, square root, fused multiply-add, selection). Included by Swift only.
// What Swift has in one instruction (broadcast, load, store) it does itself: the result of a C function goes through two
// copies in memory until the optimiser has removed them, a tenth of the time that the AVX-512 loops take to compile.
//
// Every function is inlined into its caller, so one header serves all instruction sets of one program.
#ifndef C_VECTORS_H
#define C_VECTORS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define LANES64 8
#define LANES32 16
#elif defined(__AVX2__) && defined(__FMA__)
#define LANES64 4
#define LANES32 8
#else
#define LANES64 2
#define LANES32 4
#endif

#if defined(__FMA__) || defined(__AVX512F__) || defined(__aarch64__)
#define VECTORS_HAVE_FMA 1
#else
#define VECTORS_HAVE_FMA 0
#endif

typedef double vector_f64 __attribute__((ext_vector_type(LANES64)));
typedef int64_t vector_i64 __attribute__((ext_vector_type(LANES64)));
typedef float vector_f32 __attribute__((ext_vector_type(LANES32)));
typedef int32_t vector_i32 __attribute__((ext_vector_type(LANES32)));
typedef int32_t vector_half_i32 __attribute__((ext_vector_type(LANES64)));
typedef float vector_half_f32 __attribute__((ext_vector_type(LANES64)));

#define VECTOR_FUNCTION static inline __attribute__((always_inline))

// Products and sums of these functions must stay as written: some callers compute rounding errors.
#pragma STDC FP_CONTRACT OFF

#define DEFINE_VECTOR_FUNCTIONS(NAME, VECTOR, INTEGER, SCALAR)                                              \
  VECTOR_FUNCTION VECTOR NAME##_load(const SCALAR *p) {                                                     \
    VECTOR v;                                                                                               \
    memcpy(&v, p, sizeof v);                                                                                \
    return v;                                                                                               \
  }                                                                                                         \
  VECTOR_FUNCTION void NAME##_store(SCALAR *p, VECTOR v) { memcpy(p, &v, sizeof v); }                       \
  VECTOR_FUNCTION VECTOR NAME##_add(VECTOR a, VECTOR b) { return a + b; }                                   \
  VECTOR_FUNCTION VECTOR NAME##_subtract(VECTOR a, VECTOR b) { return a - b; }                              \
  VECTOR_FUNCTION VECTOR NAME##_multiply(VECTOR a, VECTOR b) { return a * b; }                              \
  VECTOR_FUNCTION VECTOR NAME##_divide(VECTOR a, VECTOR b) { return a / b; }                                \
  VECTOR_FUNCTION VECTOR NAME##_negate(VECTOR a) { return -a; }                                             \
  VECTOR_FUNCTION VECTOR NAME##_sqrt(VECTOR a) { return __builtin_elementwise_sqrt(a); }                    \
  VECTOR_FUNCTION VECTOR NAME##_abs(VECTOR a) { return __builtin_elementwise_abs(a); }                      \
  VECTOR_FUNCTION VECTOR NAME##_copysign(VECTOR a, VECTOR s) { return __builtin_elementwise_copysign(a, s); } \
  VECTOR_FUNCTION VECTOR NAME##_select(VECTOR t, VECTOR f, VECTOR x, VECTOR y) { return x < y ? t : f; }    \
  VECTOR_FUNCTION VECTOR NAME##_select_zero(VECTOR t, VECTOR f, INTEGER n) { return n == 0 ? t : f; }       \
  VECTOR_FUNCTION INTEGER NAME##_bits(VECTOR a) { return (INTEGER)a; }                                      \
  VECTOR_FUNCTION VECTOR NAME##_from_bits(INTEGER a) { return (VECTOR)a; }                                  \
  VECTOR_FUNCTION VECTOR NAME##_from_integer(INTEGER a) { return __builtin_convertvector(a, VECTOR); }

DEFINE_VECTOR_FUNCTIONS(f64, vector_f64, vector_i64, double)
DEFINE_VECTOR_FUNCTIONS(f32, vector_f32, vector_i32, float)

// a·b + c: rounded once where the target has such an instruction, else twice (a library call for each lane would be ruinous).
#if VECTORS_HAVE_FMA
VECTOR_FUNCTION vector_f64 f64_fma(vector_f64 a, vector_f64 b, vector_f64 c) { return __builtin_elementwise_fma(a, b, c); }
VECTOR_FUNCTION vector_f32 f32_fma(vector_f32 a, vector_f32 b, vector_f32 c) { return __builtin_elementwise_fma(a, b, c); }
VECTOR_FUNCTION vector_f64 f64_difference_of_products(vector_f64 a, vector_f64 b, vector_f64 c, vector_f64 d) {
  vector_f64 product = c * d;
  return f64_fma(a, b, -product) + f64_fma(-c, d, product);
}
VECTOR_FUNCTION vector_f32 f32_difference_of_products(vector_f32 a, vector_f32 b, vector_f32 c, vector_f32 d) {
  vector_f32 product = c * d;
  return f32_fma(a, b, -product) + f32_fma(-c, d, product);
}
#else
VECTOR_FUNCTION vector_f64 f64_fma(vector_f64 a, vector_f64 b, vector_f64 c) { return a * b + c; }
VECTOR_FUNCTION vector_f32 f32_fma(vector_f32 a, vector_f32 b, vector_f32 c) { return a * b + c; }
// The rounding error of product = a·b. Source: Dekker 1971, with Veltkamp's splitting; overflows beyond 2^996.
VECTOR_FUNCTION vector_f64 f64_product_error(vector_f64 a, vector_f64 b, vector_f64 product) {
  vector_f64 wide_a = a * 134217729.0, wide_b = b * 134217729.0;
  vector_f64 high_a = wide_a - (wide_a - a), high_b = wide_b - (wide_b - b);
  vector_f64 low_a = a - high_a, low_b = b - high_b;
  return ((high_a * high_b - product) + high_a * low_b + low_a * high_b) + low_a * low_b;
}
VECTOR_FUNCTION vector_f64 f64_difference_of_products(vector_f64 a, vector_f64 b, vector_f64 c, vector_f64 d) {
  vector_f64 first = a * b, second = c * d;
  return (first - second) + (f64_product_error(a, b, first) - f64_product_error(c, d, second));
}
// Products of float32 are exact in float64.
VECTOR_FUNCTION vector_f32 f32_difference_of_products(vector_f32 a, vector_f32 b, vector_f32 c, vector_f32 d) {
  typedef double wide __attribute__((ext_vector_type(LANES32)));
  wide difference = __builtin_convertvector(a, wide) * __builtin_convertvector(b, wide)
      - __builtin_convertvector(c, wide) * __builtin_convertvector(d, wide);
  return __builtin_convertvector(difference, vector_f32);
}
#endif

// float32 in two float64 vectors.
VECTOR_FUNCTION vector_f64 f32_low(vector_f32 a) {
  vector_half_f32 half;
  memcpy(&half, &a, sizeof half);
  return __builtin_convertvector(half, vector_f64);
}
VECTOR_FUNCTION vector_f64 f32_high(vector_f32 a) {
  vector_half_f32 half;
  memcpy(&half, (const char *)&a + sizeof half, sizeof half);
  return __builtin_convertvector(half, vector_f64);
}
VECTOR_FUNCTION vector_f32 f32_from_halves(vector_f64 low, vector_f64 high) {
  vector_half_f32 halves[2] = {__builtin_convertvector(low, vector_half_f32), __builtin_convertvector(high, vector_half_f32)};
  vector_f32 result;
  memcpy(&result, halves, sizeof result);
  return result;
}

// The low halves of integers in two float64 vectors.
VECTOR_FUNCTION vector_i32 f32_integers_from_halves(vector_i64 low, vector_i64 high) {
  vector_half_i32 halves[2] = {__builtin_convertvector(low, vector_half_i32), __builtin_convertvector(high, vector_half_i32)};
  vector_i32 result;
  memcpy(&result, halves, sizeof result);
  return result;
}

// Whether any lane has x < y.
VECTOR_FUNCTION int f64_any_less(vector_f64 x, vector_f64 y) { return __builtin_reduce_or((vector_i64)(x < y)) != 0; }
VECTOR_FUNCTION int f32_any_less(vector_f32 x, vector_f32 y) { return __builtin_reduce_or((vector_i32)(x < y)) != 0; }

// The lower and the upper halves of two vectors, lane by lane in turn.
#if LANES64 == 8
#define LOWER64 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER64 4, 12, 5, 13, 6, 14, 7, 15
#define LOWER32 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define UPPER32 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif LANES64 == 4
#define LOWER64 0, 4, 1, 5
#define UPPER64 2, 6, 3, 7
#define LOWER32 0, 8, 1, 9, 2, 10, 3, 11
#define UPPER32 4, 12, 5, 13, 6, 14, 7, 15
#else
#define LOWER64 0, 2
#define UPPER64 1, 3
#define LOWER32 0, 4, 1, 5
#define UPPER32 2, 6, 3, 7
#endif

// Asks for the cache line of an address that is about to be written (or read).
VECTOR_FUNCTION void prefetch_for_writing(const void *p) { __builtin_prefetch(p, 1, 3); }
VECTOR_FUNCTION void prefetch_for_reading(const void *p) { __builtin_prefetch(p, 0, 3); }

// The first `count` lanes, 1 … LANES, from and to memory that may end after them: the others count as 0, and are left as they are.
#if LANES64 == 8
VECTOR_FUNCTION unsigned first_lanes(long count) { return (1u << count) - 1; }
VECTOR_FUNCTION vector_f64 f64_load_first(const double *p, long count) { return (vector_f64)_mm512_maskz_loadu_pd((__mmask8)first_lanes(count), p); }
VECTOR_FUNCTION vector_f32 f32_load_first(const float *p, long count) { return (vector_f32)_mm512_maskz_loadu_ps((__mmask16)first_lanes(count), p); }
VECTOR_FUNCTION void f64_store_first(double *p, vector_f64 v, long count) { _mm512_mask_storeu_pd(p, (__mmask8)first_lanes(count), (__m512d)v); }
VECTOR_FUNCTION void f32_store_first(float *p, vector_f32 v, long count) { _mm512_mask_storeu_ps(p, (__mmask16)first_lanes(count), (__m512)v); }
#elif LANES64 == 4
VECTOR_FUNCTION __m256i first_lanes64(long count) { return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3)); }
VECTOR_FUNCTION __m256i first_lanes32(long count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
VECTOR_FUNCTION vector_f64 f64_load_first(const double *p, long count) { return (vector_f64)_mm256_maskload_pd(p, first_lanes64(count)); }
VECTOR_FUNCTION vector_f32 f32_load_first(const float *p, long count) { return (vector_f32)_mm256_maskload_ps(p, first_lanes32(count)); }
VECTOR_FUNCTION void f64_store_first(double *p, vector_f64 v, long count) { _mm256_maskstore_pd(p, first_lanes64(count), (__m256d)v); }
VECTOR_FUNCTION void f32_store_first(float *p, vector_f32 v, long count) { _mm256_maskstore_ps(p, first_lanes32(count), (__m256)v); }
#else
#define DEFINE_FIRST_LANES(NAME, VECTOR, SCALAR, LANES)                       \
  VECTOR_FUNCTION VECTOR NAME##_load_first(const SCALAR *p, long count) {     \
    VECTOR v = (VECTOR)(SCALAR)0;                                             \
    for (int i = 0; i < LANES; i++)                                           \
      if (i < count) v[i] = p[i];                                             \
    return v;                                                                 \
  }                                                                           \
  VECTOR_FUNCTION void NAME##_store_first(SCALAR *p, VECTOR v, long count) {  \
    for (int i = 0; i < LANES; i++)                                           \
      if (i < count) p[i] = v[i];                                             \
  }
DEFINE_FIRST_LANES(f64, vector_f64, double, LANES64)
DEFINE_FIRST_LANES(f32, vector_f32, float, LANES32)
#endif

// Lane p of vector r to lane r of vector p: perfect shuffles, log2(LANES) times.
#define DEFINE_TRANSPOSE(NAME, VECTOR, SCALAR, LANES, LOWER, UPPER)                                                \
  VECTOR_FUNCTION void NAME##_transpose_lanes(VECTOR a[LANES]) {                                                   \
    VECTOR b[LANES];                                                                                               \
    _Pragma("clang loop unroll(full)") for (int stage = 1; stage < LANES; stage *= 2) {                            \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES / 2; i++) {                                     \
        b[2 * i] = __builtin_shufflevector(a[i], a[i + LANES / 2], LOWER);                                         \
        b[2 * i + 1] = __builtin_shufflevector(a[i], a[i + LANES / 2], UPPER);                                     \
      }                                                                                                            \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) a[i] = b[i];                              \
    }                                                                                                              \
  }                                                                                                                \
  /* out[p·out_step + r] = x[r·row_step + p] for p and r below LANES; rows from `rows` on count as 0. */           \
  VECTOR_FUNCTION void NAME##_transpose(const SCALAR *x, long row_step, long rows, SCALAR *out, long out_step) {   \
    VECTOR a[LANES];                                                                                               \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++)                                             \
        a[i] = i < rows ? NAME##_load(x + i * row_step) : (VECTOR)(SCALAR)0;                                       \
    NAME##_transpose_lanes(a);                                                                                     \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) NAME##_store(out + i * out_step, a[i]);     \
  }                                                                                                                \
  /* The same for p below `columns` and r below `rows`, 1 … LANES each; nothing else is read or written. */        \
  VECTOR_FUNCTION void NAME##_transpose_part(                                                                      \
      const SCALAR *x, long row_step, long rows, long columns, SCALAR *out, long out_step) {                       \
    VECTOR a[LANES];                                                                                               \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++)                                             \
        a[i] = i < rows ? NAME##_load_first(x + i * row_step, columns) : (VECTOR)(SCALAR)0;                        \
    NAME##_transpose_lanes(a);                                                                                     \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++)                                             \
        if (i < columns) NAME##_store_first(out + i * out_step, a[i], rows);                                       \
  }
DEFINE_TRANSPOSE(f64, vector_f64, double, LANES64, LOWER64, UPPER64)
DEFINE_TRANSPOSE(f32, vector_f32, float, LANES32, LOWER32, UPPER32)

// Reductions in the order of a binary tree. `largest` keeps the first of two numbers unless the second is larger.
#define DEFINE_REDUCTIONS(NAME, VECTOR, SCALAR, LANES)              \
  VECTOR_FUNCTION SCALAR NAME##_sum(VECTOR v) {                     \
    for (int width = LANES / 2; width > 0; width /= 2)              \
      for (int i = 0; i < width; i++) v[i] += v[i + width];         \
    return v[0];                                                    \
  }                                                                 \
  VECTOR_FUNCTION SCALAR NAME##_largest(VECTOR v) {                 \
    for (int width = LANES / 2; width > 0; width /= 2)              \
      for (int i = 0; i < width; i++) v[i] = v[i] < v[i + width] ? v[i + width] : v[i]; \
    return v[0];                                                    \
  }
DEFINE_REDUCTIONS(f64, vector_f64, double, LANES64)
DEFINE_REDUCTIONS(f32, vector_f32, float, LANES32)

// Lane by lane, for arguments too large to reduce in a few operations.
VECTOR_FUNCTION vector_f64 f64_library_sin(vector_f64 a) {
  for (int i = 0; i < LANES64; i++) a[i] = sin(a[i]);
  return a;
}
VECTOR_FUNCTION vector_f64 f64_library_cos(vector_f64 a) {
  for (int i = 0; i < LANES64; i++) a[i] = cos(a[i]);
  return a;
}

// One of the four words of ten rounds of Philox4x32, in lanes of 64 bits of which the lower 32 count. What the calls for
// several words share is computed once.
// Source: Salmon, Moraes, Dror & Shaw 2011, sec. 3.
typedef uint64_t vector_u64 __attribute__((ext_vector_type(LANES64)));
VECTOR_FUNCTION vector_u64 philox_word(uint64_t block, uint64_t stream, uint64_t seed, int word) {
  const uint64_t mask = 0xffffffff;
  vector_u64 c0, c1, c2 = (vector_u64)(stream & mask), c3 = (vector_u64)(stream >> 32);
  for (int i = 0; i < LANES64; i++) {
    c0[i] = (block + (uint64_t)i) & mask;
    c1[i] = (block + (uint64_t)i) >> 32;
  }
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    vector_u64 first = c0 * 0xD2511F53ull, second = c2 * 0xCD9E8D57ull;
    c0 = (second >> 32) ^ c1 ^ (uint64_t)k0;
    c1 = second & mask;
    c2 = (first >> 32) ^ c3 ^ (uint64_t)k1;
    c3 = first & mask;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return word == 0 ? c0 : word == 1 ? c1 : word == 2 ? c2 : c3;
}
// ((high · 2^32 + low) >> (64 − bits) + offset) · 2^−bits for words in lanes of 64 bits.
VECTOR_FUNCTION vector_f64 philox_uniform(vector_u64 high, vector_u64 low, int bits, uint64_t offset) {
  vector_u64 whole = ((high << 32 | low) >> (uint64_t)(64 - bits)) + offset;
  return __builtin_convertvector((vector_i64)whole, vector_f64) * (1.0 / (double)(1ull << bits));
}

#endif
