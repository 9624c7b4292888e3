// wide_pass.cl: kernel x coefficients over pairs of points and centres, with its Jacobian; no kernel is stored.
//
//   reads   tables of points and centres (points.cl), coefficients[j, o], counts[item] <= R
//   writes  partial[split, item, o, ROWS, point]: per output sum K alpha and, with JACOBIAN, sum K_q11 alpha and the WIDTH sums
//           K_q12 alpha u_k over the centres of the split; `wide_pass_finish` adds the splits in order and forms
//           value[i, o] and jacobian[i, o*WIDTH + k] = (2 z_k sum K_q11 alpha + sum K_q12 alpha u_k) / WIDTH
//   grid    (points / LANES, splits, batch x chunks of OUTPUTS outputs); LANES points per work-item
//   local   with STAGE > 0 a work-group of GROUP points shares STAGE centres at a time
//   moves   the tables once per work-group; sums stay in registers, or with BLOCK > 1 in private memory
//
// Needs: pair_jet() (JACOBIAN) or pair_value() for COPIES centres, generated from the CovarianceProgram and the kind of kernel.
// Every sum runs in the order of the centres, split by split: the same bits every time, whatever BLOCK and COPIES.

#include "pass_tiles.cl"

#define ROWS (JACOBIAN ? WIDTH + 2 : 1)
#define TABLE_ROWS (WIDTH + 2 * LEVELS + 2)

#if STAGE > 0
#define CENTRE(row, j) staged[(row) * STAGE + (j)]
#define COEFFICIENT(o, j) stagedCoefficients[(o) * STAGE + (j)]
#else
#define CENTRE(row, j) centreTable[(long)(row) * centrePadded + (j)]
#define COEFFICIENT(o, j) AT(coefficients, item, j)[min(firstOutput + (o), outputs - 1)]
#endif

