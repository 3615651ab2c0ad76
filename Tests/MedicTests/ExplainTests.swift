import Postgres
import Testing

@testable import Medic

/// Plans: what hurts in them, and that looking at one changes nothing.
@Suite(.serialized) struct ExplainTests {
  private static let schema = """
    CREATE TABLE place (id int PRIMARY KEY, city int, zip int, note text) WITH (autovacuum_enabled = off);
    INSERT INTO place SELECT i, i % 500, i % 500, repeat('x', 100) FROM generate_series(1, 100000) i;
    CREATE TABLE visit (id int PRIMARY KEY, place int REFERENCES place ON DELETE CASCADE, n int);
    INSERT INTO visit SELECT i, i, i FROM generate_series(1, 50000) i;
    CREATE TABLE small AS SELECT i AS id FROM generate_series(1, 500) i;
    CREATE SEQUENCE numbers;
    VACUUM ANALYZE;
    """

  private func scratch(_ name: String) throws -> Scratch {
    let scratch = try Scratch(name)
    try Scratch.run(Self.schema, on: scratch.connection)
    return scratch
  }

  private func explain(
    _ connection: borrowing Connection, _ sql: String?, _ options: [(name: String, value: String)] = [],
    confirm: (@Sendable (String) -> Bool)? = nil
  ) throws -> Report {
    var request = Request(options: try Options(options, for: ExplainStatement.allOptions), text: sql)
    request.confirm = confirm
    return try ExplainStatement().report(connection, request)
  }

  private func analyze(_ connection: borrowing Connection, _ sql: String) throws -> Report {
    try explain(connection, sql, [("analyze", "on")])
  }

