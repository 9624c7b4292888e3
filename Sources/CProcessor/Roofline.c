// Loops at the limit of a processor core: multiply-adds of numbers in registers, and a copy that bypasses the caches.
#include "CProcessor.h"

#include <stdint.h>
#include <string.h>

// CHAINS independent sums hide the latency of two or more units and leave registers free; the compiler keeps more than 16 in memory.
// The sums go to the same fixed point, so that no number overflows or becomes subnormal.
#define DEFINE_LOOP(NAME, SCALAR, BYTES, CHAINS, TARGET, MULTIPLY_ADD)                  \
  TARGET static double NAME(long rounds, double *lanes) {                              \
    typedef SCALAR vector __attribute__((vector_size(BYTES)));                         \
    vector sums[CHAINS], factor = (vector){0} + (SCALAR)0.875, term = (vector){0} + (SCALAR)0.125; \
    for (int i = 0; i < CHAINS; i++) sums[i] = (vector){0} + (SCALAR)(i + 2);                \
    for (long round = 0; round < rounds; round++) {                                    \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++) sums[i] = MULTIPLY_ADD(sums[i], factor, term); \
    }                                                                                  \
    double sum = 0;                                                                    \
    for (int i = 0; i < CHAINS; i++) sum += (double)sums[i][0];                        \
    *lanes = sum;                                                                      \
    return (double)rounds * CHAINS * (BYTES / sizeof(SCALAR));                         \
  }

#define TWO_INSTRUCTIONS(x, y, z) ((x) * (y) + (z))
#define EVERYWHERE

#if defined(__aarch64__)
DEFINE_LOOP(baseline64, double, 16, 16, EVERYWHERE, __builtin_elementwise_fma)
DEFINE_LOOP(baseline32, float, 16, 16, EVERYWHERE, __builtin_elementwise_fma)
#else
DEFINE_LOOP(baseline64, double, 16, 12, EVERYWHERE, TWO_INSTRUCTIONS)
DEFINE_LOOP(baseline32, float, 16, 12, EVERYWHERE, TWO_INSTRUCTIONS)
#endif
#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))
DEFINE_LOOP(avx2_64, double, 32, 12, AVX2, __builtin_elementwise_fma)
DEFINE_LOOP(avx2_32, float, 32, 12, AVX2, __builtin_elementwise_fma)
DEFINE_LOOP(avx512_64, double, 64, 16, AVX512, __builtin_elementwise_fma)
DEFINE_LOOP(avx512_32, float, 64, 16, AVX512, __builtin_elementwise_fma)
#endif

double processor_multiply_adds(processor_instructions instructions, int is_double, long rounds, double *sum) {
  switch (instructions) {
#if defined(__x86_64__)
    case PROCESSOR_AVX2: return is_double ? avx2_64(rounds, sum) : avx2_32(rounds, sum);
    case PROCESSOR_AVX512: return is_double ? avx512_64(rounds, sum) : avx512_32(rounds, sum);
#endif
    default: return is_double ? baseline64(rounds, sum) : baseline32(rounds, sum);
  }
}

void processor_stream(void *target, const void *source, size_t bytes) {
  typedef uint32_t piece __attribute__((vector_size(16)));
  const size_t line = 64;
  size_t offset = (line - (uintptr_t)target % line) % line;
  if (offset > bytes) offset = bytes;
  memcpy(target, source, offset);
  for (; offset + line <= bytes; offset += line) {
    piece pieces[4];
    memcpy(pieces, (const char *)source + offset, sizeof pieces);
    for (int i = 0; i < 4; i++) __builtin_nontemporal_store(pieces[i], (piece *)((char *)target + offset) + i);
  }
  memcpy((char *)target + offset, (const char *)source + offset, bytes - offset);
}

void processor_finish_streams(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}
