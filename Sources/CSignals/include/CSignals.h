// What must be done inside a signal handler, where only calls that are safe there are made: no lock, no allocation, no Swift.
#ifndef ISTHMUS_CSIGNALS_H
#define ISTHMUS_CSIGNALS_H

#include <stdbool.h>

// Files that are not finished. An ordered end by a signal removes them.

// Returns a slot, or -1 where all are taken: then nothing removes the file at such an end.
int isthmus_unfinished_add(const char *path);
// Forgets the file of a slot; -1 is allowed.
void isthmus_unfinished_forget(int slot);
// Removes the files of all slots. Safe in a signal handler.
void isthmus_unfinished_remove_all(void);

// Ends by a signal.

// From now on SIGINT, SIGTERM and SIGHUP remove unfinished files and end the process with 128 + their number. SIGHUP stays ignored where it
// was (nohup). SIGXFSZ is ignored: a write beyond the limit of a file's size fails with EFBIG, which is told like any error of a write.
void isthmus_signals_start(void);
// What an end by a signal says, one line; NULL for nothing. It is copied.
void isthmus_signals_set_message(const char *message);
// Hands the first signal to a thread that runs watcher(context) and calls isthmus_signals_wait. A later signal still ends the process at once;
// one within a tenth of a second belongs to the first, since some programs send each to a process and to its group. Returns false where no
// thread is to be had: then signals end the process at once.
bool isthmus_signals_hand_over(void (*watcher)(void *context), void *context);
// Waits for the first signal and returns its number; 0 once `seconds` are over (negative: never).
int isthmus_signals_wait(double seconds);
// From now on SIGUSR1 is noted, and does not end the process.
void isthmus_signals_note_save_requests(void);
// Whether SIGUSR1 came since the last call.
bool isthmus_signals_take_save_request(void);

#endif
