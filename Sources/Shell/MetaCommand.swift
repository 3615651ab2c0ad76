/// A backslash command: its description, and what it does.
///
/// One command is one file and one line in `commands`. From `help` come `\? medic`, `\help \NAME`, completion, the
/// README's table and the manual page.
protocol MetaCommand: Sendable {
  var help: Help { get }
  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome
}

/// What a command says of itself.
struct Help: Sendable {
  enum Group: String, Sendable, CaseIterable {
    case general, buffer, inputOutput, conditional, informational, formatting, connection, system, variables
    case health, knowledge
  }

  enum Flag: Character, Sendable { case verbose = "+", system = "S", expanded = "x" }

  /// What an argument may be: rules completion and how the lexer reads it.
  enum Argument: Sendable, Equatable {
    case any, file, pipe, boolean, choice([String]), variable, database, role, encoding
    case relation, table, index, view, sequence, function, schema, type
    case command, sqlCommand, entry
    /// The rest of the line as it stands.
    case text
    /// pgmedic's `(name=value …)` list.
    case options([String])
  }

  let name: String
  let aliases: [String]
  let flags: [Flag]
  /// Every name that begins with `name` calls the command, as `\dt` and `\dfn` do `\d`.
  let isFamily: Bool
  let arguments: [Argument]
  let group: Group
  /// Arguments as the user writes them, such as `[(min_size=10MB)] [PATTERN]`.
  let syntax: String
  let summary: String
  /// Paragraphs for `\help \NAME`, with an example.
  let details: String

  init(
    _ name: String, aliases: [String] = [], flags: [Flag] = [], isFamily: Bool = false, arguments: [Argument] = [],
    in group: Group, syntax: String = "", summary: String = "", details: String = ""
  ) {
    self.name = name
    self.aliases = aliases
    self.flags = flags
    self.isFamily = isFamily
    self.arguments = arguments
    self.group = group
    self.syntax = syntax
    self.summary = summary
    self.details = details
  }

  /// Whether the rest of the line belongs to the command as it stands.
  var takesWholeLine: Bool { arguments.contains(.text) }

  /// Commands beyond psql's.
  var isOurs: Bool { group == .health || group == .knowledge }

  /// Whether `typed` calls this command: its name or an alias, followed by its flags in any order.
  func matches(_ typed: String) -> Bool {
    if isFamily { return typed.hasPrefix(name) }
    for name in [name] + aliases where typed.hasPrefix(name) {
      let suffix = typed.dropFirst(name.count)
      if suffix.allSatisfy({ letter in flags.contains { $0.rawValue == letter } }) { return true }
    }
    return false
  }
}

/// One call of a command: the name as typed, and the flags behind it.
struct Call: Sendable {
  let name: String
  let flags: Set<Character>

  var isVerbose: Bool { flags.contains("+") }
  var includesSystem: Bool { flags.contains("S") }
  var isExpanded: Bool { flags.contains("x") }
}

/// What the loop does after a command.
enum Outcome: Sendable {
  /// Goes on with the line.
  case done
  /// Sends the query buffer to the server.
  case send
  /// The query buffer was edited: it is read anew as if typed.
  case edited
  /// Ends this level of input.
  case quit
  /// Something failed and has been reported.
  case failed
}

/// Why a command failed.
enum CommandError: Error {
  /// Not yet said: the loop reports it.
  case message(String)
  /// Said already.
  case reported
}
