import Medic

/// The options that psql doesn't have: long names only, so no letter of psql's is taken.
extension CommandLineOption {
  static let medic: [CommandLineOption] = [
    CommandLineOption(
      long: "sandbox", argument: .optional("DIR"), group: .medic,
      help: ["start a throwaway server with a demo database", "(kept in DIR if given)"], completion: .directory,
      manual: """
        Start a server of one's own with a demo database in which problems are planted, connect to it as postgres, \
        and remove everything at the end. With a directory it is made there and kept. The server listens on a private \
        socket only. Environment variables, services and the password file are not looked at; naming another server \
        or database beside this option is an error.
        """
    ) { (options, value) throws(CommandLineError) in
      options.medic.sandbox = value.map { .directory($0) } ?? .temporary
    },
    CommandLineOption(
      long: "offline", group: .medic, help: ["start without a server: knowledge base and templates only"],
      manual: """
        Start without connecting. The knowledge base, help and templates work; \\c connects later, and until then \
        SQL says that there is no connection.
        """,
      effect: flag(\.medic.offline)),
    CommandLineOption(
      long: "read-only", group: .medic, help: ["refuse to write: every transaction is read only"],
      manual: """
        Begin the session with default_transaction_read_only on, so that the server refuses writes by accident. \
        A safety catch, not a lock: SQL can switch it off.
        """,
      effect: flag(\.medic.readOnly)),
    CommandLineOption(
      long: "format", argument: .required("FORMAT"), group: .medic,
      help: ["format of reports of findings:", alternatives(formats)], completion: .choices(formats),
      manual: """
        The format of the reports of examining commands: json (a document for each command), jsonl (a line for each \
        finding), csv, markdown; junit, sarif and github (one document for the run, written at its end). Without it \
        findings print as a table, like query results. Query results keep the format of \\pset.
        """,
      effect: chooses("format", from: formats) { (options, name) in options.medic.format = name }),
    CommandLineOption(
      long: "report", argument: .required("FILENAME"), group: .medic,
      help: ["write findings to file too (as --format says, or json)"], completion: .file,
      manual: """
        Write the report into this file, in the format of --format (json without it), while standard output keeps the \
        text for people.
        """,
      effect: stores(\.medic.reportFile)),
    CommandLineOption(
      long: "fail-on", argument: .required("SEVERITY"), group: .medic,
      help: ["exit with status 4 on findings at least this severe:", "\(alternatives(severities)) (default: error)"],
      completion: .choices(severities),
      manual: """
        In a run that is not interactive, end with status 4 when any command found something at least this severe: \
        info, warning or error (the default); none never does.
        """,
      effect: chooses("fail-on", from: severities) { (options, name) in
        if let severity = FailOn(rawValue: name) { options.medic.failOn = severity }
      }),
    CommandLineOption(
      long: "fail-on-unassessed", group: .medic,
      help: ["exit with status 4 if anything could not be examined"],
      manual: """
        In a run that is not interactive, end with status 4 also when something could not be examined, for lack of \
        rights, of an extension, or of time.
        """,
      effect: flag(\.medic.failsOnUnassessed)),
    CommandLineOption(
      long: "state", group: .medic, help: ["remember sizes for growth figures in scripts, too"],
      manual: """
        Note the sizes that were seen under $XDG_STATE_HOME/pgmedic, so that the next look can tell growth. At the \
        terminal this is always done, in scripts only with this option.
        """,
      effect: flag(\.medic.keepsState)),
    CommandLineOption(
      long: "generate", argument: .required("WHAT"), group: .medic,
      help: ["print this document, then exit:", alternatives(documents)], completion: .choices(documents),
      manual: """
        Print a document and end: the manual page (man), the completions for a shell (bash, zsh, fish), or the tables \
        of the README (readme).
        """,
      effect: chooses("generate", from: documents) { (options, name) in
        if let document = GeneratedDocument(rawValue: name) { options.request = .generate(document) }
      }),
  ]

  private static let formats = ReportFormats.all.map { $0.name }
  private static let severities = FailOn.allCases.map(\.rawValue)
  private static let documents = GeneratedDocument.allCases.map(\.rawValue)

  /// `a, b or c`.
  private static func alternatives(_ names: [String]) -> String {
    let (first, last) = (names.dropLast(), names.suffix(1))
    return ([first.joined(separator: ", ")] + last).joined(separator: " or ")
  }

  /// What a program of this name accepts, in the order of its help.
  static func all(for program: Program) -> [CommandLineOption] {
    guard !program.isPsql else { return psql }
    return psql.map { $0.long == "help" ? help(ParsedOptions.HelpTopic.allCases) : $0 } + medic
  }
}
