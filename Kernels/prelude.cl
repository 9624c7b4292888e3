// prelude.cl: types and access shared by all kernels; it stands before every other file.
//
//   real    float or double (REAL_IS_DOUBLE)
//   vreal   LANES of them; kernels that say so handle LANES neighbouring elements per work-item
//   VIEW    parameters of a tensor [item, row, column]: base, offset and strides in elements; VIEW_OF where it is not of `real`
//
// Do not build with relaxed math: differenceOfProducts would be optimised away.

#pragma OPENCL FP_CONTRACT OFF

#ifndef REAL_IS_DOUBLE
#define REAL_IS_DOUBLE 0
#endif
// 1, 4, 8 or 16. GPUs take 1: their compilers make vectors of work-items.
#ifndef LANES
#define LANES 1
#endif

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

// Always, since a call that is left passes vectors through memory.
#define INLINE static inline __attribute__((always_inline))

#if REAL_IS_DOUBLE
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define real double
#else
#define real float
#endif

#if LANES == 1
#define vreal real
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#define LANE_SUM(v) (v)
#else
#define vreal PASTE(real, LANES)
#define LOAD(p) PASTE(vload, LANES)(0, (p))
#define STORE(v, p) PASTE(vstore, LANES)((v), 0, (p))
static inline real lane_sum(vreal v) {
  real lanes[LANES];
  STORE(v, lanes);
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int i = 0; i < step; i++) lanes[i] += lanes[i + step];
  return lanes[0];
}
#define LANE_SUM(v) lane_sum(v)
#endif

// RealAlgebra.balance, for a and b of at least 0: the power of two whose exponent is the mean of theirs, and one over it; 1 where one is 0.
#if REAL_IS_DOUBLE
#define EXPONENT_BITS 0x7ff0000000000000UL
#define TWICE_ONE_BITS 0x7fe0000000000000UL
#define WORD ulong
#else
#define EXPONENT_BITS 0x7f800000U
#define TWICE_ONE_BITS 0x7f000000U
#define WORD uint
#endif
#if LANES == 1
#define AS_WORD PASTE(as_, WORD)
#define FROM_WORD PASTE(as_, real)
#else
#define AS_WORD PASTE(PASTE(as_, WORD), LANES)
#define FROM_WORD PASTE(PASTE(as_, real), LANES)
#endif
#define BALANCE_BITS(a, b) \
  ((a) > (vreal)(0) && (b) > (vreal)(0) ? ((AS_WORD(a) >> 1) + (AS_WORD(b) >> 1)) & EXPONENT_BITS : AS_WORD((vreal)(1)))
INLINE vreal balance_inverse(const vreal a, const vreal b) { return FROM_WORD(BALANCE_BITS(a, b)); }
INLINE vreal balance_scale(const vreal a, const vreal b) { return FROM_WORD(TWICE_ONE_BITS - BALANCE_BITS(a, b)); }

// LANES elements from p, of which `count` exist, none where it is not positive; the rest are 0.
static inline vreal load_edge(__global const real *p, const int count) {
  if (count >= LANES) return LOAD(p);
  real lanes[LANES];
  for (int i = 0; i < LANES; i++) lanes[i] = i < count ? p[i] : (real)(0);
#if LANES == 1
  return lanes[0];
#else
  return LOAD(lanes);
#endif
}

static inline void store_edge(const vreal v, __global real *p, const int count) {
  if (count >= LANES) {
    STORE(v, p);
    return;
  }
#if LANES > 1
  real lanes[LANES];
  STORE(v, lanes);
  for (int i = 0; i < count; i++) p[i] = lanes[i];
#endif
}

#define VIEW_OF(type, name) __global type *name##Base, const long name##Offset, const long name##Row, const long name##Item
#define VIEW(name) VIEW_OF(real, name)
#define AT(name, item, row) (name##Base + (name##Offset + (item) * name##Item + (row) * name##Row))
