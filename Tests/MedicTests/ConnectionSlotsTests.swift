import Postgres
import Sandbox
import Testing

@testable import Medic

/// Free slots, counted against how many connections can really be made. The server is the suite's own, since the count
/// is over all of it.
@Suite(.serialized) struct ConnectionSlotsTests {
  /// Twelve connections, three of them for superusers.
  private static let server = Swift.Result {
    try OwnServer(["max_connections": "12", "max_worker_processes": "2"])
  }

  private func connect(_ user: String) throws -> Connection {
    let parameters = try Self.server.get().cluster.connectionParameters(database: "postgres", user: user)
    return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  /// How many more connections this role gets before it is refused.
  private func room(for user: String) -> Int {
    var held = Held()
    while let connection = try? connect(user) { held.connections.append(Box(connection)) }
    return held.connections.count
  }

  /// Sessions that stay open as long as the list does.
  private struct Held { var connections: [Box] = [] }

  private final class Box {
    let connection: Connection
    init(_ connection: consuming Connection) { self.connection = connection }
  }

  private func value(_ name: String, _ report: Report) -> Value? {
    guard case .value(let value)? = report.figures.first(where: { $0.name == name })?.content else { return nil }
    return value
  }

  /// Closed sessions take a moment to give their slot back.
  private func settle(_ connection: borrowing Connection, at count: Int) throws {
    for _ in 0..<200 {
      let rows = try connection.rows(
        "SELECT pg_catalog.count(*) AS n FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend'")
      if rows.first?.int("n") == count { return }
      try connection.execute("SELECT pg_catalog.pg_sleep(0.02)")
    }
  }

  @Test func freeIsAsManyAsReallyConnect() throws {
    let admin = try connect("postgres")
    try admin.execute(
      """
      DROP ROLE IF EXISTS app; DROP ROLE IF EXISTS narrow; DROP ROLE IF EXISTS watcher;
      CREATE ROLE app LOGIN; CREATE ROLE narrow LOGIN CONNECTION LIMIT 2; CREATE ROLE watcher LOGIN IN ROLE pg_monitor
      """)
    for role in ["watcher", "narrow", "postgres"] {
      try settle(admin, at: 1)
      let session = try connect(role)
      let report = try ConnectionSlots.look(session)
      #expect(value("free", report) == .int(room(for: role)), "\(role)")
      #expect(value("used", report)?.text == (role == "narrow" ? "1 to 2" : "2"), "\(role)")
    }
  }

  @Test func aPlainRoleGetsARangeThatHoldsTheTruth() throws {
    let admin = try connect("postgres")
    try settle(admin, at: 1)
    let others = Held(connections: try (0..<4).map { _ in Box(try connect("postgres")) })
    let session = try connect("app")
    let report = try ConnectionSlots.look(session)
    // 12 − 3 reserved; six sessions, of which two might be background workers.
    #expect(value("free", report) == "3 to 5")
    #expect(value("used", report) == "4 to 6")
    #expect(report.notAssessed.map { $0.rule } == ["session-idle-in-transaction"])
    #expect(report.rights == "plain role")
    #expect((3...5).contains(room(for: "app")))
    withExtendedLifetime(others) {}
  }

  @Test func worksOnTheLastSuperuserSlotAndNamesTheLimit() throws {
    let admin = try connect("postgres")
    try settle(admin, at: 1)
    var held = Held()
    while let connection = try? connect("app") { held.connections.append(Box(connection)) }
    while let connection = try? connect("postgres") { held.connections.append(Box(connection)) }
    let report = try ConnectionSlots.look(admin)
    #expect(value("free", report) == 0)
    let finding = try #require(report.findings.first)
    #expect(finding.rule == "connections-few-free")
    #expect(finding.severity == .error)
    #expect(finding.entry == "connection-exhaustion")
    #expect(finding.message == "no connection is free under max_connections")
  }

  @Test func limitsOfRolesAndDatabasesBind() throws {
    let admin = try connect("postgres")
    try settle(admin, at: 1)
    let first = try connect("narrow")
    try admin.execute("ALTER DATABASE postgres CONNECTION LIMIT 20")
    defer { _ = try? admin.execute("ALTER DATABASE postgres CONNECTION LIMIT -1") }
    let report = try ConnectionSlots.look(first)
    #expect(value("free", report) == 1)
    #expect(report.summary == "1 of 2 connections free for narrow, bound by the limit of role narrow")
    #expect(report.findings.isEmpty)
    let second = try connect("narrow")
    let full = try ConnectionSlots.look(second)
    #expect(full.findings.map { $0.object.displayName } == ["narrow"])
    #expect(full.findings.first?.message == "no connection is free under the limit of role narrow")
  }

  @Test func namesSessionsIdleInTransactionAndHowToEndThem() throws {
    let admin = try connect("postgres")
    try settle(admin, at: 1)
    let victim = try connect("app")
    try victim.execute("BEGIN; SELECT 1")
    let report = try ConnectionSlots.look(admin, [("idle_in_transaction", "0")])
    let finding = try #require(report.findings.first { $0.rule == "session-idle-in-transaction" })
    #expect(finding["pid"] == .int(Int(victim.backendPID)))
    #expect(finding["last_query"] == "BEGIN; SELECT 1")
    #expect(try ConnectionSlots.look(admin).findings.isEmpty)
    let remedy = try #require(finding.remedy)
    // Once the session does something else, it isn't ended.
    try victim.execute("COMMIT")
    #expect(try admin.rows(remedy.sql[0]).isEmpty)
    try victim.execute("BEGIN; SELECT 1")
    #expect(try admin.rows(remedy.sql[0]).count == 1)
    #expect(throws: PostgresError.self) { try victim.execute("SELECT 1") }
  }

  @Test func doesThePoolsArithmetic() throws {
    let admin = try connect("postgres")
    let report = try ConnectionSlots.look(admin, [("pool", "5"), ("procs", "4")])
    let finding = try #require(report.findings.first { $0.rule == "pool-exceeds-slots" })
    #expect(finding["demand"] == 20)
    #expect(finding["pool_that_fits"] == 3)
    let fitting = try ConnectionSlots.look(admin, [("pool", "3"), ("procs", "4")])
    #expect(fitting.findings.isEmpty)
  }

  @Test func forgottenPreparedTransactionsAreShownApart() throws {
    let admin = try connect("postgres")
    try admin.execute("BEGIN; CREATE TABLE prepared (i int); PREPARE TRANSACTION 'forgotten'")
    defer { _ = try? admin.execute("ROLLBACK PREPARED 'forgotten'") }
    let report = try ConnectionSlots.look(admin)
    #expect(value("prepared_transactions", report) == 1)
    #expect(report.findings.isEmpty)
  }
}
