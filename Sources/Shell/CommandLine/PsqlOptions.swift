/// The options of psql 15, in the order of its `--help`.
extension CommandLineOption {
  static let psql: [CommandLineOption] = general + inputOutput + outputFormat + connection

  private static let general: [CommandLineOption] = [
    CommandLineOption(
      long: "command", short: "c", argument: .required("COMMAND"), group: .general,
      help: ["run only single command (SQL or internal) and exit"], repeats: true,
      manual: """
        Run this command and end. It is either SQL, sent as one message (so several statements are one transaction \
        unless they say otherwise), or one backslash command; the two cannot be mixed. The option may be given more \
        than once and mixed with -f: all are run in their order.
        """
    ) { (options, value) throws(CommandLineError) in options.actions.append(.command(value ?? [])) },
    CommandLineOption(
      long: "dbname", short: "d", argument: .required("DBNAME"), group: .general,
      help: ["database name to connect to (default: \"{database}\")"], completion: .database,
      manual: """
        The database to connect to: a name, a connection string (key=value …) or a URI (postgresql://…), whose \
        settings go before the other options.
        """, effect: stores(\.database)),
    CommandLineOption(
      long: "file", short: "f", argument: .required("FILENAME"), group: .general,
      help: ["execute commands from file, then exit"], repeats: true, completion: .file,
      manual: "Run the commands of this file and end; a dash is standard input. Messages name file and line."
    ) { (options, value) throws(CommandLineError) in options.actions.append(.file(value ?? [])) },
    CommandLineOption(
      long: "list", short: "l", group: .general,
      help: ["list available databases, then exit"],
      manual: "List the databases of the server and end. Connects to postgres unless a database is named.",
      effect: flag(\.listsDatabases)),
    CommandLineOption(
      long: "variable", aliases: ["set"], short: "v", argument: .required("NAME=VALUE"), group: .general,
      help: ["set psql variable NAME to VALUE", "(e.g., -v ON_ERROR_STOP=1)"], repeats: true,
      completion: .variable,
      manual: """
        Set a variable, as \\set does. With an equals sign and nothing behind it the variable is empty; without one \
        it is unset.
        """
    ) { (options, value) throws(CommandLineError) in
      let (name, value) = assignment(value)
      options.settings.append(.variable(name, value))
    },
    CommandLineOption(
      long: "version", short: "V", group: .general,
      help: ["output version information, then exit"],
      manual: "Print the version and end."
    ) { (options, _) throws(CommandLineError) in options.request = .version },
    CommandLineOption(
      long: "no-psqlrc", short: "X", group: .general,
      help: ["do not read startup file (~/.psqlrc)"],
      manual: "Read neither the system-wide start-up file nor the user's.",
      effect: flag(\.readsStartupFile, false)),
    CommandLineOption(
      long: "single-transaction", short: "1", shortNote: "(\"one\")", group: .general,
      help: ["execute as a single transaction (if non-interactive)"],
      manual: """
        Put BEGIN before and COMMIT behind everything that -c and -f run (ROLLBACK if a command failed and \
        ON_ERROR_STOP is set): all of it is done, or nothing.
        """,
      effect: flag(\.singleTransaction)),
    help([.options, .commands, .variables]),
  ]

  private static let inputOutput: [CommandLineOption] = [
    CommandLineOption(
      long: "echo-all", short: "a", group: .inputOutput, help: ["echo all input from script"],
      manual: "Print every line of input as it is read. The same as setting ECHO to all.",
      effect: sets("ECHO", to: "all")),
    CommandLineOption(
      long: "echo-errors", short: "b", group: .inputOutput, help: ["echo failed commands"],
      manual: "Print the SQL of commands that fail, on standard error. The same as setting ECHO to errors.",
      effect: sets("ECHO", to: "errors")),
    CommandLineOption(
      long: "echo-queries", short: "e", group: .inputOutput, help: ["echo commands sent to server"],
      manual: "Print all SQL that is sent to the server. The same as setting ECHO to queries.",
      effect: sets("ECHO", to: "queries")),
    CommandLineOption(
      long: "echo-hidden", short: "E", group: .inputOutput, help: ["display queries that internal commands generate"],
      manual: "Print the queries behind \\d and other backslash commands. The same as setting ECHO_HIDDEN to on.",
      effect: sets("ECHO_HIDDEN")),
    CommandLineOption(
      long: "log-file", short: "L", argument: .required("FILENAME"), group: .inputOutput,
      help: ["send session log to file"], completion: .file,
      manual: "Write all query output to this file too, besides its usual place.",
      effect: stores(\.logFile)),
    CommandLineOption(
      long: "no-readline", short: "n", group: .inputOutput,
      help: ["disable enhanced command line editing (readline)"],
      manual: "Read lines plainly: no editing, history or completion.",
      effect: flag(\.usesLineEditor, false)),
    CommandLineOption(
      long: "output", hiddenAliases: ["o"], short: "o", argument: .required("FILENAME"), group: .inputOutput,
      help: ["send query results to file (or |pipe)"], completion: .file,
      manual: "Write the results of queries into this file, or into a command's input if it begins with a bar."
    ) { (options, value) throws(CommandLineError) in options.settings.append(.output(value ?? [])) },
    CommandLineOption(
      long: "quiet", short: "q", group: .inputOutput, help: ["run quietly (no messages, only query output)"],
      manual: "No banner and no remarks, only results. The same as setting QUIET to on.",
      effect: sets("QUIET")),
    CommandLineOption(
      long: "single-step", short: "s", group: .inputOutput, help: ["single-step mode (confirm each query)"],
      manual: "Ask before each command is sent. The same as setting SINGLESTEP to on.",
      effect: sets("SINGLESTEP")),
    CommandLineOption(
      long: "single-line", short: "S", group: .inputOutput,
      help: ["single-line mode (end of line terminates SQL command)"],
      manual: "A line's end ends the command, as a semicolon does. The same as setting SINGLELINE to on.",
      effect: sets("SINGLELINE")),
  ]

