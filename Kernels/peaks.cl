// peaks.cl: what a device does at most, beside the multiply-adds and copies of roofline.cl.
//
// empty
//   grid    any: its time is that of a launch
// local_reads
//   writes  out[i]: the sum of all numbers that work-item i read, without which the reads could be left out
//   grid    (work-items) in groups of GROUP, a power of two; each reads `rounds` times READS vectors of 16 bytes
// half_multiply_adds, where HAS_HALF
//   writes  out[i], as multiply_adds of roofline.cl
//   grid    (work-items), each `rounds` times CHAINS multiply-adds of 8 numbers

#ifndef GROUP
#define GROUP 64
#endif
// Reads between two tests of the loop's end.
#ifndef READS
#define READS 16
#endif
#ifndef CHAINS
#define CHAINS 8
#endif
#ifndef HAS_HALF
#define HAS_HALF 0
#endif

__kernel void empty(void) {}

__kernel void local_reads(__global int *out, const int rounds) {
  __local int4 numbers[GROUP];
  const int item = (int)get_local_id(0);
  numbers[item] = (int4)(item, item + 1, item + 2, item + 3);
  barrier(CLK_LOCAL_MEM_FENCE);
  int4 sum = (int4)(0);
  int place = item;
  for (int round = 0; round < rounds; round++) {
#pragma unroll
    for (int i = 0; i < READS; i++) {
      sum += numbers[place];
      place = (place + 1) & (GROUP - 1);
    }
  }
  out[get_global_id(0)] = sum.x + sum.y + sum.z + sum.w;
}

#if HAS_HALF
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
__kernel void half_multiply_adds(__global float *out, const int rounds) {
  half8 sums[CHAINS];
  const half8 factor = (half8)((half)0.875f), term = (half8)((half)0.125f);
  for (int i = 0; i < CHAINS; i++) sums[i] = (half8)((half)(float)(i + 2 + (int)get_local_id(0) % 4));
  for (int round = 0; round < rounds; round++) {
#pragma unroll
    for (int i = 0; i < CHAINS; i++) sums[i] = fma(sums[i], factor, term);
  }
  float8 sum = (float8)(0);
  for (int i = 0; i < CHAINS; i++) sum += convert_float8(sums[i]);
  out[get_global_id(0)] = sum.s0 + sum.s1 + sum.s2 + sum.s3 + sum.s4 + sum.s5 + sum.s6 + sum.s7;
}
#endif
