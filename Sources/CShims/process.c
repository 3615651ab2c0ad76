#define _GNU_SOURCE
#include "process.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

enum { CHANNEL = 3, FIRST_FREE = 4, REQUEST_LIMIT = 65536, ARGUMENT_LIMIT = 128, SLOTS = 2 };

/// What the supervisor knows. It lives in the forked child only.
struct supervisor {
  const char *directory;
  char *const *environment;
  sigset_t quiet;  ///< the mask to wait with: nothing blocked
  pid_t job;       ///< a program that R runs, or 0
  pid_t server;    ///< the postmaster, or 0
  int server_status;
  int stop_signal;
  int marker;      ///< the locked marker file
  int locks[SLOTS];
};

// Everything below, down to shim_supervisor_start, runs after fork in what may have been a process with threads:
// async-signal-safe calls only, so no malloc, no stdio.

static void on_child(int number) { (void)number; }

static void set_handler(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

static int close_from(int first) {
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, (unsigned)first, ~0U, 0U) == 0) return 0;
#endif
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 65536) limit = 65536;
  for (int descriptor = first; descriptor < limit; descriptor++) close(descriptor);
  return 0;
}

/// Leaves only the channel, as descriptor 3, and /dev/null as the standard streams.
static int keep_only(int channel) {
  if (channel != CHANNEL && dup2(channel, CHANNEL) < 0) return -1;
  close_from(FIRST_FREE);
  int null = open("/dev/null", O_RDWR);
  if (null < 0) return -1;
  for (int stream = 0; stream <= 2; stream++)
    if (dup2(null, stream) < 0) return -1;
  if (null > 2) close(null);
  return fcntl(CHANNEL, F_SETFD, FD_CLOEXEC);
}

static int become(struct shim_supervisor_user user) {
  if (!user.drop) return 0;
#ifdef __linux__  // the library's calls would signal the threads that the parent had
  if (syscall(SYS_setgroups, 0, NULL) < 0) return -1;
  if (syscall(SYS_setresgid, user.gid, user.gid, user.gid) < 0) return -1;
  if (syscall(SYS_setresuid, user.uid, user.uid, user.uid) < 0) return -1;
#else
  if (setgroups(0, NULL) < 0 || setgid(user.gid) < 0 || setuid(user.uid) < 0) return -1;
#endif
  if (user.uid != 0 && setuid(0) == 0) {
    errno = EPERM;
    return -1;
  }
  return 0;
}

/// Makes the directory and its marker. The marker gets its name only once it is locked: a sweep that sees an unlocked
/// one knows that its supervisor is gone.
static int make_directory(struct supervisor *own) {
  if (mkdir(own->directory, 0700) < 0) return -1;
  int folder = open(own->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return -1;
  static const char text[] = "A throwaway PostgreSQL server of pgmedic. It is removed when its owner ends.\n";
  own->marker = openat(folder, "starting", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  int done = own->marker < 0 || write(own->marker, text, sizeof text - 1) < 0 || flock(own->marker, LOCK_EX) < 0 ||
      renameat(folder, "starting", folder, SHIM_SANDBOX_MARKER) < 0;
  int saved = errno;
  close(folder);
  errno = saved;
  return done ? -1 : 0;
}

static ssize_t read_fully(int descriptor, void *buffer, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t n = read(descriptor, (char *)buffer + done, length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n;
    done += (size_t)n;
  }
  return (ssize_t)done;
}

static int write_fully(int descriptor, const void *buffer, size_t length) {
  size_t done = 0;
  while (done < length) {
    ssize_t n = write(descriptor, (const char *)buffer + done, length - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    done += (size_t)n;
  }
  return 0;
}

static void reply(int result, int error) {
  struct shim_supervisor_reply answer = {result, error};
  write_fully(CHANNEL, &answer, sizeof answer);
}

/// Notes which of our children have ended; orphans of the server come to us too.
static void reap(struct supervisor *own, bool *job_ended, int *job_status) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    if (pid == own->server) {
      own->server = 0;
      own->server_status = status;
    } else if (pid == own->job) {
      own->job = 0;
      if (job_ended) *job_ended = true;
      if (job_status) *job_status = status;
    }
  }
}

/// Starts a program in a process group of its own, which ends with `end_signal` should the supervisor be killed.
/// Returns its pid, or -1 and errno, that of a failed exec included.
static pid_t launch(
    const struct supervisor *own, const char *log, bool append, char *const arguments[], int end_signal) {
  int report[2];
  if (pipe(report) < 0) return -1;
  fcntl(report[0], F_SETFD, FD_CLOEXEC);
  fcntl(report[1], F_SETFD, FD_CLOEXEC);
  pid_t supervisor = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    for (int number = 1; number < NSIG; number++) set_handler(number, SIG_DFL);
    setpgid(0, 0);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, end_signal);
    if (getppid() != supervisor) _exit(127);
#else
    (void)supervisor;
    (void)end_signal;
#endif
    int output = open(log, O_WRONLY | O_CREAT | O_NOFOLLOW | (append ? O_APPEND : O_TRUNC), 0600);
    if (output >= 0) {
      dup2(output, 1);
      dup2(output, 2);
      if (output > 2) close(output);
    }
    sigprocmask(SIG_SETMASK, &own->quiet, NULL);
    if (output >= 0) execve(arguments[0], arguments, own->environment);
    int why = errno;
    write_fully(report[1], &why, sizeof why);
    _exit(127);
  }
  int saved = errno;
  close(report[1]);
  int why = 0;
  if (pid > 0 && read_fully(report[0], &why, sizeof why) == sizeof why) {
    waitpid(pid, NULL, 0);
    pid = -1;
    saved = why;
  }
  close(report[0]);
  errno = saved;
  return pid;
}

