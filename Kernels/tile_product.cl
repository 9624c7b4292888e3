// tile_product.cl: a tile of A B^T in the registers of a work-group, for kernels of GPUs that include it.
//
//   reads   rows a[i*aRow ...] and b[j*bRow ...] of `inner` numbers each, in blocks of TILE_K that lie twice in local memory: while
//           one pair of blocks is multiplied, the next is on its way into registers. One barrier a block
//   makes   sums[r*WORK_N + s] of row TILE_ROW(r) and column TILE_COLUMN(s) of the tile, each one sum of fma in the order of the
//           inner index, whatever the tile; rows beyond the last are 0
//   group   THREADS = TILE_M/WORK_M x TILE_N/WORK_N work-items; all of them call tile_product together
//   local   TILE_MEMORY numbers, aligned to 16 bytes; all may be used for something else after a barrier
//
// A RUN is 16 bytes, what a work-item moves at a time. WORK_M, WORK_N and TILE_K are multiples of it.

#include "tile_sizes.cl"
// Whether every row of both operands starts at a multiple of 16 bytes.
#ifndef ALIGNED
#define ALIGNED 0
#endif

#if REAL_IS_DOUBLE
#define RUN 2
#else
#define RUN 4
#endif
#define run_t PASTE(real, RUN)

#define TILE_THREAD ((int)get_local_id(0))
// A work-item has rows that follow each other, and runs of columns between those of its neighbours: neighbours read one number of A
// together, and from B runs side by side.
#define TILE_ROW(r) (TILE_THREAD / GROUP_N * WORK_M + (r))
#define TILE_COLUMN(s) ((s) / RUN * GROUP_N * RUN + TILE_THREAD % GROUP_N * RUN + (s) % RUN)
// Blocks lie with the inner index first. Their rows are padded by a run, so that work-items that store along it meet other banks.
#define A_SIDE (TILE_M + RUN)
#define B_SIDE (TILE_N + RUN)
#define TILE_MEMORY (2 * TILE_K * (A_SIDE + B_SIDE))
// Runs of a block that one work-item moves.
#define RUNS(TILE) ((TILE * TILE_K / RUN + THREADS - 1) / THREADS)

// A run of which `count` numbers exist, none where it is not positive; the rest are 0.
INLINE run_t load_run(__global const real *p, const int count) {
#if ALIGNED
  if (count >= RUN) return *(__global const run_t *)p;
#endif
  run_t run = (run_t)(0);
  if (count > 0) run.s0 = p[0];
  if (count > 1) run.s1 = p[1];
#if RUN > 2
  if (count > 2) run.s2 = p[2];
  if (count > 3) run.s3 = p[3];
#endif
  return run;
}

INLINE void store_run(const run_t run, __local real *p, const int step) {
  p[0] = run.s0;
  p[step] = run.s1;
#if RUN > 2
  p[2 * step] = run.s2;
  p[3 * step] = run.s3;
#endif
}

INLINE void split_run(const run_t run, real *values) {
  values[0] = run.s0;
  values[1] = run.s1;
#if RUN > 2
  values[2] = run.s2;
  values[3] = run.s3;
#endif
}

// Functions of one operand: its constants are in the text, since loops whose count is an argument may be left rolled, and their
// arrays then be in memory and not in registers.
//   fetch_NAME   work-item t takes the runs t, t + THREADS, ... of the block at p0: neighbours read along a row
//   keep_NAME    writes them to local memory
//   read_NAME    the numbers of a work-item at one inner index
#define OPERAND(NAME, TILE, WORK, STEP)                                                                                            \
  INLINE void fetch_##NAME(                                                                                                        \
      run_t *next, __global const real *x, const long row, const int rows, const int inner, const int p0) {                        \
    _Pragma("unroll") for (int q = 0; q < RUNS(TILE); q++) {                                                                       \
      const int e = TILE_THREAD + q * THREADS, i = e / (TILE_K / RUN), p = p0 + e % (TILE_K / RUN) * RUN;                          \
      next[q] = load_run(x + i * row + p, i < min(TILE, rows) ? inner - p : 0);                                                    \
    }                                                                                                                              \
  }                                                                                                                                \
  INLINE void keep_##NAME(const run_t *next, __local real *block) {                                                                \
    _Pragma("unroll") for (int q = 0; q < RUNS(TILE); q++) {                                                                       \
      const int e = TILE_THREAD + q * THREADS, i = e / (TILE_K / RUN), p = e % (TILE_K / RUN) * RUN;                               \
      if (i < TILE) store_run(next[q], block + p * (TILE + RUN) + i, TILE + RUN);                                                  \
    }                                                                                                                              \
  }                                                                                                                                \
  INLINE void read_##NAME(real *values, __local const real *source) {                                                              \
    _Pragma("unroll") for (int r = 0; r < WORK; r += RUN)                                                                          \
      split_run(*(__local const run_t *)(source + r / RUN * (STEP)), values + r);                                                  \
  }
OPERAND(a, TILE_M, WORK_M, RUN)
OPERAND(b, TILE_N, WORK_N, GROUP_N * RUN)

// `a` and `b` point to the tile's first rows, of which `aRows` and `bRows` exist; with no inner numbers nothing is read.
INLINE void tile_product(
    __global const real *a, const long aRow, const int aRows, __global const real *b, const long bRow, const int bRows, const int inner,
    __local real *memory, real *sums) {
#pragma unroll
  for (int e = 0; e < WORK_M * WORK_N; e++) sums[e] = 0;
  __local real *aBlocks = memory, *bBlocks = memory + 2 * TILE_K * A_SIDE;
  run_t aNext[RUNS(TILE_M)], bNext[RUNS(TILE_N)];
  fetch_a(aNext, a, aRow, aRows, inner, 0);
  fetch_b(bNext, b, bRow, bRows, inner, 0);
  keep_a(aNext, aBlocks);
  keep_b(bNext, bBlocks);
  barrier(CLK_LOCAL_MEM_FENCE);
  int part = 0;
  for (int p0 = 0; p0 < inner; p0 += TILE_K) {
    const bool hasNext = p0 + TILE_K < inner;
    if (hasNext) {
      fetch_a(aNext, a, aRow, aRows, inner, p0 + TILE_K);
      fetch_b(bNext, b, bRow, bRows, inner, p0 + TILE_K);
    }
    __local const real *x = aBlocks + part * TILE_K * A_SIDE + TILE_ROW(0), *y = bBlocks + part * TILE_K * B_SIDE + TILE_COLUMN(0);
// Not whole, since compilers then read so far ahead that registers run short.
#pragma unroll 4
    for (int p = 0; p < TILE_K; p++) {
      real xs[WORK_M], ys[WORK_N];
      read_a(xs, x + p * A_SIDE);
      read_b(ys, y + p * B_SIDE);
#pragma unroll
      for (int r = 0; r < WORK_M; r++)
#pragma unroll
        for (int s = 0; s < WORK_N; s++) sums[r * WORK_N + s] = fma(xs[r], ys[s], sums[r * WORK_N + s]);
    }
    part ^= 1;
    // All work-items have read the other part before the last barrier.
    if (hasNext) {
      keep_a(aNext, aBlocks + part * TILE_K * A_SIDE);
      keep_b(bNext, bBlocks + part * TILE_K * B_SIDE);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
}
