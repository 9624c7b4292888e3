// pthread_setname_np is an extension of glibc and Darwin.
#define _GNU_SOURCE
#include "CProcessor.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct work {
  const char *name;
  void (*body)(void *context);
  void *context;
};

static void *begin(void *argument) {
  struct work work = *(struct work *)argument;
  free(argument);
#if defined(__APPLE__)
  (void)pthread_setname_np(work.name);
#else
  (void)pthread_setname_np(pthread_self(), work.name);
#endif
  work.body(work.context);
  return NULL;
}

int processor_start_thread(const char *name, size_t stack_bytes, void (*body)(void *context), void *context) {
  struct work *work = malloc(sizeof *work);
  if (!work) return ENOMEM;
  *work = (struct work){name, body, context};

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // A thread has the mask of the one that starts it. Faults of its own stay.
  sigset_t blocked, before;
  sigfillset(&blocked);
  static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
  for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  pthread_t thread;
  int status = pthread_create(&thread, &attributes, begin, work);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (status != 0) free(work);
  return status;
}
