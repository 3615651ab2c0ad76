import Postgres
import Sandbox
import Testing

@testable import Medic

/// What VACUUM is behind with, checked against what the server does.
@Suite(.serialized) struct VacuumCheckTests {
  private func finding(_ report: Report, _ card: Card, _ name: String) -> Finding? {
    report.findings.first { $0.rule == card.rule && $0.object.name == name }
  }

  private func dead(_ table: String, on connection: borrowing Connection) throws -> Int? {
    try Scratch.flushStatistics(of: connection)
    return try connection.rows("SELECT pg_stat_get_dead_tuples('\(table)'::regclass) AS n").first?.int("n")
  }

  @Test func thresholdsAreThoseOfTheTable() throws {
    let scratch = try Scratch("medic_vacuum_thresholds")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE plain (id int);
      CREATE TABLE strict (id int) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1200);
      CREATE TABLE lax (id int) WITH (autovacuum_vacuum_scale_factor = 0.9);
      INSERT INTO plain SELECT generate_series(1, 20000);
      INSERT INTO strict SELECT generate_series(1, 20000);
      INSERT INTO lax SELECT generate_series(1, 20000);
      """, on: connection)
    // What was counted before VACUUM is to be seen before it.
    try Scratch.run(
      """
      VACUUM ANALYZE plain, strict, lax;
      DELETE FROM plain WHERE id <= 8000;
      DELETE FROM strict WHERE id <= 1500;
      DELETE FROM lax WHERE id <= 8000;
      CREATE TABLE tiny (id int);
      INSERT INTO tiny SELECT generate_series(1, 200);
      DELETE FROM tiny;
      CREATE TABLE "Off" (id int) WITH (autovacuum_enabled = off);
      INSERT INTO "Off" SELECT generate_series(1, 5000);
      """, on: connection)
    let report = try VacuumCheck.look(connection)
    #expect(finding(report, VacuumCheck.starved, "plain")?["vacuum_threshold"] == .double(4050))
    #expect(finding(report, VacuumCheck.starved, "plain")?["dead_rows"] == .int(8000))
    #expect(finding(report, VacuumCheck.starved, "strict")?["vacuum_threshold"] == .double(1200))
    #expect(finding(report, VacuumCheck.starved, "lax") == nil)
    #expect(!report.findings.contains { $0.object.name == "tiny" })
    #expect(finding(report, VacuumCheck.starved, "Off") == nil)
    #expect(finding(report, VacuumCheck.stale, "Off")?.message.hasPrefix("never analysed, about 5000 rows") == true)
    let off = try #require(finding(report, VacuumCheck.tableOff, "Off"))
    for sql in try #require(off.remedy).sql { try connection.execute(sql) }
    #expect(finding(try VacuumCheck.look(connection), VacuumCheck.tableOff, "Off") == nil)
    for sql in try #require(off.remedy).undo { try connection.execute(sql) }
    let options = try connection.rows("SELECT reloptions AS o FROM pg_class WHERE relname = 'Off'").first?["o"]
    #expect(options == "{autovacuum_enabled=false}")
    for sql in try #require(finding(report, VacuumCheck.starved, "plain")?.remedy).sql { try connection.execute(sql) }
    try Scratch.flushStatistics(of: connection)
    #expect(finding(try VacuumCheck.look(connection), VacuumCheck.starved, "plain") == nil)
  }

  /// A TOAST table goes by its table's options, unless it has its own; it is no finding beside its table's.
  @Test func aTOASTTableIsNamedWhereItIsOffByItselfOrBehind() throws {
    let scratch = try Scratch("medic_vacuum_toast")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE off (id int, v text) WITH (autovacuum_enabled = off);
      CREATE TABLE toast_off (id int, v text) WITH (toast.autovacuum_enabled = off);
      CREATE TABLE behind (id int, v text) WITH (autovacuum_enabled = off);
      ALTER TABLE behind ALTER v SET STORAGE EXTERNAL;
      INSERT INTO behind SELECT i, repeat('x', 10000) FROM generate_series(1, 500) i;
      DELETE FROM behind;
      """, on: connection)
    func off(_ report: Report) -> [String] {
      report.findings.filter { $0.rule == VacuumCheck.tableOff.rule }
        .map { "\($0.object.kind == .toast ? "TOAST of " : "")\($0.object.name) \($0.severity.rawValue)" }.sorted()
    }
    let report = try VacuumCheck.look(connection)
    #expect(off(report) == ["TOAST of behind warning", "TOAST of toast_off info", "behind info", "off info"])
    #expect(report.summary.hasPrefix("4 without autovacuum, 1 of them behind"))
    for finding in report.findings where finding.object.kind == .toast {
      for sql in try #require(finding.remedy).sql { try connection.execute(sql) }
    }
    try Scratch.flushStatistics(of: connection)
    #expect(off(try VacuumCheck.look(connection)) == ["behind info", "off info"])
  }

  @Test func theHolderOfTheHorizonIsNamedAndEndingItLetsVacuumRemove() throws {
    let scratch = try Scratch("medic_vacuum_horizon")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE t (id int) WITH (autovacuum_enabled = off);
      CREATE TABLE other (id int);
      INSERT INTO t SELECT generate_series(1, 3000);
      """, on: connection)
    // Idle after a write: it has a transaction number and no snapshot.
    let holder = try scratch.connect()
    try holder.execute("BEGIN; INSERT INTO other VALUES (1)")
    let elsewhere = try Scratch("medic_vacuum_elsewhere").connect()
    try elsewhere.execute("BEGIN; CREATE TABLE x (id int)")
    try connection.execute("DELETE FROM t")
    #expect(try dead("t", on: connection) == 3000)
    try connection.execute("VACUUM t")
    #expect(try dead("t", on: connection) == 3000)
    let report = try VacuumCheck.look(connection, [("held", "0")])
    let found = try #require(finding(report, VacuumCheck.horizon, "pid \(holder.backendPID)"))
    #expect(found["holds"] == "everything in this database")
    #expect(finding(report, VacuumCheck.horizon, "pid \(elsewhere.backendPID)") == nil)
    #expect(finding(try VacuumCheck.look(connection), VacuumCheck.horizon, "pid \(holder.backendPID)") == nil)
    for sql in try #require(found.remedy).sql { _ = try connection.rows(sql) }
    var left: Int?
    for _ in 0..<250 {
      try connection.execute("VACUUM t")
      left = try dead("t", on: connection)
      if left == 0 { break }
      try connection.execute("SELECT pg_sleep(0.02)")
    }
    #expect(left == 0)
    try elsewhere.execute("ROLLBACK")
  }

  // MARK: Holders that need a server of their own

  private static let server = Swift.Result {
    try OwnServer(["wal_level": "logical", "max_prepared_transactions": "5", "autovacuum": "off"])
  }

  private func connect(_ cluster: borrowing Cluster) throws -> Connection {
    try Connection.open(cluster.connectionParameters(database: "postgres").map { (keyword: $0.0, value: $0.1) })
  }

  /// Deletes all rows, lets that be counted, and vacuums.
  private func delete(from table: String, on connection: borrowing Connection) throws {
    try connection.execute("DELETE FROM \(table)")
    try Scratch.flushStatistics(of: connection)
    try connection.execute("VACUUM \(table)")
  }

  /// VACUUM again and again until nothing dead is left, since whoever held the horizon may take its time to go.
  private func isEmptied(_ table: String, on connection: borrowing Connection) throws -> Bool {
    for _ in 0..<500 {
      try connection.execute("VACUUM \(table)")
      if try dead(table, on: connection) == 0 { return true }
      try connection.execute("SELECT pg_sleep(0.02)")
    }
    return false
  }

  @Test func aPreparedTransactionHoldsUntilItIsRolledBack() throws {
    let connection = try connect(try Self.server.get().cluster)
    try Scratch.run(
      """
      DROP TABLE IF EXISTS t, other;
      CREATE TABLE t AS SELECT generate_series(1, 3000) AS id;
      CREATE TABLE other (id int);
      BEGIN;
      INSERT INTO other VALUES (1);
      PREPARE TRANSACTION 'left ''over';
      """, on: connection)
    try delete(from: "t", on: connection)
    #expect(try dead("t", on: connection) == 3000)
    let report = try VacuumCheck.look(connection, [("held", "0")])
    let found = try #require(finding(report, VacuumCheck.horizon, "prepared transaction 'left ''over'"))
    #expect(found["holds"] == "everything in this database")
    for sql in try #require(found.remedy).sql { try connection.execute(sql) }
    #expect(try isEmptied("t", on: connection))
    #expect(try VacuumCheck.look(connection, [("held", "0")]).findings.allSatisfy { $0.rule != "horizon-held" })
  }

  /// A logical slot holds back the catalogs alone: a table's dead rows go, a catalog's stay.
  @Test func aLogicalSlotHoldsTheCatalogs() throws {
    let connection = try connect(try Self.server.get().cluster)
    _ = try connection.rows("SELECT pg_create_logical_replication_slot('left_over', 'pgoutput')")
    try Scratch.run(
      """
      DROP TABLE IF EXISTS t;
      CREATE TABLE t AS SELECT generate_series(1, 3000) AS id;
      VACUUM pg_description;
      DO $$ BEGIN FOR i IN 1..200 LOOP EXECUTE format('COMMENT ON TABLE t IS %L', i); END LOOP; END $$;
      """, on: connection)
    try delete(from: "t", on: connection)
    try connection.execute("VACUUM pg_description")
    #expect(try dead("t", on: connection) == 0)
    #expect(try dead("pg_description", on: connection) ?? 0 >= 199)
    let report = try VacuumCheck.look(connection, [("held_age", "0")])
    let found = try #require(finding(report, VacuumCheck.horizon, "left_over"))
    #expect(found.object.kind == .replicationSlot && found["holds"] == "system catalogs only")
    for sql in try #require(found.remedy).sql { _ = try connection.rows(sql) }
    #expect(try isEmptied("pg_description", on: connection))
    #expect(finding(try VacuumCheck.look(connection, [("held_age", "0")]), VacuumCheck.horizon, "left_over") == nil)
  }

  /// With feedback a query on the standby holds the primary's rows, through the slot; that is no one's to drop.
  @Test func aStandbysQueryHoldsThroughItsSlot() throws {
    let primary = try Self.server.get().cluster.connectionParameters(database: "postgres")
    let connection = try Connection.open(primary.map { (keyword: $0.0, value: $0.1) })
    try connection.execute("DROP TABLE IF EXISTS t; CREATE TABLE t AS SELECT generate_series(1, 3000) AS id")
    let cluster = try Cluster.standby(of: try Self.server.get().cluster, prefix: "pgmedic-vacuum-standby")
    let standby = try connect(cluster)
    try Scratch.run(
      """
      ALTER SYSTEM SET hot_standby_feedback = on;
      ALTER SYSTEM SET wal_receiver_status_interval = '1s';
      SELECT pg_reload_conf();
      """, on: standby)
    try standby.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t")
    let isHeld = "SELECT count(*) AS n FROM pg_replication_slots WHERE slot_name = 'standby' AND xmin IS NOT NULL"
    for _ in 0..<500 where try connection.rows(isHeld).first?.int("n") == 0 {
      try connection.execute("SELECT pg_sleep(0.02)")
    }
    try delete(from: "t", on: connection)
    #expect(try dead("t", on: connection) == 3000)
    let report = try VacuumCheck.look(connection, [("held", "0"), ("held_age", "0")])
    let held = report.findings.filter { $0.rule == VacuumCheck.horizon.rule }
    #expect(held.map { $0.object.name } == ["standby"])
    #expect(held.first?["holds"] == "everything in this database" && held.first?.remedy == nil)
    try standby.execute("ROLLBACK")
    #expect(try isEmptied("t", on: connection))
  }

  @Test func plantedFunctionsAndOperatorsAreNeverCalled() throws {
    let scratch = try Scratch("medic_vacuum_hostile")
    try Traps.plant(in: scratch.name, on: scratch.connection)
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE t WITH (autovacuum_enabled = off) AS SELECT i FROM pg_catalog.generate_series(1, 3000) i;
      CREATE TABLE parted (i int) PARTITION BY RANGE (i);
      """, on: connection)
    let holder = try scratch.connect()
    try holder.execute("BEGIN; CREATE TABLE x (id int)")
    let report = try VacuumCheck.look(connection, [("held", "0")])
    try holder.execute("ROLLBACK")
    #expect(report.notAssessed == [])
    #expect(finding(report, VacuumCheck.tableOff, "t") != nil)
    #expect(finding(report, VacuumCheck.horizon, "pid \(holder.backendPID)") != nil)
  }

  @Test func aPlainRoleIsToldWhatItDoesNotSee() throws {
    let scratch = try Scratch("medic_vacuum_plain")
    try Scratch.run(
      "DROP ROLE IF EXISTS medic_vacuum_plain;\nCREATE ROLE medic_vacuum_plain LOGIN;", on: scratch.connection)
    let report = try VacuumCheck.look(try scratch.connect(user: "medic_vacuum_plain"))
    #expect(report.notAssessed.map { $0.rule } == [VacuumCheck.horizon.rule])
  }

  @Test func agesAreAlarmingByLevels() {
    func level(_ age: Int, freeze: Int = 200_000_000) -> Severity? {
      Wraparound(counter: .transactions, age: age, freezeAge: freeze, failsafeAge: 1_600_000_000).severity
    }
    #expect(level(199_000_000) == nil)
    #expect(level(215_000_000) == nil)
    #expect(level(300_000_000) == .info)
    #expect(level(500_000_000) == .warning)
    #expect(level(1_000_000_000, freeze: 1_000_000_000) == nil)
    #expect(level(1_200_000_000, freeze: 1_200_000_000) == .warning)
    #expect(level(1_600_000_000, freeze: 1_800_000_000) == .error)
    #expect(level(2_146_000_000) == .error)
  }

  @Test func whatIsTurnedOffForTheServerIsSaid() throws {
    let own = try OwnServer(["autovacuum": "off", "track_counts": "off"])
    let parameters = own.cluster.connectionParameters(database: "postgres")
    let connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    let report = try VacuumCheck.look(connection)
    let off = report.findings.filter { $0.rule == VacuumCheck.off.rule }
    #expect(off.map { $0["setting"] } == ["autovacuum", "track_counts"])
    #expect(off.allSatisfy { $0.severity == .error })
  }
}
