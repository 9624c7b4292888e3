// map.cl: a PointFunction of one or two inputs, element by element.
//
//   reads   a[i, j] and, with INPUTS 2, b[i, j]; a row or item stride of 0 repeats one row or item, and a column step of 0 one column
//   writes  out[i, j], which may be an input
//   grid    (columns / LANES, rows, batch); edges masked
//
// Needs: point_function(), generated from the PointFunction.

#ifndef INPUTS
#define INPUTS 2
#endif

// LANES elements of a row from column j on.
static inline vreal load_row(__global const real *row, const int step, const int j, const int columns) {
  return step == 0 ? (vreal)(*row) : load_edge(row + j, columns - j);
}

__kernel void map(VIEW(a), const int aStep, VIEW(b), const int bStep, VIEW(out), const int rows, const int columns) {
  const int j = get_global_id(0) * LANES, i = get_global_id(1), item = get_global_id(2);
  if (j >= columns || i >= rows) return;
  const vreal x = load_row(AT(a, item, i), aStep, j, columns);
#if INPUTS == 2
  const vreal y = load_row(AT(b, item, i), bStep, j, columns);
#else
  const vreal y = x;
#endif
  vreal result;
  point_function(x, y, &result);
  store_edge(result, AT(out, item, i) + j, columns - j);
}
