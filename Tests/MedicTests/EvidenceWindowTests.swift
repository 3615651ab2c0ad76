import Postgres
import Sandbox
import Testing

@testable import Medic

/// From when on counters count, through resets and a crash. The suite breaks its own server.
@Suite(.serialized) struct EvidenceWindowTests {
  private static let server = Swift.Result { try OwnServer([:]) }

  private func connect() throws -> Connection {
    let parameters = try Self.server.get().cluster.connectionParameters(database: "postgres")
    return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  private func window(_ connection: borrowing Connection) throws -> EvidenceWindow {
    let rows = try connection.rows(EvidenceWindow.queries.text(for: connection.serverMajor) ?? "")
    return EvidenceWindow(try #require(rows.first))
  }

  /// The server's clock, in the form of a window's start.
  private func now(_ connection: borrowing Connection) throws -> String {
    let text = "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') AS now"
    return try connection.rows(text).first?.text("now") ?? ""
  }

  @Test func followsResetsAndCrashes() throws {
    let connection = try connect()
    let first = try window(connection)
    try connection.execute("SELECT pg_sleep(1.1); SELECT pg_stat_reset_shared('bgwriter')")
    #expect(try window(connection).since == first.since)
    let beforeReset = try now(connection)
    try connection.execute("SELECT pg_stat_reset()")
    let own = try window(connection)
    #expect(own.since ?? "" >= beforeReset)
    #expect(own.isOwnReset)
    try connection.execute("CREATE TABLE t (i int); CREATE INDEX ON t (i)")
    // Commits aren't waited for in a sandbox: without it the crash would lose the table.
    try connection.execute("CHECKPOINT")
    try connection.execute("SELECT pg_sleep(1.1)")
    let beforeCrash = try now(connection)
    try Self.server.get().cluster.restartServer(.immediate)
    let after = try connect()
    let crash = try window(after)
    #expect(crash.since ?? "" >= beforeCrash)
    #expect(crash.seconds < 60)
    let report = try UnusedIndexes.look(after)
    #expect(report.findings.map { $0.confidence } == [.low])
    #expect(report.findings.first?.severity == .info)
    #expect(report.window?.since == crash.since)
  }

  @Test func anIndexIsNoOlderThanItIs() throws {
    let index = Self.index(age: 3600, transactionAge: 5)
    let window = Self.window(seconds: 90 * 86400, transactions: 1000)
    #expect(window.observed(index) == (3600, true))
    // Older by the count of transactions, or nobody knows.
    #expect(window.observed(Self.index(age: nil, transactionAge: 1001)) == (90 * 86400, true))
    #expect(window.observed(Self.index(age: nil, transactionAge: 1000)) == (90 * 86400, false))
  }

  private static func row(_ values: [String: String]) -> Row {
    let names = Array(values.keys)
    return Row(
      names: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }), cells: names.map { values[$0] })
  }

  private static func index(age: Int?, transactionAge: Int) -> Index {
    var values = ["transaction_age": String(transactionAge)]
    if let age { values["age_seconds"] = String(age) }
    return Index(row(values))
  }

  private static func window(seconds: Int, transactions: Int) -> EvidenceWindow {
    EvidenceWindow(row(["seconds": String(seconds), "transactions": String(transactions)]))
  }
}
