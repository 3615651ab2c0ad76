public import Postgres

/// The limits inside which an examination's statements run.
public struct Limits: Sendable {
  /// Of each statement, in milliseconds.
  public var statementTimeout: Int
  /// How long one lock is waited for, in milliseconds.
  public var lockTimeout: Int

  public init(statementTimeout: Int = 10_000, lockTimeout: Int = 100) {
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
  }
}

extension Connection {
  /// Runs `body` read only, with limits and a search path that nobody else can write to, and leaves nothing behind.
  ///
  /// An idle connection gets a transaction, always rolled back. A connection inside the user's transaction gets a
  /// savepoint: settings and locks are gone after ROLLBACK TO, and the frozen statistics are read anew. A failed
  /// transaction can't be used at all: throws `.usage`. All that is needed goes in one message, since lines are slow.
  ///
  /// Settings: `row_security` off makes a table whose rows are hidden an error instead of a wrong answer; without
  /// `jit` and parallel workers a short query stays cheap for everybody else; UTF-8, since names become Swift strings.
  /// Counters are read once each, so the server (15 on) needn't keep copies of them to the end of the transaction
  /// (79,000 of indexes took 100 ms with copies and 60 without).
  public func inspect<R: ~Copyable>(
    _ limits: Limits, _ body: (borrowing Connection) throws(PostgresError) -> R
  ) throws(PostgresError) -> R {
    let common = [
      "search_path = pg_catalog, pg_temp", "lock_timeout = \(limits.lockTimeout)",
      "statement_timeout = \(limits.statementTimeout)", "row_security = off", "jit = off",
      "max_parallel_workers_per_gather = 0", "client_encoding = 'UTF8'",
    ]
    let settings = (common + (serverMajor >= 15 ? ["stats_fetch_consistency = none"] : [])).map { "SET LOCAL \($0)" }
    let begin: [String]
    let end: [String]
    switch transactionStatus {
    case .idle:
      begin = ["BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"] + settings
      end = ["ROLLBACK"]
    case .inTransaction:
      begin =
        ["SAVEPOINT pgmedic", "SET LOCAL transaction_read_only = on"] + settings
        + ["SELECT pg_catalog.pg_stat_clear_snapshot()"]
      end = ["ROLLBACK TO SAVEPOINT pgmedic", "RELEASE SAVEPOINT pgmedic"]
    case .inError: throw .usage("the current transaction has failed: nothing can be read in it")
    case .active: throw .usage("a statement is still running on this connection")
    case .unknown: throw .connectionLost("the connection is gone")
    }
    let outcome: Swift.Result<Void, PostgresError>
    var value: R?
    do {
      _ = try execute(marked(begin))
      value = try body(self)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    if transactionStatus != .idle, isAlive { _ = try? execute(marked(end)) }
    try outcome.get()
    guard let value else { throw .usage("the transaction gave no value") }
    return value
  }

  /// Statements as one message, each with its mark.
  private func marked(_ statements: [String]) -> String {
    statements.map { OwnMark.marked($0, major: serverMajor) }.joined(separator: "; ")
  }

  /// Runs one statement of ours, marked as such, and copies its rows.
  public func rows(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> [Row] {
    Row.all(of: try query(OwnMark.marked(sql, major: serverMajor), parameters))
  }
}

/// The mark by which our own statements are known in pg_stat_statements, pg_stat_activity and the log.
public enum OwnMark {
  public static let text = "/* pgmedic */"

  /// The statement with the mark before it; from 18 on after its first word, since pg_stat_statements leaves out there
  /// what stands before a statement.
  static func marked(_ statement: String, major: Int) -> String {
    guard major >= 18 else { return "\(text) \(statement)" }
    let word = statement.prefix { !$0.isWhitespace }
    return "\(word) \(text)\(statement.dropFirst(word.count))"
  }
}
