import Testing

extension ForeignKeyTruthTests {
  /// What `\fkcheck` must say about the key of a case.
  enum Verdict: Sendable {
    case served, weak, missing, mismatched
    /// Nothing looks for children.
    case noKey

    var rules: Set<String> {
      switch self {
      case .served, .noKey: []
      case .weak: ["fk-weak-index"]
      case .missing: ["fk-without-index"]
      case .mismatched: ["fk-type-mismatch"]
      }
    }
  }

  /// A child `b` of one of the parents, and values of the key that no child has.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let verdict: Verdict
    /// On 18, whose skip scan changes what an index can do.
    var since18: Verdict?
    var major = 13
    let setup: String
    var fill = Case.filled("a, k, x, z")
    var values = "99"
    /// Each statement alone; what fails is meant to.
    var afterwards: [String] = []

    var testDescription: String { name }

    func verdict(on major: Int) -> Verdict { major >= 18 ? since18 ?? verdict : verdict }

    /// Few different values of `a` and `x`, so that an index on one of them alone still leaves thousands of rows.
    static func filled(_ columns: String, _ table: String = "b") -> String {
      let expressions = ["a": "i % 4", "k": "'k' || i", "x": "i % 3", "z": "i", "n": "i % 4", "t": "'t' || i % 4"]
      let values = columns.split(separator: ",").map { column in
        let name = column.filter { $0 != " " }
        return expressions[name] ?? name
      }
      return
        "INSERT INTO \(table) (\(columns)) SELECT \(values.joined(separator: ", ")) FROM generate_series(1, 20000) i;\n"
    }

    static let parents = """
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE ak (id int, k text, PRIMARY KEY (id, k));
      CREATE TABLE at (id text PRIMARY KEY);

      """

    private static let one = "CREATE TABLE b (a int REFERENCES a, k text, x int, z int);\n"
    private static let two = """
      CREATE TABLE b (a int, k text, x int, z int, FOREIGN KEY (a, k) REFERENCES ak (id, k));

      """
    private static let pair = "1, 'none'"

    private static func text(_ verdict: Verdict, _ name: String, _ setup: String, values: String = "'none'") -> Case {
      Case(name: name, verdict: verdict, setup: setup, fill: filled("t"), values: values)
    }

    static let all: [Case] = columns + predicates + methods + types + states + partitions + newer

    private static let columns = [
      Case(name: "plain", verdict: .served, setup: one + "CREATE INDEX ON b (a);"),
      Case(name: "none", verdict: .missing, setup: one),
      Case(name: "longer", verdict: .served, setup: one + "CREATE INDEX ON b (a, x);"),
      Case(name: "descending", verdict: .served, setup: one + "CREATE INDEX ON b (a DESC NULLS LAST, z);"),
      Case(name: "behind_few", verdict: .missing, since18: .weak, setup: one + "CREATE INDEX ON b (x, a);"),
      Case(name: "behind_many", verdict: .missing, setup: one + "CREATE INDEX ON b (z, a);"),
      Case(name: "included", verdict: .missing, setup: one + "CREATE INDEX ON b (z) INCLUDE (a);"),
      Case(name: "expression", verdict: .missing, setup: one + "CREATE INDEX ON b ((a + 0));"),
      Case(name: "behind_expression", verdict: .missing, setup: one + "CREATE INDEX ON b ((z + 1), a);"),
      Case(name: "pair", verdict: .served, setup: two + "CREATE INDEX ON b (a, k);", values: pair),
      Case(name: "pair_turned", verdict: .served, setup: two + "CREATE INDEX ON b (k, a);", values: pair),
      Case(name: "pair_and_more", verdict: .served, setup: two + "CREATE INDEX ON b (k, a, x);", values: pair),
      Case(name: "pair_gap", verdict: .weak, setup: two + "CREATE INDEX ON b (a, z, k);", values: pair),
      Case(name: "pair_prefix", verdict: .weak, setup: two + "CREATE INDEX ON b (a);", values: pair),
      Case(name: "pair_included", verdict: .weak, setup: two + "CREATE INDEX ON b (a) INCLUDE (k);", values: pair),
      Case(name: "pair_behind", verdict: .missing, setup: two + "CREATE INDEX ON b (z, a, k);", values: pair),
      Case(name: "pair_none", verdict: .missing, setup: two, values: pair),
      Case(
        name: "match_full", verdict: .served,
        setup: """
          CREATE TABLE b (a int, k text, x int, z int, FOREIGN KEY (a, k) REFERENCES ak MATCH FULL);
          CREATE INDEX ON b (k, a) WHERE a IS NOT NULL AND k IS NOT NULL;
          """, values: pair),
      Case(
        name: "self_reference", verdict: .missing,
        setup: "CREATE TABLE b (z int PRIMARY KEY, a int REFERENCES b, k text, x int);"),
      Case(
        name: "self_pair", verdict: .served,
        setup: """
          CREATE TABLE b (z int, k text, a int, x int, PRIMARY KEY (z, k), FOREIGN KEY (a, k) REFERENCES b (z, k));
          CREATE INDEX ON b (k, a);
          """, values: pair),
      Case(
        name: "dropped_columns", verdict: .served,
        setup: """
          CREATE TABLE b (junk int, other text, a int REFERENCES a, k text, x int, z int);
          ALTER TABLE b DROP COLUMN junk, DROP COLUMN other;
          CREATE INDEX ON b (a);
          """),
      Case(
        name: "primary_is_key", verdict: .served,
        setup: "CREATE TABLE b (z int, x int, k text, a int REFERENCES a, PRIMARY KEY (a, z));"),
    ]

