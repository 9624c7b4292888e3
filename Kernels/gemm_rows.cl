// gemm_rows.cl: rows of a tile of gemm_direct.cl, which includes this file once for each number ROWS of them.
//
//   reads   a[r*outerStep + p*innerStep], r < ROWS; b[p*bStep + s], s < TILE_N, but none from last + LANES on where B is not copied
//   writes  c[r*cRow + s] = alpha sum_p a[r, p] b[p, s] + beta c[r*cRow + s], s < min(count + r*more, most)
//   fetches a line of later operands with each inner index: in one go they would wait for each other
//
// Vectors that would go beyond the edge of B end at it, and sum some columns twice. All sums stay in registers over all p.

INLINE void PASTE(multiply_, ROWS)(
    A_SPACE const real *a, const long outerStep, const long innerStep, B_SPACE const real *b, const long bStep, const int last,
    const int inner, const real alpha, const real beta, __global real *c, const long cRow, const int count, const int more,
    const int most, __global const real *nextA, __global const real *nextB, __global const real *nextC, const long nextStep) {
  vreal sums[ROWS][VECTORS];
#pragma unroll
  for (int r = 0; r < ROWS; r++)
#pragma unroll
    for (int v = 0; v < VECTORS; v++) sums[r][v] = (vreal)(0);
  for (int p = 0; p < inner; p++, a += innerStep, b += bStep) {
    FETCH(nextB + p * nextStep);
#if ITEMWISE
    FETCH(nextA + p * nextStep);
    FETCH(nextC + p * nextStep);
#endif
    vreal y[VECTORS];
#pragma unroll
    for (int v = 0; v < VECTORS; v++) y[v] = LOAD(b + COLUMN(v, last));
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      const vreal x = (vreal)(a[r * outerStep]);
#pragma unroll
      for (int v = 0; v < VECTORS; v++) sums[r][v] = fma(x, y[v], sums[r][v]);
    }
  }
  // By way of memory, so that the code of edges is there once and not for every row.
  real memory[LANES + ROWS * TILE_N];
  real *tile = memory + LANES;
#pragma unroll
  for (int r = 0; r < ROWS; r++)
#pragma unroll
    for (int v = 0; v < VECTORS; v++) STORE(sums[r][v], tile + r * TILE_N + COLUMN(v, last));
  for (int r = 0; r < ROWS; r++) finish_row(c + r * cRow, tile + r * TILE_N, min(count + r * more, most), alpha, beta);
}
#undef ROWS
