import Postgres
import Sandbox
import Testing

@testable import Medic

/// What holds for every examination: it is not fooled, waits for nobody, and leaves nothing behind.
@Suite(.serialized) struct FrameTests {
  private static let schema = """
    CREATE TABLE a (id int PRIMARY KEY, v text);
    CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a, x int);
    CREATE INDEX b_x ON b (x);
    CREATE INDEX b_x_again ON b (x);
    CREATE TABLE "Big One" WITH (autovacuum_enabled = off) AS SELECT i AS "Id" FROM generate_series(1, 20000) i;
    DELETE FROM "Big One" WHERE "Id" % 2 = 0;
    """

  private static let expected = [
    "bloat-table public.\"Big One\"", "fk-without-index public.b.b_a_fkey", "index-duplicate public.b.b_x_again",
    "index-unused public.b.b_x", "index-unused public.b.b_x_again",
  ]

  /// What the examinations of tables find in the schema, and what they say they could not see. Those of the whole server
  /// run, too, but what other tests' sessions do there is nothing to compare.
  private func look(_ connection: borrowing Connection) throws -> (found: [String], gaps: [String]) {
    var found: [String] = []
    var gaps: [String] = []
    for examination in Examinations.all where examination.name != Checkup.name {
      let report = try examination.look(connection)
      let trapped = (report.notAssessed.map { $0.reason } + report.findings.map { $0.message }).filter {
        $0.contains("trap")
      }
      #expect(trapped == [])
      guard examination.manual.argument == .pattern else { continue }
      found += report.findings.map { "\($0.rule) \($0.object.fullName)" }
      gaps += report.notAssessed.map { $0.line }
    }
    return (found.sorted(), gaps.sorted())
  }

  /// The findings that are the same for every server and load.
  private func known(_ found: [String]) -> [String] {
    let rules: Set<Substring> = ["bloat-table", "fk-without-index", "index-duplicate", "index-unused"]
    return found.filter { rules.contains($0.prefix { $0 != " " }) }
  }

  @Test func plantedFunctionsAndOperatorsAreNeverCalled() throws {
    let scratch = try Scratch("medic_hostile")
    try Scratch.run(Self.schema, on: scratch.connection)
    let before = try look(scratch.connection)
    #expect(known(before.found) == Self.expected)
    try Traps.plant(in: scratch.name, on: scratch.connection)
    let answer = try look(try scratch.connect())
    let planted = ["pg_class", "pg_stat_activity", "trap", ".format", "pg_get_indexdef", ".unnest", ".max"]
    #expect(answer.found.filter { line in !planted.contains { line.contains($0) } } == before.found)
    #expect(answer.gaps == before.gaps)
  }

  @Test func odderSettingsChangeNothingAndAreNotChanged() throws {
    let scratch = try Scratch("medic_settings")
    try Scratch.run(Self.schema, on: scratch.connection)
    let plain = try look(scratch.connection)
    let connection = try scratch.connect()
    try Scratch.run(
      """
      SET default_transaction_isolation = serializable;
      SET default_transaction_deferrable = on;
      SET standard_conforming_strings = off;
      SET quote_all_identifiers = on;
      SET client_encoding = 'LATIN1';
      SET extra_float_digits = -15;
      SET datestyle = 'German';
      SET intervalstyle = 'sql_standard';
      SET statement_timeout = '1h';
      SET enable_tidscan = off;
      """, on: connection)
    let settings = "SELECT name || '=' || setting AS line FROM pg_settings ORDER BY name"
    let before = try connection.rows(settings).map { $0.text("line") }
    let answer = try look(connection)
    #expect(known(answer.found) == Self.expected)
    #expect(answer == plain)
    #expect(try connection.rows(settings).map { $0.text("line") } == before)
    #expect(connection.transactionStatus == .idle)
    #expect(connection.clientEncoding == "LATIN1")
  }

