/// The text of `--help` and `\? options`.
public struct Usage: Sendable {
  /// What the help says that an option is when it isn't given.
  public struct Defaults: Sendable, Equatable {
    public var host: String
    public var port: String
    public var user: String
    public var database: String

    /// psql's rules: the environment first (even if empty), then what libpq would take.
    ///
    /// - Parameter systemUser: the name of the effective user; only asked for without PGUSER. psql ends with an error
    ///   when there is none.
    public init<Failure: Error>(
      environment: (String) -> String?, systemUser: () throws(Failure) -> String
    ) throws(Failure) {
      host = environment("PGHOST") ?? "local socket"
      port = environment("PGPORT") ?? "5432"
      if let name = environment("PGUSER") { user = name } else { user = try systemUser() }
      database = environment("PGDATABASE") ?? user
    }
  }

  /// The column in which the explanations begin.
  private static let textColumn = 27

  private let program: Program
  private let defaults: Defaults

  public init(_ program: Program, defaults: Defaults) {
    self.program = program
    self.defaults = defaults
  }

  /// Ends with a newline.
  public var text: String {
    let options = CommandLineOption.all(for: program)
    var text = header
    for group in CommandLineOption.Group.allCases {
      let members = options.filter { $0.group == group }
      guard !members.isEmpty else { continue }
      text += "\n\(group.rawValue):\n" + members.map(lines).joined()
    }
    return text + footer
  }

  private var header: String {
    """
    \(program.isPsql
      ? "psql is the PostgreSQL interactive terminal."
      : "pgmedic is psql, the PostgreSQL interactive terminal, with a DBA inside.")

    Usage:
      \(program.isPsql ? "psql" : "pgmedic") [OPTION]... [DBNAME [USERNAME]]

    """
  }

  private var footer: String {
    guard program.isPsql else {
      return """

        For more information, type "\\?" (for internal commands), "\\? medic" (for
        those that psql doesn't have) or "\\help" (for SQL commands) from within
        pgmedic, or consult the psql section in the PostgreSQL documentation.

        """
    }
    return """

      For more information, type "\\?" (for internal commands) or "\\help" (for SQL
      commands) from within psql, or consult the psql section in the PostgreSQL
      documentation.

      Report bugs to <pgsql-bugs@lists.postgresql.org>.
      PostgreSQL home page: <https://www.postgresql.org/>

      """
  }

  private func lines(_ option: CommandLineOption) -> String {
    entry("  " + option.spelling, option.help)
      + option.forms.map { entry("      --\(option.long)=\($0.value)", [$0.help]) }.joined()
  }

  private func entry(_ head: String, _ help: [String]) -> String {
    let indent = String(repeating: " ", count: Self.textColumn)
    let first = head.count + 2 > Self.textColumn ? "\(head)\n\(indent)" : head + indent.dropFirst(head.count)
    return first + help.map(filled).joined(separator: "\n" + indent) + "\n"
  }

  private func filled(_ line: String) -> String {
    guard line.contains("{") else { return line }
    let values = [
      ("host", defaults.host), ("port", defaults.port), ("user", defaults.user), ("database", defaults.database),
    ]
    for (name, value) in values {
      let parts = line.split(separator: "{\(name)}", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { return parts[0] + value + parts[1] }
    }
    return line
  }
}

extension CommandLineOption {
  /// All names and the argument, as in the left column of the help: `-v, --set=, --variable=NAME=VALUE`.
  var spelling: String {
    let first = short.map { "-\($0)\(shortNote.map { " \($0)" } ?? ""), " } ?? "    "
    let others = aliases.map { argument == .none ? "--\($0), " : "--\($0)=, " }.joined()
    return first + others + "--" + long + argument.suffix
  }
}

extension CommandLineOption.Argument {
  /// What follows a long name: `=FILENAME`, `[=DIR]` or nothing.
  var suffix: String {
    switch self {
    case .none: ""
    case .required(let name): "=\(name)"
    case .optional(let name): "[=\(name)]"
    }
  }
}
