// The few LAPACK routines that the host factorisations need, found at run time, with Fortran's calling convention: every argument by
// reference, matrices column-major.
#pragma once
#include <stdint.h>

typedef struct {
  void (*dpotrf)(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info);
  void (*dtrtri)(const char *uplo, const char *diag, const int32_t *n, double *a, const int32_t *lda, int32_t *info);
  void (*dsyevd)(const char *jobz, const char *uplo, const int32_t *n, double *a, const int32_t *lda, double *w, double *work,
                 const int32_t *lwork, int32_t *iwork, const int32_t *liwork, int32_t *info);
  void (*dgesdd)(const char *jobz, const int32_t *m, const int32_t *n, double *a, const int32_t *lda, double *s, double *u,
                 const int32_t *ldu, double *vt, const int32_t *ldvt, double *work, const int32_t *lwork, int32_t *iwork, int32_t *info);
  // Version and build of OpenBLAS; NULL for another LAPACK.
  const char *configuration;
} IsthmusLAPACK;

// The LAPACK that is linked into the program; else the library that ISTHMUS_LAPACK names; else the system's. Looked for once, at the
// first call, from whatever thread. NULL where there is none; then `reason` points to a text that says why, which is not freed.
const IsthmusLAPACK *isthmus_lapack(const char **reason);
