// reduce.cl: sum, largest element or sum of squares of every row.
//
//   reads   input[i, j]
//   writes  out[i, 0]
//   grid    (rows x GROUP, batch), one work-group of GROUP work-items per row
//   local   GROUP numbers
//
// Work-item t takes the vectors t, t + GROUP, ... of LANES columns, then lanes and work-items meet in a tree: the order
// depends on the number of columns alone.

// 0 sum, 1 maximum, 2 sum of squares
#ifndef REDUCTION
#define REDUCTION 0
#endif
// A power of 2.
#ifndef GROUP
#define GROUP 1
#endif

#if REDUCTION == 1
// A comparison, not fmax, which would hide a NaN.
#define COMBINE(total, x) (((total) < (x) || (x) != (x)) ? (x) : (total))
#define TERM(x) (x)
#else
#define COMBINE(total, x) ((total) + (x))
#define TERM(x) (REDUCTION == 2 ? (x) * (x) : (x))
#endif

__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void reduce_rows(VIEW(input), VIEW(out), const int columns) {
  const int i = get_group_id(0), item = get_global_id(1), t = get_local_id(0);
  __global const real *row = AT(input, item, i);
  // The first element begins every maximum; for sums it is counted below.
  vreal total = REDUCTION == 1 ? (vreal)(row[0]) : (vreal)(0);
  const int whole = columns / LANES;
  for (int v = t; v < whole; v += GROUP) {
    const vreal x = TERM(LOAD(row + v * LANES));
    total = COMBINE(total, x);
  }
  real lanes[LANES];
#if LANES == 1
  lanes[0] = total;
#else
  STORE(total, lanes);
#endif
  for (int step = LANES / 2; step > 0; step /= 2)
    for (int lane = 0; lane < step; lane++) lanes[lane] = COMBINE(lanes[lane], lanes[lane + step]);
  real sum = lanes[0];
  if (t == 0)
    for (int j = whole * LANES; j < columns; j++) sum = COMBINE(sum, TERM(row[j]));
#if GROUP > 1
  __local real sums[GROUP];
  sums[t] = sum;
  for (int step = GROUP / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (t < step) sums[t] = COMBINE(sums[t], sums[t + step]);
  }
  sum = sums[0];
#endif
  if (t == 0) AT(out, item, i)[0] = sum;
}
