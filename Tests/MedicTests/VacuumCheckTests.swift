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