    private static let predicates = [
      Case(name: "key_not_null", verdict: .served, setup: one + "CREATE INDEX ON b (a) WHERE a IS NOT NULL;"),
      Case(name: "other_not_null", verdict: .missing, setup: one + "CREATE INDEX ON b (a) WHERE x IS NOT NULL;"),
      Case(
        name: "other_declared_not_null", verdict: .missing,
        setup: one + "ALTER TABLE b ALTER x SET NOT NULL; CREATE INDEX ON b (a) WHERE x IS NOT NULL;"),
      Case(name: "positive", verdict: .missing, setup: one + "CREATE INDEX ON b (a) WHERE a > 0;"),
      Case(name: "other_column", verdict: .missing, setup: one + "CREATE INDEX ON b (a) WHERE x = 1;"),
      Case(name: "is_null", verdict: .missing, setup: one + "CREATE INDEX ON b (a) WHERE a IS NULL;"),
      Case(
        name: "either_not_null", verdict: .missing,
        setup: one + "CREATE INDEX ON b (a) WHERE a IS NOT NULL AND x IS NOT NULL;"),
      Case(
        name: "pair_one_not_null", verdict: .served,
        setup: two + "CREATE INDEX ON b (a, k) WHERE k IS NOT NULL;", values: pair),
    ]

    private static let methods = [
      Case(name: "brin", verdict: .weak, setup: one + "CREATE INDEX ON b USING brin (a);", values: "2"),
      Case(name: "hash", verdict: .served, setup: one + "CREATE INDEX ON b USING hash (a);"),
      Case(name: "pair_hash", verdict: .weak, setup: two + "CREATE INDEX ON b USING hash (a);", values: pair),
      Case(
        name: "exclusion", verdict: .served,
        setup: """
          CREATE TABLE b (a int REFERENCES a, k text, x int, z int, during int4range GENERATED ALWAYS AS
            (int4range(z, z + 1)) STORED, EXCLUDE USING gist (a WITH =, during WITH &&));
          """),
      Case(
        name: "gin", verdict: .served, setup: one + "CREATE INDEX ON b USING gin (x, a);",
        // Until then new entries wait in a list of their own, which each search reads.
        afterwards: ["VACUUM b"]),
      Case(
        name: "pattern_ops", verdict: .served,
        setup: "CREATE TABLE b (t text REFERENCES at); CREATE INDEX ON b (t text_pattern_ops);",
        fill: filled("t"), values: "'none'"),
      text(.served, "spgist", "CREATE TABLE b (t text REFERENCES at); CREATE INDEX ON b USING spgist (t);"),
    ]

