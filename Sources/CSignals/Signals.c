#define _GNU_SOURCE
#include "CSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pid_t owner;
static int wake[2] = {-1, -1};
static atomic_bool is_handed_over, save_requested;
static atomic_int first;
static _Atomic(long long) first_at;
static _Atomic(char *) message;

static long long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Says it where that cannot block.
static void say(const char *text) {
  struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (poll(&output, 1, 0) == 1 && (output.revents & POLLOUT) && write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void on_end(int number) {
  int saved = errno;
  // In a child that has not yet become another program the files are its parent's.
  if (getpid() != owner) _exit(128 + number);
  if (atomic_load(&is_handed_over)) {
    int none = 0;
    if (atomic_compare_exchange_strong(&first, &none, number)) {
      atomic_store(&first_at, milliseconds());
      char byte = 0;
      if (write(wake[1], &byte, 1) == 1) {
        errno = saved;
        return;
      }
    } else if (milliseconds() - atomic_load(&first_at) < 100) {
      errno = saved;
      return;
    }
  }
  isthmus_unfinished_remove_all();
  char *text = atomic_load(&message);
  if (text) say(text);
  _exit(128 + number);
}

static void on_save(int number) {
  (void)number;
  atomic_store(&save_requested, true);
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  sigaddset(&action.sa_mask, SIGHUP);
  sigaction(number, &action, NULL);
  // A parent that starts programs from a thread with blocked signals, as thread pools have, hands that on.
  sigset_t handled;
  sigemptyset(&handled);
  sigaddset(&handled, number);
  pthread_sigmask(SIG_UNBLOCK, &handled, NULL);
}

void isthmus_signals_start(void) {
  owner = getpid();
  struct sigaction hangup;
  handle(SIGINT, on_end);
  handle(SIGTERM, on_end);
  if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) handle(SIGHUP, on_end);
  signal(SIGXFSZ, SIG_IGN);
}

void isthmus_signals_set_message(const char *text) {
  // Never freed: a handler may be reading the old one.
  atomic_store(&message, text ? strdup(text) : NULL);
}

static void (*watch)(void *);

static void *run_watcher(void *context) {
  watch(context);
  return NULL;
}

bool isthmus_signals_hand_over(void (*watcher)(void *), void *context) {
  pthread_t thread;
  if (wake[0] < 0 && pipe(wake) != 0) return false;
  for (int end = 0; end < 2; end++) {
    fcntl(wake[end], F_SETFD, FD_CLOEXEC);
    fcntl(wake[end], F_SETFL, O_NONBLOCK);
  }
  watch = watcher;
  if (pthread_create(&thread, NULL, run_watcher, context) != 0) return false;
  pthread_detach(thread);
  atomic_store(&is_handed_over, true);
  return true;
}

int isthmus_signals_wait(double seconds) {
  long long start = milliseconds();
  for (;;) {
    long long passed = milliseconds() - start;
    int left = -1;
    if (seconds >= 0) {
      double rest = seconds * 1000 - (double)passed;
      if (rest <= 0) return atomic_load(&first);
      left = rest > 60000 ? 60000 : (int)rest + 1;
    }
    struct pollfd input = {.fd = wake[0], .events = POLLIN};
    int ready = poll(&input, 1, left);
    if (ready > 0) return atomic_load(&first);
    if (ready < 0 && errno != EINTR) return atomic_load(&first);
  }
}

void isthmus_signals_note_save_requests(void) { handle(SIGUSR1, on_save); }

bool isthmus_signals_take_save_request(void) { return atomic_exchange(&save_requested, false); }
