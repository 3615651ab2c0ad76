import Postgres
import SQLText

/// One EXPLAIN of a statement, inside a transaction or savepoint that is always rolled back.
///
/// Unlike `inspect` it keeps the session's own settings (search path, work_mem, JIT, parallel workers): the plan is to be
/// the one that the user gets.
struct PlanRun: Sendable {
  let statement: PlannedStatement
  let limits: Limits
  let major: Int
  /// Executes the statement.
  let executes: Bool

  private static let name = "pgmedic_explain"

  /// What came of it: the plan, and whether it stands for unknown parameters.
  struct Outcome: Sendable {
    let plan: ExecutedPlan
    let parameters: Int
  }

  var mayWrite: Bool { if case .writes = statement.effect { executes } else { false } }

  func run(_ connection: borrowing Connection) throws(PostgresError) -> Outcome {
    let settings = [
      "SET LOCAL lock_timeout = \(executes ? max(limits.lockTimeout, 1000) : limits.lockTimeout)",
      "SET LOCAL statement_timeout = \(limits.statementTimeout)",
    ]
    let begin: [String]
    let end: [String]
    switch connection.transactionStatus {
    case .idle:
      begin  // A session that refuses to write (`--read-only`) goes on refusing.
      = ["BEGIN ISOLATION LEVEL READ COMMITTED\(mayWrite ? "" : " READ ONLY")"] + settings
      end = ["ROLLBACK"]
    case .inTransaction:
      begin =
        ["SAVEPOINT pgmedic"] + (mayWrite ? [] : ["SET LOCAL transaction_read_only = on"])
        + settings
      end = ["ROLLBACK TO SAVEPOINT pgmedic", "RELEASE SAVEPOINT pgmedic"]
    case .inError: throw .usage("the current transaction has failed: end it first")
    case .active: throw .usage("a statement is still running on this connection")
    case .unknown: throw .connectionLost("the connection is gone")
    }
    let outcome: Swift.Result<Outcome, PostgresError>
    var isPrepared = false
    do throws(PostgresError) {
      for sql in begin { _ = try connection.execute(marked(sql)) }
      // Deferred constraints are part of what the statement costs.
      if mayWrite { _ = try connection.execute(marked("SET CONSTRAINTS ALL IMMEDIATE")) }
      outcome = .success(try explain(connection, &isPrepared))
    } catch {
      outcome = .failure(error)
    }
    if connection.transactionStatus != .idle, connection.isAlive {
      for sql in end { _ = try? connection.execute(marked(sql)) }
    }
    if isPrepared { _ = try? connection.execute(marked("DEALLOCATE \(Self.name)")) }
    return try outcome.get()
  }

  private func marked(_ sql: String) -> String { OwnMark.marked(sql, major: major) }

  /// The extended protocol takes one statement only: a second one that our reading missed is refused by the server.
  private func explain(
    _ connection: borrowing Connection, _ isPrepared: inout Bool
  ) throws(PostgresError) -> Outcome {
    let options =
      executes
      ? "FORMAT JSON, ANALYZE, VERBOSE, BUFFERS, WAL, SETTINGS" : "FORMAT JSON, VERBOSE, SETTINGS"
    try connection.prepare("", statement.text)
    let parameters = try connection.describePrepared("").parameterCount
    let result: Result
    if parameters == 0 {
      result = try connection.query(marked("EXPLAIN (\(options)) \(statement.text)"))
    } else if executes {
      throw .usage("the statement has parameters ($1): put values in their place to execute it")
    } else if major >= 16 {
      result = try connection.execute(
        marked("EXPLAIN (\(options), GENERIC_PLAN) \(statement.text)"))
    } else {
      _ = try connection.query(marked("PREPARE \(Self.name) AS \(statement.text)"))
      isPrepared = true
      let nulls = [String](repeating: "NULL", count: parameters).joined(separator: ", ")
      // NULLs would prune every partition, and a custom plan would be one for NULLs.
      _ = try connection.execute(marked("SET LOCAL enable_partition_pruning = off"))
      _ = try connection.execute(marked("SET LOCAL plan_cache_mode = force_generic_plan"))
      result = try connection.query(marked("EXPLAIN (\(options)) EXECUTE \(Self.name)(\(nulls))"))
    }
    var json = ""
    for row in 0..<result.rowCount { json += (result.string(row: row, column: 0) ?? "") + "\n" }
    guard let value = try? JSONValue(parsing: json, depth: 2048), let plan = ExecutedPlan(value)
    else {
      throw .usage("the server's plan could not be read")
    }
    return Outcome(plan: plan, parameters: parameters)
  }
}
