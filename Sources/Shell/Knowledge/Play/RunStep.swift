import CShims
import Glibc
import Knowledge
import Postgres
import Printing
import SQLText

extension Session {
  /// Runs a step's SQL, statement by statement, and shows the answers.
  ///
  /// What only looks runs in a read-only transaction with limits; inside a transaction of the user's, in that one.
  mutating func runStep(_ step: Step, _ sql: String) -> Transcript.Outcome {
    let status = connection?.transactionStatus
    if step.isChange, !step.canRunInTransaction, status != .idle {
      return .failed("it can't run inside a transaction: end yours first")
    }
    var answers: [StepAnswer] = []
    for text in statements(of: Array(sql.utf8)) {
      shim_interrupt_clear()
      connection?.armInterrupt()
      defer { connection?.disarmInterrupt() }
      do {
        let statement = String(decoding: text, as: UTF8.self)
        let isGuarded = step.kind == .read && status == .idle
        guard let result = try isGuarded ? readStatement(statement) : connection?.execute(statement) else {
          return .failed("there is no connection")
        }
        answers.append(showAnswer(result))
      } catch {
        return .failed(reportFailure(error))
      }
    }
    return .ran(answers, asExpected: step.expects.map { $0.isMet(by: answers.last ?? StepAnswer()) })
  }

  private mutating func readStatement(_ sql: String) throws(PostgresError) -> Result? {
    try connection?.readOnly(settings: readingLimits) { (connection) throws(PostgresError) in
      try connection.execute(sql)
    }
  }

  private mutating func showAnswer(_ result: borrowing Result) -> StepAnswer {
    noteOutcome(result, succeeded: true)
    if result.status == .rows { show(result, printing) } else { showTag(result) }
    return StepAnswer(result)
  }

  /// What a step that looks answers, shown to nobody; nil when it fails.
  private mutating func quietAnswer(_ sql: String) -> StepAnswer? {
    var answer: StepAnswer?
    for text in statements(of: Array(sql.utf8)) {
      guard let result = try? readStatement(String(decoding: text, as: UTF8.self)) else { return nil }
      answer = StepAnswer(result)
    }
    return answer
  }

  /// A session that was told to end takes a moment: waits, a second at most, until the
  /// checks hold.
  mutating func settle(_ playing: Playing) {
    for _ in 0..<20 {
      let isSettled = playing.checks.allSatisfy { item in
        guard case .ready(let sql, _) = fill(item, in: playing), let expects = item.step.expects else { return true }
        return quietAnswer(sql).map { expects.isMet(by: $0) } ?? false
      }
      if isSettled || shim_interrupt_pending() || connection?.transactionStatus != .idle { return }
      usleep(50_000)
    }
  }

  private mutating func reportFailure(_ error: any Error) -> String {
    let failure = error as? PostgresError
    let text = connection?.errorMessage ?? ""
    reporter.report(.information, text.isEmpty ? failure?.message ?? "\(error)" : text)
    keepError()
    if case .server(let fields)? = failure { noteFailure(fields) }
    checkConnection()
    return failure?.message ?? "\(error)"
  }

  /// What is known of the server for the steps of an entry: which of them can be run here.
  mutating func steps(of entry: Entry) -> [Playing.NumberedStep] {
    let isStandby = cell("SELECT pg_catalog.pg_is_in_recovery()") == "t"
    return entry.steps.filter { !$0.kind.isTemplate }.enumerated().map { index, step in
      var obstacle: String?
      if !step.versions.contains(serverMajor) {
        obstacle = "for server versions \(step.versions), this is \(serverMajor)"
      } else if step.place == .standby, !isStandby {
        obstacle = "to be run on the standby, and this is the primary"
      } else if step.place == .primary, isStandby {
        obstacle = "to be run on the primary, and this is a standby"
      } else if let needed = step.needs,
        cell("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = $1", [needed]) == nil
      {
        obstacle = "needs the extension \(needed)"
      }
      return Playing.NumberedStep(number: index + 1, step: step, obstacle: obstacle)
    }
  }

  /// `database demo as postgres, server 15.20`
  mutating func surroundings() -> String {
    let version = cell("SELECT pg_catalog.current_setting('server_version')") ?? ""
    let role = cell("SELECT current_user") ?? ""
    return "database \(connection?.database ?? "") as \(role), server \(version)"
  }

  private mutating func cell(_ sql: String, _ parameters: [String?] = []) -> String? {
    guard let result = try? connection?.query("/* pgmedic */ " + sql, parameters), result.rowCount > 0 else {
      return nil
    }
    return result.string(row: 0, column: 0)
  }
}

/// Waits neither for a slow query nor behind somebody's lock.
private let readingLimits: [(name: String, value: String)] = [("statement_timeout", "30s"), ("lock_timeout", "1s")]

extension StepAnswer {
  init(_ result: borrowing Result) {
    self.init(rowCount: result.rowCount, tag: result.commandTag)
    guard result.status == .rows else { return }
    columns = (0..<result.columnCount).map { result.columnName($0) ?? "" }
    for row in 0..<min(result.rowCount, Self.mostRows) {
      rows.append((0..<result.columnCount).map { result.string(row: row, column: $0) })
    }
  }
}

extension Step {
  /// What it tells a session to do comes about later than its answer.
  var takesEffectLater: Bool { sql.contains("pg_terminate_backend") || sql.contains("pg_cancel_backend") }
}

extension Step.Expectation {
  func isMet(by answer: StepAnswer) -> Bool {
    switch self {
    case .none: answer.rowCount == 0
    case .rows: answer.rowCount > 0
    case .true: answer.isTrue
    }
  }

  /// What was expected, and whether it came.
  func verdict(_ isMet: Bool) -> String {
    let what =
      switch self {
      case .none: "no row"
      case .rows: "a row or more"
      case .true: "true"
      }
    return isMet ? "As expected: \(what)." : "Expected: \(what). It did not come."
  }
}
