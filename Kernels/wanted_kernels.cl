// wanted_kernels.cl: which of the two kernels of a pair are written, for the files that include it.

#ifndef WRITES_NNGP
#define WRITES_NNGP 1
#endif
#ifndef WRITES_NTK
#define WRITES_NTK 1
#endif
