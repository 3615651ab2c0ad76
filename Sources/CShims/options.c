#include "options.h"

void shim_getopt_reset(void) {
  opterr = 0;
#ifdef __GLIBC__
  optind = 0;
#else
  optind = 1;
  optreset = 1;
#endif
}

struct shim_option shim_getopt(int argc, char *const argv[], const char *shorts, const struct option *longs) {
  int index = -1;
  optopt = 0;
  int code = getopt_long(argc, argv, shorts, longs, &index);
  struct shim_option found = {code, code == -1 ? 0 : optarg, index, optind, optopt};
  return found;
}
