#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// The name of the file that says a directory is a sandbox of ours. Nothing is ever removed without it.
#define SHIM_SANDBOX_MARKER "pgmedic-sandbox"

/// A supervisor that was started: its process, and the socket that it listens on. When the last copy of `channel` is
/// closed (the owner called close, ended, or was killed) the supervisor stops what it runs and removes its directory.
struct shim_supervisor {
  pid_t pid;    ///< -1 when it could not be started
  int channel;  ///< close-on-exec
  int error;    ///< errno of what went wrong, 0 if nothing did
  char step[16];  ///< the system call that failed
};

/// Who the supervisor and everything it runs shall be. `drop` is for an owner that is root.
struct shim_supervisor_user {
  bool drop;
  uid_t uid;
  gid_t gid;
};

/// Forks a supervisor that makes `directory` (absolute; mode 0700) and waits for requests.
///
/// It is a child without exec, so it works in any process (a test runner too) and with any number of threads: between
/// fork and exec only async-signal-safe calls are made. It has a session of its own, ignores INT, TERM, HUP and QUIT,
/// and keeps no descriptor of the owner but the channel.
///
/// A request is a 32-bit length, then a letter and NUL-terminated strings; the answer is a `shim_supervisor_reply`.
///   R LOG PROGRAM ARGUMENT…  run to the end, output into LOG: `result` is the wait status
///   S LOG PROGRAM ARGUMENT…  start the server, output appended to LOG: `result` is its pid
///   P                        `result` is 1 while the server runs; else 0 and `error` its wait status
///   K SIGNAL                 stop the server by this signal and wait: `result` is the wait status
///   E SIGNAL                 the signal to stop the server by at the end
///   W PATH TEXT, A PATH TEXT write, append a file (mode 0600, never through a symbolic link)
///   M PATH                   make a directory (mode 0700)
///   V FROM TO                rename
///   X SLOT PATH, L SLOT PATH lock a file exclusively or shared (flock), without waiting; two slots, 0 and 1
///   U SLOT                   unlock
/// A failed system call gives `result` -1 and its errno in `error`.
struct shim_supervisor shim_supervisor_start(
    const char *directory, struct shim_supervisor_user user, char *const environment[]);

/// The shell script that removes a sandbox's directory ($1): everything else first and the marker last, so that what an
/// interrupted removal leaves is still known as ours.
extern const char *const shim_sandbox_removal;

struct shim_supervisor_reply {
  int32_t result;
  int32_t error;
};

/// Wait statuses, whose macros Swift cannot see: the exit code, or 128 + the signal that ended the process.
int shim_exit_code(int status);
