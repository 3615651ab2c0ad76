import Postgres
import Testing

@testable import Medic

/// Sizes, against what the server says of each relation.
@Suite(.serialized) struct SizesTests {
  private static let schema = """
    CREATE TABLE fresh (id int PRIMARY KEY, doc text) WITH (autovacuum_enabled = off);
    ALTER TABLE fresh ALTER doc SET STORAGE external;
    INSERT INTO fresh SELECT i, repeat(md5(i::text), 100) FROM generate_series(1, 1000) i;
    CREATE TABLE "Known One" AS SELECT i AS id FROM generate_series(1, 60000) i;
    CREATE INDEX "Known Index" ON "Known One" (id);
    CREATE TABLE tree (i int, v text) PARTITION BY RANGE (i);
    CREATE TABLE tree_a PARTITION OF tree FOR VALUES FROM (0) TO (50000) PARTITION BY RANGE (i);
    CREATE TABLE tree_a1 PARTITION OF tree_a FOR VALUES FROM (0) TO (20000);
    CREATE TABLE tree_b PARTITION OF tree FOR VALUES FROM (50000) TO (90000);
    CREATE INDEX ON tree (i);
    INSERT INTO tree SELECT i, 'x' FROM generate_series(0, 19999) i;
    INSERT INTO tree SELECT i, 'x' FROM generate_series(50000, 59999) i;
    CREATE TABLE empty (i int);
    ANALYZE "Known One", tree, empty;
    """

