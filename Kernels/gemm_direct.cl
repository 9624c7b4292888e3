// gemm_direct.cl: C = alpha op(A) op(B) + beta C for every item of a batch, on processors, in one launch.
//
//   reads   op(A)[i, p], op(B)[p, j] as they lie in memory: A_ALONG, B_ALONG
//   writes  c[i, j]; with `lower` only where j <= i. c is read only where beta is not 0
//   grid    (tiles of rows, tiles of columns, groups of items), one work-item each, whatever their sizes
//
// A work-item sums some rows of its tile and TILE_N columns at a time in registers, over DEPTH inner indices; then C is touched.
// What it reads often, and far apart in memory, it first copies to memory of its own: A_COPIED, B_COPIED.
// The order of every sum follows from DEPTH alone, not from tiles, edges or items.

// Vectors of columns in registers, and the most rows whose sums are there too. LANES is 4 at least.
#ifndef VECTORS
#define VECTORS 2
#endif
#ifndef MOST_ROWS
#define MOST_ROWS 12
#endif
#ifndef DEPTH
#define DEPTH 384
#endif
// Rows of a tile at most where A is copied, a multiple of LANES.
#ifndef TILE_M
#define TILE_M 96
#endif
// Whether rows of A, and of B, run along the inner index.
#ifndef A_ALONG
#define A_ALONG 1
#endif
#ifndef B_ALONG
#define B_ALONG 0
#endif
// Whether A, and B, are copied, which B must be where B_ALONG is 1 or C has fewer than LANES columns.
#ifndef A_COPIED
#define A_COPIED 0
#endif
#ifndef B_COPIED
#define B_COPIED 1
#endif
// Whether the operands of later items are fetched while one is multiplied, instead of the next columns of B.
#ifndef ITEMWISE
#define ITEMWISE 0
#endif
#define TILE_N (VECTORS * LANES)

#if A_COPIED
#define A_SPACE __private
#else
#define A_SPACE __global
#endif
// First column of a vector of a panel; `last` is the last column at which one may begin.
#if B_COPIED
#define B_SPACE __private
#define COLUMN(v, last) ((v) * LANES)
#else
#define B_SPACE __global
#define COLUMN(v, last) min((v) * LANES, last)
#endif

// A line of memory into the caches. PoCL's own prefetch does nothing; it compiles for the processor itself, where clang's may be used.
#if defined(__clang__) && (defined(__x86_64__) || defined(__aarch64__))
#define FETCH(p) __builtin_prefetch((__private const void *)(uintptr_t)(p))
#else
#define FETCH(p) prefetch(p, 1)
#endif

// c[s] = alpha sums[s] + beta c[s], s < count; nothing where count is not positive.
INLINE void finish_row(__global real *c, __private const real *sums, const int count, const real alpha, const real beta) {
#pragma unroll
  for (int v = 0; v < VECTORS; v++, c += LANES, sums += LANES) {
    const int left = count - v * LANES;
    if (left >= LANES) {
      const vreal sum = LOAD(sums);
      STORE(beta == 0 ? alpha * sum : fma((vreal)(alpha), sum, beta * LOAD(c)), c);
    } else {
      for (int s = 0; s < left; s++) c[s] = beta == 0 ? alpha * sums[s] : fma(alpha, sums[s], beta * c[s]);
    }
  }
}

// multiply_12, or as many rows as fit, multiply_4 and multiply_1: with more of them a program takes longer to build than it saves.
#if MOST_ROWS >= 12
#define ROWS 12
#include "gemm_rows.cl"
#elif MOST_ROWS >= 8
#define ROWS 8
#include "gemm_rows.cl"
#elif MOST_ROWS >= 6
#define ROWS 6
#include "gemm_rows.cl"
#endif
#define ROWS 4
#include "gemm_rows.cl"
#define ROWS 1
#include "gemm_rows.cl"

// copy[r*width + s] = x[r*stride + s], s < count; there are `before` numbers before x in its row. Where the last vector goes beyond the
// edge, the one that ends there is taken: `copy` has LANES numbers before its start, and a row's numbers beyond `count` are any.
INLINE void copy_along(
    __global const real *x, const long stride, const int rows, const int count, const int before, __private real *copy,
    const int width) {
  const int whole = count / LANES * LANES, overlaps = before + count >= LANES;
  for (int r = 0; r < rows; r++, x += stride, copy += width) {
    for (int s = 0; s < whole; s += LANES) STORE(LOAD(x + s), copy + s);
    if (whole < count && overlaps) STORE(LOAD(x + count - LANES), copy + count - LANES);
    if (!overlaps)
      for (int s = whole; s < count; s++) copy[s] = x[s];
  }
}

#include "transpose.cl"

