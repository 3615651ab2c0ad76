public import Postgres

/// Something that looks at a server and reports: a command's substance, without the terminal.
///
/// One that needs a single query and gives a finding a row is a `Check`.
public protocol Examination: Sendable {
  /// The command's name without its backslash.
  static var name: String { get }
  static var manual: Manual { get }
  /// The rules whose findings it reports; the first is the one that examples mean when they name none.
  static var rules: [Card] { get }
  /// Options of its own, beside `Option.common`.
  static var options: [Option] { get }
  static var examples: [Example] { get }
  /// It runs in the user's session also while a transaction is open there, since it has to see what that has changed.
  static var usesOwnConnection: Bool { get }
  /// What its answer rests on.
  static var basis: Basis { get }

  init()

  /// Reads through `connection` and puts what it finds into `inquiry`.
  ///
  /// Every read goes through `inquiry.read` or `connection.inspect`. Throws only when nothing can go on: the connection
  /// is lost, or the user asked to stop.
  func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError)
}

/// What an examination's answer rests on.
public enum Basis: Sendable {
  /// The schema alone: an empty database that nobody uses is judged as well as any other.
  case schema
  /// Data, load, statistics or the state of the server.
  case activity
}

extension Examination {
  public static var options: [Option] { [] }
  public static var examples: [Example] { [] }
  public static var usesOwnConnection: Bool { false }
  public static var basis: Basis { .activity }

  /// All options that the examination takes.
  public static var allOptions: [Option] { options + Option.common }
}

/// What was asked of an examination.
public struct Request: Sendable {
  public var scope: Scope
  public var options: Options
  /// Free text after the command (`\advise STATEMENT`).
  public var text: String?
  public var ignoring: IgnoreList
  /// The process of the user's own session when the examination runs over a second connection; nil when it runs on it.
  public var userPID: Int32?
  /// No cut at `limit=` unless the user gave one: for documents rather than people.
  public var isComplete: Bool
  /// Where earlier looks at the same database are remembered.
  public var records: RecordKeeping
  /// Asks the person at the terminal a question of yes or no; nil where there is nobody to ask.
  public var confirm: (@Sendable (String) -> Bool)?
  /// The findings of an earlier run, to compare with.
  public var baseline: Baseline?
  /// All findings are made, though not all may be shown: for a report in a file, and for a baseline.
  public var isWhole = false
  /// Only what doesn't depend on load and statistics is to be judged.
  public var isStatic = false
  /// Examinations of modules above this one, which `\checkup` runs, too.
  public var further: [any Examination.Type] = []
  /// Asked between statements, so that Ctrl-C ends the whole and not just one statement.
  public var isCancelled: @Sendable () -> Bool

  public init(
    scope: Scope = Scope(), options: Options, text: String? = nil, ignoring: IgnoreList = IgnoreList(),
    userPID: Int32? = nil, isComplete: Bool = false, records: RecordKeeping = .none,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.scope = scope
    self.options = options
    self.text = text
    self.ignoring = ignoring
    self.userPID = userPID
    self.isComplete = isComplete
    self.records = records
    self.isCancelled = isCancelled
  }
}

extension Examination {
  /// Examines and makes the report: ordered, without what is ignored, cut to the limit.
  ///
  /// `connection` is idle, or in a healthy transaction of the user's (then a savepoint is used), or in a failed one
  /// (then all is "not assessed"). Throws `.connectionLost`, and what stopped it when `isCancelled` says so.
  public func report(_ connection: borrowing Connection, _ request: Request) throws(PostgresError) -> Report {
    let limits = Limits(statementTimeout: request.options.integer("timeout") ?? 10_000)
    let server: Server
    do {
      server = try connection.inspect(limits) { (connection) throws(PostgresError) in try Server.read(connection) }
    } catch {
      try Inquiry.rethrowFatal(error, request)
      return unassessed(connection.database, reason: error)
    }
    var inquiry = Inquiry(request: request, server: server, limits: limits)
    inquiry.noteConnection(inTransaction: connection.transactionStatus == .inTransaction)
    try examine(connection, &inquiry)
    inquiry.coverUnjudged(Self.rules)
    return inquiry.report(of: Self.self)
  }

  private func unassessed(_ database: String, reason: PostgresError) -> Report {
    Report(
      command: Self.name, database: database, rights: "unknown", scope: "nothing looked at",
      summary: "not assessed: \(reason.message)",
      notAssessed: Self.rules.map { NotAssessed($0.rule, nil, reason.message) }, rules: Self.rules)
  }
}
