import Postgres
import Sandbox
import Testing

@testable import Medic

/// When an index must not be called unused, redundant or broken: what the catalogs alone don't tell.
@Suite(.serialized) struct UnusedTruthTests {
  private static let halves = """
    CREATE TABLE p (a int, b int) PARTITION BY RANGE (b);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
    CREATE TABLE other_name PARTITION OF p FOR VALUES FROM (10) TO (20);

    """

  private func unused(_ connection: borrowing Connection, at patterns: [String] = []) throws -> [String] {
    try UnusedIndexes.look(connection, at: patterns).findings.map { $0.object.displayName }.sorted()
  }

  /// The scan was of a part that the pattern doesn't name.
  @Test func aPatternSeesTheWholeTree() throws {
    let scratch = try Scratch("medic_unused_tree")
    try Scratch.run(
      Self.halves + """
        CREATE INDEX used ON p (a);
        CREATE INDEX idle ON p (b);
        INSERT INTO p SELECT i, i % 20 FROM generate_series(1, 1000) i;
        SET enable_seqscan = off;
        SELECT FROM other_name WHERE a = 5;
        """, on: scratch.connection)
    for patterns in [[], ["p"], ["p1"], ["other_name"], ["public.p*"]] {
      #expect(try unused(scratch.connection, at: patterns) == ["public.idle"], "\(patterns)")
    }
    let report = try UnusedIndexes.look(scratch.connection, at: ["p1"])
    #expect(report.scope == "2 indexes")
    #expect(report.findings.first?["partitions"] == .int(2))
  }

  /// Of several unused indexes by which a key is served one has to stay, in whatever order they are dropped.
  @Test func theLastServerOfAKeyStays() throws {
    let scratch = try Scratch("medic_unused_server")
    try Scratch.run(
      """
      CREATE TABLE a (id int PRIMARY KEY, k text, UNIQUE (id, k));
      CREATE TABLE two (a int REFERENCES a, x int);
      CREATE INDEX two_long ON two (a, x);
      CREATE INDEX two_short ON two (a);
      CREATE TABLE pair (a int, k text, FOREIGN KEY (a, k) REFERENCES a (id, k));
      CREATE INDEX pair_turned ON pair (k, a);
      CREATE TABLE part (a int, k text, FOREIGN KEY (a, k) REFERENCES a (id, k));
      CREATE INDEX part_only ON part (a);
      CREATE TABLE hashed (a int REFERENCES a);
      CREATE INDEX hashed_tree ON hashed (a);
      CREATE INDEX hashed_hash ON hashed USING hash (a);
      CREATE TABLE halves (a int REFERENCES a, b int) PARTITION BY RANGE (b);
      CREATE TABLE halves1 PARTITION OF halves FOR VALUES FROM (0) TO (10);
      CREATE INDEX halves1_own ON halves1 (a);
      CREATE INDEX halves1_b ON halves1 (b);
      """, on: scratch.connection)
    let before = try ForeignKeyCheck.look(scratch.connection).findings.map { "\($0.rule) \($0.object.name)" }
    let report = try UnusedIndexes.look(scratch.connection)
    let names = report.findings.map { $0.object.name }
    #expect(names.count == 3)
    #expect(names.contains("halves1_b"))
    #expect(names.filter { $0.hasPrefix("two_") }.count == 1)
    #expect(names.filter { $0.hasPrefix("hashed_") }.count == 1)
    for finding in report.findings {
      for statement in try #require(finding.remedy).sql { try scratch.connection.execute(statement) }
    }
    #expect(try ForeignKeyCheck.look(scratch.connection).findings.map { "\($0.rule) \($0.object.name)" } == before)
    #expect(try unused(scratch.connection) == [])
  }

  @Test func nothingIsUnusedWhereNothingIsCounted() throws {
    let scratch = try Scratch("medic_unused_uncounted")
    try Scratch.run(
      """
      CREATE TABLE t (a int);
      CREATE INDEX ON t (a);
      SET track_counts = off;
      """, on: scratch.connection)
    let report = try UnusedIndexes.look(scratch.connection)
    #expect(report.findings == [])
    #expect(report.notAssessed.map { $0.reason } == ["track_counts is off, so scans aren't counted"])
    try scratch.connection.execute("ALTER DATABASE medic_unused_uncounted SET track_counts = off")
    #expect(try UnusedIndexes.look(try scratch.connect()).notAssessed.count == 1)
    try scratch.connection.execute("SET track_counts = on")
    #expect(try UnusedIndexes.look(scratch.connection).notAssessed.count == 1)
  }

