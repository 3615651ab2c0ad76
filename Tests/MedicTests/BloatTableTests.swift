import Postgres
import Testing

@testable import Medic

/// Tables of many shapes, each looked at and then rebuilt.
@Suite(.serialized) struct BloatTableTests {
  /// Each with a trap of its own, named after it. `hashint4` scatters what is deleted, the same way each time.
  static let shapes: [String] = [
    // Where the room is.
    "CREATE TABLE scattered AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 60000) i",
    "DELETE FROM scattered WHERE abs(hashint4(id)) % 10 < 4",
    "CREATE TABLE half_by_range AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 60000) i",
    "DELETE FROM half_by_range WHERE id BETWEEN 10000 AND 39999",
    "CREATE TABLE \"Not Bloated\" AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 60000) i",
    "CREATE TABLE holes AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 60000) i",
    "DELETE FROM holes WHERE abs(hashint4(id / 480)) % 3 = 0",
    "CREATE TABLE queue AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 60000) i",
    "DELETE FROM queue WHERE id < 57000",
    "CREATE TABLE emptied AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 30000) i",
    "DELETE FROM emptied WHERE id < 29990",
    "VACUUM scattered, queue, emptied",
    "CREATE TABLE refilled AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 40000) i",
    "DELETE FROM refilled WHERE id % 2 = 0",
    "VACUUM refilled",
    "INSERT INTO refilled SELECT i, md5(i::text) FROM generate_series(1, 10000) i",
    // Updates.
    "CREATE TABLE updated (id int PRIMARY KEY, n int, v text)",
    "INSERT INTO updated SELECT i, 0, md5(i::text) FROM generate_series(1, 30000) i",
    "UPDATE updated SET n = n + 1",
    "UPDATE updated SET n = 2 WHERE id % 3 = 0",
    "CREATE TABLE hot_50 (id int PRIMARY KEY, n int) WITH (fillfactor = 50)",
    "INSERT INTO hot_50 SELECT i, 0 FROM generate_series(1, 40000) i",
    "UPDATE hot_50 SET n = n + 1 WHERE id % 4 = 0",
    "CREATE TABLE hot_90 (id int PRIMARY KEY, n int, v text) WITH (fillfactor = 90)",
    "INSERT INTO hot_90 SELECT i, 0, md5(i::text) FROM generate_series(1, 30000) i",
    "UPDATE hot_90 SET n = n + 1 WHERE id % 10 = 0",
    "UPDATE hot_90 SET n = n + 1 WHERE id % 10 = 1",
    // Lengths of rows.
    "CREATE TABLE wide (id int, v text)",
    "ALTER TABLE wide ALTER v SET STORAGE PLAIN",
    "INSERT INTO wide SELECT i, repeat(md5(i::text), 150) FROM generate_series(1, 1000) i",
    "CREATE TABLE two_a_block (id int, v text)",
    "ALTER TABLE two_a_block ALTER v SET STORAGE PLAIN",
    "INSERT INTO two_a_block SELECT i, repeat(md5(i::text), 100) FROM generate_series(1, 1000) i",
    "DELETE FROM two_a_block WHERE id % 2 = 0",
    "CREATE TABLE fill_factor WITH (fillfactor = 70) AS SELECT i AS id, md5(i::text) FROM generate_series(1, 50000) i",
    "CREATE TABLE alignment (a bool, b bigint, c bool, d bigint, e smallint, f timestamptz, g \"char\", h float8)",
    "INSERT INTO alignment SELECT true, i, false, i, 1, now(), 'x', i FROM generate_series(1, 40000) i",
    "DELETE FROM alignment WHERE b % 3 = 0",
    "CREATE TABLE mixed AS SELECT i AS id, repeat('x', abs(hashint4(i)) % 1800) AS v FROM generate_series(1, 8000) i",
    "DELETE FROM mixed WHERE id % 4 = 1",
    "CREATE TABLE narrow AS SELECT true AS b FROM generate_series(1, 100000) i",
    "CREATE TABLE no_column AS SELECT FROM generate_series(1, 100000) i",
    "CREATE TABLE tiny AS SELECT i FROM generate_series(1, 500) i",
    "DELETE FROM tiny WHERE i > 1",
    // Columns that were there, came later, or hold nothing.
    "CREATE TABLE dropped AS SELECT i AS id, repeat('x', 100) AS junk, 1 AS v FROM generate_series(1, 40000) i",
    "ALTER TABLE dropped DROP junk",
    "CREATE TABLE added AS SELECT i AS id, md5(i::text) AS v, i % 7 AS n FROM generate_series(1, 40000) i",
    "DELETE FROM added WHERE id % 2 = 0",
    "ALTER TABLE added ADD extra int DEFAULT 5, ADD other int",
    "CREATE TABLE nulls (a int, b text, c text, d int, e text, f text, g text, h text, i int)",
    """
    INSERT INTO nulls SELECT i, CASE WHEN i % 2 = 0 THEN md5(i::text) END, NULL, i, NULL, NULL,
      CASE WHEN i % 3 = 0 THEN 'x' END, NULL, i FROM generate_series(1, 60000) i
    """,
    "DELETE FROM nulls WHERE a % 5 = 0",
    "CREATE TABLE many_columns (\((1...60).map { "c\($0) int" }.joined(separator: ", ")))",
    "INSERT INTO many_columns (c1, c7, c60) SELECT i, i, i FROM generate_series(1, 30000) i",
    "DELETE FROM many_columns WHERE c1 > 20000",
    // Types.
    "CREATE TYPE mood AS ENUM ('good', 'bad')",
    "CREATE TYPE pair AS (a int, b text)",
    "CREATE DOMAIN positive AS int CHECK (VALUE > 0)",
    """
    CREATE TABLE types (a numeric, b jsonb, c int[], d float8[], e bytea, f char(20), g mood, h int4range, i positive,
      j pair, k uuid, l interval, m inet, n name, o timetz, p varbit, q macaddr, r cidr, s tsvector, t point)
    """,
    """
    INSERT INTO types SELECT i * 1.5, jsonb_build_object('k', i, 'v', md5(i::text)), ARRAY[i, NULL, i], ARRAY[i::float8],
      decode(md5(i::text), 'hex'), 'x' || i, CASE i % 2 WHEN 0 THEN 'good'::mood ELSE 'bad' END, int4range(i, i + 5), i,
      ROW(NULL, NULL)::pair, md5(i::text)::uuid, make_interval(i), '10.0.0.1', 'n' || i, '12:00+02', B'1011', '08:00:2b:01:02:03',
      '10.0.0.0/8', to_tsvector('simple', md5(i::text)), point(i, i) FROM generate_series(1, 12000) i
    """,
    "DELETE FROM types WHERE a < 9000",
    "CREATE TABLE generated (id int, v text, l int GENERATED ALWAYS AS (length(v)) STORED)",
    "INSERT INTO generated SELECT i, repeat('y', i % 90) FROM generate_series(1, 30000) i",
    "DELETE FROM generated WHERE id % 3 > 0",
    // Out of line.
    "CREATE TABLE outside (id int, a text, b text)",
    "ALTER TABLE outside ALTER a SET STORAGE EXTERNAL, ALTER b SET STORAGE EXTERNAL",
    """
    INSERT INTO outside SELECT i, repeat(md5(i::text), 20 + i % 100), repeat(md5(i::text), 10)
      FROM generate_series(1, 3000) i
    """,
    "DELETE FROM outside WHERE id % 2 = 0",
    "CREATE TABLE pointers (b bool, a text, n smallint)",
    "ALTER TABLE pointers ALTER a SET STORAGE EXTERNAL",
    "INSERT INTO pointers SELECT true, repeat(md5(i::text), 65), i FROM generate_series(1, 6000) i",
    "CREATE TABLE main (id int, v bytea)",
    "ALTER TABLE main ALTER v SET STORAGE MAIN",
    """
    INSERT INTO main SELECT i, (SELECT decode(string_agg(md5((i * 1000 + k)::text), ''), 'hex')
      FROM generate_series(1, 100 + i % 200) k) FROM generate_series(1, 800) i
    """,
    "DELETE FROM main WHERE id % 3 = 0",
    "CREATE TABLE compressed (id int, flag bool, v text)",
    "INSERT INTO compressed SELECT i, true, repeat(md5((i % 10)::text), 100) FROM generate_series(1, 30000) i",
    "DELETE FROM compressed WHERE id % 5 = 0",
    "CREATE TABLE target (id int, v text) WITH (toast_tuple_target = 200)",
    "ALTER TABLE target ALTER v SET STORAGE EXTERNAL",
    "INSERT INTO target SELECT i, repeat(md5(i::text), 30 + i % 60) FROM generate_series(1, 4000) i",
    // Kinds of tables.
    "CREATE TABLE measured (id int, at date) PARTITION BY RANGE (id)",
    "CREATE TABLE \"measured 1\" PARTITION OF measured FOR VALUES FROM (0) TO (30000)",
    "CREATE TABLE \"measured 2\" PARTITION OF measured FOR VALUES FROM (30000) TO (60000)",
    "INSERT INTO measured SELECT i, '2020-01-01' FROM generate_series(1, 59999) i",
    "DELETE FROM measured WHERE id BETWEEN 20000 AND 35000",
    "CREATE TABLE parent AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 20000) i",
    "CREATE TABLE child (more int) INHERITS (parent)",
    "INSERT INTO child SELECT i, md5(i::text), i FROM generate_series(1, 20000) i",
    "DELETE FROM ONLY parent WHERE id % 2 = 0",
    "CREATE UNLOGGED TABLE not_logged AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 30000) i",
    "DELETE FROM not_logged WHERE id > 20000",
    "CREATE SCHEMA \"Odd Schema\"",
    "CREATE TABLE \"Odd Schema\".\"Odd \"\"Table\" AS SELECT i AS \"Odd \"\"Column\" FROM generate_series(1, 40000) i",
    "DELETE FROM \"Odd Schema\".\"Odd \"\"Table\" WHERE \"Odd \"\"Column\" % 2 = 0",
    "CREATE MATERIALIZED VIEW view_of_it AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
    // What the catalog says is out of date.
    "CREATE TABLE stale AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 50) i",
    "VACUUM ANALYZE stale",
    "INSERT INTO stale SELECT i, md5(i::text) FROM generate_series(1, 30000) i",
    "DELETE FROM stale WHERE id % 2 = 0",
  ]

  @Test func tablesGiveBackWhatWasEstimated() throws {
    let scratch = try Scratch("medic_bloat_tables")
    let connection = scratch.connection
    for shape in Self.shapes { try connection.execute(shape) }
    try Scratch.flushStatistics(of: connection)
    let again = try BloatTruth.guesses(connection, [("indexes", "off")])
    let truth = try BloatTruth(connection, [("indexes", "off")])
    #expect(again.map { $0.share } == truth.cases.map { $0.share })
    print("tables: \(truth.summary)\n\(truth.oddities)")
    #expect(truth.of("table", "materialized_view").cases.count >= 35)
    #expect(truth.of("toast").cases.count >= 3)
    #expect(!truth.cases.contains { $0.name == "public.tiny" })
    #expect(truth.meanError < 0.01)
    #expect(truth.insideShare >= 0.95)
    #expect(truth.wrong == [])
    #expect(truth.cases.allSatisfy { $0.error < 0.06 })
  }
}
