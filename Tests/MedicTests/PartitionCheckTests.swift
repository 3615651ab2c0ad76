import Postgres
import Testing

@testable import Medic

/// Partitions, with what the server itself does where one is missing.
@Suite(.serialized) struct PartitionCheckTests {
  private func state(of sql: String, on connection: borrowing Connection) -> String? {
    do {
      _ = try connection.rows(sql)
      return nil
    } catch { return error.sqlState }
  }

  private func names(_ report: Report, _ card: Card) -> [String] {
    report.findings.filter { $0.rule == card.rule }.map { $0.object.displayName }
  }

  private static let days = """
    CREATE TABLE days (at date NOT NULL, v int DEFAULT 7) PARTITION BY RANGE (at);
    CREATE TABLE coming (at timestamptz NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE old (at timestamp NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE ids (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE ids_0 PARTITION OF ids FOR VALUES FROM (0) TO (1000);
    CREATE TABLE ids_1 PARTITION OF ids FOR VALUES FROM (1000) TO (2000);
    INSERT INTO ids VALUES (1500);
    CREATE TABLE open (id int) PARTITION BY RANGE (id);
    CREATE TABLE open_1 PARTITION OF open FOR VALUES FROM (MINVALUE) TO (MAXVALUE);
    CREATE TABLE kinds (k text) PARTITION BY LIST (k);
    CREATE TABLE kinds_a PARTITION OF kinds FOR VALUES IN ('FROM (1) TO (2)', 'a');
    CREATE TABLE pairs (a date, b int) PARTITION BY RANGE (a, b);
    CREATE TABLE pairs_1 PARTITION OF pairs FOR VALUES FROM ('2001-01-01', 1) TO ('2001-01-02', 2);
    CREATE TABLE none (at date) PARTITION BY RANGE (at);
    DO $$ DECLARE d date := current_date; BEGIN
      EXECUTE format('CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM (%L) TO (%L)', d - 2, d - 1);
      EXECUTE format('CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM (%L) TO (%L)', d - 1, d);
      EXECUTE format('CREATE TABLE coming_1 PARTITION OF coming FOR VALUES FROM (%L) TO (%L)', d - 1, d + 40);
      EXECUTE format('CREATE TABLE old_1 PARTITION OF old FOR VALUES FROM (%L) TO (%L)', d - 4000, d - 3990);
    END $$;
    """

