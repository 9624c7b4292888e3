// recursion_vjp.cl: cotangents of the covariances of a block's inputs from cotangents of its kernels.
//
//   reads   gram[i, j] = q12, tables of the rows' and columns' points (points.cl), nngpCotangent and ntkCotangent [i, j]
//   writes  gramCotangent[i, j]; partial sums of the cotangents of q11 over columns, rowPartial[chunk of columns, i], and of
//           q22 over rows, columnPartial[chunk of rows, j]; `vjp_finish` adds the chunks in order
//   grid    (columns / (LANES x SPAN) x GROUP / GROUP, rows / DEPTH, batch): a work-item handles SPAN vectors of columns
//           and DEPTH rows
//   local   DEPTH x GROUP numbers where GROUP > 1
//
// Needs: pair_vjp(), generated from the CovarianceProgram. Sums run in a fixed order, so the bits are the same every time.

#ifndef HAS_NNGP
#define HAS_NNGP 1
#endif
#ifndef HAS_NTK
#define HAS_NTK 1
#endif
#ifndef SPAN
#define SPAN 1
#endif
#ifndef DEPTH
#define DEPTH 16
#endif
// Work-items of a group, side by side along the columns; a power of 2.
#ifndef GROUP
#define GROUP 1
#endif

__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void recursion_vjp(
    VIEW(gram), __global const real *rowTable, __global const real *columnTable, VIEW(nngpCotangent), VIEW(ntkCotangent),
    VIEW(gramCotangent), __global real *rowPartial, __global real *columnPartial, const int n, const int m, const int rowPadded,
    const int columnPadded) {
  const int j0 = get_global_id(0) * LANES * SPAN, i0 = get_global_id(1) * DEPTH, item = get_global_id(2), t = get_local_id(0);
  rowTable += (long)item * (2 * LEVELS + 2) * rowPadded;
  columnTable += (long)item * (2 * LEVELS + 2) * columnPadded;
  vreal rowSums[DEPTH];
  for (int r = 0; r < DEPTH; r++) rowSums[r] = (vreal)(0);
  for (int v = 0; v < SPAN; v++) {
    const int j = j0 + v * LANES;
    if (j >= m) break;
    vreal a[LEVELS + 1], da[LEVELS + 1], b[LEVELS + 1], db[LEVELS + 1], columnSum = (vreal)(0);
    for (int level = 0; level < LEVELS; level++) {
      b[level] = LOAD(columnTable + (long)level * columnPadded + j);
      db[level] = LOAD(columnTable + (long)(LEVELS + level) * columnPadded + j);
    }
    for (int r = 0; r < DEPTH; r++) {
      const int i = i0 + r;
      if (i >= n) break;
      for (int level = 0; level < LEVELS; level++) {
        a[level] = (vreal)(rowTable[(long)level * rowPadded + i]);
        da[level] = (vreal)(rowTable[(long)(LEVELS + level) * rowPadded + i]);
      }
      // Beyond the last column the cotangents are 0, and so is all that is added.
      const vreal q12 = load_edge(AT(gram, item, i) + j, m - j);
#if HAS_NNGP
      const vreal gk = load_edge(AT(nngpCotangent, item, i) + j, m - j);
#else
      const vreal gk = (vreal)(0);
#endif
#if HAS_NTK
      const vreal gt = load_edge(AT(ntkCotangent, item, i) + j, m - j);
#else
      const vreal gt = (vreal)(0);
#endif
      vreal by11, by22, by12;
      pair_vjp(q12, a, da, b, db, gk, gt, &by11, &by22, &by12);
      rowSums[r] += by11;
      columnSum += by22;
      store_edge(by12, AT(gramCotangent, item, i) + j, m - j);
    }
    STORE(columnSum, columnPartial + ((long)get_global_id(1) * get_global_size(2) + item) * columnPadded + j);
  }
#if GROUP > 1
  __local real shared[DEPTH][GROUP];
  for (int r = 0; r < DEPTH; r++) shared[r][t] = LANE_SUM(rowSums[r]);
  for (int step = GROUP / 2; step > 0; step /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (t < step)
      for (int r = 0; r < DEPTH; r++) shared[r][t] += shared[r][t + step];
  }
#define ROW_SUM(r) shared[r][0]
#else
#define ROW_SUM(r) LANE_SUM(rowSums[r])
#endif
  if (t == 0)
    for (int r = 0; r < DEPTH; r++)
      if (i0 + r < n) rowPartial[((long)get_group_id(0) * get_global_size(2) + item) * rowPadded + i0 + r] = ROW_SUM(r);
}

// out[i, 0] = sum of the chunks.   grid (count, batch)
__kernel void vjp_finish(__global const real *partial, VIEW(out), const int count, const int padded, const int chunks) {
  const int i = get_global_id(0), item = get_global_id(1);
  if (i >= count) return;
  real sum = 0;
  for (int chunk = 0; chunk < chunks; chunk++) sum += partial[((long)chunk * get_global_size(1) + item) * padded + i];
  AT(out, item, i)[0] = sum;
}
