// gemm_tiled.cl: C = alpha op(A) op(B) + beta C for every item of a batch, on GPUs.
//
//   reads   op(A)[i, p] at row i, element p with A_ALONG, else at row p, element i; op(B)[p, j] at row j, element p with B_ALONG, else at
//           row p, element j. An operand that all items share has no stride between items. c is read only where beta is not 0
//   writes  c[i, j]; with LOWER only where j <= i
//   grid    (tiles x items) groups of THREADS work-items: a group makes a TILE_M x TILE_N tile of C, a work-item WORK_M x WORK_N of it in
//           registers, from blocks of TILE_K inner elements in local memory; edges masked
//   local   two pairs of blocks in turn: while a group multiplies one pair, the next is on its way to registers and from there into the
//           other; one barrier for each pair
//   moves   16 bytes at a time, to and from local memory always, to and from global memory where ALIGNED
//
// Every entry is one sum in the order of the inner index, so that its bits depend neither on the tile nor on the other items.
// TILE_K, WORK_M and WORK_N are multiples of PIECE, TILE_N / WORK_N is one of 8 and TILE_M / WORK_M one of 4.
//
// Source of the design: Thakkar et al., CUTLASS (tiles of groups, warps and work-items); Nugteren, CLBlast.

#ifndef LOWER
#define LOWER 0
#endif
// Whether an operand's rows run along the summed index.
#ifndef A_ALONG
#define A_ALONG 1
#endif
#ifndef B_ALONG
#define B_ALONG 1
#endif
// Whether rows and items of all three matrices start at multiples of PIECE elements.
#ifndef ALIGNED
#define ALIGNED 0
#endif
#include "tile_sizes.cl"
// Rows of tiles that are gone through column by column: groups that run at the same time then share rows of A and columns of B in the cache.
#ifndef BAND
#define BAND 8
#endif

// Elements of 16 bytes.
#if REAL_IS_DOUBLE
#define PIECE 2
#else
#define PIECE 4
#endif
#define piece PASTE(real, PIECE)
#define LOAD_PIECE PASTE(vload, PIECE)
#define STORE_PIECE PASTE(vstore, PIECE)

#define A_PIECES ((TILE_M * TILE_K / PIECE + THREADS - 1) / THREADS)
#define B_PIECES ((TILE_N * TILE_K / PIECE + THREADS - 1) / THREADS)
// A row of a block has a piece of padding: aligned still, and rows that are written together lie in different banks.
#define A_SIDE (TILE_M + PIECE)
#define B_SIDE (TILE_N + PIECE)
// A work-item has pieces of rows and of columns spread over the tile, so that neighbours read neighbouring pieces.
#define ROW(r) ((r) / PIECE * (GROUP_M * PIECE) + row * PIECE + (r) % PIECE)
#define COLUMN(s) ((s) / PIECE * (GROUP_N * PIECE) + column * PIECE + (s) % PIECE)

// A piece from x, of which `count` elements exist, none where it is not positive; the rest are 0.
INLINE piece load_some(__global const real *x, const int count) {
  if (count >= PIECE) {
#if ALIGNED
    return *(__global const piece *)x;
#else
    return LOAD_PIECE(0, x);
#endif
  }
  real some[PIECE];
#pragma unroll
  for (int e = 0; e < PIECE; e++) some[e] = e < count ? x[e] : (real)(0);
  return LOAD_PIECE(0, some);
}

// This work-item's pieces of the block x[outer0 ... + tile, p0 ... + TILE_K]; work-items beside each other read along the rows of x.
INLINE void fetch(
    piece *next, const int pieces, __global const real *x, const long rowStride, const bool isAlong, const int tile, const int thread,
    const int outer0, const int outerEnd, const int p0, const int inner) {
#pragma unroll
  for (int q = 0; q < pieces; q++) {
    const int e = thread + q * THREADS;
    if (e >= tile * TILE_K / PIECE) continue;
    const int outer = outer0 + (isAlong ? e / (TILE_K / PIECE) : e % (tile / PIECE) * PIECE);
    const int p = p0 + (isAlong ? e % (TILE_K / PIECE) * PIECE : e / (tile / PIECE));
    const int count = isAlong ? (outer < outerEnd ? inner - p : 0) : (p < inner ? outerEnd - outer : 0);
    next[q] = load_some(x + (isAlong ? outer * rowStride + p : p * rowStride + outer), count);
  }
}

// Puts them into local memory as block[p, outer].
INLINE void keep(
    __local real *block, const int side, const piece *next, const int pieces, const bool isAlong, const int tile, const int thread) {
#pragma unroll
  for (int q = 0; q < pieces; q++) {
    const int e = thread + q * THREADS;
    if (e >= tile * TILE_K / PIECE) continue;
    if (isAlong) {
      real some[PIECE];
      STORE_PIECE(next[q], 0, some);
#pragma unroll
      for (int f = 0; f < PIECE; f++) block[(e % (TILE_K / PIECE) * PIECE + f) * side + e / (TILE_K / PIECE)] = some[f];
    } else {
      *(__local piece *)(block + e / (tile / PIECE) * side + e % (tile / PIECE) * PIECE) = next[q];
    }
  }
}

