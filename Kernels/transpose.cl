// transpose.cl: a square of LANES x LANES numbers in registers, for files that include it. LANES is 4 at least.

// Lane p of vector r becomes lane r of vector p: each step interleaves vector r with the one half a square further down.
INLINE void transpose(vreal *rows) {
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
