#include "help.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char sql[] = {
#embed "psql-help/sql.txt"
};
static const char commands[] = {
#embed "psql-help/commands.txt"
};
static const char variables[] = {
#embed "psql-help/variables.txt"
};

struct shim_text shim_help_sql(void) { return (struct shim_text){sql, sizeof sql}; }
struct shim_text shim_help_commands(void) { return (struct shim_text){commands, sizeof commands}; }
struct shim_text shim_help_variables(void) { return (struct shim_text){variables, sizeof variables}; }
