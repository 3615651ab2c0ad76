#define _GNU_SOURCE
#include "editor.h"
#include "signals.h"
#include <errno.h>
#include <fcntl.h>
#include <histedit.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

// MARK: libedit

static volatile sig_atomic_t bell = 0;

// libedit paints into nothing: only its bell matters.
static ssize_t swallow(void *cookie, const char *bytes, size_t count) {
  (void)cookie;
  if (memchr(bytes, '\a', count)) bell = 1;
  return (ssize_t)count;
}

#ifdef __linux__
static FILE *open_sink(void) {
  cookie_io_functions_t functions = {.write = swallow};
  return fopencookie(NULL, "w", functions);
}
#else
static int swallow_int(void *cookie, const char *bytes, int count) {
  return (int)swallow(cookie, bytes, (size_t)count);
}
static FILE *open_sink(void) { return funopen(NULL, NULL, swallow_int, NULL, NULL); }
#endif

static wchar_t *no_prompt(EditLine *editor) {
  static wchar_t nothing[] = L"";
  (void)editor;
  return nothing;
}

EditLine *shim_editor_open(const char *program, int input, int output, shim_editor_read read) {
  FILE *sink = open_sink();
  if (!sink) return NULL;
  EditLine *editor = el_init_fd(program, stdin, sink, stderr, input, output, STDERR_FILENO);
  if (!editor) {
    fclose(sink);
    return NULL;
  }
  el_wset(editor, EL_PROMPT, no_prompt);
  el_wset(editor, EL_SIGNAL, 0);
  el_wset(editor, EL_GETCFN, read);
  // CR and LF must arrive as themselves, or the line ends of a pasted CRLF text would double.
  el_wset(editor, EL_SETTY, L"-d", L"-icrnl", L"-inlcr", NULL);
  return editor;
}

void shim_editor_close(EditLine *editor) {
  FILE *sink = NULL;
  el_wget(editor, EL_GETFP, 1, &sink);
  el_end(editor);
  if (sink) fclose(sink);
}

void shim_editor_set_owner(EditLine *editor, void *owner) { el_wset(editor, EL_CLIENTDATA, owner); }

void *shim_editor_owner(EditLine *editor) {
  void *owner = NULL;
  el_wget(editor, EL_CLIENTDATA, &owner);
  return owner;
}

bool shim_editor_take_bell(void) {
  bool rang = bell != 0;
  bell = 0;
  return rang;
}

bool shim_editor_set_mode(EditLine *editor, const wchar_t *mode) { return el_wset(editor, EL_EDITOR, mode) == 0; }

bool shim_editor_is_vi(EditLine *editor) {
  const wchar_t *mode = NULL;
  return el_wget(editor, EL_EDITOR, &mode) == 0 && mode && wcscmp(mode, L"vi") == 0;
}

// libedit keeps the pointer to a function's name: each name has one copy that lives as long as the process.
static const wchar_t *lasting(const wchar_t *name) {
  static wchar_t *names[64];
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (!names[i]) names[i] = wcsdup(name);
    if (names[i] && wcscmp(names[i], name) == 0) return names[i];
  }
  return NULL;
}

bool shim_editor_add(EditLine *editor, const wchar_t *name, shim_editor_function function) {
  const wchar_t *kept = lasting(name);
  return kept && el_wset(editor, EL_ADDFN, kept, kept, function) == 0;
}

bool shim_editor_bind(EditLine *editor, const wchar_t *key, const wchar_t *function, bool in_command_map) {
  if (in_command_map) return el_wset(editor, EL_BIND, L"-a", key, function, NULL) == 0;
  return el_wset(editor, EL_BIND, key, function, NULL) == 0;
}

void shim_editor_prepare(EditLine *editor, bool raw) { el_wset(editor, EL_PREP_TERM, raw ? 1 : 0); }

// MARK: History

HistoryW *shim_history_open(int size) {
  HistoryW *history = history_winit();
  if (history) shim_history_resize(history, size);
  return history;
}

void shim_history_close(HistoryW *history) { history_wend(history); }

void shim_history_resize(HistoryW *history, int size) {
  HistEventW event;
  history_w(history, &event, H_SETSIZE, size);
}

void shim_history_add(HistoryW *history, const wchar_t *entry) {
  HistEventW event;
  history_w(history, &event, H_ENTER, entry);
}

void shim_history_clear(HistoryW *history) {
  HistEventW event;
  history_w(history, &event, H_CLEAR);
}

