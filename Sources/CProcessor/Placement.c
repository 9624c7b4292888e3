// sched_getaffinity and gettid are Linux's own.
#define _GNU_SOURCE
#include "CProcessor.h"

#include <stdlib.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

struct processor_set {
  cpu_set_t set;
};

processor_set *processor_allowed(void) {
  processor_set *allowed = malloc(sizeof *allowed);
  if (allowed && sched_getaffinity(0, sizeof allowed->set, &allowed->set) == 0) return allowed;
  free(allowed);
  return NULL;
}

void processor_free(processor_set *allowed) { free(allowed); }

int processor_count(const processor_set *allowed) { return allowed ? CPU_COUNT(&allowed->set) : 0; }

int processor_current(void) { return sched_getcpu(); }

int processor_thread(void) { return (int)syscall(SYS_gettid); }

void processor_keep_off(int thread, const processor_set *allowed, int avoided) {
  cpu_set_t set = allowed->set;
  if (avoided >= 0 && avoided < CPU_SETSIZE) CPU_CLR(avoided, &set);
  // Where it is refused the thread runs where it did before.
  if (CPU_COUNT(&set) > 0) (void)sched_setaffinity(thread, sizeof set, &set);
}
#else
processor_set *processor_allowed(void) { return NULL; }
void processor_free(processor_set *allowed) {}
int processor_count(const processor_set *allowed) { return 0; }
int processor_current(void) { return -1; }
int processor_thread(void) { return 0; }
void processor_keep_off(int thread, const processor_set *allowed, int avoided) {}
#endif
