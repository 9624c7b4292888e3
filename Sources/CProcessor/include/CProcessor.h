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

// Instruction sets for which `processor_multiply_adds` has a loop.
typedef enum { PROCESSOR_BASELINE, PROCESSOR_AVX2, PROCESSOR_AVX512 } processor_instructions;
// Multiply-adds of numbers in registers on the calling thread, with `instructions`, which the processor must have. The baseline of
// x86-64 has no such instruction: there it is a product and a sum. Returns their number; `sum` is what keeps them from being left out.
double processor_multiply_adds(processor_instructions instructions, int is_double, long rounds, double *sum);
// Copies memory that does not overlap; whole cache lines of the target are written past the caches. Other threads may read it after
// `processor_finish_streams`.
void processor_stream(void *target, const void *source, size_t bytes);
// Waits for what this thread has written past the caches.
void processor_finish_streams(void);

// The processors that a thread may use.
typedef struct processor_set processor_set;
// Those of the calling thread, to be freed; NULL where the system does not tell.
processor_set *processor_allowed(void);
void processor_free(processor_set *allowed);
int processor_count(const processor_set *allowed);
// The processor on which the calling thread runs, or -1.
int processor_current(void);
// The calling thread, for `processor_keep_off`.
int processor_thread(void);
// Starts a thread that calls `body` and ends. `name`, at most 15 characters, is for the system's tools and is not copied; signals that are
// sent to the process leave the thread alone. Returns 0, or the error number of what prevented it: the limit on threads is reached.
int processor_start_thread(const char *name, size_t stack_bytes, void (*body)(void *context), void *context);
// Lets a thread run on the allowed processors but one, if any is left.
void processor_keep_off(int thread, const processor_set *allowed, int avoided);

#endif
