// triangular_solve.cl: op(L)^-1 B for one diagonal block of L; gemm carries the result to the other rows.
//
//   reads   l[p, q], q <= p, of the block [size, size]
//   writes  b[p, j], the rows of the block, in place
//   grid    (columns / LANES, batch), LANES columns per work-item; no local memory
//
// Source: Golub & Van Loan, Matrix Computations, 4th ed., sec. 3.1.

// 1 solves with the transpose of L, from the last row up.
#ifndef TRANSPOSED
#define TRANSPOSED 0
#endif

__kernel void solve_block(VIEW(l), VIEW(b), const int size, const int columns) {
  const int j = get_global_id(0) * LANES, item = get_global_id(1), count = columns - j;
  if (j >= columns) return;
  for (int step = 0; step < size; step++) {
    const int p = TRANSPOSED ? size - 1 - step : step;
    vreal x = load_edge(AT(b, item, p) + j, count);
#if TRANSPOSED
    for (int q = size - 1; q > p; q--) x = fma((vreal)(-AT(l, item, q)[p]), load_edge(AT(b, item, q) + j, count), x);
#else
    for (int q = 0; q < p; q++) x = fma((vreal)(-AT(l, item, p)[q]), load_edge(AT(b, item, q) + j, count), x);
#endif
    store_edge(x / (vreal)(AT(l, item, p)[p]), AT(b, item, p) + j, count);
  }
}
