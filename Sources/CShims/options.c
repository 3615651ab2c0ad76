#include "options.h"

struct shim_option shim_getopt(int argc, char *const argv[], const char *shorts, const struct option *longs) {
  int index = -1;
  int code = getopt_long(argc, argv, shorts, longs, &index);
  struct shim_option found = {code, code == -1 ? 0 : optarg, index, optind};
  return found;
}

int shim_optopt(void) { return optopt; }
