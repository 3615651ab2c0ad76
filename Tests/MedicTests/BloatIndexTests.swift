import Postgres
import Testing

@testable import Medic

/// Btrees of many shapes, each looked at by every means there is and then rebuilt.
@Suite(.serialized) struct BloatIndexTests {
  private static let shapes: [String] = [
    "CREATE EXTENSION pageinspect",
    "CREATE TYPE mood AS ENUM ('good', 'bad', 'odd')",
    """
    CREATE TABLE t (id int PRIMARY KEY, u uuid, status text, name name, a int, b text, e text, d numeric, n int, p int,
      m mood, ts timestamptz, x text, c char(8), o text, r int4range)
    """,
    // As it grows, entries come in key order, or anywhere: those leaves end up two thirds full.
    "CREATE INDEX t_u ON t (u)",
    "CREATE INDEX t_status ON t (status)",
    "CREATE INDEX t_name ON t (name)",
    "CREATE INDEX t_ab ON t (a, b)",
    "CREATE INDEX t_lower ON t (lower(e))",
    "CREATE INDEX t_d ON t (d)",
    "CREATE INDEX t_n ON t (n)",
    "CREATE INDEX t_partial ON t (p) WHERE p < 50",
    "CREATE INDEX t_fill ON t (a) WITH (fillfactor = 60)",
    "CREATE INDEX t_include ON t (a) INCLUDE (b)",
    "CREATE INDEX t_mood ON t (m)",
    "CREATE INDEX t_desc ON t (ts DESC NULLS LAST, id)",
    "CREATE INDEX t_few ON t (x)",
    "CREATE INDEX t_collated ON t (b COLLATE \"POSIX\" text_pattern_ops)",
    "CREATE UNIQUE INDEX t_unique ON t (status, b, id)",
    "CREATE INDEX t_char ON t (c)",
    "CREATE INDEX t_long ON t (o)",
    "CREATE INDEX t_no_merging ON t (p) WITH (deduplicate_items = off)",
    "CREATE INDEX t_range ON t (r)",
    "CREATE INDEX t_expressions ON t ((a % 10), (id / 3)) WHERE status <> 's0' AND b IS NOT NULL",
    "CREATE INDEX t_nulls ON t (n, x)",
    """
    INSERT INTO t SELECT i, md5(i::text)::uuid, 's' || i % 5, 'n' || i % 1000, hashint4(i), md5(i::text),
      'E' || hashint4(i * 7), i % 1000, CASE WHEN i % 2 = 0 THEN i % 5000 END, i % 100,
      CASE WHEN i % 7 = 0 THEN 'bad'::mood ELSE 'good' END, '2020-01-01'::timestamptz + i * '1 min'::interval,
      CASE WHEN i % 50 = 0 THEN 'rare ' || i END, 'c' || i % 30000, repeat(chr(65 + i % 26), 60) || i,
      int4range(i, i + 9) FROM generate_series(1, 25000) i
    """,
    "DELETE FROM t WHERE id % 3 = 0 OR id BETWEEN 9000 AND 13000",
    "VACUUM t",
    // Churned by updates: old entries and new ones.
    "CREATE TABLE churned (id int PRIMARY KEY, v int, s text)",
    "CREATE INDEX churned_v ON churned (v)",
    "CREATE INDEX churned_s ON churned (s)",
    "INSERT INTO churned SELECT i, i, 'k' || i % 300 FROM generate_series(1, 30000) i",
    "UPDATE churned SET v = v + 100000",
    "VACUUM churned",
    "UPDATE churned SET v = v + 100000 WHERE id % 2 = 0",
    "VACUUM churned",
    // Deleted and not vacuumed: the entries still look alive.
    "CREATE TABLE not_vacuumed (id int PRIMARY KEY, v text)",
    "INSERT INTO not_vacuumed SELECT i, md5(i::text) FROM generate_series(1, 25000) i",
    "CREATE INDEX not_vacuumed_v ON not_vacuumed (v)",
    "DELETE FROM not_vacuumed WHERE id % 5 > 1",
    // Half of the key range empty; pages deleted.
    "CREATE TABLE ranged (id int PRIMARY KEY)",
    "INSERT INTO ranged SELECT i FROM generate_series(1, 60000) i",
    "DELETE FROM ranged WHERE id < 30000",
    "VACUUM ranged",
    // A table that VACUUM has cut off, with an index that it hasn't.
    "CREATE TABLE queue (id int PRIMARY KEY, v text)",
    "INSERT INTO queue SELECT i, 'x' FROM generate_series(1, 25000) i",
    "DELETE FROM queue WHERE id > 10",
    "VACUUM queue",
    // Deleted here and there, built anew, in order of the key.
    "CREATE TABLE built AS SELECT i AS id, i / 4 AS v, md5(i::text) AS w FROM generate_series(1, 25000) i",
    "CREATE INDEX built_id ON built (id)",
    "CREATE INDEX built_v ON built (v)",
    "CREATE INDEX built_w ON built (w) WITH (fillfactor = 100)",
    "CREATE TABLE wide (id int, v text)",
    "ALTER TABLE wide ALTER v SET STORAGE plain",
    "INSERT INTO wide SELECT i, repeat(md5(i::text), 40) FROM generate_series(1, 1500) i",
    "CREATE INDEX wide_v ON wide (v)",
    "DELETE FROM wide WHERE id % 2 = 0",
    "VACUUM wide",
    // A partition's.
    "CREATE TABLE whole (id int, v text) PARTITION BY RANGE (id)",
    "CREATE TABLE \"A part\" PARTITION OF whole FOR VALUES FROM (0) TO (100000)",
    "CREATE INDEX ON whole (v)",
    "INSERT INTO whole SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
    "DELETE FROM whole WHERE id % 4 > 0",
    "VACUUM whole",
  ]

  @Test func indexesGiveBackWhatWasEstimated() throws {
    let scratch = try Scratch("medic_bloat_indexes")
    let connection = scratch.connection
    for shape in Self.shapes { try connection.execute(shape) }
    try Scratch.flushStatistics(of: connection)
    let pages = try BloatTruth.guesses(connection)
    try connection.execute("DROP EXTENSION pageinspect")
    let keys = try BloatTruth.guesses(connection)
    try BloatTruth.rebuild(connection)
    let after = try BloatTruth.sizes(connection)
    let byPages = BloatTruth(BloatTruth.compare(pages, after)).of("index")
    let byKeys = BloatTruth(BloatTruth.compare(keys, after)).of("index")
    print("btrees by pages: \(byPages.summary)\n\(byPages.oddities)")
    print("btrees by keys: \(byKeys.summary)\n\(byKeys.oddities)")
    #expect(byPages.cases.count >= 30)
    #expect(byPages.cases.contains { $0.name == "public.queue_pkey" && $0.verdict == "yes" })
    #expect(byPages.meanError < 0.015)
    #expect(byPages.insideShare >= 0.95)
    #expect(byPages.wrong == [])
    #expect(byKeys.cases.map { $0.name }.sorted() == byPages.cases.map { $0.name }.sorted())
    #expect(byKeys.cases.allSatisfy { $0.method.hasPrefix("keys of ") && $0.blocksRead == 0 })
    #expect(byKeys.meanError < 0.03)
    #expect(byKeys.insideShare >= 0.9)
    #expect(byKeys.wrong == [])
  }
}
