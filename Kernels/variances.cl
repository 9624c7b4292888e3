// variances.cl: x_i.x_i / width of rows, summed as products of matrices sum x_i.y_j / width, so that equal rows have equal covariances.
//
//   reads   x[i, k]
//   writes  out[i, 0] = factor (sum of the squares of DEPTH coordinates) + the same of those before them
//   grid    (n / LANES, batch), LANES rows per work-item
//
// The order is that of gemm_direct.cl with `depth` inner indices, or of gemm_tiled.cl where `depth` is not below the width.

__kernel void variances(VIEW(x), VIEW(out), const int n, const int width, const int depth, const real factor) {
  const int i = get_global_id(0) * LANES, item = get_global_id(1);
  if (i >= n) return;
  __global const real *rows[LANES];
  for (int lane = 0; lane < LANES; lane++) rows[lane] = AT(x, item, min(i + lane, n - 1));
  real lanes[LANES];
  vreal q = (vreal)(0);
  for (int first = 0; first < width; first += depth) {
    vreal sum = (vreal)(0);
    for (int k = first; k < min(width, first + depth); k++) {
      for (int lane = 0; lane < LANES; lane++) lanes[lane] = rows[lane][k];
      const vreal z = LOAD(lanes);
      sum = fma(z, z, sum);
    }
    q = first == 0 ? (vreal)(factor) * sum : fma((vreal)(factor), sum, q);
  }
  STORE(q, lanes);
  for (int lane = 0; lane < LANES && i + lane < n; lane++) *AT(out, item, i + lane) = lanes[lane];
}