  @Test func anOpenTransactionIsExaminedAndGoesOn() throws {
    let scratch = try Scratch("medic_open")
    try Scratch.run(Self.schema, on: scratch.connection)
    let connection = scratch.connection
    let state = "SELECT current_setting('search_path') || current_setting('transaction_read_only') AS s"
    let locks = "SELECT count(*) AS n FROM pg_locks WHERE pid = pg_backend_pid() AND relation::regclass::text ~ 'Big'"
    try connection.execute("BEGIN; CREATE TABLE c (a int REFERENCES a)")
    let before = try connection.rows(state).first?.text("s")
    let answer = try look(connection)
    #expect(known(answer.found) == (Self.expected + ["fk-without-index public.c.c_a_fkey"]).sorted())
    #expect(connection.transactionStatus == .inTransaction)
    #expect(try connection.rows(state).first?.text("s") == before)
    #expect(try connection.rows(locks).first?.int("n") == 0)
    let report = try ForeignKeyCheck.look(connection)
    #expect(report.notes == ["examined inside your open transaction, behind a savepoint"])
    try connection.execute("INSERT INTO a VALUES (1); COMMIT")
  }

  @Test func aFailedTransactionIsNotAssessedRatherThanFine() throws {
    let scratch = try Scratch("medic_failed", shared: true)
    _ = try? scratch.connection.execute("BEGIN; SELECT 1/0")
    for examination in Examinations.all {
      let report = try examination.look(scratch.connection)
      #expect(report.findings.isEmpty)
      #expect(Set(report.notAssessed.map { $0.rule }) == Set(examination.rules.map { $0.rule }))
      #expect(report.notAssessed.allSatisfy { $0.reason.contains("the current transaction has failed") })
      #expect(report.summary.hasPrefix("not assessed: "))
    }
    #expect(scratch.connection.transactionStatus == .inError)
  }

