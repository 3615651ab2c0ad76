import CShims
import Glibc
import Postgres
import Printing
import SQLText
import Sandbox

/// Everything that one run of the shell knows: the connection, psql's variables, what is being typed, where output goes.
///
/// It has one owner and travels `inout`; nothing of it is global.
struct Session: ~Copyable {
  private let link = Link()
  let variables = Variables()
  let settings = Settings()
  let output: ByteSink
  let reporter: Reporter
  /// Called as `psql`: exactly psql's options, messages and help.
  let isPsql: Bool

  // What is being typed
  var scanner = Scanner()
  var conditions = Conditions()
  var query: [UInt8] = []
  var previousQuery: [UInt8] = []
  /// What `\fix N` put into the query buffer: statements that are sent one by one.
  var remedy: [UInt8]?
  var input: any LineSource = NoInput()
  /// Commands come from a person (psql's `cur_cmd_interactive`).
  var isInteractive = false
  /// Standard input or output is no terminal (psql's `notty`).
  var hasTerminal = false
  /// Open `\i` files, to refuse one that includes itself without end.
  var includeDepth = 0

  /// False for a command of `-c`, which stands alone.
  var hasQueryBuffer = true
  /// Set by `\restrict`: until `\unrestrict` names it, no other backslash command runs.
  var restrictKey: String?

  // Where results go and how
  var printing = PrintOptions()
  var destination: Destination
  var statement = StatementRequest()
  var isTiming = false
  var timingTotal: Double = 0

  // What has happened
  var lastError: Result?
  var lastStatement: [UInt8] = []
  /// Standard input is being read for commands, not `-c` or `-f`.
  var isInteractiveSession = false
  /// `--read-only`
  var isReadOnly = false
  /// `-L`: statements and their results go there too.
  var log: ByteSink?
  /// Where COPY FROM STDIN and TO STDOUT go while `\copy` runs.
  var copyData: (any CopyData)?
  var copyTarget: ByteSink?
  var failure: ServerError?
  var startupParameters: [(keyword: String, value: String)] = []
  var promptsForPassword = PasswordPrompt.whenAsked
  var documents = Documents()
  var journal = Journal()
  /// The connection is gone and could not be had again: a script ends with exit code 2.
  var lostConnection = false
  /// `--offline`: no connection is wanted.
  var isOffline = false
  /// It has been said that standard output can't be written.
  var hasReportedOutput = false
  var editor: (any LineEditing)?
  var historyLines: [UInt8] = []
  var sandbox: SandboxBox?
  /// The lab that is going on in the sandbox, and how many of its hints have been given.
  var incident: Incident?
  var hintsGiven = 0

  init(program: String) {
    output = ByteSink(fileDescriptor: STDOUT_FILENO)
    reporter = Reporter(program: program, output: output)
    isPsql = program == "psql"
    destination = Destination(standard: output)
  }

  /// What `\g`, `\gset` and their kin ask of the next statement alone.
  struct StatementRequest {
    var file: String?
    var printing: PrintOptions?
    var storesPrefix: String?
    var describes = false
    var executesCells = false
    var crosstab: CrosstabRequest?
    /// `\copy … from stdin`: the data follow in the input.
    var readsCopyData = false
    var parameters: [String]?
  }

  /// When to ask for a password: psql's -w, default and -W.
  enum PasswordPrompt: Sendable { case never, whenAsked, always }

  /// Holds the connection: optional chaining can't borrow a noncopyable optional out of a borrowed struct (Swift 6.3).
  private final class Link {
    var connection: Connection?
  }

  /// The connection, nil while there is none.
  var connection: Connection? {
    _read { yield link.connection }
    nonmutating _modify { yield &link.connection }
  }

  /// The server's version as a number such as 150020, 0 without a connection.
  var serverVersion: Int { connection?.serverVersion ?? 0 }
  var serverMajor: Int { serverVersion / 10000 }

  /// Reports an error in psql's form and gives the error to throw.
  func failed(_ text: String) -> CommandError {
    reporter.report(.error, text)
    return .reported
  }

  /// Something for the person at the prompt only (psql keeps it back with QUIET).
  func say(_ text: String) {
    if !settings.quiet { output.append(text) }
  }
}