/// Waits until a child ends, the channel has something (if `listen`), or the time is over. 1: the channel has.
static int wait_event(const struct supervisor *own, bool listen, long milliseconds) {
  fd_set set;
  FD_ZERO(&set);
  if (listen) FD_SET(CHANNEL, &set);
  struct timespec limit = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
  int found = pselect(CHANNEL + 1, &set, NULL, NULL, milliseconds < 0 ? NULL : &limit, &own->quiet);
  return found > 0 && FD_ISSET(CHANNEL, &set);
}

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/// Waits for processes that outlived the server and came to us (on Linux): they hold its shared memory.
static void wait_orphans(const struct supervisor *own) {
  long end = now_ms() + 5000;
  pid_t pid;
  while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0 && now_ms() < end)
    if (pid == 0) wait_event(own, false, 10);
}

/// Stops the server: by the signal; after a minute of a fast shutdown by SIGQUIT; after ten seconds of that by SIGKILL.
static int stop_server(struct supervisor *own, int number) {
  while (own->server > 0) {
    kill(own->server, number);
    long end = now_ms() + (number == SIGQUIT ? 10000 : 60000);
    while (reap(own, NULL, NULL), own->server > 0 && now_ms() < end) wait_event(own, false, 20);
    number = number == SIGQUIT || number == SIGKILL ? SIGKILL : SIGQUIT;
  }
  wait_orphans(own);
  return own->server_status;
}

const char *const shim_sandbox_removal =
    "cd \"$1\" && { for f in * .[!.]*; do [ \"$f\" = " SHIM_SANDBOX_MARKER " ] || rm -rf -- \"$f\"; done; "
    "rm -f " SHIM_SANDBOX_MARKER "; cd / && rmdir \"$1\"; }";

/// Removes the directory, if its marker is still the one that we hold.
static void remove_directory(struct supervisor *own) {
  struct stat held, named;
  static const char name[] = "/" SHIM_SANDBOX_MARKER;
  char path[512];
  size_t length = strlen(own->directory);
  if (length + sizeof name > sizeof path) return;
  memcpy(path, own->directory, length);
  memcpy(path + length, name, sizeof name);
  if (fstat(own->marker, &held) < 0 || lstat(path, &named) < 0) return;
  if (held.st_ino != named.st_ino || held.st_dev != named.st_dev) return;
  char *const arguments[] = {"/bin/sh", "-c", (char *)shim_sandbox_removal, "sh", (char *)own->directory, NULL};
  pid_t pid = launch(own, "/dev/null", true, arguments, 0);
  int status;
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
}

static void finish(struct supervisor *own) {
  if (own->job > 0) {
    kill(-own->job, SIGKILL);
    waitpid(own->job, NULL, 0);
  }
  stop_server(own, own->stop_signal);
  remove_directory(own);
}

static int write_file(const char *path, const char *text, int flag) {
  int file = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | flag, 0600);
  if (file < 0) return -1;
  int failed = write_fully(file, text, strlen(text));
  int saved = errno;
  if (close(file) < 0 && !failed) return -1;
  errno = saved;
  return failed;
}

static void unlock(struct supervisor *own, int slot) {
  if (own->locks[slot] >= 0) close(own->locks[slot]);
  own->locks[slot] = -1;
}

static int lock(struct supervisor *own, int slot, const char *path, int mode) {
  unlock(own, slot);
  int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  if (flock(file, mode | LOCK_NB) < 0) {
    int saved = errno;
    close(file);
    errno = saved;
    return -1;
  }
  own->locks[slot] = file;
  return 0;
}

static int number_from(const char *text) {
  int value = 0;
  for (; *text >= '0' && *text <= '9' && value < 1000; text++) value = value * 10 + (*text - '0');
  return value;
}

/// Runs one program and answers when it has ended. Returns false when the owner has gone meanwhile.
static bool run_job(struct supervisor *own, const char *log, char *const arguments[]) {
  own->job = launch(own, log, false, arguments, SIGKILL);
  if (own->job < 0) {
    own->job = 0;
    reply(-1, errno);
    return true;
  }
  bool ended = false;
  int status = 0;
  while (reap(own, &ended, &status), !ended) {
    if (!wait_event(own, true, -1)) continue;
    // The owner sends nothing while it waits, so this is its end.
    return false;
  }
  reply(status, 0);
  return true;
}

