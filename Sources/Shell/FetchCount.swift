import CShims
import Postgres
import Printing
import SQLText

extension Session {
  /// Whether FETCH_COUNT applies: a SELECT or VALUES whose rows are only printed.
  func fetchesInPieces(_ text: [UInt8]) -> Bool {
    settings.fetchCount > 0 && !statement.executesCells && !statement.describes && statement.parameters == nil
      && statement.storesPrefix == nil && statement.crosstab == nil && connection != nil && StatementKind(text).isSelect
  }

  /// Runs a query through a cursor and prints its rows in groups of FETCH_COUNT, in a transaction of its own where
  /// none is open. (psql 15 does it so; an error's LINE then counts the DECLARE as line 1.)
  mutating func runWithCursor(_ text: [UInt8]) -> StatementOutcome {
    let started = monotonicSeconds()
    shim_interrupt_clear()
    connection?.armInterrupt()
    defer { connection?.disarmInterrupt() }
    let opensTransaction = connection?.transactionStatus == .idle
    if opensTransaction, !runQuietly("BEGIN") { return StatementOutcome(succeeded: false) }
    let declare = "DECLARE _psql_cursor NO SCROLL CURSOR FOR\n" + String(decoding: text, as: UTF8.self)
    var succeeded = ask(cursor: declare) != nil
    if succeeded {
      succeeded = fetchAll()
      if connection?.transactionStatus == .inTransaction { _ = ask(cursor: "CLOSE _psql_cursor") }
    }
    if opensTransaction, connection?.transactionStatus != .idle {
      if !runQuietly(succeeded ? "COMMIT" : "ROLLBACK") { succeeded = false }
    }
    if !checkConnection() { succeeded = false }
    return StatementOutcome(succeeded: succeeded, milliseconds: (monotonicSeconds() - started) * 1000)
  }

  private mutating func fetchAll() -> Bool {
    var options = statement.printing ?? printing
    options.terminalWidth = terminalWidth
    var out: Destination?
    var printed = 0
    var isLast = false
    var fine = true
    let fetch = "FETCH FORWARD \(settings.fetchCount) FROM _psql_cursor"
    while !isLast {
      guard let rows = ask(cursor: fetch) else {
        fine = false
        break
      }
      isLast = rows.rowCount < settings.fetchCount
      if isLast, printed == 0, statement.file == nil {
        show(rows, options)
      } else {
        if out == nil { out = openStream() }
        guard let sink = out?.sink else { return false }
        let part = Part(isFirst: printed == 0, isLast: isLast, priorRows: printed)
        print(ResultRows(rows), options, part: part, to: sink)
        logRows(ResultRows(rows), options, part: part)
        sink.flush()
        if sink.error != 0 { isLast = true }
      }
      printed += rows.rowCount
      if shim_interrupt_pending() {
        fine = false
        break
      }
    }
    if let out, !closeStream(out) { fine = false }
    if fine { noteSuccess(rows: String(printed)) }
    return fine
  }

  /// Runs one of the cursor's commands; nil after an error, which is reported and noted.
  private mutating func ask(cursor sql: String) -> Result? {
    do throws(PostgresError) {
      return try connection?.execute(sql)
    } catch {
      reporter.report(.information, connection?.errorMessage ?? error.message)
      keepError()
      if case .server(let fields) = error { noteFailure(fields) }
      return nil
    }
  }
}
