import Postgres
import Testing

@testable import Medic

/// The verdict on each key against what the server does when a parent row goes: the referential-integrity query is
/// prepared as the server writes it, run, and the pages that it touches are counted.
///
/// Each case has a schema of its own in one database, with tables of 20,000 rows, so that one look judges all.
@Suite(.serialized) struct ForeignKeyTruthTests {
  private static let looked = Swift.Result { try Looked() }

  /// All cases, built and examined once.
  private struct Looked: Sendable {
    let verdicts: [String: Set<String>]
    let notAssessed: [NotAssessed]
    let scope: String

    init() throws {
      let scratch = try Scratch("medic_key_truth")
      let connection = scratch.connection
      try connection.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION btree_gin")
      for test in Case.all where test.major <= connection.serverMajor {
        try connection.execute("CREATE SCHEMA \(test.name); SET search_path = \(test.name), public")
        try Scratch.run(Case.parents + test.setup, on: connection)
        try connection.execute("SET session_replication_role = replica")
        try Scratch.run(test.fill, on: connection)
        try connection.execute("RESET session_replication_role")
        for statement in test.afterwards {
          // One of them is meant to fail: it leaves an invalid index behind.
          _ = try? connection.execute(statement)
        }
      }
      try connection.execute("RESET search_path; ANALYZE")
      let report = try ForeignKeyCheck.look(connection, [("limit", "1000")])
      var verdicts: [String: Set<String>] = [:]
      for finding in report.findings { verdicts[finding.object.schema ?? "", default: []].insert(finding.rule) }
      self.verdicts = verdicts
      notAssessed = report.notAssessed
      scope = report.scope
    }
  }

  @Test(arguments: Case.all) func isAsTheServerDoes(_ test: Case) throws {
    let looked = try Self.looked.get()
    let scratch = try Scratch("medic_key_truth", shared: true)
    if scratch.connection.serverMajor < test.major { return }
    #expect(looked.notAssessed == [])
    let rules = looked.verdicts[test.name] ?? []
    let verdict = test.verdict(on: scratch.connection.serverMajor)
    #expect(rules == verdict.rules, "\(test.setup)")
    guard let truth = try Truth(test, scratch.connection) else {
      #expect(verdict == .noKey)
      return
    }
    switch verdict {
    case .served: #expect(truth.isCheap && truth.usesIndex, "\(truth.plan)")
    case .weak: #expect(!truth.isCheap && truth.usesIndex, "\(truth.plan)")
    case .missing, .mismatched: #expect(!truth.isCheap, "\(truth.plan)")
    case .noKey: Issue.record("\(test.name) has a key that is looked up: \(truth.plan)")
    }
  }

  /// What the server does for a key.
  private struct Truth {
    let plan: String
    /// At most a handful of pages for each table, which only a direct way through an index gives.
    let isCheap: Bool
    let usesIndex: Bool

    /// Nil when there are no triggers that would look.
    init?(_ test: Case, _ connection: borrowing Connection) throws {
      guard let key = try connection.rows(Truth.query, [test.name]).first else { return nil }
      try connection.execute(
        "DEALLOCATE ALL; SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off")
      try connection.execute("PREPARE ri (\(key.text("types"))) AS \(key.text("text"))")
      // The first run also pays for what is cached later.
      let explain = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE ri (\(test.values))"
      try connection.execute(explain)
      let lines = try connection.rows(explain).map { $0.text("QUERY PLAN") }
      plan = lines.joined(separator: "\n")
      let buffers = lines.first { $0.contains("Buffers: ") } ?? ""
      let pages = buffers.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }.reduce(0, +)
      isCheap = pages <= 10 * (key.int("tables") ?? 1)
      usesIndex = plan.contains("Index Cond: ") && !plan.contains("Seq Scan")
    }