    private static let types = [
      text(.served, "text_plain", "CREATE TABLE b (t text REFERENCES at); CREATE INDEX ON b (t);"),
      text(
        .missing, "other_collation", "CREATE TABLE b (t text REFERENCES at); CREATE INDEX ON b (t COLLATE \"POSIX\");"),
      text(
        .served, "column_collation",
        "CREATE TABLE b (t text COLLATE \"POSIX\" REFERENCES at); CREATE INDEX ON b (t);"),
      text(
        .missing, "blind_parent",
        """
        CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE blind_at (id text COLLATE blind PRIMARY KEY);
        CREATE TABLE b (t text REFERENCES blind_at); CREATE INDEX ON b (t);
        """),
      text(
        .served, "blind_both",
        """
        CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        CREATE TABLE blind_at (id text COLLATE blind PRIMARY KEY);
        CREATE TABLE b (t text COLLATE blind REFERENCES blind_at); CREATE INDEX ON b (t);
        """),
      text(
        .served, "varchar_domain",
        "CREATE DOMAIN code AS varchar(20); CREATE TABLE b (t code REFERENCES at); CREATE INDEX ON b (t);"),
      text(
        .mismatched, "text_for_char",
        "CREATE TABLE ac (id char(8) PRIMARY KEY); CREATE TABLE b (t text REFERENCES ac); CREATE INDEX ON b (t);"),
      text(
        .mismatched, "varchar_for_char",
        "CREATE TABLE ac (id char(8) PRIMARY KEY); CREATE TABLE b (t varchar REFERENCES ac); CREATE INDEX ON b (t);"),
      text(
        .mismatched, "char_for_text",
        "CREATE TABLE b (t char(8) REFERENCES at); CREATE INDEX ON b (t);"),
      Case(
        name: "wider_integer", verdict: .served,
        setup: "CREATE TABLE b (a bigint REFERENCES a, x int); CREATE INDEX ON b (a);", fill: filled("a, x")),
      Case(
        name: "narrower_integer", verdict: .served,
        setup: "CREATE TABLE b (a smallint REFERENCES a, x int); CREATE INDEX ON b (a);", fill: filled("a, x")),
      Case(
        name: "integer_domain", verdict: .served,
        setup: """
          CREATE DOMAIN number AS int; CREATE DOMAIN positive AS number CHECK (value >= 0);
          CREATE TABLE b (a positive REFERENCES a, x int); CREATE INDEX ON b (a);
          """, fill: filled("a, x")),
      Case(
        name: "integer_for_numeric", verdict: .mismatched,
        setup: """
          CREATE TABLE an (id numeric PRIMARY KEY); CREATE TABLE b (n int REFERENCES an); CREATE INDEX ON b (n);
          """, fill: filled("n")),
      Case(
        name: "integer_for_oid", verdict: .mismatched,
        setup: "CREATE TABLE ao (id oid PRIMARY KEY); CREATE TABLE b (n int REFERENCES ao); CREATE INDEX ON b (n);",
        fill: filled("n")),
      Case(
        name: "enum", verdict: .served,
        setup: """
          CREATE TYPE mood AS ENUM ('t0', 't1', 't2', 't3', 'none'); CREATE TABLE am (id mood PRIMARY KEY);
          CREATE TABLE b (t mood REFERENCES am); CREATE INDEX ON b (t);
          """,
        fill: "INSERT INTO b SELECT ('t' || i % 4)::mood FROM generate_series(1, 20000) i;", values: "'none'"),
    ]

