#pragma once
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/// Installs the handler for SIGINT: it notes the key press and, while a cancel object is armed, sends the
/// server a cancel request (PQcancel is made for signal handlers) and says so on standard error.
void shim_interrupt_install(void);
/// Arms the PGcancel that Ctrl-C uses. The caller keeps ownership and disarms it before it is freed.
void shim_interrupt_arm(void *cancel);
/// Disarms `cancel` if it is the one that is armed.
void shim_interrupt_disarm(void *cancel);
/// Whether SIGINT came since the last call; clears the note.
bool shim_interrupt_take(void);
/// Forgets the note.
void shim_interrupt_clear(void);
/// The note itself, for loops that look at it often.
const volatile sig_atomic_t *shim_interrupt_note(void);
/// Whether SIGINT came; leaves the note.
bool shim_interrupt_pending(void);
/// SIGTERM and SIGHUP: cancels what runs and ends the process with 128 + signal.
void shim_terminate_install(void);
void shim_ignore_sigpipe(bool ignore);

/// C globals that are concurrency errors in Swift.
FILE *shim_stdin(void);
FILE *shim_stdout(void);
FILE *shim_stderr(void);
extern char **environ;
char **shim_environ(void);
int shim_errno(void);
