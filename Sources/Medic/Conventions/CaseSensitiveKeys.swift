/// A column that is looked up without regard to case, by an index on `lower(…)`, and is unique only with regard to it:
/// the same address can be there twice in two spellings.
struct CaseSensitiveKeys: SchemaRule {
  static let card = Card(
    "conv-case-sensitive-key", severity: .warning, in: .schema, entry: "conv-citext",
    summary: "text that is unique in one spelling and looked up in any")

  /// Functions 870 and 871 are `lower(text)` and `upper(text)`. Any unique index on the expression settles it.
  static let queries = [
    Query(
      from: 11,
      """
      WITH folded AS MATERIALIZED (
        SELECT i.indrelid AS id, i.indexrelid, i.indisunique AND i.indpred IS NULL AS is_unique,
          pg_catalog.substr(i.indexprs::text, 20, 3)::int AS function,
          (pg_catalog.regexp_match(i.indexprs::text, ':varattno ([0-9]+) '))[1]::int AS attnum
        FROM pg_catalog.pg_index AS i
        WHERE i.indisvalid AND i.indnatts = 1 AND i.indkey::text = '0'
          AND i.indexprs::text ~ '^[(][{]FUNCEXPR :funcid (870|871) '
      )
      SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", c.relkind AS kind,
        pg_catalog.min(u.relname::text) AS unique_index, pg_catalog.min(l.relname::text) AS folded_index,
        CASE pg_catalog.min(f.function) WHEN 870 THEN 'lower' ELSE 'upper' END AS function,
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM folded AS f
      JOIN pg_catalog.pg_class AS c ON c.oid = f.id
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class AS l ON l.oid = f.indexrelid
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = f.id AND a.attnum = f.attnum
      JOIN pg_catalog.pg_index AS i ON i.indrelid = f.id AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1
        AND i.indkey[0] = a.attnum AND i.indpred IS NULL
      JOIN pg_catalog.pg_class AS u ON u.oid = i.indexrelid
      WHERE NOT c.relispartition
        AND NOT EXISTS (SELECT FROM folded AS o WHERE o.id = f.id AND o.attnum = f.attnum AND o.is_unique)
        AND \(Scope.ownTable)
      GROUP BY n.nspname, c.relname, c.relkind, a.attname, c.relpages
      ORDER BY n.nspname, c.relname, a.attname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let function = row.text("function")
    let column = SQLName.quoted(row.text("column"))
    return Finding(
      Self.card, on: row.columnObject,
      "looked up by \(function)(\(column)), but unique only as written",
      evidence: [
        Fact("unique_index", .text(row.text("unique_index"))), Fact("folded_index", .text(row.text("folded_index"))),
        Fact("table_bytes", .int(row.bytes)),
      ],
      remedy: row.text("kind") == "r"
        ? .foldedIndex(row.columnObject, function: function, isUnique: true) : nil,
      weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.t.email", in: "CREATE TABLE t (email text UNIQUE); CREATE INDEX ON t (lower(email))"),
    .finds(
      "public.\"T\".\"Mail\"",
      in: "CREATE TABLE \"T\" (\"Mail\" varchar(80) UNIQUE); CREATE INDEX ON \"T\" (upper(\"Mail\"))"),
    .clean(
      "CREATE TABLE t (email text UNIQUE); CREATE UNIQUE INDEX ON t (lower(email)); CREATE TABLE u (email text UNIQUE)"),
    .clean("CREATE TABLE t (email text, name text UNIQUE); CREATE INDEX ON t (lower(email))"),
    .clean("CREATE EXTENSION citext; CREATE TABLE t (email citext UNIQUE)"),
  ]
}
