// sigaction and SIGXFSZ are not of C alone.
#define _XOPEN_SOURCE 700

#include "CSignals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void end(int number) {
  isthmus_unfinished_remove_all();
  static const char text[] = "interrupted; unfinished files were removed\n";
  // A message that cannot be written changes nothing.
  if (write(STDERR_FILENO, text, sizeof text - 1)) {}
  _exit(128 + number);
}

void isthmus_end_in_order_on_signals(void) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  sigset_t handled;
  sigemptyset(&handled);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigfillset(&action.sa_mask);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    struct sigaction old;
    // What was ignored from the start, as by nohup, stays so.
    if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    action.sa_handler = end;
    sigaction(numbers[i], &action, NULL);
    sigaddset(&handled, numbers[i]);
  }
  // A parent that starts programs from a thread with blocked signals hands that on.
  pthread_sigmask(SIG_UNBLOCK, &handled, NULL);
  // A file that grows too large is then an error of its write, with the file's name.
  action.sa_handler = SIG_IGN;
  sigaction(SIGXFSZ, &action, NULL);
}