  @Test func lockedTablesAreSkippedAndNamed() throws {
    let scratch = try Scratch("medic_locked")
    try Scratch.run(Self.schema, on: scratch.connection)
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE \"Big One\", b, a IN ACCESS EXCLUSIVE MODE")
    let watch = ContinuousClock()
    let start = watch.now
    let answer = try look(scratch.connection)
    #expect(watch.now - start < .seconds(10))
    #expect(known(answer.found) == Self.expected.filter { !$0.hasPrefix("bloat") })
    let skipped = "skipped: locked by pid \(holder.backendPID)"
    #expect(
      answer.gaps.filter { $0.hasPrefix("bloat") || $0.hasPrefix("key-runs-out") } == [
        "bloat-table public.\"Big One\": \(skipped)", "bloat-table public.a: \(skipped)",
        "bloat-table public.b: \(skipped)", "key-runs-out public.a: \(skipped)", "key-runs-out public.b: \(skipped)",
      ])
    let report = try UnusedIndexes.look(scratch.connection)
    #expect(report.findings.allSatisfy { $0.remedy == nil })
    #expect(
      report.notes == [
        "no remedy for public.b_x, since its definition is locked by pid \(holder.backendPID)",
        "no remedy for public.b_x_again, since its definition is locked by pid \(holder.backendPID)",
      ])
  }

  /// The user's own transaction has the lock, the examination runs beside it.
  @Test func theUsersOwnLockIsCalledSo() throws {
    let scratch = try Scratch("medic_own_lock")
    try Scratch.run(Self.schema, on: scratch.connection)
    try scratch.connection.execute("BEGIN; LOCK TABLE \"Big One\"")
    let second = try scratch.connect()
    for examination in [BloatCheck.self, Checkup.self] as [any Examination.Type] {
      var request = Request(options: .standard(for: examination.allOptions))
      request.userPID = scratch.connection.backendPID
      let report = try examination.init().report(second, request)
      let gaps = report.notAssessed.filter { $0.object?.name == "Big One" && $0.rule == "bloat-table" }
      #expect(gaps.map { $0.reason } == ["skipped: locked by your own transaction"])
      #expect(
        report.notes.first
          == "examined over a second connection, which does not see what your open transaction has changed")
    }
  }

  @Test func aPlainRoleGetsWhatTheCatalogsTell() throws {
    let scratch = try Scratch("medic_plain")
    try Scratch.run(Self.schema, on: scratch.connection)
    try Scratch.run(
      "DROP ROLE IF EXISTS medic_plain;\nCREATE ROLE medic_plain LOGIN;", on: scratch.connection)
    let answer = try look(try scratch.connect(user: "medic_plain"))
    #expect(known(answer.found) == Self.expected.filter { !$0.hasPrefix("bloat") })
    let gaps = answer.gaps.filter { $0.hasPrefix("bloat") }
    #expect(gaps.count == 1)
    #expect(gaps.allSatisfy { $0.contains("needs pg_read_all_data or pgstattuple") })
    let report = try ForeignKeyCheck.look(try scratch.connect(user: "medic_plain"))
    #expect(
      report.headline == "\\fkcheck: 1 foreign key of 1 table in medic_plain (server \(report.serverVersion)), as "
        + "medic_plain (plain role)")
  }

  @Test func patternsLimitWhatIsLookedAt() throws {
    let scratch = try Scratch("medic_patterns")
    try Scratch.run(
      """
      CREATE SCHEMA "Other";
      CREATE TABLE "Other".a (id int PRIMARY KEY);
      CREATE TABLE "Other".b (a int REFERENCES "Other".a);
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (a int REFERENCES a);
      CREATE TABLE bb (a int REFERENCES a);
      """, on: scratch.connection)
    func found(_ patterns: [String]) throws -> [String] {
      try ForeignKeyCheck.look(scratch.connection, at: patterns).findings.map { $0.object.displayName }.sorted()
    }
    #expect(try found(["b"]) == ["\"Other\".b.b_a_fkey", "public.b.b_a_fkey"])
    #expect(try found(["public.b*"]) == ["public.b.b_a_fkey", "public.bb.bb_a_fkey"])
    #expect(try found(["\"Other\".*", "bb"]) == ["\"Other\".b.b_a_fkey", "public.bb.bb_a_fkey"])
    #expect(try found(["other.*"]) == [])
  }

  @Test func theIgnoreFileAndTheLimitAreCounted() throws {
    let scratch = try Scratch("medic_ignore")
    try Scratch.run(
      "CREATE TABLE a (id int PRIMARY KEY);\n"
        + (1...6).map { "CREATE TABLE b\($0) (a int REFERENCES a);\n" }.joined(), on: scratch.connection)
    let ignoring = IgnoreList(
      "fk-without-index public.b1.* # known\nfk-without-index public.gone # x\n", today: "2026-01-01")
    var request = Request(options: try Options([("limit", "2")], for: ForeignKeyCheck.allOptions), ignoring: ignoring)
    let report = try ForeignKeyCheck().report(scratch.connection, request)
    #expect(report.findings.map { $0.object.table } == ["b2", "b3"])
    #expect(report.ignored == 1)
    #expect(report.cutOff == 3)
    #expect(report.notes == ["ignore file, line 2: fk-without-index public.gone matched nothing"])
    request.options = .standard(for: ForeignKeyCheck.allOptions)
    request.isComplete = true
    #expect(try ForeignKeyCheck().report(scratch.connection, request).cutOff == 0)
  }

  @Test func cancellingEndsTheWhole() throws {
    let scratch = try Scratch("medic_cancel", shared: true)
    for examination in Examinations.all {
      var request = Request(options: .standard(for: examination.allOptions))
      request.isCancelled = { true }
      #expect(throws: PostgresError.self) { try examination.init().report(scratch.connection, request) }
      #expect(scratch.connection.transactionStatus == .idle)
    }
  }
}
