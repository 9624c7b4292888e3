// mirror.cl: the upper halves of square matrices from their lower ones.
//
//   reads   out[i, j], j < i
//   writes  out[j, i]
//   grid    (runs of BLOCKS blocks of LANES columns, bands of LANES rows, items); no local memory; edges masked. LANES is 4 at least
//   moves   1 read and 1 write of `real` per pair; a block is transposed in registers, so that both are whole vectors

// Blocks of a band that a work-item copies.
#ifndef BLOCKS
#define BLOCKS 1
#endif

#include "transpose.cl"

__kernel void mirror(VIEW(out), const int n) {
  const int i0 = get_global_id(1) * LANES, item = get_global_id(2);
  const int first = get_global_id(0) * BLOCKS * LANES, end = min(first + BLOCKS * LANES, i0 + LANES);
  for (int j0 = first; j0 < end; j0 += LANES) {
    if (j0 < i0 && i0 + LANES <= n) {
      vreal rows[LANES];
#pragma unroll
      for (int r = 0; r < LANES; r++) rows[r] = LOAD(AT(out, item, i0 + r) + j0);
      transpose(rows);
#pragma unroll
      for (int r = 0; r < LANES; r++) STORE(rows[r], AT(out, item, j0 + r) + i0);
    } else {
      for (int i = i0; i < min(i0 + LANES, n); i++)
        for (int j = j0; j < min(j0 + LANES, i); j++) AT(out, item, j)[i] = AT(out, item, i)[j];
    }
  }
}
