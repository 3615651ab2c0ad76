import Postgres
import Printing
import SQLText

/// `\h [NAME]`: the syntax of SQL commands; `\help \NAME` explains a command of ours.
struct SQLHelpCommand: MetaCommand {
  let help = Help(
    "h", aliases: ["help"], arguments: [.text, .sqlCommand], in: .general, syntax: "[NAME]",
    summary: "help on syntax of SQL commands, * for all commands")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let topic = try session.argument(.wholeLine, strippingSemicolons: true) ?? ""
    if topic.hasPrefix("\\"), !session.isPsql {
      session.showText(try session.explanation(of: String(topic.dropFirst())))
    } else {
      session.showText(SQLHelp.text(topic: topic, width: session.terminalWidth ?? 80))
    }
    return .done
  }
}

/// `\? [commands|options|variables|medic|\NAME]`
struct HelpCommand: MetaCommand {
  let help = Help(
    "?", arguments: [.choice(["commands", "options", "variables", "medic"])], in: .general,
    syntax: "[commands|options|variables]", summary: "show help on backslash commands, options or special variables")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let topic = session.scanner.beginOfArgument() == UInt8(ascii: "\\") ? nil : try session.argument()
    if topic == nil, session.scanner.beginOfArgument() == UInt8(ascii: "\\"), !session.isPsql {
      let name = try session.argument(.wholeLine) ?? ""
      session.showText(try session.explanation(of: String(name.dropFirst())))
      return .done
    }
    session.showText(session.helpPage(topic))
    return .done
  }
}

extension Session {
  /// The commands that psql doesn't have; none when called as psql.
  var ownCommandHelp: [CommandHelp] {
    isPsql ? [] : commands.map { $0.help }.filter { $0.isOurs }.map { CommandHelp($0) }
  }

  /// A page of `\?`: the commands for an unknown topic, as in psql.
  func helpPage(_ topic: String?) -> String {
    let program = Program(path: reporter.program)
    switch topic {
    case "options":
      return (try? Usage(program, defaults: usageDefaults()).text) ?? ""
    case "variables":
      return VariablesPage(program).text
    case "medic" where !isPsql:
      return commandsPage.medicText
    default:
      return commandsPage.text
    }
  }

  private var commandsPage: CommandsPage {
    var current = CommandsPage.Current()
    current.isHTML = printing.format == .html
    current.tuplesOnly = printing.tuplesOnly
    current.timing = isTiming
    if let database = connection?.database { current.database = database }
    current.expanded =
      switch printing.expanded {
      case .on: .on
      case .off: .off
      case .auto: .auto
      }
    return CommandsPage(current: current, medic: ownCommandHelp)
  }

  /// What `\help \NAME` prints. Throws for a name that is no command.
  func explanation(of name: String) throws(CommandError) -> String {
    guard let help = commands.first(where: { $0.help.matches(name) })?.help else {
      throw .message("there is no command \\\(name); \\? lists them all")
    }
    let flags = String(help.flags.map { $0.rawValue })
    let syntax = help.syntax.isEmpty && !flags.isEmpty ? "[\(flags)]" : help.syntax
    let gap = syntax.isEmpty || syntax.hasPrefix("[+") ? "" : " "
    return "\\\(help.name)\(gap)\(syntax)\n  \(help.summary)\n" + (help.details.isEmpty ? "" : "\n\(help.details)\n")
  }

  func usageDefaults() throws(CommandError) -> Usage.Defaults {
    try Usage.Defaults(
      environment: { environment($0) }, systemUser: { () throws(CommandError) in try systemUserName() })
  }

  /// `--help[=TOPIC]`.
  mutating func printHelp(_ topic: ParsedOptions.HelpTopic, _ program: Program) -> Int32 {
    do throws(CommandError) {
      output.append(
        topic == .options ? Usage(program, defaults: try usageDefaults()).text : helpPage(topic.rawValue))
      return ExitCode.success
    } catch {
      if case .message(let text) = error { reporter.fatal(text) }
      return ExitCode.failure
    }
  }

  /// `--generate`: documents made from the tables of options and commands.
  mutating func generate(_ document: GeneratedDocument) -> Int32 {
    output.append(document.text(commands: ownCommandHelp))
    return ExitCode.success
  }
}

extension CommandHelp {
  init(_ help: Help) {
    let gap = help.syntax.isEmpty || help.syntax.hasPrefix("[+") ? "" : " "
    self.init(
      name: help.name, syntax: "\\\(help.name)\(gap)\(help.syntax)", summary: help.summary,
      group: help.group == .knowledge ? "Knowledge base" : "Examinations")
  }
}