__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void wide_pass(
    __global const real *pointTable, __global const real *centreTable, VIEW(coefficients), __global const int *counts,
    __global real *partial, const int pointPadded, const int centrePadded, const int outputs, const int batch, const int splitLength) {
  const int i = get_global_id(0) * LANES, split = get_global_id(1);
  const int item = get_global_id(2) % batch, firstOutput = get_global_id(2) / batch * OUTPUTS;
  const bool isInside = i < pointPadded;
#if STAGE == 0
  if (!isInside) return;
#endif
  pointTable += (long)item * TABLE_ROWS * pointPadded + (isInside ? i : 0);
  centreTable += (long)item * TABLE_ROWS * centrePadded;
  const int first = split * splitLength, last = min(counts[item], first + splitLength);

  vreal z[WIDTH], a[LEVELS + 1], da[LEVELS + 1];
#pragma unroll
  for (int k = 0; k < WIDTH; k++) z[k] = LOAD(pointTable + (long)k * pointPadded);
  for (int level = 0; level < LEVELS; level++) {
    a[level] = LOAD(pointTable + (long)(WIDTH + level) * pointPadded);
    da[level] = LOAD(pointTable + (long)(WIDTH + LEVELS + level) * pointPadded);
  }
  vreal sums[OUTPUTS * ROWS];
#pragma unroll
  for (int s = 0; s < OUTPUTS * ROWS; s++) sums[s] = (vreal)(0);

#if STAGE > 0
  __local real staged[(WIDTH + LEVELS + 1) * STAGE], stagedCoefficients[OUTPUTS * STAGE];
  for (int base = first; base < last; base += STAGE) {
    const int count = min(STAGE, last - base);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int e = get_local_id(0); e < (WIDTH + LEVELS) * STAGE; e += GROUP)
      if (e % STAGE < count) staged[e] = centreTable[(long)(e / STAGE) * centrePadded + base + e % STAGE];
    for (int e = get_local_id(0); e < OUTPUTS * STAGE; e += GROUP)
      if (e % STAGE < count && firstOutput + e / STAGE < outputs)
        stagedCoefficients[e] = AT(coefficients, item, base + e % STAGE)[firstOutput + e / STAGE];
      else
        stagedCoefficients[e] = 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    const int begin = 0, end = count;
#else
  {
    const int begin = first, end = last;
#endif
    for (int j0 = begin; j0 < end; j0 += BLOCK) {
      const int count = min(BLOCK, end - j0);
      vreal values[BLOCK], by11[BLOCK], by12[BLOCK];
      for (int s = 0; s < count; s += COPIES) {
        vreal q12[COPIES], b[COPIES * (LEVELS + 1)];
#pragma unroll
        for (int c = 0; c < COPIES; c++) {
          // Copies beyond the last centre repeat it; no sum takes them.
          const int j = min(j0 + s + c, end - 1);
          q12[c] = (vreal)(0);
#pragma unroll
          for (int k = 0; k < WIDTH; k++) q12[c] = fma(z[k], (vreal)(CENTRE(k, j)), q12[c]);
          q12[c] /= (vreal)(WIDTH);
#pragma unroll
          for (int level = 0; level < LEVELS; level++) b[c * (LEVELS + 1) + level] = (vreal)(CENTRE(WIDTH + level, j));
        }
#if JACOBIAN
        pair_jet(q12, a, da, b, values + s, by11 + s, by12 + s);
#else
        pair_value(q12, a, b, values + s);
#endif
      }
      for (int o = 0; o < OUTPUTS; o += TOGETHER) {
        vreal rows[TOGETHER][ROWS];
#pragma unroll
        for (int u = 0; u < TOGETHER; u++)
#pragma unroll
          for (int row = 0; row < ROWS; row++) rows[u][row] = sums[(o + u) * ROWS + row];
        for (int s = 0; s < count; s++) {
#pragma unroll
          for (int u = 0; u < TOGETHER; u++) {
            const vreal alpha = (vreal)(COEFFICIENT(o + u, j0 + s));
            rows[u][0] = fma(alpha, values[s], rows[u][0]);
#if JACOBIAN
            rows[u][1] = fma(alpha, by11[s], rows[u][1]);
            const vreal weight = alpha * by12[s];
#pragma unroll
            for (int k = 0; k < WIDTH; k++) rows[u][2 + k] = fma(weight, (vreal)(CENTRE(k, j0 + s)), rows[u][2 + k]);
#endif
          }
        }
#pragma unroll
        for (int u = 0; u < TOGETHER; u++)
#pragma unroll
          for (int row = 0; row < ROWS; row++) sums[(o + u) * ROWS + row] = rows[u][row];
      }
    }
  }
  if (!isInside) return;
#pragma unroll
  for (int o = 0; o < OUTPUTS; o++)
    if (firstOutput + o < outputs)
#pragma unroll
      for (int row = 0; row < ROWS; row++)
        STORE(sums[o * ROWS + row], partial + ((((long)split * batch + item) * outputs + firstOutput + o) * ROWS + row) * pointPadded + i);
}

__kernel void wide_pass_finish(
    __global const real *partial, __global const real *pointTable, VIEW(value), VIEW(jacobian), const int n, const int pointPadded,
    const int outputs, const int batch, const int splits) {
  const int i = get_global_id(0), o = get_global_id(1), item = get_global_id(2);
  if (i >= n) return;
  real sums[ROWS];
  for (int row = 0; row < ROWS; row++) {
    sums[row] = 0;
    for (int split = 0; split < splits; split++)
      sums[row] += partial[((((long)split * batch + item) * outputs + o) * ROWS + row) * pointPadded + i];
  }
  AT(value, item, i)[o] = sums[0];
#if JACOBIAN
  pointTable += (long)item * TABLE_ROWS * pointPadded + i;
  for (int k = 0; k < WIDTH; k++)
    AT(jacobian, item, i)[o * WIDTH + k] = fma(2 * pointTable[(long)k * pointPadded], sums[1], sums[2 + k]) / WIDTH;
#endif
}