    /// The query by which the server looks for the children of a deleted parent row.
    static let query = """
      SELECT 'SELECT 1 FROM ' || CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass
          || ' x WHERE ' || string_agg(
            '$' || k.n || CASE WHEN pa.atttypid = o.oprleft OR lt.typtype = 'p' THEN ''
              ELSE '::' || format_type(o.oprleft, NULL) END
            || ' OPERATOR(' || quote_ident(opn.nspname) || '.' || o.oprname || ') ' || quote_ident(a.attname)
            || CASE WHEN a.atttypid = o.oprright OR rt.typtype = 'p' THEN '' ELSE '::' || format_type(o.oprright, NULL) END
            || CASE WHEN pa.attcollation <> a.attcollation AND NOT l.collisdeterministic
              THEN ' COLLATE ' || pa.attcollation::regcollation ELSE '' END, ' AND ' ORDER BY k.n)
          || ' FOR KEY SHARE OF x' AS text,
        string_agg(format_type(pa.atttypid, NULL), ', ' ORDER BY k.n) AS types,
        (SELECT greatest(1, count(*)) FROM pg_partition_tree(c.oid) WHERE isleaf) AS tables
      FROM pg_constraint con JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      CROSS JOIN LATERAL unnest(con.conkey, con.confkey, con.conpfeqop) WITH ORDINALITY AS k (child, parent, op, n)
      JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.child
      JOIN pg_attribute pa ON pa.attrelid = con.confrelid AND pa.attnum = k.parent
      JOIN pg_operator o ON o.oid = k.op JOIN pg_namespace opn ON opn.oid = o.oprnamespace
      JOIN pg_type lt ON lt.oid = o.oprleft JOIN pg_type rt ON rt.oid = o.oprright
      LEFT JOIN pg_collation l ON l.oid = pa.attcollation
      WHERE con.contype = 'f' AND con.conparentid = 0 AND n.nspname = $1
        AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = con.oid)
      GROUP BY con.oid, c.oid, c.relkind ORDER BY con.oid DESC LIMIT 1
      """
  }

  /// Other sessions' temporary tables can be neither read nor helped.
  @Test func temporaryTablesOfOthersAreLeftOut() throws {
    let scratch = try Scratch("medic_key_temp")
    let other = try scratch.connect()
    try other.execute("CREATE TEMP TABLE a (id int PRIMARY KEY); CREATE TEMP TABLE b (a int REFERENCES a)")
    let report = try ForeignKeyCheck.look(scratch.connection)
    #expect(report.findings == [])
    #expect(report.scope == "0 foreign keys of 0 tables")
    #expect(report.notAssessed == [])
  }

  /// An extension's own tables are its author's affair, unless system objects are asked for.
  @Test func anExtensionsTablesAreLeftOut() throws {
    let scratch = try Scratch("medic_key_extension")
    try Scratch.run(
      """
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (a int REFERENCES a);
      CREATE TABLE "Own" (a int REFERENCES a);
      CREATE EXTENSION btree_gin;
      ALTER EXTENSION btree_gin ADD TABLE b;
      """, on: scratch.connection)
    let report = try ForeignKeyCheck.look(scratch.connection)
    #expect(report.findings.map { $0.object.table } == ["Own"])
    let all = try ForeignKeyCheck().report(
      scratch.connection,
      Request(scope: Scope(includesSystem: true), options: .standard(for: ForeignKeyCheck.allOptions)))
    #expect(all.findings.map { $0.object.table } == ["Own", "b"])
  }

  /// An index that is not valid is named for the key that it begins with, and for no other.
  @Test func invalidIndexesAreNamedForTheirOwnKey() throws {
    let scratch = try Scratch("medic_key_invalid")
    let connection = scratch.connection
    try Scratch.run(
      """
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (a int REFERENCES a, c int);
      CREATE INDEX other ON b (c, a);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'other'::regclass;
      """, on: connection)
    #expect(try ForeignKeyCheck.look(connection).findings.map { $0.message } == ["no index starts with (a)"])
    try Scratch.run(
      """
      CREATE INDEX own ON b (a);
      UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'own'::regclass;
      """, on: connection)
    let finding = try #require(try ForeignKeyCheck.look(connection).findings.first)
    #expect(finding.message == "no index starts with (a); own is not valid")
    #expect(finding.remedy?.sql.contains { $0.hasPrefix("REINDEX") } == true)
  }

  /// A key is in its table's schema, also after the table has moved.
  @Test func keysMoveWithTheirTables() throws {
    let scratch = try Scratch("medic_key_moved")
    try Scratch.run(
      """
      CREATE SCHEMA s;
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE b (a int REFERENCES a);
      CREATE TABLE c (a int REFERENCES a);
      ALTER TABLE b SET SCHEMA s;
      """, on: scratch.connection)
    for (text, table) in [("s.*", "b"), ("public.*", "c"), ("c", "c")] {
      let report = try ForeignKeyCheck().report(
        scratch.connection,
        Request(scope: Scope([try Pattern(text)]), options: .standard(for: ForeignKeyCheck.allOptions)))
      #expect(report.scope == "1 foreign key of 1 table")
      #expect(report.findings.map { $0.object.table } == [table])
    }
  }

  /// Two keys of one table, and names that meet when cut to 63 bytes: each remedy's index has a name of its own.
  @Test func remediesDontMeetInTheirNames() throws {
    let scratch = try Scratch("medic_key_names")
    let long = String(repeating: "x", count: 60)
    try Scratch.run(
      """
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE \(long)1 (a int REFERENCES a);
      CREATE TABLE \(long)2 (a int REFERENCES a);
      CREATE TABLE b (a int REFERENCES a, c int);
      CREATE TABLE "index_b_on_a" (c int);
      """, on: scratch.connection)
    for finding in try ForeignKeyCheck.look(scratch.connection).findings {
      for statement in try #require(finding.remedy).sql { try scratch.connection.execute(statement) }
    }
    #expect(try ForeignKeyCheck.look(scratch.connection).findings == [])
  }
}
