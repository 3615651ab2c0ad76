#define _GNU_SOURCE
#include "signals.h"
#include <errno.h>
#include <libpq-fe.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted = 0;
static PGcancel *volatile armed = NULL;

static void say(const char *text) {
  ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void)ignored;
}

static bool cancel_armed(void) {
  PGcancel *cancel = armed;
  if (!cancel) return false;
  char why[256];
  if (PQcancel(cancel, why, sizeof why)) {
    say("Cancel request sent\n");
  } else {
    say("Could not send cancel request: ");
    say(why);
  }
  return true;
}

static void on_interrupt(int number) {
  (void)number;
  int saved = errno;
  interrupted = 1;
  cancel_armed();
  errno = saved;
}

static void on_terminate(int number) {
  PGcancel *cancel = armed;
  char why[256];
  if (cancel) PQcancel(cancel, why, sizeof why);
  signal(number, SIG_DFL);
  raise(number);
}

static void install(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  action.sa_flags = number == SIGINT ? 0 : SA_RESTART; // a blocking read must return on Ctrl-C
  sigaction(number, &action, NULL);
}

void shim_interrupt_install(void) { install(SIGINT, on_interrupt); }
void shim_interrupt_arm(void *cancel) { armed = cancel; }
void shim_interrupt_disarm(void *cancel) {
  if (armed == cancel) armed = NULL;
}
bool shim_interrupt_pending(void) { return interrupted != 0; }
bool shim_interrupt_take(void) {
  bool was = interrupted != 0;
  interrupted = 0;
  return was;
}
void shim_interrupt_clear(void) { interrupted = 0; }
const volatile sig_atomic_t *shim_interrupt_note(void) { return &interrupted; }
void shim_terminate_install(void) {
  install(SIGTERM, on_terminate);
  install(SIGHUP, on_terminate);
}
void shim_ignore_sigpipe(bool ignore) { signal(SIGPIPE, ignore ? SIG_IGN : SIG_DFL); }

FILE *shim_stdin(void) { return stdin; }
FILE *shim_stdout(void) { return stdout; }
FILE *shim_stderr(void) { return stderr; }
char **shim_environ(void) { return environ; }
int shim_errno(void) { return errno; }
