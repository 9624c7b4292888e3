// CProcessor.h: what the processor that runs this program can do.
#ifndef C_PROCESSOR_H
#define C_PROCESSOR_H

#include <stddef.h>

// 1 where the processor and the operating system support the instruction set, else 0.
int processor_has_avx2_and_fma(void);
// AVX-512 with F, BW, CD, DQ and VL: the level x86-64-v4.
int processor_has_avx512(void);
// The processor's model name, or an empty text where it does not tell. At most `size` bytes with the final zero.
void processor_name(char *name, size_t size);

#endif
