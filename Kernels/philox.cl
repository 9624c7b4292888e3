// philox.cl: standard normals of a named stream.
//
//   writes  out[e] for e < count: element first + e of the stream
//   grid    blocks of two elements / LANES; block (first + e) / 2 makes elements 2*block and 2*block + 1
//
// The integers are Philox4x32-10 with counter (block, hash of the name) and key = seed, the same on every device. Normals are
// Box-Muller, sqrt(-2 log u1) (cos 2 pi u2, sin 2 pi u2), with u1 = ((w0, w1) >> 11 + 1) 2^-53 and u2 = ((w2, w3) >> 11) 2^-53,
// in float32 each rounded once to 24 bits.
//
// Source: Salmon, Moraes, Dror & Shaw 2011, Parallel random numbers: as easy as 1, 2, 3, sec. 3.

#if REAL_IS_DOUBLE
#define TWO_PI 6.283185307179586
#define TINY 0x1p-53
#else
#define TWO_PI 6.2831853f
#define TINY 0x1p-53f
#endif

static inline uint4 philox4x32(uint4 c, uint2 k) {
  for (int round = 0; round < 10; round++) {
    const uint high0 = mul_hi(0xD2511F53u, c.x), low0 = 0xD2511F53u * c.x;
    const uint high1 = mul_hi(0xCD9E8D57u, c.z), low1 = 0xCD9E8D57u * c.z;
    c = (uint4)(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0);
    k += (uint2)(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

__kernel void fill_normal(
    __global real *out, const long offset, const long first, const long count, const long seed, const long hash) {
  const long firstBlock = first / 2 + (long)get_global_id(0) * LANES;
  real u1[LANES], u2[LANES];
  for (int lane = 0; lane < LANES; lane++) {
    const long block = firstBlock + lane;
    const uint4 w = philox4x32(
        (uint4)((uint)block, (uint)(block >> 32), (uint)hash, (uint)((ulong)hash >> 32)), (uint2)((uint)seed, (uint)((ulong)seed >> 32)));
    u1[lane] = (real)((((ulong)w.x << 32 | w.y) >> 11) + 1) * TINY;
    u2[lane] = (real)(((ulong)w.z << 32 | w.w) >> 11) * TINY;
  }
  const vreal radius = sqrt((vreal)(-2) * log(LOAD(u1))), angle = (vreal)(TWO_PI) * LOAD(u2);
  real even[LANES], odd[LANES];
  STORE(radius * cos(angle), even);
  STORE(radius * sin(angle), odd);
  for (int lane = 0; lane < LANES; lane++) {
    const long element = 2 * (firstBlock + lane) - first;
    if (element >= 0 && element < count) out[offset + element] = even[lane];
    if (element + 1 >= 0 && element + 1 < count) out[offset + element + 1] = odd[lane];
  }
}