  private func rows(_ name: String, _ report: Report) -> [[Value]] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == name })?.content else { return [] }
    return rows
  }

  private func bytes(_ sql: String, _ connection: borrowing Connection) throws -> Value {
    Value(try connection.rows("SELECT (\(sql))::bigint AS n").first?.int("n"))
  }

  @Test func measuresWhatTheServerMeasures() throws {
    let scratch = try Scratch("medic_sizes")
    try Scratch.run(Self.schema, on: scratch.connection)
    let report = try Sizes.look(scratch.connection)
    #expect(report.notAssessed == [])
    let tables = rows("tables", report)
    // The catalog knows nothing of the largest one yet.
    #expect(
      tables.map { $0[0] } == ["public.fresh", "public.\"Known One\"", "public.tree (2 partitions)", "public.empty"])
    let fresh = try #require(tables.first)
    #expect(fresh[1] == (try bytes("pg_total_relation_size('fresh')", scratch.connection)))
    #expect(fresh[4] == (try bytes("pg_indexes_size('fresh')", scratch.connection)))
    #expect(
      fresh[3]
        == (try bytes(
          "SELECT pg_total_relation_size(reltoastrelid) FROM pg_class WHERE relname = 'fresh'",
          scratch.connection)))
    #expect(fresh[5] == "never analysed")
    #expect(tables[1][5] == 60000)
    let leaves = "pg_total_relation_size('tree_a1') + pg_total_relation_size('tree_b')"
    #expect(tables[2][1] == (try bytes(leaves, scratch.connection)))
    #expect(tables[2][5] == 30000)
    #expect(tables[3][5] == 0)
    #expect(rows("partitions", report).map { $0[0] } == ["public.tree_a1", "public.tree_b"])
    #expect(rows("indexes", report).first?[0] == "public.\"Known Index\"")
    #expect(rows("databases", report).contains { $0[0] == "medic_sizes" })
    #expect(report.notes.contains { $0.hasPrefix("1 table was never analysed") })
  }

  @Test func aTreeIsFoundByItsTopAndByItsLeaf() throws {
    let scratch = try Scratch("medic_sizes", shared: true)
    #expect(
      rows("tables", try Sizes.look(scratch.connection, at: ["tree"])).map { $0[0] } == ["public.tree (2 partitions)"])
    #expect(rows("tables", try Sizes.look(scratch.connection, at: ["tree_b"])).map { $0[0] } == ["public.tree_b"])
    #expect(rows("tables", try Sizes.look(scratch.connection, [("top", "1")])).count == 1)
  }

  @Test func whatIsLockedKeepsTheCatalogsFigure() throws {
    let scratch = try Scratch("medic_sizes_locked")
    try Scratch.run(Self.schema, on: scratch.connection)
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE \"Known One\" IN ACCESS EXCLUSIVE MODE")
    let watch = ContinuousClock()
    let start = watch.now
    let report = try Sizes.look(scratch.connection)
    #expect(watch.now - start < .milliseconds(1500))
    let gap = try #require(report.notAssessed.first)
    #expect(report.notAssessed.count == 1)
    #expect(gap.object?.name == "Known One")
    #expect(gap.reason.hasPrefix("skipped: locked by pid \(holder.backendPID);"))
    let known = try #require(rows("tables", report).first { $0[0] == "public.\"Known One\"" })
    #expect(
      known[2]
        == (try bytes(
          "SELECT relpages * 8192 FROM pg_class WHERE relname = 'Known One'", scratch.connection)))
    try holder.execute("ROLLBACK; BEGIN; LOCK TABLE fresh IN ACCESS SHARE MODE")
    #expect(try Sizes.look(scratch.connection).notAssessed == [])
  }

  @Test func databasesNeedConnect() throws {
    let scratch = try Scratch("medic_sizes_plain")
    try Scratch.run(
      """
      DROP ROLE IF EXISTS medic_sizes;
      CREATE ROLE medic_sizes LOGIN;
      DROP DATABASE IF EXISTS medic_sizes_secret;
      CREATE DATABASE medic_sizes_secret;
      REVOKE CONNECT ON DATABASE medic_sizes_secret FROM PUBLIC;
      """, on: scratch.connection)
    let plain = try Sizes.look(try scratch.connect(user: "medic_sizes"))
    #expect(plain.notAssessed.map { $0.object?.name } == ["medic_sizes_secret"])
    try scratch.connection.execute("GRANT pg_monitor TO medic_sizes")
    #expect(try Sizes.look(try scratch.connect(user: "medic_sizes")).notAssessed == [])
    try scratch.connection.execute("DROP DATABASE medic_sizes_secret")
  }

  @Test func growthIsToldSinceTheLastLook() throws {
    let scratch = try Scratch("medic_sizes_growth")
    try Scratch.run(
      "CREATE TABLE a (t text);\nCREATE TABLE b (t text);\n"
        + "INSERT INTO a SELECT repeat('x', 100) FROM generate_series(1, 20000);\n"
        + "INSERT INTO b SELECT repeat('x', 100) FROM generate_series(1, 20000);", on: scratch.connection)
    func look(_ earlier: [Look]) throws -> Report {
      let written = [(name: "growth", value: "1MB")]
      var request = Request(options: try Options(written, for: Sizes.allOptions))
      request.records = RecordKeeping { _ in (EarlierLooks(earlier), nil) }
      return try Sizes().report(scratch.connection, request)
    }
    let first = try look([])
    #expect(first.findings == [])
    #expect(first.notes.contains("no earlier look to compare with: growth is not shown"))
    let noted = try #require(first.noted)
    #expect(noted.record.split(separator: "-").count == 2)
    #expect(noted.look.numbers[.relationBytes]?.count == 2)
    try scratch.connection.execute("INSERT INTO a SELECT repeat('x', 100) FROM generate_series(1, 20000)")
    let anHourAgo = Look(time: noted.look.time - 3600, numbers: noted.look.numbers)
    let second = try look([anHourAgo])
    #expect(second.findings.map { $0.object.displayName } == ["public.a"])
    let finding = try #require(second.findings.first)
    let change = try bytes("pg_total_relation_size('a') - pg_total_relation_size('b')", scratch.connection)
    #expect(finding["growth_bytes"] == change)
    let table = try #require(rows("tables", second).first)
    #expect(table[6] == change)
    #expect(rows("tables", second)[1][6] == 0)
    #expect(second.summary.contains("; the database +"))
  }
}
