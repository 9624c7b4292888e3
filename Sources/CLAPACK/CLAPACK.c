#include "CLAPACK.h"
#include <stddef.h>

// Weak: absent from every LAPACK but OpenBLAS.
__attribute__((weak)) char *openblas_get_config(void);

const char *lapack_configuration(void) { return openblas_get_config ? openblas_get_config() : NULL; }