    private static let states = [
      Case(
        name: "invalid", verdict: .missing, setup: one,
        afterwards: ["CREATE UNIQUE INDEX CONCURRENTLY b_a ON b (a)"]),
      Case(
        name: "not_ready", verdict: .missing, setup: one + "CREATE INDEX b_a ON b (a);",
        afterwards: [
          "UPDATE pg_index SET indisvalid = false, indisready = false WHERE indexrelid = 'not_ready.b_a'::regclass"
        ]),
      Case(
        name: "deferrable_served", verdict: .served,
        setup: """
          CREATE TABLE b (a int REFERENCES a DEFERRABLE INITIALLY DEFERRED, k text, x int, z int);
          CREATE INDEX ON b (a);
          """),
      Case(
        name: "not_valid", verdict: .missing,
        setup: "CREATE TABLE b (a int, k text, x int, z int); ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a NOT VALID;"
      ),
      Case(
        name: "unlogged", verdict: .missing,
        setup: "CREATE UNLOGGED TABLE b (a int REFERENCES a, k text, x int, z int);"),
      Case(
        name: "inherited", verdict: .served,
        // The child has no key, so nobody looks there.
        setup: one + "CREATE INDEX ON b (a); CREATE TABLE heir () INHERITS (b);",
        fill: filled("a, k, x, z") + filled("a, k, x, z", "heir")),
      Case(
        name: "quoted", verdict: .missing,
        setup: """
          CREATE TABLE "A ""x""." ("Id'" int PRIMARY KEY);
          CREATE TABLE "B \u{e9} %s {}" ("Key " int REFERENCES "A ""x"".", x int);
          """, fill: "INSERT INTO \"B \u{e9} %s {}\" SELECT i % 4, i FROM generate_series(1, 20000) i;"),
      Case(
        name: "longest_names", verdict: .missing,
        setup: """
          CREATE TABLE \(String(repeating: "b", count: 63)) (\(String(repeating: "a", count: 63)) int REFERENCES a, x int);
          """,
        fill: "INSERT INTO \(String(repeating: "b", count: 63)) SELECT i % 4, i FROM generate_series(1, 20000) i;"),
    ]

    private static let halves = """
      CREATE TABLE b (a int REFERENCES a, k text, x int, z int) PARTITION BY RANGE (z);
      CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10000);
      CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (10000) TO (30000);

      """

    private static let partitions = [
      Case(name: "tree", verdict: .served, setup: halves + "CREATE INDEX ON b (a);"),
      Case(name: "tree_none", verdict: .missing, setup: halves),
      Case(name: "tree_only", verdict: .missing, setup: halves + "CREATE INDEX ON ONLY b (a);"),
      Case(
        name: "tree_by_leaves", verdict: .served, setup: halves + "CREATE INDEX ON b1 (a); CREATE INDEX ON b2 (a, x);"),
      Case(
        name: "tree_one_leaf", verdict: .missing,
        setup: halves + "CREATE INDEX i ON ONLY b (a); CREATE INDEX i1 ON b1 (a); ALTER INDEX i ATTACH PARTITION i1;"),
      Case(
        name: "key_of_a_leaf", verdict: .missing,
        setup: """
          CREATE TABLE b (a int, k text, x int, z int) PARTITION BY RANGE (z);
          CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (30000);
          ALTER TABLE b1 ADD FOREIGN KEY (a) REFERENCES a;
          """),
      Case(
        name: "partitioned_parent", verdict: .served,
        setup: """
          CREATE TABLE ap (id int PRIMARY KEY) PARTITION BY RANGE (id);
          CREATE TABLE ap1 PARTITION OF ap FOR VALUES FROM (0) TO (2);
          CREATE TABLE ap2 PARTITION OF ap FOR VALUES FROM (2) TO (100);
          CREATE TABLE b (a int REFERENCES ap, k text, x int, z int);
          CREATE INDEX ON b (a);
          """),
      Case(
        name: "other_numbers", verdict: .served,
        setup: """
          CREATE TABLE b (a int REFERENCES a, k text, x int, z int) PARTITION BY RANGE (z);
          CREATE TABLE b1 (junk int, z int, x int, k text, a int); ALTER TABLE b1 DROP COLUMN junk;
          ALTER TABLE b ATTACH PARTITION b1 FOR VALUES FROM (0) TO (30000);
          CREATE INDEX ON b (a);
          """),
    ]

    private static let newer = [
      Case(
        name: "not_enforced", verdict: .noKey, major: 18,
        setup: "CREATE TABLE b (a int REFERENCES a NOT ENFORCED, k text, x int, z int);")
    ]
  }
}
