public import Medic

/// What the command line asks for, as plain values: nothing has been opened, printed or connected yet.
public struct ParsedOptions: Sendable, Equatable {
  /// What the program is to do at all. `--help` and its like end the reading of options where they stand, as in psql.
  public enum Request: Sendable, Equatable {
    case session
    case help(HelpTopic)
    case version
    case generate(GeneratedDocument)
  }

  /// The pages of `--help[=…]` and `\?`.
  public enum HelpTopic: String, Sendable, CaseIterable {
    case options, commands, variables
    /// The commands that psql doesn't have; unknown to it, so only when not called as psql.
    case medic
  }

  /// Something to set before connecting, in the order of the command line: the last one counts, an error ends the
  /// program with status 1.
  public enum Setting: Sendable, Equatable {
    /// `-v NAME=VALUE` and options like `-q` that set a variable; without a value (`-v NAME`) the variable is unset.
    case variable(String, [UInt8]?)
    /// `-P NAME[=VALUE]` and options like `-A`, as `\pset` takes them.
    case print(String, [UInt8]?)
    /// `-o`: a file, or a command after `|`. psql opens it at once.
    case output([UInt8])
  }

  /// `-c` and `-f`, in their order.
  public enum Action: Sendable, Equatable {
    case command([UInt8])
    /// A file's name; `-` is standard input.
    case file([UInt8])
  }

  /// `-w` and `-W`, the last of them.
  public enum PasswordPrompt: Sendable, Equatable {
    case ifNeeded, never, always
  }

  public var request = Request.session
  public var settings: [Setting] = []
  public var actions: [Action] = []
  /// `-l`: list the databases and end, whatever else is asked; connects to `postgres` unless a database is named.
  public var listsDatabases = false
  /// `-1`
  public var singleTransaction = false
  /// `-X` makes it false.
  public var readsStartupFile = true
  /// `-n` makes it false.
  public var usesLineEditor = true
  /// `-L`
  public var logFile: [UInt8]?

  /// A name, a connection string or a URI.
  public var database: [UInt8]?
  public var host: [UInt8]?
  public var port: [UInt8]?
  public var user: [UInt8]?
  public var passwordPrompt = PasswordPrompt.ifNeeded

  /// Arguments after the database and the role. psql warns of each, unless QUIET is set by then
  /// (`Message.extraArgument`).
  public var extraArguments: [[UInt8]] = []

  public var medic = MedicOptions()

  public init() {}
}

/// What is asked for by the options that psql doesn't have.
public struct MedicOptions: Sendable, Equatable {
  public enum Sandbox: Sendable, Equatable {
    /// Removed at the end.
    case temporary
    /// Kept in this directory.
    case directory([UInt8])
  }

  public var sandbox: Sandbox?
  public var offline = false
  /// The name of one of `ReportFormats`; nil: findings print like query results, in the current `\pset format`.
  public var format: String?
  public var failOn = FailOn.error
  public var failsOnUnassessed = false
  /// Gets the report in `reportFormat`, while standard output keeps the text for people.
  public var reportFile: [UInt8]?
  public var readOnly = false
  /// Sizes are noted for the next look's growth figures even when nobody sits at the terminal.
  public var keepsState = false

  /// The name of the format of `reportFile`.
  public var reportFormat: String { format ?? "json" }

  public init() {}
}