// copy[p*TILE_N + s] = x[s*stride + p]: squares of LANES are transposed in registers.
INLINE void copy_across(__global const real *x, const long stride, const int inner, const int count, __private real *copy) {
  const int wholeInner = inner / LANES * LANES, wholeCount = count / LANES * LANES;
  for (int s = 0; s < wholeCount; s += LANES) {
    for (int p = 0; p < wholeInner; p += LANES) {
      vreal rows[LANES];
#pragma unroll
      for (int r = 0; r < LANES; r++) rows[r] = LOAD(x + (s + r) * stride + p);
      transpose(rows);
#pragma unroll
      for (int r = 0; r < LANES; r++) STORE(rows[r], copy + (p + r) * TILE_N + s);
    }
  }
  for (int s = 0; s < count; s++)
    for (int p = s < wholeCount ? wholeInner : 0; p < inner; p++) copy[p * TILE_N + s] = x[s * stride + p];
}

// share, ahead: numbers of each operand that are fetched with an inner index, and of which item (ITEMWISE)
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void gemm_direct(
    VIEW(a), VIEW(b), VIEW(c), const int m, const int n, const int inner, const int rowTile, const int columnTile, const int items,
    const int itemTile, const int lower, const int share, const int ahead, const real alpha, const real beta) {
  const int i0 = get_global_id(0) * rowTile, j0 = get_global_id(1) * columnTile, firstItem = get_global_id(2) * itemTile;
  const int iEnd = min(m, i0 + rowTile), jEnd = min(lower ? min(n, iEnd) : n, j0 + columnTile);
#if A_COPIED
  real leftMemory[LANES + DEPTH * TILE_M];
  const real *left = leftMemory + LANES;
  const long outerStep = A_ALONG ? DEPTH : 1, innerStep = A_ALONG ? 1 : TILE_M;
#else
  const long outerStep = A_ALONG ? aRow : 1, innerStep = A_ALONG ? 1 : aRow;
#endif
#if B_COPIED
  real panelMemory[LANES + DEPTH * TILE_N];
  const real *panel = panelMemory + LANES;
  const long bStep = TILE_N;
#else
  const long bStep = bRow;
#endif
  for (int item = firstItem; item < min(items, firstItem + itemTile); item++)
    // One round with no inner indices scales C where the sum is empty.
    for (int p = 0, calls = 0; p < max(inner, 1) && j0 < jEnd; p += DEPTH) {
      const int depth = min(DEPTH, inner - p);
      const real scale = p == 0 ? beta : 1;
#if A_COPIED && A_ALONG
      copy_along(AT(a, item, i0) + p, aRow, iEnd - i0, depth, p, leftMemory + LANES, DEPTH);
#elif A_COPIED
      copy_along(AT(a, item, p) + i0, aRow, depth, iEnd - i0, i0, leftMemory + LANES, TILE_M);
#else
      __global const real *left = AT(a, item, 0) + i0 * outerStep + p * innerStep;
#endif
      for (int j = j0; j < jEnd; j += TILE_N) {
        const int count = min(TILE_N, jEnd - j);
#if B_COPIED && B_ALONG
        copy_across(AT(b, item, j) + p, bRow, depth, count, panelMemory + LANES);
#elif B_COPIED
        copy_along(AT(b, item, p) + j, bRow, depth, count, j, panelMemory + LANES, TILE_N);
#else
        __global const real *panel = AT(b, item, p) + j;
#endif
#if ITEMWISE
        const long step = share;
#define NEXT(x) (AT(x, item + ahead, 0) + (long)calls * depth * share)
#else
        // Rows of the next panel of B, a line of each with every call. Where B is transposed they are long, and found without help.
        calls = 0;
        const long step = B_ALONG ? 0 : bRow;
        __global const real *next = j + TILE_N < jEnd ? AT(b, item, p) + j + TILE_N : AT(b, item, p + DEPTH) + j0;
#define NEXT(x) (next + min(calls, VECTORS - 1) * LANES)
#endif
        // With `lower`, rows from the first on that has a column of the panel; each has one more than the one before.
        int i = lower ? max(i0, j) : i0;
#define MULTIPLY(ROWS) \
  PASTE(multiply_, ROWS)(left + (i - i0) * outerStep, outerStep, innerStep, panel, bStep, n - j - LANES, depth, alpha, scale, \
    AT(c, item, i) + j, cRow, lower ? i - j + 1 : count, lower, count, NEXT(a), NEXT(b), NEXT(c), step); \
  i += ROWS, calls++
#if MOST_ROWS >= 12
        while (iEnd - i >= 12) { MULTIPLY(12); }
#elif MOST_ROWS >= 8
        while (iEnd - i >= 8) { MULTIPLY(8); }
#elif MOST_ROWS >= 6
        while (iEnd - i >= 6 && iEnd - i != 8) { MULTIPLY(6); }
#endif
        while (iEnd - i >= 4) { MULTIPLY(4); }
        while (iEnd - i >= 1) { MULTIPLY(1); }
      }
    }
}