  @Test func whatBelongsToAnExtensionStays() throws {
    let scratch = try Scratch("medic_unused_extension")
    try Scratch.run(
      """
      CREATE EXTENSION btree_gin;
      CREATE TABLE t (a int);
      CREATE INDEX i ON t (a);
      CREATE INDEX j ON t (a);
      ALTER EXTENSION btree_gin ADD TABLE t;
      """, on: scratch.connection)
    #expect(try unused(scratch.connection) == [])
    #expect(try RedundantIndexes.look(scratch.connection).findings == [])
  }

  /// Of two that are the same the one that queries have chosen stays, even if it is newer.
  @Test func theOneInUseStays() throws {
    let scratch = try Scratch("medic_redundant_used")
    try Scratch.run(
      """
      CREATE TABLE t (a int);
      CREATE INDEX i ON t (a);
      CREATE INDEX h ON t (a);
      INSERT INTO t SELECT generate_series(1, 1000);
      SET enable_seqscan = off;
      BEGIN;
      DROP INDEX i;
      SELECT FROM t WHERE a = 5;
      ROLLBACK;
      """, on: scratch.connection)
    let report = try RedundantIndexes.look(scratch.connection)
    #expect(report.findings.map { $0.object.name } == ["i"])
    #expect(report.findings.first?["keep_because"] == .text("used more"))
  }

  /// A concurrent build that waits for somebody's old snapshot is at work, not broken; ended, it is.
  @Test func whatIsBeingBuiltIsNotBroken() throws {
    let scratch = try Scratch("medic_building")
    try Scratch.run(
      """
      CREATE TABLE t (a int);
      CREATE INDEX i ON t (a);
      CREATE TABLE "Odd ""One" (a int);
      DROP ROLE IF EXISTS medic_building;
      CREATE ROLE medic_building LOGIN;
      """, on: scratch.connection)
    let holder = try scratch.connect()
    try holder.execute("BEGIN; INSERT INTO t VALUES (1)")
    let builder = try scratch.connect()
    try builder.send("REINDEX INDEX CONCURRENTLY i", parameters: [])
    let copy = "SELECT count(*) AS n FROM pg_class WHERE relname = 'i_ccnew'"
    for _ in 0..<250 {
      if try scratch.connection.rows(copy).first?.int("n") == 1 { break }
      try scratch.connection.execute("SELECT pg_sleep(0.02)")
    }
    let during = try RedundantIndexes.look(scratch.connection)
    #expect(during.findings == [])
    #expect(during.notAssessed == [])
    // A plain role doesn't see what others are at, only that the table is locked for it.
    let plain = try RedundantIndexes.look(try scratch.connect(user: "medic_building"))
    #expect(plain.findings == [])
    #expect(plain.notAssessed.map { $0.reason } == ["invalid, but somebody may be building it now"])
    try scratch.connection.execute("SELECT pg_cancel_backend(\(builder.backendPID))")
    builder.discardResults()
    try holder.execute("ROLLBACK")
    let after = try RedundantIndexes.look(scratch.connection)
    #expect(after.findings.map { "\($0.rule) \($0.object.name)" } == ["index-invalid i_ccnew"])
    let remedy = try #require(after.findings.first?.remedy)
    for statement in remedy.sql { try scratch.connection.execute(statement) }
    #expect(try RedundantIndexes.look(scratch.connection).findings == [])
  }

  /// What was invalid when it was looked at is not dropped once somebody has built it.
  @Test func anIndexThatHasBecomeValidIsNotDropped() throws {
    let scratch = try Scratch("medic_valid_again")
    try Scratch.run(
      """
      CREATE TABLE "T" (a int);
      INSERT INTO "T" VALUES (1), (1);
      """, on: scratch.connection)
    _ = try? scratch.connection.execute("CREATE UNIQUE INDEX CONCURRENTLY \"I\" ON \"T\" (a)")
    let remedy = try #require(try RedundantIndexes.look(scratch.connection).findings.first?.remedy)
    try scratch.connection.execute("DELETE FROM \"T\"")
    try scratch.connection.execute("REINDEX INDEX CONCURRENTLY \"I\"")
    #expect(throws: PostgresError.self) {
      for statement in remedy.sql { try scratch.connection.execute(statement) }
    }
    #expect(try RedundantIndexes.look(scratch.connection).findings == [])
    #expect(try scratch.connection.rows("SELECT '\"I\"'::regclass AS i").count == 1)
  }

  /// Each index of one table that is asked for is a finding of its own.
  @Test func findingsOnOneTableAreToldApart() {
    let table = DatabaseObject(.table, schema: "public", name: "t")
    let first = Finding(UnusedIndexes.card, on: table, aspect: "(a)", "one")
    let second = Finding(UnusedIndexes.card, on: table, aspect: "(a, b)", "two")
    #expect(first.fingerprint != second.fingerprint)
    #expect(first.fingerprint == Finding(UnusedIndexes.card, on: table, aspect: "(a)", "in other words").fingerprint)
  }
}
