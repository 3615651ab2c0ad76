import Postgres
import Sandbox
import Testing

@testable import Medic

/// A primary with a standby, slots and publications; each on servers of its own, since `\repl` reads the whole cluster.
@Suite(.serialized) struct ReplicationCheckTests {
  private final class Pair: Sendable {
    let primary: Cluster
    let standby: Cluster

    init() throws {
      let settings = ["wal_level": "logical", "max_prepared_transactions": "5"]
      primary = try Cluster.start(ClusterOptions(.empty, settings: settings, prefix: "pgmedic-repl"))
      standby = try Cluster.standby(of: primary, prefix: "pgmedic-repl-standby")
    }
  }

  private static let pair = Swift.Result { try Pair() }

  private func connect(_ cluster: borrowing Cluster, user: String? = nil) throws -> Connection {
    try Connection.open(
      cluster.connectionParameters(database: "postgres", user: user).map { (keyword: $0.0, value: $0.1) })
  }

  private func finding(_ report: Report, _ card: Card) -> Finding? { report.findings.first { $0.rule == card.rule } }

  /// Looks until something holds, since standbys take their time.
  private func eventually(_ connection: borrowing Connection, _ holds: (Report) -> Bool) throws -> Report {
    var report = try ReplicationCheck.look(connection)
    for _ in 0..<300 {
      if holds(report) { break }
      try connection.execute("SELECT pg_sleep(0.02)")
      report = try ReplicationCheck.look(connection)
    }
    return report
  }

  @Test func anIdlePairIsFine() throws {
    let pair = try Self.pair.get()
    let primary = try connect(pair.primary)
    try primary.execute("CREATE TABLE IF NOT EXISTS moved (id int); INSERT INTO moved VALUES (1)")
    let report = try eventually(primary) { $0.scope == "primary, 1 receiver, 1 slot" && $0.findings.isEmpty }
    #expect(report.findings.isEmpty && report.scope == "primary, 1 receiver, 1 slot")
    let standby = try connect(pair.standby)
    try standby.execute("SELECT pg_sleep(0.3)")
    let there = try ReplicationCheck.look(standby, [("lag", "100ms")])
    #expect(there.findings.isEmpty && there.isStandby && there.notAssessed == [])
  }

  @Test func pausedReplayIsSeenFromBothSides() throws {
    let pair = try Self.pair.get()
    let primary = try connect(pair.primary)
    let standby = try connect(pair.standby)
    try standby.execute("SELECT pg_wal_replay_pause()")
    try primary.execute("CREATE TABLE IF NOT EXISTS lagging (v text)")
    try primary.execute("INSERT INTO lagging SELECT repeat('x', 500) FROM generate_series(1, 10000)")
    let there = try eventually(standby) { report in
      if case .int(let bytes)? = finding(report, ReplicationCheck.paused)?["replay_bytes"] {
        bytes > 1_000_000
      } else {
        false
      }
    }
    let paused = try #require(finding(there, ReplicationCheck.paused))
    var here = try ReplicationCheck.look(primary, [("lag_size", "1MB")])
    for _ in 0..<300 where finding(here, ReplicationCheck.lag) == nil {
      try primary.execute("SELECT pg_sleep(0.02)")
      here = try ReplicationCheck.look(primary, [("lag_size", "1MB")])
    }
    let lag = try #require(finding(here, ReplicationCheck.lag))
    #expect(lag.message.contains("most of it in replay"))
    for sql in try #require(paused.remedy).sql { _ = try standby.rows(sql) }
    let after = try eventually(standby) { finding($0, ReplicationCheck.paused) == nil }
    #expect(finding(after, ReplicationCheck.paused) == nil)
  }

  @Test func slotsThatNobodyReadsKeepWAL() throws {
    let primary = try connect(try Self.pair.get().primary)
    _ = try primary.rows("SELECT pg_create_physical_replication_slot('unread', true)")
    _ = try primary.rows("SELECT pg_create_physical_replication_slot('unused')")
    try primary.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT generate_series(1, 10000) AS i")
    let report = try ReplicationCheck.look(primary)
    let unread = try #require(report.findings.first { $0.object.name == "unread" })
    guard case .int(let bytes)? = unread["kept_bytes"] else { throw PostgresError.usage("no kept_bytes") }
    #expect(bytes > 0 && unread.rule == ReplicationCheck.inactive.rule && unread.severity == .warning)
    #expect(report.findings.first { $0.object.name == "unused" }?.severity == .info)
    #expect(!report.findings.contains { $0.object.name == "standby" })
    for name in ["unread", "unused"] {
      let remedy = try #require(report.findings.first { $0.object.name == name }?.remedy)
      for sql in remedy.sql { _ = try primary.rows(sql) }
    }
    #expect(finding(try ReplicationCheck.look(primary), ReplicationCheck.inactive) == nil)
  }

