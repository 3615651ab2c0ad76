import Testing

@testable import Shell

/// `--help`, against what psql 15.20 printed.
struct CommandLineUsageTests {
  private static func usage(_ name: String, _ environment: [String: String]) throws -> String {
    let defaults = try Usage.Defaults(environment: { environment[$0] }, systemUser: { () throws(NoUser) in "somebody" })
    return Usage(Program(path: name), defaults: defaults).text
  }

  private struct NoUser: Error {}

  @Test func calledAsPsqlItPrintsPsqlsHelp() throws {
    let environment = ["PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "DB"]
    #expect(try Self.usage("/usr/bin/psql", environment) == psqlHelp)
  }

  @Test func defaultsAreLibpqsAndTheUsers() throws {
    let lines = try Self.usage("psql", [:]).split(separator: "\n").filter { $0.contains("(default: \"") }
    #expect(
      lines == [
        "  -d, --dbname=DBNAME      database name to connect to (default: \"somebody\")",
        "                           field separator for unaligned output (default: \"|\")",
        "  -h, --host=HOSTNAME      database server host or socket directory (default: \"local socket\")",
        "  -p, --port=PORT          database server port (default: \"5432\")",
        "  -U, --username=USERNAME  database user name (default: \"somebody\")",
      ])
  }

  @Test func anEmptyVariableCountsAndTheDatabaseFollowsTheUser() throws {
    let empty = try Self.usage("psql", ["PGDATABASE": "", "PGHOST": ""])
    #expect(empty.contains("database name to connect to (default: \"\")"))
    #expect(empty.contains("socket directory (default: \"\")"))
    #expect(try Self.usage("psql", ["PGUSER": "eve"]).contains("connect to (default: \"eve\")"))
  }

  @Test func theSystemUserIsAskedForOnlyWithoutPGUSER() throws {
    #expect(throws: NoUser.self) {
      try Usage.Defaults(environment: { _ in nil }, systemUser: { () throws(NoUser) in throw NoUser() })
    }
    let named = try Usage.Defaults(
      environment: { $0 == "PGUSER" ? "u" : nil }, systemUser: { () throws(NoUser) in throw NoUser() })
    #expect(named.user == "u")
  }

  @Test func calledByItsOwnNameItAddsItsOptionsAndChangesNoneOfPsqls() throws {
    let own = try Self.usage("pgmedic", ["PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "DB"])
    let ownLines = Set(own.split(separator: "\n"))
    for line in psqlHelp.split(separator: "\n") where line.hasPrefix("  -") || line.hasPrefix("      -") {
      #expect(ownLines.contains(line))
    }
    for option in CommandLineOption.medic { #expect(own.contains("\n      --\(option.long)")) }
    #expect(own.contains("\nMedic options:\n"))
    #expect(own.contains("\n      --help=medic         list the commands that"))
    #expect(own.contains("\n  pgmedic [OPTION]... [DBNAME [USERNAME]]\n"))
    #expect(own.split(separator: "\n").allSatisfy { $0.count <= 94 })
    #expect(!own.contains("{"))
  }
}

// env PGHOST=HOST PGPORT=PORT PGUSER=USER PGDATABASE=DB psql --help
private let psqlHelp = """
  psql is the PostgreSQL interactive terminal.

  Usage:
    psql [OPTION]... [DBNAME [USERNAME]]

  General options:
    -c, --command=COMMAND    run only single command (SQL or internal) and exit
    -d, --dbname=DBNAME      database name to connect to (default: "DB")
    -f, --file=FILENAME      execute commands from file, then exit
    -l, --list               list available databases, then exit
    -v, --set=, --variable=NAME=VALUE
                             set psql variable NAME to VALUE
                             (e.g., -v ON_ERROR_STOP=1)
    -V, --version            output version information, then exit
    -X, --no-psqlrc          do not read startup file (~/.psqlrc)
    -1 ("one"), --single-transaction
                             execute as a single transaction (if non-interactive)
    -?, --help[=options]     show this help, then exit
        --help=commands      list backslash commands, then exit
        --help=variables     list special variables, then exit

  Input and output options:
    -a, --echo-all           echo all input from script
    -b, --echo-errors        echo failed commands
    -e, --echo-queries       echo commands sent to server
    -E, --echo-hidden        display queries that internal commands generate
    -L, --log-file=FILENAME  send session log to file
    -n, --no-readline        disable enhanced command line editing (readline)
    -o, --output=FILENAME    send query results to file (or |pipe)
    -q, --quiet              run quietly (no messages, only query output)
    -s, --single-step        single-step mode (confirm each query)
    -S, --single-line        single-line mode (end of line terminates SQL command)

  Output format options:
    -A, --no-align           unaligned table output mode
        --csv                CSV (Comma-Separated Values) table output mode
    -F, --field-separator=STRING
                             field separator for unaligned output (default: "|")
    -H, --html               HTML table output mode
    -P, --pset=VAR[=ARG]     set printing option VAR to ARG (see \\pset command)
    -R, --record-separator=STRING
                             record separator for unaligned output (default: newline)
    -t, --tuples-only        print rows only
    -T, --table-attr=TEXT    set HTML table tag attributes (e.g., width, border)
    -x, --expanded           turn on expanded table output
    -z, --field-separator-zero
                             set field separator for unaligned output to zero byte
    -0, --record-separator-zero
                             set record separator for unaligned output to zero byte

  Connection options:
    -h, --host=HOSTNAME      database server host or socket directory (default: "HOST")
    -p, --port=PORT          database server port (default: "PORT")
    -U, --username=USERNAME  database user name (default: "USER")
    -w, --no-password        never prompt for password
    -W, --password           force password prompt (should happen automatically)

  For more information, type "\\?" (for internal commands) or "\\help" (for SQL
  commands) from within psql, or consult the psql section in the PostgreSQL
  documentation.

  Report bugs to <pgsql-bugs@lists.postgresql.org>.
  PostgreSQL home page: <https://www.postgresql.org/>

  """
