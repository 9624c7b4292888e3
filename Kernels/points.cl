// points.cl: what the kernels of pairs need to know of each point, once per point.
//
//   reads   source[i, k], the points [n, width]; or, with FROM_DIAGONAL, source[i, 0] = q_ii
//   writes  table[row, i] for i < padded, rows: `coordinates` of them, which is width or 0, q_ii before each of the LEVELS
//           activations, its derivatives by q_ii at the input, then K(x_i, x_i) and Theta(x_i, x_i) by the diagonal form
//   grid    (padded / LANES, batch), LANES points per work-item; columns n ... padded repeat the last point
//
// A variance is one sum in the order of the coordinates, as covariances are in the kernels that make them of coordinates or tiles, and
// goes through vectors of the same functions: pairs of equal points then have the table's numbers to the last bit.
//
// Needs: point_levels(), generated from the CovarianceProgram. `points_diagonal` writes the last two rows of a table onto the
// diagonal of a symmetric result, where the general form would be 0/0.

#ifndef FROM_DIAGONAL
#define FROM_DIAGONAL 0
#endif
#include "wanted_kernels.cl"

__kernel void points_table(VIEW(source), __global real *table, const int n, const int padded, const int width, const int coordinates) {
  const int i = get_global_id(0) * LANES, item = get_global_id(1);
  if (i >= padded) return;
  __global const real *x[LANES];
  for (int lane = 0; lane < LANES; lane++) x[lane] = AT(source, item, min(i + lane, n - 1));
  __global real *column = table + (long)item * (coordinates + 2 * LEVELS + 2) * padded + i;
  real lanes[LANES];
#if FROM_DIAGONAL
  for (int lane = 0; lane < LANES; lane++) lanes[lane] = x[lane][0];
  const vreal q = LOAD(lanes);
#else
  vreal sum = (vreal)(0);
  for (int k = 0; k < width; k++) {
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = x[lane][k];
    const vreal z = LOAD(lanes);
    sum = fma(z, z, sum);
    if (k < coordinates) STORE(z, column + (long)k * padded);
  }
  const vreal q = sum / (vreal)(width);
#endif
  vreal values[2 * LEVELS + 2];
  point_levels(q, values);
  for (int row = 0; row < 2 * LEVELS + 2; row++) STORE(values[row], column + (long)(coordinates + row) * padded);
}

__kernel void points_diagonal(
    __global const real *table, const int rows, const int n, const int padded, VIEW(nngp), VIEW(ntk)) {
  const int i = get_global_id(0), item = get_global_id(1);
  if (i >= n) return;
  __global const real *values = table + ((long)item * rows + rows - 2) * padded + i;
#if WRITES_NNGP
  AT(nngp, item, i)[i] = values[0];
#endif
#if WRITES_NTK
  AT(ntk, item, i)[i] = values[padded];
#endif
}
