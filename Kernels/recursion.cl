// recursion.cl: NNGP and NTK of one infinitely wide block, fused over its layers.
//
//   reads   gram[i, j] = q12, or with WIDTH > 0 the coordinates in the tables, from which q12 = x_i.y_j / WIDTH;
//           tables of the rows' and columns' points (points.cl)
//           with READS_NTK incoming[i, j], the tangent kernel that comes in, not in the memory of a result
//   writes  nngp[i, j] = K(x_i, y_j),  ntk[i, j] = Theta(x_i, y_j); either may lie over gram
//   grid    (columns / (LANES COPIES), rows, batch), COPIES vectors of pairs per work-item; no local memory; edges masked
//   moves   1 read (or none) + 1 or 2 writes of `real` per pair; arithmetic stays in registers
//
// With PAIRED the file holds `recursion_paired` instead, which reads q11[i, j] and q22[i, j] of every entry and no tables
// (3 reads per pair), and needs paired_values().
//
// With LOWER, only entries j <= i are computed; mirror.cl then copies them to the other half.
// Needs: pair_values(), generated from the CovarianceProgram. The diagonal of a symmetric job is written by points_diagonal.

#ifndef WIDTH
#define WIDTH 0
#endif
#ifndef LOWER
#define LOWER 0
#endif
#ifndef PAIRED
#define PAIRED 0
#endif
#include "wanted_kernels.cl"
#ifndef READS_NTK
#define READS_NTK 0
#endif
// Vectors of pairs that a work-item computes side by side.
#ifndef COPIES
#define COPIES 1
#endif

// COPIES vectors from p, of which `count` numbers exist. One branch for all, since many would part what runs side by side.
INLINE void load_copies(vreal *v, __global const real *p, const int count) {
  if (count >= COPIES * LANES)
#pragma unroll
    for (int c = 0; c < COPIES; c++) v[c] = LOAD(p + c * LANES);
  else
    for (int c = 0; c < COPIES; c++) v[c] = load_edge(p + c * LANES, count - c * LANES);
}

INLINE void store_copies(const vreal *v, __global real *p, const int count) {
  if (count >= COPIES * LANES)
#pragma unroll
    for (int c = 0; c < COPIES; c++) STORE(v[c], p + c * LANES);
  else
    for (int c = 0; c < COPIES; c++) store_edge(v[c], p + c * LANES, count - c * LANES);
}

#if PAIRED

__kernel void recursion_paired(VIEW(gram), VIEW(rowQ), VIEW(columnQ), VIEW(incoming), VIEW(nngp), VIEW(ntk), const int n, const int m) {
  const int j = get_global_id(0) * LANES * COPIES, i = get_global_id(1), item = get_global_id(2);
  if (j >= m || i >= n) return;
  vreal q12[COPIES], q11[COPIES], q22[COPIES], k[COPIES], theta[COPIES];
  load_copies(q12, AT(gram, item, i) + j, m - j);
  load_copies(q11, AT(rowQ, item, i) + j, m - j);
  load_copies(q22, AT(columnQ, item, i) + j, m - j);
#if READS_NTK
  load_copies(theta, AT(incoming, item, i) + j, m - j);
#endif
  paired_values(q12, q11, q22, k, theta);
#if WRITES_NNGP
  store_copies(k, AT(nngp, item, i) + j, m - j);
#endif
#if WRITES_NTK
  store_copies(theta, AT(ntk, item, i) + j, m - j);
#endif
}

#else

__kernel void recursion(
    VIEW(gram), __global const real *rowTable, __global const real *columnTable, VIEW(incoming), VIEW(nngp), VIEW(ntk), const int n,
    const int m, const int rowPadded, const int columnPadded) {
  const int j = get_global_id(0) * LANES * COPIES, i = get_global_id(1), item = get_global_id(2);
  if (j >= m || i >= n) return;
#if LOWER
  if (j > i) return;
#endif
  rowTable += (long)item * (WIDTH + 2 * LEVELS + 2) * rowPadded + i;
  columnTable += (long)item * (WIDTH + 2 * LEVELS + 2) * columnPadded;
  vreal q12[COPIES], a[LEVELS + 1], b[COPIES * (LEVELS + 1)], k[COPIES], theta[COPIES];
#if WIDTH == 0
  load_copies(q12, AT(gram, item, i) + j, m - j);
#endif
#pragma unroll
  for (int c = 0; c < COPIES; c++) {
    // Vectors beyond the last column repeat the last one of the table.
    const int column = min(j + c * LANES, columnPadded - LANES);
#if WIDTH > 0
    q12[c] = (vreal)(0);
    for (int p = 0; p < WIDTH; p++)
      q12[c] = fma((vreal)(rowTable[(long)p * rowPadded]), LOAD(columnTable + (long)p * columnPadded + column), q12[c]);
    q12[c] /= (vreal)(WIDTH);
#endif
#pragma unroll
    for (int level = 0; level < LEVELS; level++)
      b[c * (LEVELS + 1) + level] = LOAD(columnTable + (long)(WIDTH + level) * columnPadded + column);
  }
#pragma unroll
  for (int level = 0; level < LEVELS; level++) a[level] = (vreal)(rowTable[(long)(WIDTH + level) * rowPadded]);
#if READS_NTK
  load_copies(theta, AT(incoming, item, i) + j, m - j);
#endif
  pair_values(q12, a, b, k, theta);
#if WRITES_NNGP
  store_copies(k, AT(nngp, item, i) + j, m - j);
#endif
#if WRITES_NTK
  store_copies(theta, AT(ntk, item, i) + j, m - j);
#endif
}

#endif
