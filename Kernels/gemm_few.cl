// gemm_few.cl: C = alpha op(A) op(B) + beta C for every item of a batch, where C has few rows or few columns (FEW).
//
//   reads   op(A)[i, p] at a[i*aOuter + p*aInner], op(B)[p, j] at b[j*bOuter + p*bInner]: a transpose is a choice of strides
//   writes  c[i, j]. c is read only where beta is not 0
//
//   gemm_dot, gemm_axpy        the large operand is read once, along its rows. The few vectors are packed first, [FEW, padded inner]
//
// Every entry is one sum in a fixed order that depends on the shapes alone.

// Rows or columns of the small side.
#ifndef FEW
#define FEW 1
#endif
// Rows of the large operand per work-group of gemm_dot; vectors of columns per work-item of gemm_axpy.
#ifndef MANY
#define MANY 1
#endif
// Work-items that share the inner sums of gemm_dot, a power of 2.
#ifndef GROUP
#define GROUP 1
#endif

static inline void finish(__global real *c, const real alpha, const real sum, const real beta) {
  *c = beta == 0 ? alpha * sum : fma(alpha, sum, beta * *c);
}

// The small operand: packed[item, f, p] = x[f, p], zero for inner <= p < padded.   grid (padded, FEW, items)
__kernel void gemm_pack_few(
    __global const real *x, const long offset, const long outerStride, const long innerStride, const long itemStride,
    __global real *packed, const int inner, const int padded) {
  const int p = get_global_id(0), f = get_global_id(1), item = get_global_id(2);
  if (p >= padded) return;
  packed[((long)item * FEW + f) * padded + p] = p < inner ? x[offset + item * itemStride + f * outerStride + p * innerStride] : (real)(0);
}

// out(f, r) = alpha sum_p few[f, p] big[r, p] + beta out, r < count; `out` at f*outFew + r*outMany. big is contiguous in p.
// grid (groups of MANY rows x GROUP, items); local GROUP x MANY x FEW numbers where GROUP > 1
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void gemm_dot(
    __global const real *few, const long fewItem, __global const real *big, const long bigOffset, const long bigRow, const long bigItem,
    __global real *out, const long outOffset, const long outFew, const long outMany, const long outItem, const int count,
    const int inner, const int padded, const real alpha, const real beta) {
  const int r0 = get_group_id(0) * MANY, item = get_global_id(1), t = get_local_id(0);
  few += item * fewItem;
  big += bigOffset + item * bigItem;
  // Rows beyond the last repeat it; they are not written.
  __global const real *row[MANY];
#pragma unroll
  for (int r = 0; r < MANY; r++) row[r] = big + min(r0 + r, count - 1) * bigRow;
  vreal sums[MANY][FEW];
#pragma unroll
  for (int r = 0; r < MANY; r++)
#pragma unroll
    for (int f = 0; f < FEW; f++) sums[r][f] = (vreal)(0);
  const int whole = inner / LANES * LANES;
  for (int p = t * LANES; p < whole; p += GROUP * LANES) {
    vreal x[MANY];
#pragma unroll
    for (int r = 0; r < MANY; r++) x[r] = LOAD(row[r] + p);
#pragma unroll
    for (int f = 0; f < FEW; f++) {
      const vreal y = LOAD(few + (long)f * padded + p);
#pragma unroll
      for (int r = 0; r < MANY; r++) sums[r][f] = fma(x[r], y, sums[r][f]);
    }
  }
  real totals[MANY][FEW];
#pragma unroll
  for (int r = 0; r < MANY; r++)
#pragma unroll
    for (int f = 0; f < FEW; f++) totals[r][f] = LANE_SUM(sums[r][f]);
  if (t == 0)
    for (int p = whole; p < inner; p++)
#pragma unroll
      for (int r = 0; r < MANY; r++)
#pragma unroll
        for (int f = 0; f < FEW; f++) totals[r][f] = fma(row[r][p], few[(long)f * padded + p], totals[r][f]);
#if GROUP > 1
  __local real shared[MANY * FEW][GROUP];
#pragma unroll
  for (int r = 0; r < MANY; r++)
#pragma unroll
    for (int f = 0; f < FEW; f++) shared[r * FEW + f][t] = totals[r][f];
  for (int step = GROUP / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (t < step)
      for (int e = 0; e < MANY * FEW; e++) shared[e][t] += shared[e][t + step];
  }
#define TOTAL(r, f) shared[(r) * FEW + (f)][0]
#else
#define TOTAL(r, f) totals[r][f]
#endif
  if (t == 0)
#pragma unroll
    for (int r = 0; r < MANY; r++)
      if (r0 + r < count)
#pragma unroll
        for (int f = 0; f < FEW; f++)
          finish(out + outOffset + item * outItem + f * outFew + (r0 + r) * outMany, alpha, TOTAL(r, f), beta);
}

// partial[split, item, f, j] = sum_p few[f, p] big[p, j] over the p of the split; big is contiguous in j.
// grid (columns / (MANY x LANES), splits, items)
__kernel void gemm_axpy(
    __global const real *few, const long fewItem, __global const real *big, const long bigOffset, const long bigRow, const long bigItem,
    __global real *partial, const int count, const int countPadded, const int inner, const int padded, const int splitLength) {
  const int j = get_global_id(0) * MANY * LANES, split = get_global_id(1), item = get_global_id(2);
  if (j >= count) return;
  few += item * fewItem;
  big += bigOffset + item * bigItem + j;
  vreal sums[FEW][MANY];
#pragma unroll
  for (int f = 0; f < FEW; f++)
#pragma unroll
    for (int v = 0; v < MANY; v++) sums[f][v] = (vreal)(0);
  const int first = split * splitLength, last = min(inner, first + splitLength);
  for (int p = first; p < last; p++) {
    __global const real *row = big + p * bigRow;
    vreal x[MANY];
    if (j + MANY * LANES <= count) {
#pragma unroll
      for (int v = 0; v < MANY; v++) x[v] = LOAD(row + v * LANES);
    } else {
#pragma unroll
      for (int v = 0; v < MANY; v++) x[v] = load_edge(row + v * LANES, count - j - v * LANES);
    }
#pragma unroll
    for (int f = 0; f < FEW; f++) {
      const vreal y = (vreal)(few[(long)f * padded + p]);
#pragma unroll
      for (int v = 0; v < MANY; v++) sums[f][v] = fma(x[v], y, sums[f][v]);
    }
  }
  partial += (((long)split * get_global_size(2) + item) * FEW) * countPadded + j;
#pragma unroll
  for (int f = 0; f < FEW; f++)
#pragma unroll
    for (int v = 0; v < MANY; v++) STORE(sums[f][v], partial + (long)f * countPadded + v * LANES);
}

// Adds the splits of gemm_axpy in order.   grid (count, FEW, items)
__kernel void gemm_axpy_finish(
    __global const real *partial, __global real *out, const long outOffset, const long outFew, const long outMany, const long outItem,
    const int count, const int countPadded, const int splits, const real alpha, const real beta) {
  const int j = get_global_id(0), f = get_global_id(1), item = get_global_id(2);
  if (j >= count) return;
  real sum = 0;
  for (int split = 0; split < splits; split++)
    sum += partial[((long)(split * get_global_size(2) + item) * FEW + f) * countPadded + j];
  finish(out + outOffset + item * outItem + f * outFew + j * outMany, alpha, sum, beta);
}
