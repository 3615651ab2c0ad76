import Postgres
import Testing

@testable import Medic

/// What `\redundant` says of an index against what the server does without it: a query that used it is planned again, a
/// row that it refused is inserted again. Each case has a schema of its own in one database; one look judges all.
@Suite(.serialized) struct IndexTruthTests {
  private static let looked = Swift.Result { try Looked() }

  private struct Looked: Sendable {
    /// The redundant indexes, with the one to keep, by schema.
    let kept: [String: [String: String]]

    init() throws {
      let scratch = try Scratch("medic_index_truth")
      let connection = scratch.connection
      try connection.execute("CREATE EXTENSION pg_trgm")
      for test in Case.all where test.major <= connection.serverMajor {
        try connection.execute("CREATE SCHEMA \(test.name); SET search_path = \(test.name), public")
        try connection.execute(Case.table + test.setup)
      }
      try connection.execute("RESET search_path")
      let report = try RedundantIndexes.look(connection, [("limit", "1000")])
      #expect(report.notAssessed == [])
      var kept: [String: [String: String]] = [:]
      for finding in report.findings {
        kept[finding.object.schema ?? "", default: [:]][finding.object.name] = finding["keep"]?.text
      }
      self.kept = kept
    }
  }

  @Test(arguments: Case.all) func isAsTheServerDoes(_ test: Case) throws {
    let looked = try Self.looked.get()
    let scratch = try Scratch("medic_index_truth", shared: true)
    if scratch.connection.serverMajor < test.major { return }
    #expect(looked.kept[test.name] ?? [:] == (test.kept.map { [test.index: $0] } ?? [:]), "\(test.setup)")
    try scratch.connection.execute(
      """
      SET search_path = \(test.name), public; SET enable_seqscan = off; SET enable_sort = off;
      SET enable_incremental_sort = off; SET enable_bitmapscan = \(test.isBitmap ? "on" : "off")
      """)
    switch test.probe {
    case .query(let query):
      // Alone, the index answers the query; then it is dropped, and the others have to.
      let before = try plan(query, on: scratch.connection, without: test.dropped)
      #expect(Self.names(before, test.planned.index) && Self.isDirect(before), "\(before)")
      let after = try plan(query, on: scratch.connection, without: [test.index])
      #expect(Self.isDirect(after) == (test.kept != nil), "\(after)")
      if let kept = test.planned.kept { #expect(Self.names(after, kept), "\(after)") }
    case .refused(let insert):
      #expect(try !accepts(insert, on: scratch.connection, without: []))
      #expect(try accepts(insert, on: scratch.connection, without: [test.index]) == (test.kept == nil))
    }
  }

  /// Straight through an index: neither all rows nor a sort nor rows that are thrown away.
  private static func isDirect(_ plan: String) -> Bool {
    !["Seq Scan", "Sort", "Filter:"].contains { plan.contains($0) } && plan.contains("Index")
  }

  private static func names(_ plan: String, _ index: String) -> Bool {
    plan.split(whereSeparator: \.isWhitespace).contains { $0 == index }
  }

  private func plan(_ query: String, on connection: borrowing Connection, without dropped: [String]) throws -> String {
    try connection.execute("BEGIN")
    defer { _ = try? connection.execute("ROLLBACK") }
    for index in dropped { try drop(index, on: connection) }
    return try connection.rows("EXPLAIN (COSTS OFF) \(query)").map { $0.text("QUERY PLAN") }.joined(separator: "\n")
  }

  private func accepts(_ insert: String, on connection: borrowing Connection, without dropped: [String]) throws -> Bool
  {
    try connection.execute("BEGIN")
    defer { _ = try? connection.execute("ROLLBACK") }
    for index in dropped { try drop(index, on: connection) }
    return (try? connection.execute(insert + "; SET CONSTRAINTS ALL IMMEDIATE")) != nil
  }

  /// An index, with the constraint that it backs.
  private func drop(_ index: String, on connection: borrowing Connection) throws {
    let constraint = try connection.rows(
      """
      SELECT conrelid::regclass AS t, quote_ident(conname) AS name FROM pg_constraint
      WHERE conindid = \(SQLName.literal(index))::regclass AND contype <> 'f'
      """
    ).first
    if let constraint {
      try connection.execute("ALTER TABLE \(constraint.text("t")) DROP CONSTRAINT \(constraint.text("name")) CASCADE")
    } else {
      try connection.execute("DROP INDEX \(index)")
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    enum Probe: Sendable {
      case query(String)
      case refused(String)
    }

    let name: String
    /// The index in question, always of this name unless a case says otherwise.
    var index = "i"
    /// The index that makes it unnecessary, nil when none does.
    let kept: String?
    /// What else could answer the query, where that isn't just what is kept.
    var others: [String] = []
    /// Their names in a plan, where these are a partition's.
    var leaves: (index: String, kept: String)?
    var major = 13
    var isBitmap = false
    let setup: String
    let probe: Probe

    var testDescription: String { name }

    var planned: (index: String, kept: String?) { (leaves?.index ?? index, leaves?.kept ?? kept) }

    /// What is out of the way when the index is seen at work.
    var dropped: [String] { others.isEmpty ? kept.map { [$0] } ?? [] : others }

    static let table = "CREATE TABLE t (a int, b int, c text, d jsonb, r int4range); "

    static let all: [Case] = duplicates + prefixes + enforcing + partitions

    private static let byA = Probe.query("SELECT FROM t WHERE a = 5")
    private static let inOrder = Probe.query("SELECT a FROM t ORDER BY a LIMIT 10")

    private static let duplicates = [
      Case(name: "same", kept: "h", setup: "CREATE INDEX h ON t (a); CREATE INDEX i ON t (a)", probe: inOrder),
      Case(
        name: "mirror", kept: "h", setup: "CREATE INDEX h ON t (a, b DESC); CREATE INDEX i ON t (a DESC, b)",
        probe: .query("SELECT a FROM t ORDER BY a DESC, b LIMIT 10")),
      Case(
        name: "half_mirror", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (a, b); CREATE INDEX i ON t (a DESC, b)",
        probe: .query("SELECT a FROM t ORDER BY a DESC, b LIMIT 10")),
      Case(
        name: "nulls_first", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (a); CREATE INDEX i ON t (a NULLS FIRST)",
        probe: .query("SELECT a FROM t ORDER BY a NULLS FIRST LIMIT 10")),
      Case(
        name: "other_class", kept: nil, others: ["h"],
        setup:
          "CREATE INDEX h ON t (c COLLATE \"en-x-icu\"); CREATE INDEX i ON t (c COLLATE \"en-x-icu\" text_pattern_ops)",
        probe: .query("SELECT c FROM t ORDER BY c COLLATE \"en-x-icu\" USING ~<~ LIMIT 10")),
      Case(
        name: "other_collation", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (c); CREATE INDEX i ON t (c COLLATE \"en-x-icu\")",
        probe: .query("SELECT c FROM t ORDER BY c COLLATE \"en-x-icu\" LIMIT 10")),
      Case(
        name: "same_predicate", kept: "h",
        setup: "CREATE INDEX h ON t (a) WHERE b > 3; CREATE INDEX i ON t (a) WHERE b  > (3)",
        probe: .query("SELECT a FROM t WHERE b > 3 ORDER BY a LIMIT 10")),
      Case(
        name: "other_predicate", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (a) WHERE b > 4; CREATE INDEX i ON t (a) WHERE b > 3",
        probe: .query("SELECT a FROM t WHERE b > 3 ORDER BY a LIMIT 10")),
      Case(
        name: "same_expression", kept: "h",
        setup: "CREATE INDEX h ON t (lower(c), a); CREATE INDEX i ON t ((lower((c))), a)",
        probe: .query("SELECT a FROM t ORDER BY lower(c), a LIMIT 10")),
      Case(
        name: "other_expression", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (lower(c)); CREATE INDEX i ON t (upper(c))",
        probe: .query("SELECT a FROM t ORDER BY upper(c) LIMIT 10")),
      Case(
        name: "json_class", kept: nil, others: ["h"], isBitmap: true,
        setup: "CREATE INDEX h ON t USING gin (d jsonb_path_ops); CREATE INDEX i ON t USING gin (d)",
        probe: .query("SELECT FROM t WHERE d ? 'x'")),
      Case(
        name: "same_gin", kept: "h", isBitmap: true,
        setup: "CREATE INDEX h ON t USING gin (d); CREATE INDEX i ON t USING gin (d)",
        probe: .query("SELECT FROM t WHERE d ? 'x'")),
    ]

    private static let prefixes = [
      Case(name: "prefix", kept: "h", setup: "CREATE INDEX h ON t (a, b); CREATE INDEX i ON t (a)", probe: inOrder),
      Case(
        name: "wider_stays", kept: nil, others: ["h"],
        setup: "CREATE UNIQUE INDEX h ON t (a); CREATE INDEX i ON t (a, b)",
        probe: .query("SELECT a FROM t ORDER BY a, b LIMIT 10")),
      Case(
        name: "backward_prefix", kept: "h", setup: "CREATE INDEX h ON t (a, b); CREATE INDEX i ON t (a DESC)",
        probe: .query("SELECT a FROM t ORDER BY a DESC LIMIT 10")),
      Case(
        name: "chain", kept: "h",
        setup: "CREATE INDEX h ON t (a, b, c); CREATE UNIQUE INDEX u ON t (b); CREATE INDEX i ON t (a, b)",
        probe: .query("SELECT a FROM t ORDER BY a, b LIMIT 10")),
      Case(
        name: "included", kept: "h", setup: "CREATE INDEX h ON t (a, b); CREATE INDEX i ON t (a) INCLUDE (b)",
        probe: .query("SELECT a, b FROM t WHERE a = 5")),
      Case(
        name: "more_included", kept: "h", setup: "CREATE INDEX h ON t (a) INCLUDE (b, c); CREATE INDEX i ON t (a)",
        probe: byA),
      Case(
        name: "hash_stays", kept: nil, others: [],
        setup: "CREATE INDEX i ON t USING hash (a); CREATE INDEX h ON t USING brin (a)", probe: byA),
      Case(
        name: "partial_prefix", kept: nil, others: ["h"],
        setup: "CREATE INDEX h ON t (a, b) WHERE b > 3; CREATE INDEX i ON t (a)", probe: inOrder),
    ]

    private static let enforcing = [
      Case(
        name: "unique_prefix", kept: nil, setup: "CREATE UNIQUE INDEX i ON t (a); CREATE INDEX h ON t (a, b)",
        probe: .refused("INSERT INTO t (a) VALUES (1), (1)")),
      Case(
        name: "unique_twice", kept: "h", setup: "CREATE UNIQUE INDEX h ON t (a); CREATE UNIQUE INDEX i ON t (a)",
        probe: .refused("INSERT INTO t (a) VALUES (1), (1)")),
      Case(
        name: "unique_longer", kept: nil, setup: "CREATE UNIQUE INDEX i ON t (a); CREATE UNIQUE INDEX h ON t (a, b)",
        probe: .refused("INSERT INTO t (a, b) VALUES (1, 1), (1, 2)")),
      Case(
        name: "unique_included", kept: "h",
        setup: "CREATE UNIQUE INDEX h ON t (a) INCLUDE (b); CREATE UNIQUE INDEX i ON t (a)",
        probe: .refused("INSERT INTO t (a, b) VALUES (1, 1), (1, 2)")),
      Case(
        name: "plain_of_unique", kept: "t_a_key", setup: "CREATE INDEX i ON t (a); ALTER TABLE t ADD UNIQUE (a)",
        probe: byA),
      Case(
        name: "constraint_wins", kept: "t_pkey",
        setup: "CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD PRIMARY KEY (a)",
        probe: .refused("INSERT INTO t (a) VALUES (1), (1)")),
      Case(
        name: "nulls_not_distinct", kept: nil, major: 15,
        setup: "CREATE UNIQUE INDEX h ON t (a); CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT",
        probe: .refused("INSERT INTO t (a) VALUES (NULL), (NULL)")),
      Case(
        name: "exclusion_stays", index: "t_r_excl", kept: nil,
        setup: "ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)",
        probe: .refused("INSERT INTO t (r) VALUES ('[1,3)'), ('[2,4)')")),
      Case(
        name: "beside_exclusion", kept: "t_r_excl", isBitmap: true,
        setup: "CREATE INDEX i ON t USING gist (r); ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)",
        probe: .query("SELECT FROM t WHERE r && '[1,2)'")),
    ]

    private static let halves = """
      CREATE TABLE p (a int, b int) PARTITION BY LIST (b); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2);
      """

    private static let partitions = [
      Case(
        name: "tree_twice", kept: "h", leaves: ("p1_a_idx1", "p1_a_idx"),
        setup: halves + "CREATE INDEX h ON p (a); CREATE INDEX i ON p (a)",
        probe: .query("SELECT FROM p WHERE a = 5")),
      Case(
        name: "tree_prefix", kept: "h", leaves: ("p1_a_idx", "p1_a_b_idx"),
        setup: halves + "CREATE INDEX h ON p (a, b); CREATE INDEX i ON p (a)",
        probe: .query("SELECT FROM p WHERE a = 5")),
      // Of a leaf's two indexes only its own can be dropped by itself.
      Case(
        name: "beside_attached", kept: "p1_a_b_idx", others: ["h"],
        setup: halves + "CREATE INDEX h ON p (a, b); CREATE INDEX i ON p1 (a)",
        probe: .query("SELECT FROM p1 WHERE a = 5")),
    ]
  }
}
