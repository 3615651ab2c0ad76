#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

struct editline;
struct historyW;

/// Reads one key: 1 with a character, 0 at the end of input, -1 to give the line up.
typedef int (*shim_editor_read)(struct editline *, wchar_t *);
/// An editor function: gives a CC_ code of histedit.h.
typedef unsigned char (*shim_editor_function)(struct editline *, wint_t);

/// Opens libedit on a terminal with keys from `read` and its own screen output thrown away, since the caller paints.
/// NULL when there is no memory.
struct editline *shim_editor_open(const char *program, int input, int output, shim_editor_read read);
void shim_editor_close(struct editline *editor);
/// A pointer that libedit keeps for its callbacks.
void shim_editor_set_owner(struct editline *editor, void *owner);
void *shim_editor_owner(struct editline *editor);
/// Whether libedit rang the bell since the last call.
bool shim_editor_take_bell(void);

/// Sets the key map: L"emacs" or L"vi".
bool shim_editor_set_mode(struct editline *editor, const wchar_t *mode);
/// Whether the key map is vi's.
bool shim_editor_is_vi(struct editline *editor);
bool shim_editor_add(struct editline *editor, const wchar_t *name, shim_editor_function function);
/// Binds a key in the main map, or in vi's command map.
bool shim_editor_bind(struct editline *editor, const wchar_t *key, const wchar_t *function, bool in_command_map);
/// Makes the terminal raw for editing, or as it was.
void shim_editor_prepare(struct editline *editor, bool raw);

/// A history of libedit's, which its search and recall functions use once it is given to an editor.
struct historyW *shim_history_open(int size);
void shim_history_close(struct historyW *history);
void shim_history_resize(struct historyW *history, int size);
void shim_history_add(struct historyW *history, const wchar_t *entry);
void shim_history_clear(struct historyW *history);
void shim_editor_use_history(struct editline *editor, struct historyW *history);

/// What shim_editor_wait found: bits.
enum shim_ready {
  shim_ready_input = 1,
  shim_ready_other = 2,
  shim_ready_signal = 4,
};

/// Waits for input, for the descriptor `other` (-1: none) or a signal, at most `milliseconds` (negative: for ever).
/// No signal is lost between the look at the flags and the wait. 0 when the time is over.
int shim_editor_wait(int input, int other, int milliseconds);

/// Signals that came while a line was edited: bits.
enum shim_signal {
  shim_signal_resize = 1,   ///< SIGWINCH
  shim_signal_stop = 2,     ///< SIGTSTP
  shim_signal_continue = 4, ///< SIGCONT
  shim_signal_end = 8,      ///< SIGTERM, SIGHUP, SIGQUIT: see shim_editor_pass_on
};

/// Catches the signals above, until shim_editor_signals_restore.
void shim_editor_signals_catch(void);
void shim_editor_signals_restore(void);
/// The signals that came since the last call.
int shim_editor_signals_take(void);
/// Stops the process as Ctrl-Z does without an editor; returns when it goes on.
void shim_editor_stop(void);
/// Sends the process the ending signal again, for the handlers that were there before.
void shim_editor_pass_on(void);

/// Columns and rows of a terminal; false when it does not say.
bool shim_terminal_size(int terminal, int *columns, int *rows);
/// Whether the terminal shows what is typed.
bool shim_terminal_echoes(int terminal);
/// A byte of a single-byte locale as a code point, and back; -1 where there is none.
int shim_wide_of_byte(int byte);
int shim_byte_of_wide(unsigned int scalar);
/// Both ends of a new pseudo-terminal; false and errno otherwise.
bool shim_terminal_pair(int *master, int *terminal);
