// feature_pass.cl: value and Jacobian of a function with one hidden layer; nothing of size points x features is stored.
//
//   reads   points[i, k], weights[m, k], with BIASED biases[m], coefficients[m, o]
//   writes  partial[split, item, o, ROWS, point]: per output sum a phi(x) and, with JACOBIAN, the WIDTH sums a phi'(x) w_k over the
//           features of the split, where x = w . z + bias; `feature_pass_finish` adds the splits in order to value[i, o] and
//           jacobian[i, o*WIDTH + k]
//   grid    (points / LANES, splits, batch x chunks of OUTPUTS outputs x chunks of COORDINATES coordinates); LANES points per work-item
//   local   with STAGE > 0 a work-group of GROUP points shares STAGE features at a time
//   moves   the weights once per work-group; sums stay in registers, or with BLOCK > 1 in private memory
//
// Needs: feature() for COPIES features, generated from the activation.
// Every sum runs in the order of the features, split by split, and splits depend on their number alone: the same bits for a point
// whatever points and items stand beside it.

#include "pass_tiles.cl"

// Coordinates of the Jacobian that one work-item accumulates.
#ifndef COORDINATES
#define COORDINATES WIDTH
#endif
#define ROWS (JACOBIAN ? WIDTH + 1 : 1)
#define SUMS (JACOBIAN ? COORDINATES + 1 : 1)

#if STAGE > 0
#define WEIGHT(k, m) stagedWeights[(m) * WIDTH + (k)]
#define BIAS(m) stagedBiases[m]
#define COEFFICIENT(o, m) stagedCoefficients[(o) * STAGE + (m)]
#else
#define WEIGHT(k, m) AT(weights, item, m)[k]
#define BIAS(m) (*AT(biases, item, m))
#define COEFFICIENT(o, m) AT(coefficients, item, m)[min(firstOutput + (o), outputs - 1)]
#endif

__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void feature_pass(
    VIEW(points), VIEW(weights), VIEW(biases), VIEW(coefficients), __global real *partial, const int n, const int padded,
    const int features, const int outputs, const int batch, const int outputChunks, const int splitLength) {
  const int i = get_global_id(0) * LANES, split = get_global_id(1);
  const int item = get_global_id(2) % batch, chunk = get_global_id(2) / batch;
  const int firstOutput = chunk % outputChunks * OUTPUTS, firstCoordinate = chunk / outputChunks * COORDINATES;
  const bool isInside = i < padded;
#if STAGE == 0
  if (!isInside) return;
#endif
  const int first = split * splitLength, last = min(features, first + splitLength);

  // Points beyond the last repeat it.
  vreal z[WIDTH];
  for (int k = 0; k < WIDTH; k++) {
    real lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = AT(points, item, min(i + lane, n - 1))[k];
    z[k] = LOAD(lanes);
  }
  vreal sums[OUTPUTS * SUMS];
#pragma unroll
  for (int s = 0; s < OUTPUTS * SUMS; s++) sums[s] = (vreal)(0);

#if STAGE > 0
  __local real stagedWeights[STAGE * WIDTH], stagedBiases[STAGE], stagedCoefficients[OUTPUTS * STAGE];
  for (int base = first; base < last; base += STAGE) {
    const int count = min(STAGE, last - base);
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int e = get_local_id(0); e < count * WIDTH; e += GROUP) stagedWeights[e] = AT(weights, item, base + e / WIDTH)[e % WIDTH];
#if BIASED
    for (int e = get_local_id(0); e < count; e += GROUP) stagedBiases[e] = *AT(biases, item, base + e);
#endif
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
    for (int m0 = begin; m0 < end; m0 += BLOCK) {
      const int count = min(BLOCK, end - m0);
      vreal values[BLOCK], slopes[BLOCK];
      for (int s = 0; s < count; s += COPIES) {
        vreal x[COPIES];
#pragma unroll
        for (int c = 0; c < COPIES; c++) {
          // Copies beyond the last feature repeat it; no sum takes them.
          const int m = min(m0 + s + c, end - 1);
#if BIASED
          x[c] = (vreal)(BIAS(m));
#else
          x[c] = (vreal)(0);
#endif
#pragma unroll
          for (int k = 0; k < WIDTH; k++) x[c] = fma((vreal)(WEIGHT(k, m)), z[k], x[c]);
        }
#if JACOBIAN
        feature(x, values + s, slopes + s);
#else
        feature(x, values + s);
#endif
      }
      for (int o = 0; o < OUTPUTS; o += TOGETHER) {
        vreal rows[TOGETHER][SUMS];
#pragma unroll
        for (int u = 0; u < TOGETHER; u++)
#pragma unroll
          for (int row = 0; row < SUMS; row++) rows[u][row] = sums[(o + u) * SUMS + row];
        for (int s = 0; s < count; s++) {
#pragma unroll
          for (int u = 0; u < TOGETHER; u++) {
            const vreal a = (vreal)(COEFFICIENT(o + u, m0 + s));
            rows[u][0] = fma(a, values[s], rows[u][0]);
#if JACOBIAN
            const vreal factor = a * slopes[s];
#pragma unroll
            for (int k = 0; k < COORDINATES; k++)
              rows[u][1 + k] = fma(factor, (vreal)(WEIGHT(min(firstCoordinate + k, WIDTH - 1), m0 + s)), rows[u][1 + k]);
#endif
          }
        }
#pragma unroll
        for (int u = 0; u < TOGETHER; u++)
#pragma unroll
          for (int row = 0; row < SUMS; row++) sums[(o + u) * SUMS + row] = rows[u][row];
      }
    }
  }
  if (!isInside) return;
#pragma unroll
  for (int o = 0; o < OUTPUTS; o++)
    if (firstOutput + o < outputs) {
      __global real *target = partial + ((((long)split * batch + item) * outputs + firstOutput + o) * ROWS) * padded + i;
      if (firstCoordinate == 0) STORE(sums[o * SUMS], target);
#if JACOBIAN
      for (int k = 0; k < COORDINATES && firstCoordinate + k < WIDTH; k++)
        STORE(sums[o * SUMS + 1 + k], target + (long)(1 + firstCoordinate + k) * padded);
#endif
    }
}

__kernel void feature_pass_finish(
    __global const real *partial, VIEW(value), VIEW(jacobian), const int n, const int padded, const int outputs, const int batch,
    const int splits) {
  const int i = get_global_id(0), o = get_global_id(1), item = get_global_id(2);
  if (i >= n) return;
  for (int row = 0; row < ROWS; row++) {
    real sum = 0;
    for (int split = 0; split < splits; split++)
      sum += partial[((((long)split * batch + item) * outputs + o) * ROWS + row) * padded + i];
    if (row == 0)
      AT(value, item, i)[o] = sum;
    else
      AT(jacobian, item, i)[o * WIDTH + row - 1] = sum;
  }
}
