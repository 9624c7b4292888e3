// The few LAPACK and BLAS routines that the host factorisations need, with Fortran's calling convention: every
// argument by reference, matrices column-major. Debian's OpenBLAS provides them.
#pragma once
#include <stdint.h>

void dpotrf_(const char *uplo, const int32_t *n, double *a, const int32_t *lda, int32_t *info);
void dtrtri_(const char *uplo, const char *diag, const int32_t *n, double *a, const int32_t *lda, int32_t *info);
void dsyevd_(const char *jobz, const char *uplo, const int32_t *n, double *a, const int32_t *lda, double *w, double *work,
             const int32_t *lwork, int32_t *iwork, const int32_t *liwork, int32_t *info);
void dgesdd_(const char *jobz, const int32_t *m, const int32_t *n, double *a, const int32_t *lda, double *s, double *u,
             const int32_t *ldu, double *vt, const int32_t *ldvt, double *work, const int32_t *lwork, int32_t *iwork, int32_t *info);

// Version and build of the OpenBLAS that is linked or loaded, which need not be the one of the build; NULL for another LAPACK.
const char *lapack_configuration(void);
