// What must be done inside a signal handler, where only calls that are safe there are made: no lock, no allocation, no Swift.
#ifndef ISTHMUS_CSIGNALS_H
#define ISTHMUS_CSIGNALS_H

#include <stdint.h>

// Files that are not finished. An ordered end by a signal removes them.

// Returns a slot, or -1 where all are taken: then nothing removes the file at such an end.
int isthmus_unfinished_add(const char *path);
// Forgets the file of a slot; -1 is allowed.
void isthmus_unfinished_forget(int slot);
// Removes the files of all slots. Safe in a signal handler.
void isthmus_unfinished_remove_all(void);

// From now on SIGINT, SIGTERM and SIGHUP, unless they are ignored, remove the files of all slots and end the process with
// 128 + signal; SIGXFSZ is ignored. For commands that leave nothing behind when they are stopped.
void isthmus_end_in_order_on_signals(void);

#endif
