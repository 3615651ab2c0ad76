import Glibc
import Postgres
import Testing

/// Where a connection stands, and how it ends.
struct TransactionTests {
  @Test func theTransactionsStatusIsFollowed() throws {
    let connection = try Server.connect()
    #expect(connection.transactionStatus == .idle)
    try connection.execute("BEGIN")
    #expect(connection.transactionStatus == .inTransaction)
    #expect(refusal("SELECT 1/0", on: connection)?.sqlState == "22012")
    #expect(connection.transactionStatus == .inError)
    #expect(refusal("SELECT 1", on: connection)?.sqlState == "25P02")
    try connection.execute("ROLLBACK")
    #expect(connection.transactionStatus == .idle)
    try connection.send(Array("SELECT pg_sleep(0.05)".utf8))
    #expect(connection.transactionStatus == .active)
    connection.discardResults()
    #expect(connection.transactionStatus == .idle)
  }

  @Test func readOnlyLeavesNothingBehind() throws {
    let connection = try Server.connect()
    try connection.execute("SET work_mem = '5MB'; SET default_transaction_isolation = 'serializable'")
    let inside = try connection.readOnly(settings: [("work_mem", "3MB"), ("lock_timeout", "7s")]) {
      (connection) throws(PostgresError) in
      var found: [String] = []
      for setting in ["work_mem", "lock_timeout", "transaction_read_only", "transaction_isolation"] {
        found.append(try connection.query("SELECT current_setting($1)", [setting]).string(row: 0, column: 0) ?? "")
      }
      return found
    }
    #expect(inside == ["3MB", "7s", "on", "read committed"])
    #expect(connection.transactionStatus == .idle)
    #expect(try value("SHOW work_mem", on: connection) == "5MB")
    #expect(try value("SHOW lock_timeout", on: connection) == "0")
    #expect(try value("SHOW transaction_read_only", on: connection) == "off")
  }

  @Test func readOnlyRefusesToWriteAndEndsAfterAnError() throws {
    let connection = try Server.connect()
    let error = #expect(throws: PostgresError.self) {
      try connection.readOnly { (connection) throws(PostgresError) in
        _ = try connection.execute("CREATE TABLE public.never (n int)")
      }
    }
    #expect(error?.sqlState == "25006")
    #expect(connection.transactionStatus == .idle)
    #expect(try value("SELECT to_regclass('public.never') IS NULL", on: connection) == "t")
  }

  @Test func aCancelRequestEndsWhatRuns() throws {
    let connection = try Server.connect()
    try connection.send(Array("SELECT pg_sleep(60)".utf8))
    // the server must have begun, or there is nothing to cancel
    let watcher = try Server.connect()
    let running = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'"
    for _ in 0..<500 where try value(running, ["\(connection.backendPID)"], on: watcher) == "0" { usleep(10000) }
    #expect(connection.cancel() == nil)
    let state = connection.nextResult()?.serverError.sqlState
    #expect(state == "57014")
    connection.discardResults()
    #expect(try value("SELECT 1", on: connection) == "1")
  }

  @Test func aTerminatedConnectionIsNoticedAndCanBeReset() throws {
    var connection = try Server.connect(("application_name", "phoenix"))
    let first = connection.backendPID
    let killer = try Server.connect()
    #expect(try value("SELECT pg_terminate_backend($1, 5000)", ["\(first)"], on: killer) == "t")
    let error = #expect(throws: PostgresError.self) { try connection.execute("SELECT 1") }
    guard case .connectionLost(let text) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    // the server's own last words may be lost with the connection
    #expect(text.contains("server closed the connection unexpectedly"))
    #expect(connection.isAlive == false)
    #expect(connection.transactionStatus == .unknown)
    #expect(throws: PostgresError.self) { try connection.send(Array("SELECT 1".utf8)) }
    #expect(connection.reset() == true)
    #expect(connection.isAlive == true)
    #expect(connection.backendPID != first)
    #expect(try value("SHOW application_name", on: connection) == "phoenix")
  }
}
