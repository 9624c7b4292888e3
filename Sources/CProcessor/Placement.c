// sched_getaffinity and gettid are Linux's own.
#define _GNU_SOURCE
#include "CProcessor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

struct processor_set {
  size_t bytes;
  cpu_set_t *set;
};

static processor_set *empty_set(size_t bytes) {
  processor_set *made = malloc(sizeof *made);
  cpu_set_t *set = calloc(1, bytes);
  if (made && set) {
    *made = (processor_set){bytes, set};
    return made;
  }
  free(made);
  free(set);
  return NULL;
}

processor_set *processor_allowed(void) {
  // The kernel refuses a set that is smaller than its own; machines have more processors than a cpu_set_t.
  for (size_t bytes = sizeof(cpu_set_t); bytes <= sizeof(cpu_set_t) << 8; bytes *= 2) {
    processor_set *allowed = empty_set(bytes);
    if (!allowed) return NULL;
    if (sched_getaffinity(0, bytes, allowed->set) == 0) return allowed;
    int reason = errno;
    processor_free(allowed);
    if (reason != EINVAL) return NULL;
  }
  return NULL;
}

void processor_free(processor_set *allowed) {
  if (!allowed) return;
  free(allowed->set);
  free(allowed);
}

int processor_count(const processor_set *allowed) { return allowed ? CPU_COUNT_S(allowed->bytes, allowed->set) : 0; }

int processor_current(void) { return sched_getcpu(); }

int processor_thread(void) { return (int)syscall(SYS_gettid); }

void processor_keep_off(int thread, const processor_set *allowed, int avoided) {
  processor_set *set = empty_set(allowed->bytes);
  if (!set) return;
  memcpy(set->set, allowed->set, allowed->bytes);
  if (avoided >= 0 && (size_t)avoided < 8 * set->bytes) CPU_CLR_S((size_t)avoided, set->bytes, set->set);
  // Where it is refused the thread runs where it did before.
  if (processor_count(set) > 0) (void)sched_setaffinity(thread, set->bytes, set->set);
  processor_free(set);
}
#else
processor_set *processor_allowed(void) { return NULL; }
void processor_free(processor_set *allowed) {}
int processor_count(const processor_set *allowed) { return 0; }
int processor_current(void) { return -1; }
int processor_thread(void) { return 0; }
void processor_keep_off(int thread, const processor_set *allowed, int avoided) {}
#endif