void shim_editor_use_history(EditLine *editor, HistoryW *history) { el_wset(editor, EL_HIST, history_w, history); }

// MARK: Signals and waiting

static const struct {
  int number;
  int bit;
} caught[] = {
    {SIGWINCH, shim_signal_resize}, {SIGTSTP, shim_signal_stop}, {SIGCONT, shim_signal_continue},
    {SIGTERM, shim_signal_end},     {SIGHUP, shim_signal_end},   {SIGQUIT, shim_signal_end},
};
enum { caught_count = sizeof caught / sizeof caught[0] };

static struct sigaction before[caught_count];
static volatile sig_atomic_t signals = 0;
static volatile sig_atomic_t ending = 0;
static bool catching = false;

static void note(int number) {
  for (int i = 0; i < caught_count; i++)
    if (caught[i].number == number) signals |= caught[i].bit;
  if (number == SIGTERM || number == SIGHUP || number == SIGQUIT) ending = number;
}

static void watch(int number, struct sigaction *old) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, old);
}

void shim_editor_signals_catch(void) {
  if (catching) return;
  catching = true;
  for (int i = 0; i < caught_count; i++) {
    watch(caught[i].number, &before[i]);
    if (before[i].sa_handler == SIG_IGN) sigaction(caught[i].number, &before[i], NULL); // nohup, no job control
  }
}

void shim_editor_signals_restore(void) {
  if (!catching) return;
  catching = false;
  for (int i = 0; i < caught_count; i++) sigaction(caught[i].number, &before[i], NULL);
}

static void mask_of(sigset_t *set) {
  sigemptyset(set);
  sigaddset(set, SIGINT);
  for (int i = 0; i < caught_count; i++) sigaddset(set, caught[i].number);
}

int shim_editor_signals_take(void) {
  sigset_t set, old;
  mask_of(&set);
  pthread_sigmask(SIG_BLOCK, &set, &old);
  int found = signals;
  signals = 0;
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return found;
}

void shim_editor_stop(void) {
  struct sigaction normal, old;
  memset(&normal, 0, sizeof normal);
  normal.sa_handler = SIG_DFL;
  sigemptyset(&normal.sa_mask);
  sigaction(SIGTSTP, &normal, &old);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &old, NULL);
}

void shim_editor_pass_on(void) {
  int number = ending;
  ending = 0;
  if (number) raise(number);
}

int shim_editor_wait(int input, int other, int milliseconds) {
  sigset_t set, old;
  mask_of(&set);
  pthread_sigmask(SIG_BLOCK, &set, &old);
  int found = 0;
  if (signals || shim_interrupt_pending()) {
    found = shim_ready_signal;
  } else {
    fd_set readable;
    FD_ZERO(&readable);
    FD_SET(input, &readable);
    bool has_other = other >= 0 && other < FD_SETSIZE;
    if (has_other) FD_SET(other, &readable);
    struct timespec limit = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
    int last = has_other && other > input ? other : input;
    int count = pselect(last + 1, &readable, NULL, NULL, milliseconds < 0 ? NULL : &limit, &old);
    if (count < 0) {
      // A descriptor gone bad reads as ready, so that the read says why.
      found = errno == EINTR ? shim_ready_signal : shim_ready_input;
    } else if (count > 0) {
      if (FD_ISSET(input, &readable)) found |= shim_ready_input;
      if (has_other && FD_ISSET(other, &readable)) found |= shim_ready_other;
    }
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  return found;
}

// MARK: Terminals

bool shim_terminal_size(int terminal, int *columns, int *rows) {
  struct winsize size;
  if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return false;
  *columns = size.ws_col;
  *rows = size.ws_row;
  return true;
}

bool shim_terminal_echoes(int terminal) {
  struct termios modes;
  return tcgetattr(terminal, &modes) == 0 && (modes.c_lflag & ECHO);
}

int shim_wide_of_byte(int byte) {
  wint_t wide = btowc(byte);
  return wide == WEOF ? -1 : (int)wide;
}
int shim_byte_of_wide(unsigned int scalar) { return wctob((wint_t)scalar); }

bool shim_terminal_pair(int *master, int *terminal) {
  int one = posix_openpt(O_RDWR | O_NOCTTY);
  if (one < 0) return false;
  const char *name = grantpt(one) == 0 && unlockpt(one) == 0 ? ptsname(one) : NULL;
  int other = name ? open(name, O_RDWR | O_NOCTTY) : -1;
  if (other < 0) {
    close(one);
    return false;
  }
  *master = one;
  *terminal = other;
  return true;
}
