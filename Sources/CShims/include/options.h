#pragma once
#include <getopt.h>

/// What one step of getopt_long found. `code` is -1 at the end, '?' or ':' for an error.
struct shim_option {
  int code;
  const char *argument; ///< NULL when the option has none
  int index;            ///< position in the table of long options, -1 for a short one
  int next;             ///< optind after the step
  int culprit;          ///< optopt after an error: the option's code; 0 for a long one not known or ambiguous
};

/// Begins a new argument list, with getopt's own messages switched off.
void shim_getopt_reset(void);

/// One step of the C library's getopt_long, with its globals handed back as values.
struct shim_option shim_getopt(int argc, char *const argv[], const char *shorts, const struct option *longs);
