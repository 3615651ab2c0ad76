#!/bin/bash
# Measures how many columns psql gives each character, and prints Sources/Printing/WidthTables.swift.
# Usage: PGHOST=… PSQL=/usr/lib/postgresql/15/bin/psql measure-widths.sh > Sources/Printing/WidthTables.swift
export LC_ALL=C
version=$(${PSQL:-psql} --version | awk '{ print $3 }')
${PSQL:-psql} -X -P footer=off -c "
  SELECT chr(i) AS \"10 columns\", i FROM generate_series(160, 1114111) i WHERE i NOT BETWEEN 55296 AND 57343" |
awk -v version="$version" '
  function close_range() { if (last >= 0) tables[kind] = tables[kind] sprintf("    (0x%04X, 0x%04X),\n", first, last); last = -1 }
  BEGIN { last = -1 }
  NR > 2 && NF > 1 && match($0, / \| +[0-9]+$/) {
    code = substr($0, RSTART + 2) + 0
    bytes = code < 2048 ? 2 : code < 65536 ? 3 : 4
    # An empty cell: psql drops the character, so it has no width.
    if ($1 == "|") next
    width = 10 - (RSTART - 2 - bytes)
    if (last >= 0 && (width != kind || code != last + 1)) close_range()
    if (width != 1) { if (last < 0) first = code; last = code; kind = width }
  }
  END {
    close_range()
    print "// Measured from psql " version " by Tests/PrintingTests/recorded/measure-widths.sh; not edited by hand."
    print ""
    print "/// Characters that psql doesn\047t count as one column."
    print "enum WidthTables {"
    print "  /// No column: combining marks and other characters that show nothing of their own."
    printf "  static let combining: [(first: UInt32, last: UInt32)] = [\n%s  ]\n\n", tables[0]
    print "  /// Two columns: East Asian characters and emoji."
    printf "  static let wide: [(first: UInt32, last: UInt32)] = [\n%s  ]\n}\n", tables[2]
  }'