  private static let outputFormat: [CommandLineOption] = [
    CommandLineOption(
      long: "no-align", short: "A", group: .format, help: ["unaligned table output mode"],
      manual: "Print tables unaligned: \\pset format unaligned.", effect: prints("format", "unaligned")),
    CommandLineOption(
      long: "csv", group: .format, help: ["CSV (Comma-Separated Values) table output mode"],
      manual: "Print tables as comma-separated values: \\pset format csv.", effect: prints("format", "csv")),
    CommandLineOption(
      long: "field-separator", short: "F", argument: .required("STRING"), group: .format,
      help: ["field separator for unaligned output (default: \"|\")"],
      manual: "What stands between the fields of unaligned output: \\pset fieldsep.", effect: prints("fieldsep")),
    CommandLineOption(
      long: "html", short: "H", group: .format, help: ["HTML table output mode"],
      manual: "Print tables as HTML: \\pset format html.", effect: prints("format", "html")),
    CommandLineOption(
      long: "pset", short: "P", argument: .required("VAR[=ARG]"), group: .format,
      help: ["set printing option VAR to ARG (see \\pset command)"], repeats: true, completion: .printSetting,
      manual: "Change how results are printed, as \\pset does, with an equals sign in place of the blank."
    ) { (options, value) throws(CommandLineError) in
      let (name, value) = assignment(value)
      options.settings.append(.print(name, value))
    },
    CommandLineOption(
      long: "record-separator", short: "R", argument: .required("STRING"), group: .format,
      help: ["record separator for unaligned output (default: newline)"],
      manual: "What stands between the records of unaligned output: \\pset recordsep.", effect: prints("recordsep")),
    CommandLineOption(
      long: "tuples-only", short: "t", group: .format, help: ["print rows only"],
      manual: "Print rows without column names, title and row count: \\pset tuples_only on.",
      effect: prints("tuples_only", "on")),
    CommandLineOption(
      long: "table-attr", short: "T", argument: .required("TEXT"), group: .format,
      help: ["set HTML table tag attributes (e.g., width, border)"],
      manual: "Attributes for the table tag of HTML output: \\pset tableattr.", effect: prints("tableattr")),
    CommandLineOption(
      long: "expanded", short: "x", group: .format, help: ["turn on expanded table output"],
      manual: "Print each record as a block, one column to a line: \\pset expanded on.",
      effect: prints("expanded", "on")),
    CommandLineOption(
      long: "field-separator-zero", short: "z", group: .format,
      help: ["set field separator for unaligned output to zero byte"],
      manual: "Separate the fields of unaligned output by a zero byte: \\pset fieldsep_zero.",
      effect: prints("fieldsep_zero", "on")),
    CommandLineOption(
      long: "record-separator-zero", short: "0", group: .format,
      help: ["set record separator for unaligned output to zero byte"],
      manual: "Separate the records of unaligned output by a zero byte, for xargs -0: \\pset recordsep_zero.",
      effect: prints("recordsep_zero", "on")),
  ]

  private static let connection: [CommandLineOption] = [
    CommandLineOption(
      long: "host", short: "h", argument: .required("HOSTNAME"), group: .connection,
      help: ["database server host or socket directory (default: \"{host}\")"], completion: .host,
      manual: "The server's host name, or the directory of its socket if it begins with a slash.",
      effect: stores(\.host)),
    CommandLineOption(
      long: "port", short: "p", argument: .required("PORT"), group: .connection,
      help: ["database server port (default: \"{port}\")"],
      manual: "The server's TCP port, or the number in the name of its socket.", effect: stores(\.port)),
    CommandLineOption(
      long: "username", short: "U", argument: .required("USERNAME"), group: .connection,
      help: ["database user name (default: \"{user}\")"], completion: .role,
      manual: "The role to connect as.", effect: stores(\.user)),
    CommandLineOption(
      long: "no-password", short: "w", group: .connection, help: ["never prompt for password"],
      manual: "Never ask for a password: if one is needed and not found elsewhere, connecting fails."
    ) { (options, _) throws(CommandLineError) in options.passwordPrompt = .never },
    CommandLineOption(
      long: "password", short: "W", group: .connection,
      help: ["force password prompt (should happen automatically)"],
      manual: "Ask for a password before connecting, even if none should be needed."
    ) { (options, _) throws(CommandLineError) in options.passwordPrompt = .always },
  ]
}
