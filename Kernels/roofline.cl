// roofline.cl: loops at the limit of a device, with which operations are compared.
//
// multiply_adds
//   writes  out[i]: the sum of work-item i's registers, without which its work could be left out
//   grid    (work-items), each `rounds` times CHAINS multiply-adds of LANES numbers
// stream_copy
//   reads   source[i];  writes  target[i], 16 bytes each
//   grid    (count)

// Independent sums of a work-item, to hide the latency of its multiply-adds.
#ifndef CHAINS
#define CHAINS 8
#endif

__kernel void multiply_adds(__global real *out, const int rounds, const real factor, const real term) {
  vreal sums[CHAINS];
  for (int i = 0; i < CHAINS; i++) sums[i] = (vreal)((real)(i + 2 + (int)get_local_id(0)));
  for (int round = 0; round < rounds; round++) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sums[i] = fma(sums[i], (vreal)(factor), (vreal)(term));
  }
  vreal sum = sums[0];
  for (int i = 1; i < CHAINS; i++) sum += sums[i];
  out[get_global_id(0)] = LANE_SUM(sum);
}

__kernel void stream_copy(__global const uint4 *source, __global uint4 *target, const long count) {
  const size_t i = get_global_id(0);
  if ((long)i < count) target[i] = source[i];
}
