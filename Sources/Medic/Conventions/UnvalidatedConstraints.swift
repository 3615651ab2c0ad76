/// Constraints that were added NOT VALID and never validated: they hold for new rows only, and the planner can't rely
/// on them.
struct UnvalidatedConstraints: SchemaRule {
  static let card = Card(
    "conv-not-valid", severity: .warning, in: .schema, entry: "constraint-violation",
    summary: "constraints left NOT VALID")

  /// NOT ENFORCED ones (18) are never valid, and meant so. A partition's copy is its parent's affair.
  static let queries = [
    Query(
      from: 11,
      """
      SELECT n.nspname AS schema, c.relname AS "table", con.conname AS name, con.contype AS type, false AS is_domain,
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE NOT con.convalidated AND con.conparentid = 0
        AND coalesce((pg_catalog.to_jsonb(con) ->> 'conenforced')::boolean, true)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h
          JOIN pg_catalog.pg_constraint AS above ON above.conrelid = h.inhparent
          WHERE h.inhrelid = c.oid AND above.conname = con.conname AND NOT above.convalidated)
        AND \(Scope.ownTable)
      UNION ALL
      SELECT n.nspname, t.typname, con.conname, con.contype, true, 0
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_type AS t ON t.oid = con.contypid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
      WHERE NOT con.convalidated AND con.contypid <> 0
        AND \(Scope.condition(schema: "n.nspname", name: "t.typname"))
        AND \(Scope.notOfExtension("pg_type", "t.oid"))
      ORDER BY 1, 2, 3
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let isDomain = row.flag("is_domain")
    let kind = ["f": "foreign key", "c": "CHECK", "n": "NOT NULL"][row.text("type")] ?? "constraint"
    let isKey = row.text("type") == "f"
    let object = DatabaseObject(
      isKey ? .foreignKey : .constraint, schema: row.text("schema"), name: row.text("name"), table: row.text("table"))
    return Finding(
      Self.card, on: object,
      "\(kind)\(isDomain ? " of a domain" : "") left NOT VALID: older rows were never checked",
      evidence: [Fact("type", .text(kind)), Fact("domain", .bool(isDomain)), Fact("table_bytes", .int(row.bytes))],
      remedy: .validate(object, isDomain: isDomain), weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds(
      "public.t.positive", in: "CREATE TABLE t (n int); ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID"),
    .finds(
      "public.b.b_a_fkey",
      in: """
        CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int);
        ALTER TABLE b ADD FOREIGN KEY (a) REFERENCES a NOT VALID
        """),
    .finds(
      "public.\"T\".\"C\"",
      in: "CREATE TABLE \"T\" (n int); ALTER TABLE \"T\" ADD CONSTRAINT \"C\" CHECK (n > 0) NOT VALID"),
    .finds(
      "public.code.short",
      in: "CREATE DOMAIN code AS text; ALTER DOMAIN code ADD CONSTRAINT short CHECK (VALUE < 'x') NOT VALID"
    ),
    .finds(
      "public.t.positive",
      in: """
        CREATE TABLE t (n int) PARTITION BY LIST (n); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID
        """),
    .finds(
      "public.t.there", from: 18, in: "CREATE TABLE t (n int); ALTER TABLE t ADD CONSTRAINT there NOT NULL n NOT VALID"),
    .clean("CREATE TABLE t (n int CHECK (n > 0) NOT NULL, m int REFERENCES t (n), UNIQUE (n))"),
    .clean(
      """
      CREATE TABLE t (n int); ALTER TABLE t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID;
      ALTER TABLE t VALIDATE CONSTRAINT positive
      """),
    .clean("CREATE TABLE t (n int, CONSTRAINT positive CHECK (n > 0) NOT ENFORCED)", from: 18),
  ]
}