  @Test func publishedTablesWithoutIdentityRefuseUpdates() throws {
    let primary = try connect(try Self.pair.get().primary)
    try Scratch.run(
      """
      DROP PUBLICATION IF EXISTS everything, inserts;
      DROP TABLE IF EXISTS bare, keyed, only_inserts, whole, uniq, parts;
      CREATE TABLE bare (id int);
      CREATE TABLE keyed (id int PRIMARY KEY);
      CREATE TABLE only_inserts (id int);
      CREATE TABLE whole (id int);
      ALTER TABLE whole REPLICA IDENTITY FULL;
      CREATE TABLE uniq (id int NOT NULL UNIQUE);
      CREATE TABLE parts (id int, d int) PARTITION BY LIST (d);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
      CREATE PUBLICATION everything FOR TABLE bare, keyed, whole, uniq, parts;
      CREATE PUBLICATION inserts FOR TABLE only_inserts WITH (publish = 'insert');
      INSERT INTO bare VALUES (1);
      INSERT INTO keyed VALUES (1);
      INSERT INTO whole VALUES (1);
      INSERT INTO uniq VALUES (1);
      INSERT INTO only_inserts VALUES (1);
      INSERT INTO parts VALUES (1, 1);
      """, on: primary)
    func refused(_ table: String) -> Bool {
      do {
        try primary.execute("DELETE FROM \(table)")
        return false
      } catch { return error.sqlState == "55000" }
    }
    let report = try ReplicationCheck.look(primary)
    let found = report.findings.filter { $0.rule == ReplicationCheck.identity.rule }
    #expect(Set(found.map { $0.object.name }) == ["bare", "uniq", "parts_1"])
    for table in ["bare", "uniq", "parts_1"] { #expect(refused(table), "\(table)") }
    for table in ["keyed", "whole", "only_inserts"] { #expect(!refused(table), "\(table)") }
    for finding in found {
      for sql in try #require(finding.remedy).sql { try primary.execute(sql) }
      #expect(!refused(finding.object.name))
    }
    #expect(finding(try ReplicationCheck.look(primary), ReplicationCheck.identity) == nil)
    for finding in found { for sql in try #require(finding.remedy).undo { try primary.execute(sql) } }
    #expect(refused("bare"))
    try primary.execute("DROP PUBLICATION everything, inserts")
  }

  @Test func commitsThatWaitForNobodyAreNamed() throws {
    let pair = try Self.pair.get()
    let primary = try connect(pair.primary)
    try primary.execute("SET synchronous_commit = on")
    try primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (nobody, \"Other one\")'")
    _ = try primary.rows("SELECT pg_reload_conf()")
    var report = try ReplicationCheck.look(primary)
    for _ in 0..<300 where finding(report, ReplicationCheck.synchronous) == nil {
      try primary.execute("SELECT pg_sleep(0.02)")
      report = try ReplicationCheck.look(primary)
    }
    let found = try #require(finding(report, ReplicationCheck.synchronous))
    #expect(found["wanted"] == .int(1) && found["there"] == .int(0) && found.severity == .error)
    for sql in try #require(found.remedy).sql { try primary.execute(sql) }
    let after = try eventually(primary) { finding($0, ReplicationCheck.synchronous) == nil }
    #expect(finding(after, ReplicationCheck.synchronous) == nil)
    try primary.execute("ALTER SYSTEM RESET synchronous_standby_names")
    _ = try primary.rows("SELECT pg_reload_conf()")
  }

  @Test func aPlainRoleIsToldThatReceiversAreHidden() throws {
    let primary = try connect(try Self.pair.get().primary)
    try primary.execute("DROP ROLE IF EXISTS repl_plain; CREATE ROLE repl_plain LOGIN")
    _ = try eventually(primary) { $0.scope.contains("1 receiver") }
    let report = try ReplicationCheck.look(try connect(try Self.pair.get().primary, user: "repl_plain"))
    #expect(report.scope.contains("receivers hidden"))
    // Nobody is waited for, so no synchronous standby can be missing.
    #expect(report.notAssessed.map { $0.rule } == [ReplicationCheck.lag.rule])
  }

  @Test func plantedFunctionsAndOperatorsAreNeverCalled() throws {
    let pair = try Self.pair.get()
    let maker = try connect(pair.primary)
    try maker.execute("DROP DATABASE IF EXISTS hostile")
    try maker.execute("CREATE DATABASE hostile")
    func open() throws -> Connection {
      let parameters = pair.primary.connectionParameters(database: "hostile")
      return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    }
    try Traps.plant(in: "hostile", on: try open())
    let connection = try open()
    try connection.execute("CREATE TABLE bare (id int)")
    try connection.execute("CREATE PUBLICATION everything FOR TABLE bare")
    let report = try ReplicationCheck.look(connection)
    #expect(report.notAssessed == [])
    #expect(finding(report, ReplicationCheck.identity)?.object.name == "bare")
  }

  @Test func anArchiverThatFailsIsNamed() throws {
    let own = try OwnServer(["archive_mode": "on", "archive_command": "false"])
    let connection = try connect(own.cluster)
    try connection.execute("CREATE TABLE t (id int)")
    _ = try connection.rows("SELECT pg_switch_wal()")
    let report = try eventually(connection) { finding($0, ReplicationCheck.archiver) != nil }
    let found = try #require(finding(report, ReplicationCheck.archiver))
    #expect(found.severity == .error && found["segments_ready"] != .null)
  }

  @Test(arguments: [
    ("", 0), ("a", 1), ("a, b", 1), ("*", 1), ("FIRST 2 (a, b, c)", 2), ("any 3 (a,b,c)", 3), ("2 (a, b)", 2),
    ("first2", 1),
  ]) func synchronousNamesSayHowManyAreWaitedFor(_ setting: String, _ count: Int) {
    #expect(SynchronousNames(setting).count == count)
  }
}
