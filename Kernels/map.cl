// map.cl: a PointFunction of one or two inputs, element by element.
//
//   reads   a[i, j] and, with INPUTS 2, b[i, j]; a row or item stride of 0 repeats one row or item
//   writes  out[i, j], which may be an input
//   grid    (columns / LANES, rows, batch); edges masked
//
// Needs: point_function(), generated from the PointFunction.

#ifndef INPUTS
#define INPUTS 2
#endif

__kernel void map(VIEW(a), VIEW(b), VIEW(out), const int rows, const int columns) {
  const int j = get_global_id(0) * LANES, i = get_global_id(1), item = get_global_id(2);
  if (j >= columns || i >= rows) return;
  const vreal x = load_edge(AT(a, item, i) + j, columns - j);
#if INPUTS == 2
  const vreal y = load_edge(AT(b, item, i) + j, columns - j);
#else
  const vreal y = x;
#endif
  vreal result;
  point_function(x, y, &result);
  store_edge(result, AT(out, item, i) + j, columns - j);
}