  private func rules(_ report: Report) -> [String] { Set(report.findings.map { $0.rule }).sorted() }

  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch { return (error as? PostgresError)?.message ?? "\(error)" }
  }

  private func plan(_ report: Report) -> [[Value]] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == "plan" })?.content else { return [] }
    return rows
  }

  @Test func whatHurtsIsFoundAndNothingElse() throws {
    let scratch = try scratch("medic_explain")
    let connection = scratch.connection
    try connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off; SET work_mem = '64MB'")
    // Correlated columns: 200 rows come, fewer than one is expected.
    let correlated = try analyze(connection, "SELECT count(note) FROM place WHERE city = 7 AND zip = 7")
    #expect(rules(correlated) == ["plan-bad-estimate", "plan-seq-scan-discards"])
    let estimate = try #require(correlated.findings.first { $0.rule == "plan-bad-estimate" })
    #expect(estimate["actual_rows"] == 200.0)
    #expect(estimate.object.displayName == "public.place")
    // With extended statistics the estimate is right, and with an index nothing is left.
    try connection.execute("CREATE STATISTICS place_stats (dependencies) ON city, zip FROM place; ANALYZE place")
    let known = try analyze(connection, "SELECT count(note) FROM place WHERE city = 7 AND zip = 7")
    #expect(rules(known) == ["plan-seq-scan-discards"])
    try connection.execute("CREATE INDEX place_city ON place (city, zip)")
    #expect(rules(try analyze(connection, "SELECT count(note) FROM place WHERE city = 7 AND zip = 7")) == [])
    // All rows are wanted, or the table is small.
    #expect(rules(try analyze(connection, "SELECT count(note) FROM place")) == [])
    #expect(rules(try analyze(connection, "SELECT * FROM place WHERE id > 100")) == [])
    #expect(rules(try analyze(connection, "SELECT * FROM small WHERE id = 7")) == [])
    // A limit that stops early proves nothing about the estimate.
    #expect(rules(try analyze(connection, "SELECT * FROM place, visit WHERE visit.n > 5 LIMIT 20000")) == [])
  }

  @Test func whatSpillsIsFoundWithItsSize() throws {
    let scratch = try Scratch("medic_explain", shared: true)
    let connection = scratch.connection
    try connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off; SET work_mem = '64kB'")
    let sort = try analyze(connection, "SELECT note, id FROM place ORDER BY note, id DESC")
    #expect(rules(sort) == ["plan-spill"])
    guard case .int(let bytes)? = sort.findings.first?["spilled_bytes"] else { throw Missing() }
    #expect(bytes > 5_000_000)
    try connection.execute("SET enable_mergejoin = off; SET enable_nestloop = off")
    let hash = try analyze(connection, "SELECT count(*) FROM visit v JOIN place p ON p.id = v.n")
    #expect(rules(hash) == ["plan-spill"])
    try connection.execute("SET work_mem = '64MB'")
    #expect(rules(try analyze(connection, "SELECT note, id FROM place ORDER BY note, id DESC")) == [])
    #expect(rules(try analyze(connection, "SELECT count(*) FROM visit v JOIN place p ON p.id = v.n")) == [])
  }

  private struct Missing: Error {}

  @Test func loopsBitmapsAndTriggersAreFound() throws {
    let scratch = try scratch("medic_explain_loop")
    let connection = scratch.connection
    try connection.execute(
      """
      SET max_parallel_workers_per_gather = 0; SET jit = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
      SET enable_material = off
      """)
    if connection.serverMajor >= 14 { try connection.execute("SET enable_memoize = off") }
    let loop = try analyze(connection, "SELECT count(*) FROM small s JOIN visit v ON v.n = s.id WHERE s.id < 40")
    #expect(rules(loop).contains("plan-nested-loop"))
    #expect(rules(try analyze(connection, "SELECT count(*) FROM small s JOIN visit v ON v.id = s.id")) == [])
    // No index serves visit.place: each deleted place reads all visits.
    let delete = try explain(
      connection, "DELETE FROM place WHERE id <= 30", [("analyze", "on"), ("confirm", "on")])
    let trigger = try #require(delete.findings.first { $0.rule == "plan-trigger-time" })
    #expect(trigger.object.name == "visit_place_fkey")
    #expect(trigger["calls"] == 30)
    try connection.execute("CREATE INDEX ON visit (place)")
    let served = try explain(connection, "DELETE FROM place WHERE id <= 30", [("analyze", "on"), ("confirm", "on")])
    #expect(!rules(served).contains("plan-trigger-time"))
    try connection.execute("CREATE INDEX ON place (city); SET work_mem = '64kB'; SET enable_seqscan = off")
    let lossy = try analyze(connection, "SELECT count(note) FROM place WHERE city < 400")
    #expect(rules(lossy).contains("plan-lossy-bitmap"))
  }

  @Test func plainExplainExecutesNothing() throws {
    let scratch = try scratch("medic_explain_plain")
    let connection = scratch.connection
    let report = try explain(connection, "SELECT nextval('numbers') FROM small;")
    #expect(report.summary.contains("nothing was executed"))
    #expect(plan(report).first?[1] == "Seq Scan on small")
    #expect(rules(try explain(connection, "DELETE FROM place")) == [])
    #expect(try connection.rows("SELECT is_called AS c FROM numbers").first?.flag("c") == false)
    #expect(try connection.rows("SELECT count(*) AS n FROM place").first?.int("n") == 100_000)
    #expect(connection.transactionStatus == .idle)
    #expect(try explain(connection, nil).summary.hasPrefix("nothing to explain"))
    // Names are the session's own.
    try connection.execute("CREATE SCHEMA other; CREATE TABLE other.alone (i int); SET search_path = other")
    #expect(plan(try explain(connection, "TABLE alone")).first?[1] == "Seq Scan on alone")
  }

  @Test func changesAreExecutedOnlyWithASecondYesAndLeaveNothing() throws {
    let scratch = try scratch("medic_explain_write")
    let second = try scratch.connect()
    let connection = scratch.connection
    let digest = "SELECT md5(string_agg(p::text, '' ORDER BY id)) AS d FROM place p"
    let before = try connection.rows(digest).first?.text("d")
    let changes = [
      "INSERT INTO place SELECT i, 1, 1, '' FROM generate_series(200001, 200100) i", "DELETE FROM place WHERE id < 20",
      "UPDATE place SET city = 0 WHERE id < 20",
      "WITH gone AS (DELETE FROM place WHERE id < 20 RETURNING id) SELECT count(*) FROM gone",
    ]
    for sql in changes {
      let refusal = message { _ = try analyze(connection, sql) }
      #expect(refusal.contains("It needs (analyze=on, confirm=on)"))
      #expect(refusal.contains("A rollback doesn't undo: sequence values"))
      let asked = message { _ = try explain(connection, sql, [("analyze", "on")], confirm: { _ in false }) }
      #expect(asked == "not executed")
      let report = try explain(connection, sql, [("analyze", "on"), ("confirm", "on")])
      #expect(report.summary.hasPrefix("executed in "))
      #expect(report.notes.contains { $0.hasPrefix("executed and rolled back;") })
      #expect(try connection.rows(digest).first?.text("d") == before)
      #expect(connection.transactionStatus == .idle)
    }
    _ = try explain(
      connection, changes[1], [("analyze", "on")], confirm: { $0.contains("rows that are expected to change: ") })
    // Nothing of it is left for others to wait for.
    try second.execute("BEGIN; LOCK TABLE place NOWAIT; ROLLBACK")
  }

  @Test func aSelectThatWritesIsStopped() throws {
    let scratch = try Scratch("medic_explain", shared: true)
    let connection = scratch.connection
    try connection.execute(
      "CREATE FUNCTION sneaky() RETURNS int LANGUAGE sql AS 'DELETE FROM small RETURNING id'")
    let refusal = message { _ = try analyze(connection, "SELECT sneaky()") }
    #expect(refusal.hasPrefix("a function of this SELECT writes (cannot execute DELETE in a read-only transaction)"))
    #expect(try connection.rows("SELECT count(*) AS n FROM small").first?.int("n") == 500)
    let late = message { _ = try explain(connection, "SELECT pg_sleep(5)", [("analyze", "on"), ("timeout", "50ms")]) }
    #expect(late.hasPrefix("stopped after timeout=50ms and rolled back"))
    #expect(connection.transactionStatus == .idle)
  }

  @Test func theUsersTransactionIsSeenAndGoesOn() throws {
    let scratch = try scratch("medic_explain_open")
    let connection = scratch.connection
    try connection.execute("BEGIN; CREATE TABLE mine AS SELECT 1 AS i; SET LOCAL work_mem = '1MB'")
    let report = try analyze(connection, "SELECT * FROM mine")
    #expect(plan(report).first?[3] == 1.0)
    _ = try explain(connection, "DELETE FROM mine", [("analyze", "on"), ("confirm", "on")])
    _ = message { _ = try explain(connection, "SELECT * FROM nowhere") }
    #expect(connection.transactionStatus == .inTransaction)
    let state = "SELECT current_setting('transaction_read_only') || current_setting('statement_timeout') AS s"
    #expect(try connection.rows(state).first?.text("s") == "off0")
    #expect(try connection.rows("SELECT count(*) AS n FROM mine").first?.int("n") == 1)
    _ = try? connection.execute("SELECT 1/0")
    let failed = try explain(connection, "SELECT 1")
    #expect(failed.summary.contains("the current transaction has failed"))
    #expect(connection.transactionStatus == .inError)
  }

  @Test func parametersAreUnknownAndLeaveNoStatementBehind() throws {
    let scratch = try scratch("medic_explain_parameters")
    let connection = scratch.connection
    try connection.execute(
      """
      CREATE TABLE parts (i int, v int) PARTITION BY LIST (i);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1);
      CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN (2)
      """)
    let report = try explain(connection, "SELECT * FROM parts WHERE i = $1 AND v = $2")
    #expect(plan(report).count == 3)
    #expect(report.notes.contains { $0.hasPrefix("planned for unknown values of 2 parameters") })
    #expect(try connection.rows("SELECT count(*) AS n FROM pg_prepared_statements").first?.int("n") == 0)
    #expect(
      message { _ = try analyze(connection, "SELECT * FROM parts WHERE i = $1") }.contains("has parameters ($1)"))
    #expect(connection.transactionStatus == .idle)
  }

  @Test(arguments: [
    ("SELECT 1; SELECT 2", "these are 2 statements: give one"),
    ("VACUUM place", "VACUUM PLACE is a command without a plan"),
    ("EXPLAIN SELECT 1", "give the statement itself, without EXPLAIN"), (" ; ", "there is no statement in it"),
    ("COMMIT", "COMMIT is a command without a plan"), ("CREATE TABLE t (i int)", "CREATE TABLE is a command without"),
  ])
  func whatHasNoPlanIsRefused(_ sql: String, _ reason: String) {
    #expect(throws: PlannedStatement.Refusal.self) { try PlannedStatement(sql, standardStrings: true) }
    do { _ = try PlannedStatement(sql, standardStrings: true) } catch { #expect(error.reason.hasPrefix(reason)) }
  }

  @Test(arguments: [
    ("SELECT ';' ; ", false), ("VALUES (1)", false), ("SELECT 1 UNION TABLE t", false),
    ("INSERT INTO t VALUES (1)", true),
    ("WITH x AS (UPDATE t SET i = 1 RETURNING i) TABLE x", true), ("SELECT * INTO u FROM t", true),
    ("SELECT * FROM t FOR UPDATE", true), ("EXECUTE p", true), ("CREATE TABLE u AS SELECT 1", true),
    ("SELECT JSON_TABLE_OF_THE_FUTURE(x COLUMNS (y int)) ON EMPTY", true),
  ])
  func whatWritesIsToldByItsTree(_ sql: String, _ writes: Bool) throws {
    let statement = try PlannedStatement(sql, standardStrings: true)
    if case .writes = statement.effect { #expect(writes) } else { #expect(!writes) }
  }

  @Test func timesAreTheNodesOwn() throws {
    let scratch = try Scratch("medic_explain", shared: true)
    let connection = scratch.connection
    try connection.execute("SET max_parallel_workers_per_gather = 0; SET jit = off")
    let report = try analyze(
      connection,
      """
      WITH slow AS MATERIALIZED (SELECT pg_sleep(0.15)) SELECT count(*) FROM small, slow
      WHERE id < (SELECT 400 FROM pg_sleep(0.1) OFFSET 0)
      """)
    var total = 0.0
    for row in plan(report) {
      if case .double(let own) = row[2] { total += own }
      // Who sleeps is named, not who waits for it.
      if case .text(let label) = row[1], case .double(let own) = row[2], own > 50 {
        #expect(label.contains("CTE slow: Result") || label.contains("pg_sleep"), "\(label)")
      }
    }
    let executed = try #require(report.summary.split(separator: " ").compactMap { Double($0) }.first)
    #expect(total > executed * 0.8 && total < executed * 1.2)
  }
}
