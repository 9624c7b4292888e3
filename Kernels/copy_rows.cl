// copy_rows.cl: rows of one tensor to rows of another, also where one is float and the other double.
//
//   reads   source[from(i), j]; rows: the two lists of row numbers
//   writes  target[to(i), j], rounded to nearest
//   grid    (columns, count, batch), one work-item per element; edges masked
//
// from(i) = rows[sourceList + i], or i where sourceList is negative; to(i) likewise.
// REAL_IS_DOUBLE is set where either tensor is double, so a device without double builds the kernel of floats alone.

#ifndef SOURCE_IS_DOUBLE
#define SOURCE_IS_DOUBLE REAL_IS_DOUBLE
#endif
#ifndef TARGET_IS_DOUBLE
#define TARGET_IS_DOUBLE REAL_IS_DOUBLE
#endif

#if SOURCE_IS_DOUBLE
#define source_real double
#else
#define source_real float
#endif
#if TARGET_IS_DOUBLE
#define target_real double
#else
#define target_real float
#endif

__kernel void copy_rows(
    VIEW_OF(source_real, source), VIEW_OF(target_real, target), __global const int *restrict rows, const int sourceList,
    const int targetList, const int count, const int columns) {
  const int j = get_global_id(0), i = get_global_id(1), item = get_global_id(2);
  if (j >= columns || i >= count) return;
  const int from = sourceList < 0 ? i : rows[sourceList + i];
  const int to = targetList < 0 ? i : rows[targetList + i];
  AT(target, item, to)[j] = (target_real)AT(source, item, from)[j];
}