// c = alpha sums + beta c, the first `count` elements of a piece.
INLINE void finish(__global real *c, const int count, const real alpha, const real *sums, const real beta) {
#if ALIGNED
  if (count >= PIECE) {
    const piece sum = LOAD_PIECE(0, sums);
    __global piece *target = (__global piece *)c;
    *target = beta == 0 ? (piece)(alpha) * sum : fma((piece)(alpha), sum, (piece)(beta) * *target);
    return;
  }
#endif
#pragma unroll
  for (int e = 0; e < PIECE; e++)
    if (e < count) c[e] = beta == 0 ? alpha * sums[e] : fma(alpha, sums[e], beta * c[e]);
}

__kernel __attribute__((reqd_work_group_size(THREADS, 1, 1))) void gemm_tiled(
    VIEW_OF(const real, a), VIEW_OF(const real, b), VIEW(c), const int m, const int n, const int inner, const real alpha,
    const real beta) {
  __local real aBlocks[2][TILE_K * A_SIDE] __attribute__((aligned(16)));
  __local real bBlocks[2][TILE_K * B_SIDE] __attribute__((aligned(16)));
  const int tilesM = (m + TILE_M - 1) / TILE_M, tilesN = (n + TILE_N - 1) / TILE_N;
  const int item = get_group_id(0) / (tilesM * tilesN), tile = get_group_id(0) % (tilesM * tilesN);
  const int firstRow = tile / (BAND * tilesN) * BAND, bandRows = min(BAND, tilesM - firstRow), place = tile - firstRow * tilesN;
  const int i0 = (firstRow + place % bandRows) * TILE_M, j0 = place / bandRows * TILE_N;
  // A tile above the diagonal has nothing to add and writes nothing. A return before a barrier would be miscompiled by PoCL 3.1.
  const int last = LOWER && j0 > i0 + TILE_M - 1 ? 0 : inner;
  // 32 neighbouring work-items take 4 rows x 8 columns of pieces, which are fewer different pieces of both blocks than those of one row.
  const int thread = get_local_id(0), warp = thread / 32;
  const int row = warp / (GROUP_N / 8) * 4 + thread % 32 / 8, column = warp % (GROUP_N / 8) * 8 + thread % 8;
  __global const real *a = AT(a, item, 0), *b = AT(b, item, 0);

  real sums[WORK_M][WORK_N];
#pragma unroll
  for (int r = 0; r < WORK_M; r++)
#pragma unroll
    for (int s = 0; s < WORK_N; s++) sums[r][s] = 0;
  piece aNext[A_PIECES], bNext[B_PIECES];
  fetch(aNext, A_PIECES, a, aRow, A_ALONG, TILE_M, thread, i0, m, 0, last);
  fetch(bNext, B_PIECES, b, bRow, B_ALONG, TILE_N, thread, j0, n, 0, last);
  keep(aBlocks[0], A_SIDE, aNext, A_PIECES, A_ALONG, TILE_M, thread);
  keep(bBlocks[0], B_SIDE, bNext, B_PIECES, B_ALONG, TILE_N, thread);
  barrier(CLK_LOCAL_MEM_FENCE);
  int present = 0;
  for (int p0 = 0; p0 < last; p0 += TILE_K) {
    const bool hasNext = p0 + TILE_K < last;
    if (hasNext) {
      fetch(aNext, A_PIECES, a, aRow, A_ALONG, TILE_M, thread, i0, m, p0 + TILE_K, last);
      fetch(bNext, B_PIECES, b, bRow, B_ALONG, TILE_N, thread, j0, n, p0 + TILE_K, last);
    }
#pragma unroll
    for (int p = 0; p < TILE_K; p++) {
      real x[WORK_M], y[WORK_N];
#pragma unroll
      for (int r = 0; r < WORK_M; r += PIECE) STORE_PIECE(*(__local const piece *)(aBlocks[present] + p * A_SIDE + ROW(r)), 0, x + r);
#pragma unroll
      for (int s = 0; s < WORK_N; s += PIECE) STORE_PIECE(*(__local const piece *)(bBlocks[present] + p * B_SIDE + COLUMN(s)), 0, y + s);
#pragma unroll
      for (int r = 0; r < WORK_M; r++)
#pragma unroll
        for (int s = 0; s < WORK_N; s++) sums[r][s] = fma(x[r], y[s], sums[r][s]);
    }
    present = 1 - present;
    if (hasNext) {
      keep(aBlocks[present], A_SIDE, aNext, A_PIECES, A_ALONG, TILE_M, thread);
      keep(bBlocks[present], B_SIDE, bNext, B_PIECES, B_ALONG, TILE_N, thread);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
#pragma unroll
  for (int r = 0; r < WORK_M; r++) {
    const int i = i0 + ROW(r);
    if (i >= m) continue;
    const int end = LOWER ? min(n, i + 1) : n;
#pragma unroll
    for (int s = 0; s < WORK_N; s += PIECE) finish(AT(c, item, i) + j0 + COLUMN(s), end - j0 - COLUMN(s), alpha, sums[r] + s, beta);
  }
}
