#pragma once
#include <getopt.h>

/// What one step of getopt_long found. `code` is -1 at the end, '?' for an error.
struct shim_option {
  int code;
  const char *argument; ///< NULL when the option has none
  int index;            ///< position in the table of long options, -1 for a short one
  int next;             ///< optind after the step
};

/// One step of the C library's getopt_long, with its globals handed back as values.
struct shim_option shim_getopt(int argc, char *const argv[], const char *shorts, const struct option *longs);

/// optopt after an error: the short option that was not known or lacks its argument.
int shim_optopt(void);