/// Does what one request asks. Returns false when the supervisor shall end.
static bool serve(struct supervisor *own, char *request, size_t length) {
  char *strings[ARGUMENT_LIMIT + 1];
  int count = 0;
  for (size_t at = 1; at < length && count < ARGUMENT_LIMIT; at += strlen(request + at) + 1)
    strings[count++] = request + at;
  strings[count] = NULL;
  int done = -1, slot = count > 0 ? number_from(strings[0]) : 0;
  errno = EINVAL;
  switch (request[0]) {
  case 'R':
    if (count >= 2) return run_job(own, strings[0], strings + 1);
    break;
  case 'S':
    if (count < 2 || own->server > 0) break;
    done = launch(own, strings[0], true, strings + 1, own->stop_signal);
    if (done > 0) own->server = done;
    break;
  case 'P':
    reap(own, NULL, NULL);
    reply(own->server > 0, own->server > 0 ? 0 : own->server_status);
    return true;
  case 'K': if (count == 1) done = stop_server(own, slot); break;
  case 'E':
    if (count != 1) break;
    own->stop_signal = slot;
    done = 0;
    break;
  case 'W': if (count == 2) done = write_file(strings[0], strings[1], O_TRUNC); break;
  case 'A': if (count == 2) done = write_file(strings[0], strings[1], O_APPEND); break;
  case 'M': if (count == 1) done = mkdir(strings[0], 0700); break;
  case 'V': if (count == 2) done = rename(strings[0], strings[1]); break;
  case 'X': if (count == 2 && slot < SLOTS) done = lock(own, slot, strings[1], LOCK_EX); break;
  case 'L': if (count == 2 && slot < SLOTS) done = lock(own, slot, strings[1], LOCK_SH); break;
  case 'U':
    if (count != 1 || slot >= SLOTS) break;
    unlock(own, slot);
    done = 0;
    break;
  }
  reply(done, done < 0 ? errno : 0);
  return true;
}

static void supervise(struct supervisor *own) {
  static char request[REQUEST_LIMIT + 1];
  for (;;) {
    reap(own, NULL, NULL);
    if (!wait_event(own, true, -1)) continue;
    uint32_t length;
    if (read_fully(CHANNEL, &length, sizeof length) <= 0) return;
    if (length == 0 || length > REQUEST_LIMIT) return;
    if (read_fully(CHANNEL, request, length) <= 0) return;
    request[length] = 0;
    if (!serve(own, request, length)) return;
  }
}

/// What the owner hears first: 0, or the errno and the name of what failed.
struct greeting {
  int error;
  char step[16];
};

static void greet(const char *step, int error) {
  struct greeting greeting;
  memset(&greeting, 0, sizeof greeting);
  greeting.error = error;
  strncpy(greeting.step, step, sizeof greeting.step - 1);
  write_fully(CHANNEL, &greeting, sizeof greeting);
  if (error) _exit(1);
}

static _Noreturn void run_supervisor(
    int channel, const char *directory, struct shim_supervisor_user user, char *const environment[]) {
  struct supervisor own = {directory, environment, {{0}}, 0, 0, 0, SIGQUIT, -1, {-1, -1}};
  for (int number = 1; number < NSIG; number++) set_handler(number, SIG_DFL);
  static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2};
  for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) set_handler(ignored[i], SIG_IGN);
  set_handler(SIGCHLD, on_child);
  sigset_t child;
  sigemptyset(&own.quiet);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_SETMASK, &child, NULL);
  setsid();
  umask(077);
  if (keep_only(channel) < 0) _exit(1);
#ifdef __linux__
  prctl(PR_SET_NAME, "pgmedic-sandbox");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
  if (become(user) < 0) greet("setuid", errno);
  if (chdir("/") < 0) greet("chdir", errno);
  if (make_directory(&own) < 0) greet("mkdir", errno);
  greet("", 0);
  supervise(&own);
  finish(&own);
  _exit(0);
}

struct shim_supervisor shim_supervisor_start(
    const char *directory, struct shim_supervisor_user user, char *const environment[]) {
  struct shim_supervisor started = {-1, -1, 0, "socketpair"};
  int ends[2];
#ifdef SOCK_CLOEXEC
  int made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
  int made = socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
#endif
  if (made < 0) {
    started.error = errno;
    return started;
  }
  for (int end = 0; end < 2; end++) {
    fcntl(ends[end], F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
    int yes = 1;
    setsockopt(ends[end], SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof yes);
#endif
  }
  sigset_t all, before;  // a signal between fork and the child's own handlers must not run the parent's
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = fork();
  if (pid == 0) run_supervisor(ends[1], directory, user, environment);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(ends[1]);
  struct greeting greeting = {pid < 0 ? error : ECHILD, "fork"};
  if (pid > 0 && read_fully(ends[0], &greeting, sizeof greeting) <= 0) greeting.error = ECHILD;
  if (greeting.error) {
    close(ends[0]);
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
    started.error = greeting.error;
    memcpy(started.step, greeting.step, sizeof started.step);
    return started;
  }
  started.pid = pid;
  started.channel = ends[0];
  return started;
}

int shim_exit_code(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }
