#!/usr/bin/env bash
# Times every examining command on a big database, as a ratio to one query over the same catalogs through psql.
#
#   Tests/Scale/measure.sh PGMEDIC [CONNECTION] [COMMAND …]
#
# PGMEDIC is a release build (swift build -c release --static-swift-stdlib). CONNECTION is a libpq string; the default is
# the database that Tests/Scale/scale.sql makes. Without COMMANDs all are timed. The whole process counts, start-up and
# connection included; each figure is the fastest of three runs, and the anchor is taken in the same run.
set -euo pipefail

pgmedic=${1:?usage: measure.sh PGMEDIC [CONNECTION] [COMMAND …]}
connection=${2:-host=/tmp/scale-sock port=5499 user=postgres dbname=scale}
shift $(($# < 2 ? $# : 2))
commands=("$@")
if [ ${#commands[@]} = 0 ]; then
  commands=(fkcheck unused redundant conventions seqs vacuum partitions sizes conns locks repl slow now
    'checkup (static=on)' checkup)
fi

# Debian's psql is a wrapper of its own cost.
psql=$(ls /usr/lib/postgresql/*/bin/psql 2>/dev/null | sort -V | tail -1)
psql=${psql:-psql}
anchor='SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_attribute a ON a.attrelid = i.indrelid'

# Seconds of the fastest of three runs.
fastest() {
  local best=
  for _ in 1 2 3; do
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1 || { echo failed; return; }
    end=$(date +%s%N)
    if [ -z "$best" ] || [ $((end - start)) -lt "$best" ]; then best=$((end - start)); fi
  done
  awk -v n="$best" 'BEGIN {printf "%.3f", n / 1e9}'
}

base=$(fastest "$psql" -XAtq -d "$connection" -c "$anchor")
printf '%-24s %8s s\n' anchor "$base"
for command in "${commands[@]}"; do
  seconds=$(fastest "$pgmedic" -X -d "$connection" --fail-on none -c "\\$command")
  if [ "$seconds" = failed ]; then
    printf '%-24s   failed\n' "\\$command"
  else
    awk -v c="\\\\$command" -v s="$seconds" -v b="$base" 'BEGIN {printf "%-24s %8.3f s %7.1f x\n", c, s, s / b}'
  fi
done
