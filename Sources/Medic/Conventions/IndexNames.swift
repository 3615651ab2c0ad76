/// Index names that say nothing of what is indexed (`idx1`, `users_idx2`): plans, locks and statistics name indexes, so
/// that is what one reads during an outage.
struct IndexNames: SchemaRule {
  static let card = Card(
    "conv-index-name", severity: .info, in: .indexes, entry: "conv-index-names",
    summary: "index names that do not say what is indexed")

  /// Nothing is left of the name without the table's and the words that any index could have. What the server named
  /// itself has a column, a function or `expr` in it; constraints' indexes are named by their constraint; parts of a
  /// partitioned index by their parent.
  static let queries = [
    Query(
      from: 11,
      """
      SELECT n.nspname AS schema, i.relname AS name, c.relname AS "table", m.amname AS method,
        (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.position)
          FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
          JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
          WHERE k.position <= x.indnkeyatts) AS columns,
        x.indexprs IS NOT NULL AS has_expressions,
        ARRAY(SELECT o.relname::text FROM pg_catalog.pg_index AS y JOIN pg_catalog.pg_class AS o ON o.oid = y.indexrelid
          WHERE y.indrelid = x.indrelid ORDER BY 1) AS taken,
        greatest(i.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM pg_catalog.pg_index AS x
      JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
      JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
      JOIN pg_catalog.pg_am AS m ON m.oid = i.relam
      JOIN pg_catalog.pg_namespace AS n ON n.oid = i.relnamespace
      WHERE x.indisvalid AND NOT x.indisprimary AND i.relkind IN ('i', 'I') AND NOT i.relispartition AND c.relkind IN ('r', 'p', 'm')
        AND pg_catalog.replace('_' || i.relname || '_', '_' || c.relname || '_', '_')
          ~* '^_((idx|index|ix|i|ind|key|uq|uk|uniq|unique|new|old|tmp|temp|test|foo|bar|a|the|my|on)?[0-9]*[-_ ]+)+$'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS con
          WHERE con.conindid = x.indexrelid AND con.contype IN ('p', 'u', 'x'))
        AND \(Scope.condition(schema: "n.nspname", name: "i.relname", orName: "c.relname"))
        AND \(Scope.notOfExtension("pg_class", "c.oid"))
        AND \(Scope.notOfExtension("pg_class", "i.oid"))
      ORDER BY n.nspname, c.relname, i.relname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let (name, table, columns) = (row.text("name"), row.text("table"), row.list("columns"))
    let words = name.lowercased().split { "_- ".contains($0) }.map { $0.filter { !$0.isNumber } }
    // The table's name may be the column's, too, or the column may be named like one of the words.
    if columns.contains(where: { words.contains($0.lowercased()) || name.lowercased().contains("_\($0.lowercased())_") }
    ) {
      return nil
    }
    let hasExpressions = row.flag("has_expressions")
    let what = hasExpressions ? "an expression" : columns.joined(separator: ", ")
    let better = hasExpressions ? nil : Self.freeName(table, columns, taken: row.list("taken"))
    return Finding(
      Self.card, on: DatabaseObject(.index, schema: row.text("schema"), name: name, table: table),
      "says nothing of \(SQLName.quoted(table)) (\(what))",
      evidence: [
        Fact("columns", .text(columns.joined(separator: ", "))), Fact("method", .text(row.text("method"))),
        Fact("size_bytes", .int(row.bytes)),
      ],
      remedy: better.map { .renameIndex(schema: row.text("schema"), from: name, to: $0) })
  }

  private static func freeName(_ table: String, _ columns: [String], taken: [String]) -> String {
    let wanted = IndexDefinition.name(table: table, columns: columns)
    if !taken.contains(wanted) { return wanted }
    let numbered = (2...taken.count + 2).lazy.map { SQLName.truncated(wanted, to: 59) + "_\($0)" }
    return numbered.first { !taken.contains($0) } ?? wanted
  }

  static let examples: [Example] = [
    .finds("public.idx1", in: "CREATE TABLE t (a int, b int); CREATE INDEX idx1 ON t (a, b)"),
    .finds("public.index_2", in: "CREATE TABLE users (a int); CREATE INDEX index_2 ON users (a)"),
    .finds("public.users_idx23", in: "CREATE TABLE users (a int); CREATE INDEX users_idx23 ON users USING hash (a)"),
    .finds("public.\"IDX\"", in: "CREATE TABLE \"T\" (\"A\" int); CREATE INDEX \"IDX\" ON \"T\" (\"A\")"),
    .finds(
      "public.idx1",
      in: "CREATE TABLE t (a int); CREATE INDEX index_t_on_a ON t (a); CREATE INDEX idx1 ON t (a) WHERE a > 0"),
    .finds(
      "public.idx_1",
      in: """
        CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE INDEX idx_1 ON t (a)
        """),
    // What the server makes up itself, and what a reader can understand.
    .clean(
      """
      CREATE TABLE t (id int PRIMARY KEY, i int UNIQUE, idx int, v text);
      CREATE INDEX ON t (i); CREATE INDEX ON t (idx); CREATE INDEX ON t (lower(v)); CREATE INDEX ON t ((i + 1));
      CREATE INDEX ON t (i, idx); CREATE INDEX ON t (i); CREATE INDEX t_active ON t (id) WHERE i > 0;
      CREATE INDEX index_t_on_v ON t (v); ALTER TABLE t ADD CONSTRAINT key1 UNIQUE (v)
      """),
    .clean("CREATE TABLE email (email text, address text); CREATE INDEX email_idx ON email (email)"),
  ]
}
