import Postgres
import Sandbox
import Testing

@testable import Medic

/// What pg_stat_statements tells, with workloads made for it.
@Suite(.serialized) struct SlowStatementsTests {
  private func scratch(_ name: String, schema: String = "public") throws -> Scratch {
    let scratch = try Scratch(name)
    try Scratch.run(
      """
      CREATE SCHEMA IF NOT EXISTS "\(schema)";
      CREATE EXTENSION pg_stat_statements SCHEMA "\(schema)";
      CREATE TABLE item (id int PRIMARY KEY, parent int, v text);
      INSERT INTO item SELECT i, i % 100, repeat('x', 50) FROM generate_series(1, 40000) i;
      CREATE INDEX ON item (parent);
      VACUUM ANALYZE item;
      """, on: scratch.connection)
    try reset(scratch.connection, schema: schema)
    return scratch
  }

  private func reset(_ connection: borrowing Connection, schema: String = "public") throws {
    try connection.execute(
      """
      SELECT "\(schema)".pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)
      """)
  }

  private func statements(_ report: Report) -> [String] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == "statements" })?.content else {
      return []
    }
    return rows.compactMap { $0.last?.text }
  }

  private func found(_ report: Report, _ rule: String) -> [String] {
    report.findings.filter { $0.rule == rule }.compactMap { $0["statement"]?.text }
  }

  @Test func lookupsOneByOneAreSuspectsAndOthersAreNot() throws {
    let scratch = try scratch("medic_slow", schema: "Mon Itor")
    let connection = scratch.connection
    for i in 1...300 { try connection.execute("SELECT v FROM item WHERE id = \(i)") }
    // Decoys: a hundred rows each, a list of keys at once, a queue, an insert, and a few lookups only.
    for i in 1...200 {
      try connection.execute("SELECT v FROM item WHERE parent = \(i % 100)")
      try connection.execute("SELECT v FROM item WHERE id IN (\(i), 0)")
      try connection.execute("SELECT id FROM item WHERE parent = 7 LIMIT 1 FOR UPDATE SKIP LOCKED")
      try connection.execute("INSERT INTO item VALUES (\(i + 100_000), 1, 'x')")
    }
    for i in 1...20 { try connection.execute("SELECT parent FROM item WHERE id = \(i)") }
    let report = try SlowStatements.look(connection)
    #expect(found(report, "statement-n-plus-one") == ["SELECT v FROM item WHERE id = $1"])
    let finding = try #require(report.findings.first { $0.rule == "statement-n-plus-one" })
    #expect(finding["calls"] == 300)
    #expect(finding["rows_per_call"] == 1.0)
    #expect(finding.object.kind == .statement)
    let byCalls = try SlowStatements.look(connection, [("by", "calls"), ("top", "1")])
    #expect(statements(byCalls) == ["SELECT v FROM item WHERE id = $1"])
    #expect(found(try SlowStatements.look(connection, [("calls", "301")]), "statement-n-plus-one") == [])
    // Nothing of our own is among them.
    #expect(!statements(try SlowStatements.look(connection, [("top", "500")])).contains { $0.contains(OwnMark.text) })
  }

  @Test func whatSpillsAndWhatTakesTheTimeIsNamed() throws {
    let scratch = try scratch("medic_slow_spill")
    let connection = scratch.connection
    try connection.execute("SET work_mem = '64kB'")
    try connection.execute("SELECT v FROM item ORDER BY v, id OFFSET 39999")
    try connection.execute("SET work_mem = '64MB'")
    try connection.execute("SELECT id FROM item ORDER BY v, id DESC OFFSET 39999")
    // Long beside the sorts, however busy the machine is.
    try connection.execute("SELECT pg_sleep(1.5)")
    let report = try SlowStatements.look(connection)
    #expect(found(report, "statement-spills") == ["SELECT v FROM item ORDER BY v, id OFFSET $1"])
    #expect(found(report, "statement-dominates-time") == ["SELECT pg_sleep($1)"])
    let spill = try #require(report.findings.first { $0.rule == "statement-spills" })
    guard case .int(let bytes)? = spill["temp_bytes_per_call"] else { throw Missing() }
    #expect(bytes > 500_000)
    #expect(statements(try SlowStatements.look(connection, [("by", "temp")])).count == 1)
    #expect(report.window?.seconds != nil || connection.serverMajor < 14)
  }

  private struct Missing: Error {}

  @Test func anIntervalHoldsOnlyWhatRanInIt() throws {
    let scratch = try scratch("medic_slow_over")
    try scratch.connection.execute("SELECT v FROM item WHERE id = 1")
    // One message that keeps the server busy by itself: a task here would wait for a thread when many tests run.
    let worker = try scratch.connect()
    let round = "SELECT count(*) FROM item WHERE parent = 5; SELECT pg_sleep(0.02);"
    try worker.send(Array(String(repeating: round, count: 1000).utf8))
    let isRunning = """
      SELECT count(*) AS n FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid
      WHERE d.datname = current_database() AND s.query = 'SELECT count(*) FROM item WHERE parent = $1'
      """
    for _ in 0..<500 where try scratch.connection.rows(isRunning).first?.int("n") == 0 {
      try scratch.connection.execute("SELECT pg_sleep(0.02)")
    }
    let report = try SlowStatements.look(scratch.connection, [("over", "400ms")])
    _ = try scratch.connection.rows("SELECT pg_terminate_backend(\(worker.backendPID))")
    #expect(statements(report).contains("SELECT count(*) FROM item WHERE parent = $1"))
    #expect(!statements(report).contains("SELECT v FROM item WHERE id = $1"))
    #expect(report.window?.note == "the last 1 s" || report.window?.note == "the last 0 s")
    // Ctrl-C ends the waiting and shows what is known.
    var request = Request(options: try Options([("over", "1h")], for: SlowStatements.allOptions))
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(100)
    request.isCancelled = { clock.now > end }
    let early = try SlowStatements().report(scratch.connection, request)
    #expect(early.window?.note.hasSuffix("(stopped early)") == true)
    #expect(early.notAssessed == [])
  }

  @Test func whatIsMissingIsSaidWithItsOwnWayOut() throws {
    let scratch = try Scratch("medic_slow_none")
    let report = try SlowStatements.look(scratch.connection)
    #expect(report.findings == [])
    #expect(report.notAssessed.map { $0.rule } == SlowStatements.rules.map { $0.rule })
    #expect(report.summary.contains("CREATE EXTENSION pg_stat_statements (no restart)"))
    func row(_ cells: [String: String]) -> Row {
      let names = cells.keys.sorted()
      return Row(
        names: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }), cells: names.map { cells[$0] })
    }
    func missing(_ cells: [String: String]) -> StatementExtension.Missing? {
      guard case .failure(let obstacle) = StatementExtension.read(row(cells)) else { return nil }
      return obstacle.missing
    }
    let there = ["schema": "public", "version": "1.10", "may_use": "t"]
    #expect(missing([:]) == .notInstalled(hasFiles: false))
    #expect(missing(["is_available": "t"]) == .notInstalled(hasFiles: true))
    #expect(missing(["is_available": "t", "maximum": "5000"]) == .notCreated)
    #expect(missing(there) == .notPreloaded)
    #expect(missing(there.merging(["maximum": "5", "may_use": "f"]) { $1 }) == .noSchemaUsage("public"))
    #expect(
      missing(there.merging(["maximum": "5", "track": "none"]) { $1 }) == .off("pg_stat_statements.track is none"))
    #expect(missing(there.merging(["maximum": "5", "query_ids": "off"]) { $1 }) == .off("compute_query_id is off"))
    #expect(missing(there.merging(["maximum": "5", "track": "top"]) { $1 }) == nil)
    let reasons: Set<String> = [
      StatementExtension.Missing.notInstalled(hasFiles: false).reason,
      StatementExtension.Missing.notInstalled(hasFiles: true).reason, StatementExtension.Missing.notCreated.reason,
      StatementExtension.Missing.notPreloaded.reason,
    ]
    #expect(reasons.count == 4)
  }

  @Test func otherRolesStatementsAreCountedNotShown() throws {
    let scratch = try scratch("medic_slow_plain")
    try Scratch.run(
      "DROP ROLE IF EXISTS medic_slow;\nCREATE ROLE medic_slow LOGIN;\nGRANT SELECT ON item TO medic_slow;",
      on: scratch.connection)
    try scratch.connection.execute("SELECT max(v) FROM item")
    let plain = try scratch.connect(user: "medic_slow")
    try plain.execute("SELECT min(v) FROM item")
    let report = try SlowStatements.look(plain)
    #expect(statements(report) == ["SELECT min(v) FROM item"])
    #expect(report.notAssessed.count == 3)
    #expect(report.notAssessed.first?.reason.contains("of other roles") == true)
    #expect(report.notAssessed.first?.reason.contains("pg_read_all_stats") == true)
    let whole = try SlowStatements.look(scratch.connection)
    #expect(statements(whole).contains("SELECT max(v) FROM item"))
    #expect(statements(whole).contains("SELECT min(v) FROM item"))
    #expect(whole.notAssessed == [])
  }

  @Test func statementsInsideFunctionsAreNotCountedTwice() throws {
    let scratch = try scratch("medic_slow_nested")
    let connection = scratch.connection
    guard connection.serverMajor >= 14 else { return }
    try Scratch.run(
      """
      CREATE FUNCTION outer_one() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); END';
      SET pg_stat_statements.track = 'all';
      SELECT outer_one();
      """, on: connection)
    let report = try SlowStatements.look(connection)
    #expect(found(report, "statement-dominates-time") == ["SELECT outer_one()"])
  }

  @Test(arguments: [
    ("SELECT a FROM t WHERE id = $1", true), ("SELECT a FROM s.t x WHERE x.id = $1 AND NOT x.gone", true),
    ("SELECT a FROM t WHERE $1 = id", true), ("SELECT count(*) FROM t WHERE id = $1::int", true),
    ("SELECT a FROM t WHERE id > $1", false), ("SELECT a FROM t WHERE id = ANY ($1)", false),
    ("SELECT a FROM t WHERE id = $1 OR b = $2", false), ("SELECT a FROM t, u WHERE t.id = u.id", false),
    ("SELECT a FROM t WHERE a = b", false), ("SELECT a FROM t WHERE id = $1 FOR UPDATE", false),
    ("UPDATE t SET a = 1 WHERE id = $1", false), ("SELECT $1", false), ("not sql", false),
  ])
  func keyedLookupsAreToldByTheirTree(_ sql: String, _ isLookup: Bool) {
    #expect(StatementShape.isKeyedLookup(sql) == isLookup)
  }

  @Test(arguments: [
    ("SELECT 1", false), ("(SELECT 1) UNION SELECT 2", false), ("/* x */ with a as (select 1) table a", false),
    ("COMMIT", true), ("VACUUM t", true), ("COPY t FROM STDIN", true), ("merge into t using u on true", false),
  ])
  func commandsAreToldFromQueries(_ sql: String, _ isUtility: Bool) {
    #expect(StatementShape.isUtility(sql) == isUtility)
  }
}
