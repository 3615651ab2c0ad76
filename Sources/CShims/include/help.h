#pragma once
#include <stddef.h>

/// A text compiled in; not terminated.
struct shim_text {
  const char *bytes;
  size_t count;
};

/// What psql prints for `\h *`, `\?` and `\? variables`, each after a first line that tells how it was made.
struct shim_text shim_help_sql(void);
struct shim_text shim_help_commands(void);
struct shim_text shim_help_variables(void);
