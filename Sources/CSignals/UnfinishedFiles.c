#include "CSignals.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 256 };
static _Atomic(char *) slots[SLOTS];

int isthmus_unfinished_add(const char *path) {
  char *copy = strdup(path);
  if (!copy) return -1;
  for (int slot = 0; slot < SLOTS; slot++) {
    char *empty = NULL;
    if (atomic_compare_exchange_strong(&slots[slot], &empty, copy)) return slot;
  }
  free(copy);
  return -1;
}

void isthmus_unfinished_forget(int slot) {
  if (slot >= 0) free(atomic_exchange(&slots[slot], NULL));
}

void isthmus_unfinished_remove_all(void) {
  int saved = errno;
  for (int slot = 0; slot < SLOTS; slot++) {
    // Taken out first: another thread may forget it meanwhile. Never freed: the process ends.
    char *path = atomic_exchange(&slots[slot], NULL);
    if (path) unlink(path);
  }
  errno = saved;
}
