// setenv is of POSIX, not of C.
#define _POSIX_C_SOURCE 200809L

#include "CLAPACK.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Weak: present only in a program that LAPACK is linked into.
#define LINKED(name) __attribute__((weak)) void name##_(void);
LINKED(dpotrf)
LINKED(dtrtri)
LINKED(dsyevd)
LINKED(dgesdd)
__attribute__((weak)) char *openblas_get_config(void);

static const char *const system_paths[] = {
#ifdef __APPLE__
  "/System/Library/Frameworks/Accelerate.framework/Accelerate",
#endif
  "libopenblas.so.0",
  "libopenblas.so",
  "liblapack.so.3",
};

static IsthmusLAPACK routines;
static const char *failure = "";
static char message[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// Set before main, while there is one thread, and before OpenBLAS reads it; what the user has set stays.
__attribute__((constructor(101))) static void tell_openblas(void) {
  // The bits of its factorisations depend on its number of threads, and those of a run may not.
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
  // Threads that it has nevertheless look for work in a loop for 2^28 cycles (0.1 s) after each call, on the cores where the program's own
  // threads work meanwhile. 2^18 (0.1 ms) outlast the pauses within a factorisation.
  setenv("OPENBLAS_THREAD_TIMEOUT", "18", 0);
}

static void *open_library(void) {
  const char *named = getenv("ISTHMUS_LAPACK");
  if (named && *named) return dlopen(named, RTLD_NOW | RTLD_LOCAL);
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof system_paths / sizeof *system_paths; i++)
    library = dlopen(system_paths[i], RTLD_NOW | RTLD_LOCAL);
  return library;
}

static void fail(const char *text) {
  snprintf(message, sizeof message, "%s", text ? text : "unknown reason");
  failure = message;
}

static void load(void) {
  char *(*configuration)(void) = openblas_get_config;
#define USE_LINKED(name) *(void **)&routines.name = (void *)name##_;
  USE_LINKED(dpotrf)
  USE_LINKED(dtrtri)
  USE_LINKED(dsyevd)
  USE_LINKED(dgesdd)
  if (!(routines.dpotrf && routines.dtrtri && routines.dsyevd && routines.dgesdd)) {
    void *library = open_library();
    if (!library) return fail(dlerror());
#define RESOLVE(name)                                                                  \
  *(void **)&routines.name = dlsym(library, #name "_");                                \
  if (!routines.name) return fail("the library has no " #name "_");
    RESOLVE(dpotrf)
    RESOLVE(dtrtri)
    RESOLVE(dsyevd)
    RESOLVE(dgesdd)
    *(void **)&configuration = dlsym(library, "openblas_get_config");
  }
  routines.configuration = configuration ? configuration() : NULL;
}

const IsthmusLAPACK *isthmus_lapack(const char **reason) {
  pthread_once(&once, load);
  *reason = failure;
  return *failure ? NULL : &routines;
}
