// mirror.cl: the upper halves of square matrices from their lower ones.
//
//   reads   out[i, j], j < i
//   writes  out[j, i]
//   grid    (runs of BLOCKS blocks of LANES columns, bands of LANES rows, items); no local memory; edges masked
//   moves   1 read and 1 write of `real` per pair; a block is turned in registers, so that both are whole vectors

// Blocks of a band that a work-item copies.
#ifndef BLOCKS
#define BLOCKS 1
#endif

#if LANES > 1
// Rows of a block become its columns: each step interleaves row r with the row half a block further down.
INLINE void turn(vreal *rows) {
#pragma unroll
  for (int step = 1; step < LANES; step *= 2) {
    vreal next[LANES];
#pragma unroll
    for (int r = 0; r < LANES / 2; r++) {
      next[2 * r].even = rows[r].lo;
      next[2 * r].odd = rows[r + LANES / 2].lo;
      next[2 * r + 1].even = rows[r].hi;
      next[2 * r + 1].odd = rows[r + LANES / 2].hi;
    }
#pragma unroll
    for (int r = 0; r < LANES; r++) rows[r] = next[r];
  }
}
#else
INLINE void turn(vreal *rows) {}
#endif

__kernel void mirror(VIEW(out), const int n) {
  const int i0 = get_global_id(1) * LANES, item = get_global_id(2);
  const int first = get_global_id(0) * BLOCKS * LANES, end = min(first + BLOCKS * LANES, i0 + LANES);
  for (int j0 = first; j0 < end; j0 += LANES) {
    if (j0 < i0 && i0 + LANES <= n) {
      vreal rows[LANES];
#pragma unroll
      for (int r = 0; r < LANES; r++) rows[r] = LOAD(AT(out, item, i0 + r) + j0);
      turn(rows);
#pragma unroll
      for (int r = 0; r < LANES; r++) STORE(rows[r], AT(out, item, j0 + r) + i0);
    } else {
      for (int i = i0; i < min(i0 + LANES, n); i++)
        for (int j = j0; j < min(j0 + LANES, i); j++) AT(out, item, j)[i] = AT(out, item, i)[j];
    }
  }
}
