// block_kernel.cl: NNGP and NTK straight from inputs, for GPUs: the Gram matrix never leaves the work-groups.
//
//   reads   points x[i, k] and y[j, k]; tables of the rows' and columns' points (points.cl) without coordinates
//   writes  nngp[i, j] = K(x_i, y_j),  ntk[i, j] = Theta(x_i, y_j), each once and along rows. With LOWER, x and y are the same, and
//           tiles below the diagonal are written twice, the second time mirrored; the diagonal itself is written by points_diagonal
//   grid    (tiles x THREADS, batch); a work-group makes one tile of TILE_M x TILE_N covariances in registers (tile_product.cl)
//   local   the blocks of tile_product; after it SLAB rows of covariances at a time, and of their kernels
//   moves   width (TILE_M + TILE_N) / (TILE_M TILE_N) reads + 1 or 2 writes of `real` per pair
//
// The sums go to the recursion by way of local memory, from which a work-item takes COPIES pairs of a row at a time: the recursion
// stands in the text once, not once for each sum, and stores run along rows of both halves of the result.
// A covariance is summed as in points_table, so that equal points have equal covariances to the last bit.
//
// Tiles are numbered by squares of `band` TILE_M rows and columns, which read few points between them; with LOWER in the order
// of the lower triangle. Work-groups beyond the edges or above the diagonal do nothing. TILE_M is a multiple of TILE_N.
// Needs: pair_values(), generated from the CovarianceProgram.

#include "tile_product.cl"

#ifndef LOWER
#define LOWER 0
#endif
#include "wanted_kernels.cl"
// Pairs that a work-item computes side by side; divides TILE_N.
#ifndef COPIES
#define COPIES 1
#endif
// Rows of covariances in local memory at a time: a multiple of WORK_M that divides TILE_M.
#ifndef SLAB
#define SLAB 16
#endif

// An odd number, so that work-items that read along columns meet different banks.
#define SLAB_SIDE (TILE_N + 1)
#define SLAB_COLUMNS (TILE_N / COPIES)
#define NTK_SLAB (WRITES_NNGP ? SLAB * SLAB_SIDE : 0)
#define SLAB_MEMORY ((WRITES_NNGP + WRITES_NTK) * SLAB * SLAB_SIDE)

// The result's part above the diagonal, from the slab below it.
INLINE void store_mirrored(__global real *out, const long outRow, __local const real *slab, const int i0, const int j0, const int n) {
#pragma unroll 1
  for (int e = TILE_THREAD; e < SLAB * TILE_N; e += THREADS) {
    const int i = i0 + e % SLAB, j = j0 + e / SLAB;
    if (i < n && j < i) out[j * outRow + i] = slab[e % SLAB * SLAB_SIDE + e / SLAB];
  }
}

__kernel __attribute__((reqd_work_group_size(THREADS, 1, 1))) void block_kernel(
    VIEW(x), VIEW(y), __global const real *rowTable, __global const real *columnTable, VIEW(nngp), VIEW(ntk), const int n, const int m,
    const int width, const int rowPadded, const int columnPadded, const int band) {
  __local real memory[TILE_MEMORY > SLAB_MEMORY ? TILE_MEMORY : SLAB_MEMORY] __attribute__((aligned(16)));
  const int group = get_group_id(0), item = get_global_id(1);
  // Columns of tiles in a square of tiles, and of squares.
  const int across = band * (TILE_M / TILE_N), inside = group % (band * across), square = group / (band * across);
#if LOWER
  int squareRow = (int)((sqrt(8.0f * square + 1) - 1) / 2);
  // The root of a large number is rounded.
  while ((long)squareRow * (squareRow + 1) / 2 > square) squareRow--;
  while ((long)(squareRow + 1) * (squareRow + 2) / 2 <= square) squareRow++;
  const int squareColumn = square - (int)((long)squareRow * (squareRow + 1) / 2);
#else
  const int squares = ((m + TILE_N - 1) / TILE_N + across - 1) / across;
  const int squareRow = square / squares, squareColumn = square % squares;
#endif
  const int i0 = (squareRow * band + inside % band) * TILE_M, j0 = (squareColumn * across + inside / band) * TILE_N;
  // A tile outside has nothing to sum and no rows. A return before a barrier would be miscompiled by PoCL 3.1.
#if LOWER
  const bool isOutside = i0 >= n || j0 >= min(m, i0 + TILE_M);
#else
  const bool isOutside = i0 >= n || j0 >= m;
#endif
  const int rows = isOutside ? 0 : min(TILE_M, n - i0);

  real sums[WORK_M * WORK_N];
  tile_product(AT(x, item, i0), xRow, rows, AT(y, item, j0), yRow, m - j0, isOutside ? 0 : width, memory, sums);

  rowTable += (long)item * (2 * LEVELS + 2) * rowPadded;
  columnTable += (long)item * (2 * LEVELS + 2) * columnPadded;
#pragma unroll 1
  for (int slab = 0; slab < rows; slab += SLAB) {
    const int first = TILE_ROW(0) - slab;
    if (first >= 0 && first < SLAB)
#pragma unroll
      for (int r = 0; r < WORK_M; r++)
#pragma unroll
        for (int s = 0; s < WORK_N; s++) memory[(first + r) * SLAB_SIDE + TILE_COLUMN(s)] = sums[r * WORK_N + s];
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll 1
    for (int e = TILE_THREAD; e < SLAB * SLAB_COLUMNS; e += THREADS) {
      const int r = e / SLAB_COLUMNS, s = e % SLAB_COLUMNS, i = i0 + slab + r, end = LOWER ? min(m, i + 1) : m;
      if (i >= n || j0 + s >= end) continue;
      real q12[COPIES], a[LEVELS + 1], b[COPIES * (LEVELS + 1)], k[COPIES], theta[COPIES];
      __local real *place = memory + r * SLAB_SIDE + s;
#pragma unroll
      for (int level = 0; level < LEVELS; level++) a[level] = rowTable[(long)level * rowPadded + i];
#pragma unroll
      for (int c = 0; c < COPIES; c++) {
        const int j = min(j0 + s + c * SLAB_COLUMNS, m - 1);
        q12[c] = place[c * SLAB_COLUMNS] / width;
#pragma unroll
        for (int level = 0; level < LEVELS; level++) b[c * (LEVELS + 1) + level] = columnTable[(long)level * columnPadded + j];
      }
      pair_values(q12, a, b, k, theta);
#pragma unroll
      for (int c = 0; c < COPIES; c++) {
        const int column = s + c * SLAB_COLUMNS;
        if (j0 + column >= end) continue;
#if WRITES_NNGP
        AT(nngp, item, i)[j0 + column] = k[c];
#if LOWER
        place[c * SLAB_COLUMNS] = k[c];
#endif
#endif
#if WRITES_NTK
        AT(ntk, item, i)[j0 + column] = theta[c];
#if LOWER
        place[NTK_SLAB + c * SLAB_COLUMNS] = theta[c];
#endif
#endif
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#if LOWER
#if WRITES_NNGP
    store_mirrored(AT(nngp, item, 0), nngpRow, memory, i0 + slab, j0, n);
#endif
#if WRITES_NTK
    store_mirrored(AT(ntk, item, 0), ntkRow, memory + NTK_SLAB, i0 + slab, j0, n);
#endif
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
  }
}
