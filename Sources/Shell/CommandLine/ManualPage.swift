/// The manual page, in the `man` macros.
struct ManualPage {
  var options: [CommandLineOption]
  var commands: [CommandHelp]

  var text: String {
    ([Self.opening] + optionSections + commandSections + [Self.closing]).joined()
  }

  private static let opening = #"""
    .\" Printed by: pgmedic --generate man
    .TH PGMEDIC 1 "" "pgmedic" "User Commands"
    .SH NAME
    pgmedic \- PostgreSQL interactive terminal with a DBA inside
    .SH SYNOPSIS
    .B pgmedic
    .RI [ OPTION ]...\&
    .RI [ DBNAME " [" USERNAME ]]
    .SH DESCRIPTION
    pgmedic does what
    .BR psql (1)
    does, in the same way: options, commands, variables, start\-up files and exit statuses are psql's.
    It adds commands that examine the database and say what to do about what they find,
    a knowledge base of patterns and playbooks, and a sandbox to learn and try in.
    .PP
    Commands that examine change nothing: they run in short read\-only transactions with time limits.
    .PP
    Called by the name psql it has psql's options only.
    .SH OPTIONS
    Long options may be abbreviated as long as no other begins alike.

    """#

  private var optionSections: [String] {
    CommandLineOption.Group.allCases.map { group in
      ".SS \(group.rawValue)\n" + options.filter { $0.group == group }.map(entry).joined()
    }
  }

  private func entry(_ option: CommandLineOption) -> String {
    let suffix = option.argument.placeholder.map { "\\fI\(escaped($0))\\fR" }
    let short = option.short.map { letter -> String in
      guard case .required = option.argument, let suffix else { return "\\fB\(escaped("-\(letter)"))\\fR" }
      return "\\fB\(escaped("-\(letter)"))\\fR \(suffix)"
    }
    let longs = option.longNames.map { name -> String in
      let name = "\\fB\(escaped("--" + name))\\fR"
      return switch option.argument {
      case .none: name
      case .required: "\(name)=\(suffix ?? "")"
      case .optional: "\(name)[=\(suffix ?? "")]"
      }
    }
    let names = ((short.map { [$0] } ?? []) + longs).joined(separator: ", ")
    return ".TP\n\(names)\n\(paragraph(option.manual))"
  }

  private var commandSections: [String] {
    guard !commands.isEmpty else { return [] }
    let intro = """
      .SH COMMANDS
      Besides psql's, in the same style: an optional pattern as for \(escaped("\\d")), + for more columns, S to include
      system objects, options in parentheses before the pattern.

      """
    return [intro]
      + commands.grouped.map { group, commands in
        ".SS \(escaped(group.capitalizingFirst))\n"
          + commands.map { ".TP\n\\fB\(escaped($0.syntax))\\fR\n\(paragraph($0.summary))" }.joined()
      }
  }

  private static let closing = #"""
    .SH EXIT STATUS
    .TP
    0
    Everything went well.
    .TP
    1
    A fatal error of pgmedic's own: out of memory, a bad option, a file not found, an error in a command of \-c.
    .TP
    2
    No connection to the server, or it was lost and the session is not interactive.
    .TP
    3
    A script failed and ON_ERROR_STOP is set.
    .TP
    4
    Findings as severe as
    .B \-\-fail\-on
    says, in a session that is not interactive; also what could not be examined, with
    .BR \-\-fail\-on\-unassessed .
    .SH ENVIRONMENT
    As for
    .BR psql (1),
    and:

    """# + EnvironmentVariable.medic.map { ".TP\n.B \($0.name)\n\(paragraph($0.summary))" }.joined() + #"""
      .SH FILES
      .TP
      .I .pgmedic\-ignore
      Findings to leave out, in the working directory; else
      .IR $XDG_CONFIG_HOME/pgmedic/ignore .
      .TP
      .I ~/.pgmedic_history
      What was typed, unless HISTFILE names another file.
      Statements with passwords are not kept.
      .TP
      .I ~/.psqlrc
      Read at the start, as by psql.
      .SH SEE ALSO
      .BR psql (1)

      """#
}

/// Plain words as roff, each sentence on a line of its own so that it ends as one; nothing in them is a request.
private func paragraph(_ words: String) -> String {
  escaped(words).split(separator: ". ").map { sentence in
    (sentence.hasPrefix(".") || sentence.hasPrefix("'") ? "\\&" : "") + sentence
  }.joined(separator: ".\n") + "\n"
}

private func escaped(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "\\": result += "\\e"
    case "-": result += "\\-"
    case "…": result += "..."
    default: result.append(character)
    }
  }
  return result
}

extension String {
  /// With a capital at the start, whatever follows.
  fileprivate var capitalizingFirst: String { prefix(1).uppercased() + dropFirst() }
}
