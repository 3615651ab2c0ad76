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

  /// What the primary before it has counted isn't on a standby that took over, however long that has been running.
  @Test func aPromotedStandbyKnowsNothingOfTheTimeBefore() throws {
    let standby = try Cluster.standby(of: Self.server.get().cluster, slot: "promoted", prefix: "pgmedic-promoted")
    let parameters = standby.connectionParameters(database: "postgres").map { (keyword: $0.0, value: $0.1) }
    let connection = try Connection.open(parameters)
    // times are told in whole seconds
    try connection.execute("SELECT pg_sleep(2.1)")
    let before = try now(connection)
    try connection.execute("SELECT pg_promote()")
    try connection.execute("CREATE ROLE plain LOGIN; CREATE TABLE p (i int); CREATE INDEX ON p (i); CHECKPOINT")
    let report = try UnusedIndexes.look(connection)
    #expect(report.window?.since ?? "" >= before)
    #expect(report.window?.note.contains("this server took over as primary then") == true)
    try connection.execute("SET ROLE plain")
    let plain = try UnusedIndexes.look(connection)
    #expect(plain.window?.note.contains("it took over as primary once, when is seen only by pg_monitor") == true)
    #expect(plain.notAssessed == [])
    #expect(plain.findings.contains { $0.object.table == "p" })
    #expect(plain.findings.allSatisfy { $0.confidence == .low })
  }

  @Test func anIndexIsNoOlderThanItIs() throws {
    let window = try #require(Self.window(seconds: 90 * 86400, transactions: 1000))
    #expect(window.observed(Self.age(3600, transactions: 5)) == (3600, true))
    // Older by the count of transactions, or nobody knows.
    #expect(window.observed(Self.age(nil, transactions: 1001)) == (90 * 86400, true))
    #expect(window.observed(Self.age(nil, transactions: 1000)) == (90 * 86400, false))
    // Another server has counted for a shorter time.
    #expect(window.observed(Self.age(nil, transactions: 1001), atMost: 60) == (60, true))
  }

  private static func age(_ seconds: Int?, transactions: Int) -> IndexAge {
    var age = IndexAge()
    age.seconds = seconds
    age.transactions = transactions
    return age
  }

  private static func window(seconds: Int, transactions: Int) -> EvidenceWindow? {
    let values = ["seconds": String(seconds), "transactions": String(transactions)]
    let names = Array(values.keys)
    return EvidenceWindow(
      Row(names: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }), cells: names.map { values[$0] })
    )
  }
}