  @Test func theNextPartitionIsMissedBeforeAndAfterTheServerRefuses() throws {
    let scratch = try Scratch("medic_partitions_next")
    let connection = try scratch.connect()
    try connection.execute(Self.days)
    let report = try PartitionCheck.look(connection)
    #expect(report.notAssessed == [])
    #expect(Set(names(report, PartitionCheck.missing)) == ["public.days", "public.ids", "public.old"])
    let days = try #require(report.findings.first { $0.object.name == "days" })
    #expect(days.severity == .error)
    #expect(report.findings.first { $0.object.name == "ids" }?.severity == .warning)
    #expect(report.findings.first { $0.object.name == "old" }?.severity == .info)
    #expect(state(of: "INSERT INTO days VALUES (current_date)", on: connection) == "23514")
    let remedy = try #require(days.remedy)
    for sql in remedy.sql { try connection.execute(sql) }
    #expect(state(of: "INSERT INTO days VALUES (current_date)", on: connection) == nil)
    // Today's ends within a day: the next one is due, and no longer an error.
    #expect(
      try PartitionCheck.look(connection).findings.first { $0.object.name == "days" }.map { $0.severity } != .error)
    for sql in remedy.undo { try connection.execute(sql) }
    #expect(state(of: "INSERT INTO days VALUES (current_date)", on: connection) == "23514")
  }

  @Test func rowsInTheDefaultKeepAPartitionOut() throws {
    let scratch = try Scratch("medic_partitions_default")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE t (id int) PARTITION BY RANGE (id);
      CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO (10);
      CREATE TABLE t_3 PARTITION OF t FOR VALUES FROM (20) TO (30);
      CREATE TABLE t_rest PARTITION OF t DEFAULT;
      CREATE TABLE u (id int) PARTITION BY LIST (id);
      CREATE TABLE u_rest PARTITION OF u DEFAULT;
      INSERT INTO t VALUES (15);
      """, on: connection)
    let report = try PartitionCheck.look(connection)
    #expect(names(report, PartitionCheck.inDefault) == ["public.t_rest"])
    #expect(names(report, PartitionCheck.gap) == ["public.t"])
    let add = "CREATE TABLE t_2 PARTITION OF t FOR VALUES FROM (10) TO (20)"
    #expect(state(of: add, on: connection) == "23514")
    try connection.execute("DELETE FROM t_rest")
    #expect(names(try PartitionCheck.look(connection), PartitionCheck.inDefault) == [])
    #expect(state(of: add, on: connection) == nil)
    #expect(names(try PartitionCheck.look(connection), PartitionCheck.gap) == [])
  }

  @Test func childrenThatDifferAndTablesLeftOutAreNamed() throws {
    let scratch = try Scratch("medic_partitions_children")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE t (id int, v int DEFAULT 7, "W" text DEFAULT 'w') PARTITION BY HASH (id);
      CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0);
      CREATE TABLE t_1 ("W" text DEFAULT 'other', junk int, v int DEFAULT 7, id int);
      ALTER TABLE t_1 DROP COLUMN junk;
      ALTER TABLE t ATTACH PARTITION t_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
      CREATE INDEX t_v ON ONLY t (v);
      CREATE INDEX t_0_v ON t_0 (v);
      ALTER INDEX t_v ATTACH PARTITION t_0_v;
      CREATE TABLE t_old (LIKE t);
      CREATE TABLE t_other (id int, v text);
      CREATE TABLE grows (at timestamptz, v text);
      INSERT INTO grows SELECT now() + i * interval '1 s', repeat('x', 100) FROM generate_series(1, 5000) i;
      ANALYZE grows;
      """, on: connection)
    let report = try PartitionCheck.look(connection, [("min_size", "100kB"), ("most", "2")])
    #expect(names(report, PartitionCheck.defaults) == ["public.t_1"])
    #expect(names(report, PartitionCheck.index) == ["public.t_v"])
    #expect(report.findings.first { $0.rule == PartitionCheck.index.rule }?["partitions"] == .text("public.t_1"))
    #expect(names(report, PartitionCheck.unattached) == ["public.t_old"])
    #expect(names(report, PartitionCheck.many) == ["public.t"])
    #expect(names(report, PartitionCheck.asking) == ["public.grows"])
    #expect(names(try PartitionCheck.look(connection), PartitionCheck.asking) == [])
    try connection.execute("UPDATE grows SET v = 'y'")
    try Scratch.flushStatistics(of: connection)
    let changed = try PartitionCheck.look(connection, [("min_size", "100kB")])
    #expect(names(changed, PartitionCheck.asking) == [])
  }

  @Test(arguments: [
    ("'2025-01-01 00:00:00+00'", "2025-01-01"), ("'2025-01-01 06:30:00+05:30'", "2025-01-01 06:30:00+05:30"),
    ("'2025-01-01 00:00:00.5'", "2025-01-01 00:00:00.5"), ("'2025-01-01'", "2025-01-01"), ("'infinity'", "infinity"),
    ("100", "100"), ("MINVALUE", "MINVALUE"),
  ]) func boundsAreWrittenForPeople(_ bound: String, _ words: String) {
    #expect(Partition.plain(bound) == words)
  }

  /// Bounds are read without opening a partition: one that is locked is skipped by name, the others are judged.
  @Test func aLockedPartitionIsSkippedAndNotWaitedFor() throws {
    let scratch = try Scratch("medic_partitions_locked")
    let connection = try scratch.connect()
    try connection.execute(Self.days)
    try connection.execute("CREATE TABLE days_rest PARTITION OF days DEFAULT")
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE days_1, days_rest, ids_1 IN ACCESS EXCLUSIVE MODE")
    let clock = ContinuousClock()
    let begin = clock.now
    let report = try PartitionCheck.look(connection)
    #expect(clock.now - begin < .milliseconds(1500))
    try holder.execute("ROLLBACK")
    #expect(names(report, PartitionCheck.missing).contains("public.days"))
    #expect(Set(report.notAssessed.compactMap { $0.object?.name }) == ["days_rest", "ids"])
    #expect(report.notAssessed.allSatisfy { $0.reason.hasPrefix("skipped: locked by pid") })
  }
}
