import Glibc
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
    // The incident's first screen needs no other slot either.
    let now = try Now.look(admin)
    #expect(now.findings.first { $0.severity == .error }?.rule == "connections-few-free")
    #expect(now.notAssessed.isEmpty)
    #expect(try LockWaits.look(admin).notAssessed.isEmpty)
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
    // A later transaction isn't the one that was reported.
    try victim.execute("BEGIN; SELECT 1")
    #expect(try admin.rows(remedy.sql[0]).isEmpty)
    let later = try ConnectionSlots.look(admin, [("idle_in_transaction", "0")])
    #expect(try admin.rows(try #require(later.findings.first?.remedy).sql[0]).count == 1)
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

  /// Walsenders have slots of their own and count under no role's limit, which connecting proves.
  @Test func walsendersTakeNoSlot() throws {
    let admin = try connect("postgres")
    try admin.execute(
      "DROP ROLE IF EXISTS streamer; CREATE ROLE streamer LOGIN REPLICATION CONNECTION LIMIT 2; DROP ROLE IF EXISTS "
        + "watcher; CREATE ROLE watcher LOGIN IN ROLE pg_monitor")
    try settle(admin, at: 1)
    let watcher = try connect("watcher")
    let before = try ConnectionSlots.look(watcher)
    var parameters = try Self.server.get().cluster.connectionParameters(database: "postgres", user: "streamer")
    parameters.append((keyword: "replication", value: "database"))
    let stream = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    try stream.execute("IDENTIFY_SYSTEM")
    let after = try ConnectionSlots.look(watcher)
    #expect(value("free", before) == value("free", after))
    #expect(value("used", before) == value("used", after))
    #expect(value("free", after) == .int(room(for: "watcher")))
    try settle(admin, at: 2)
    #expect(room(for: "streamer") == 2)
    try settle(admin, at: 2)
    guard case .table(_, let rows)? = after.figures.first(where: { $0.name == "limits" })?.content else {
      Issue.record("no limits")
      return
    }
    #expect(rows.first { $0[1] == "streamer" }?[3] == 0)
    withExtendedLifetime(stream) {}
  }

  /// A database's limit binds ordinary roles, and superusers not at all.
  @Test func theDatabasesLimitBindsWhereItIsNearest() throws {
    let admin = try connect("postgres")
    try admin.execute("DROP ROLE IF EXISTS watcher; CREATE ROLE watcher LOGIN IN ROLE pg_monitor")
    try settle(admin, at: 1)
    try admin.execute("ALTER DATABASE postgres CONNECTION LIMIT 4")
    defer { _ = try? admin.execute("ALTER DATABASE postgres CONNECTION LIMIT -1") }
    let session = try connect("watcher")
    let report = try ConnectionSlots.look(session)
    #expect(report.summary == "2 of 4 connections free for watcher, bound by the limit of database postgres")
    #expect(room(for: "watcher") == 2)
    try settle(admin, at: 2)
    let boss = try ConnectionSlots.look(admin)
    #expect(value("free", boss) == .int(room(for: "postgres")))
    try settle(admin, at: 2)
  }

  /// 16 on: some slots are for members of pg_use_reserved_connections.
  @Test func theReserveIsForItsMembers() throws {
    let server = try OwnServer(["max_connections": "10", "reserved_connections": "2"], from: 16)
    guard let server else { return }
    func connect(_ user: String) throws -> Connection {
      let parameters = server.cluster.connectionParameters(database: "postgres", user: user)
      return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    }
    let admin = try connect("postgres")
    try admin.execute(
      """
      CREATE ROLE ordinary LOGIN IN ROLE pg_monitor;
      CREATE ROLE member LOGIN IN ROLE pg_monitor, pg_use_reserved_connections
      """)
    for (role, expected) in [("ordinary", 3), ("member", 5), ("postgres", 8)] {
      let session = try connect(role)
      let report = try ConnectionSlots.look(session)
      var held = Held()
      while let connection = try? connect(role) { held.connections.append(Box(connection)) }
      #expect(value("free", report) == .int(held.connections.count), "\(role)")
      #expect(held.connections.count == expected, "\(role)")
      held.connections.removeAll()
      try settle(admin, at: 2)
    }
  }

  private static let pgbouncer = "/usr/sbin/pgbouncer"

  /// Behind a pooler in transaction mode the pool is the limit, and that is said.
  @Test(.enabled(if: access(pgbouncer, X_OK) == 0, "pgbouncer is not installed"))
  func behindAPoolerThePoolsLimitsAreNamed() throws {
    let admin = try connect("postgres")
    try settle(admin, at: 1)
    let cluster = try Self.server.get()
    let directory = cluster.cluster.socketDirectory
    for (file, lines) in [
      (
        "pgbouncer.ini",
        [
          "[databases]", "postgres = host=\(directory) port=\(cluster.cluster.port) dbname=postgres", "[pgbouncer]",
          "listen_addr =", "listen_port = 6543", "unix_socket_dir = \(directory)", "auth_type = trust",
          "auth_file = \(directory)/users.txt", "admin_users = postgres", "pool_mode = transaction",
          "default_pool_size = 2", "pidfile = \(directory)/pgbouncer.pid", "logfile = \(directory)/pgbouncer.log",
        ]
      ), ("users.txt", ["\"postgres\" \"\""]),
    ] {
      let list = ArrayText.write(lines.map { Optional($0) })
      try admin.execute(
        "COPY (SELECT unnest(\(SQLName.literal(list))::text[])) TO PROGRAM \(SQLName.literal("cat > \(directory)/\(file)"))"
      )
    }
    let up = String(repeating: "../", count: cluster.cluster.installation.binDirectory.split(separator: "/").count)
    let started = try cluster.cluster.run(
      up + String(Self.pgbouncer.dropFirst()), ["-d", directory + "/pgbouncer.ini"])
    #expect(started.code == 0, "\(started.output)")
    func pooled(_ database: String) throws -> Connection {
      try Connection.open([
        (keyword: "host", value: directory), (keyword: "port", value: "6543"), (keyword: "user", value: "postgres"),
        (keyword: "dbname", value: database),
      ])
    }
    defer { _ = try? pooled("pgbouncer").execute("SHUTDOWN") }
    var session: Connection?
    for _ in 0..<200 where session == nil {
      session = try? pooled("postgres")
      if session == nil { try admin.execute("SELECT pg_sleep(0.02)") }
    }
    guard let session else {
      Issue.record("pgbouncer doesn't answer")
      return
    }
    let report = try ConnectionSlots.look(session)
    #expect(report.notes.contains { $0.contains("goes through a pooler") })
    #expect(report.summary.hasSuffix("you come through a pooler, and it is the pool's limits that bind you"))
    #expect(report.figures.contains { $0.title == "free on the server, behind the pooler" })
    #expect(report.notAssessed.isEmpty)
    #expect(try LockWaits.look(session).notAssessed.isEmpty)
    #expect(try Now.look(session).notAssessed.isEmpty)
    #expect(session.transactionStatus == .idle)
  }
}
