/// The names that users give and that may be wrong, as one query for the rules about names: rules that ask the same
/// are answered once.
///
/// Without partitions and the columns of children, without what an extension brings, and without the indexes of
/// constraints, which have the constraint's name.
enum NamedObjects {
  /// What is cheap to ask of every name, so that few go on to the joins.
  private static func isSuspect(_ name: String) -> String {
    "(pg_catalog.quote_ident(\(name)) <> \(name) OR pg_catalog.octet_length(\(name)::text) >= (SELECT l.bytes FROM longest AS l))"
  }

  /// Letters beyond ASCII need no quotes, and `$` neither unless it comes first; ranges are of bytes, since names have
  /// the collation C.
  private static let needsQuotes = "'[[:cntrl:] !-#%-/:-^`{-~]|^[0-9$]'"

  static let query = Query(
    from: 11,
    """
    WITH longest AS MATERIALIZED (SELECT pg_catalog.current_setting('max_identifier_length')::int AS bytes),
    names (kind, schema, "table", name) AS (
      SELECT 'schema', n.nspname, NULL::name, n.nspname FROM pg_catalog.pg_namespace AS n
      WHERE \(isSuspect("n.nspname"))
        AND \(Scope.condition(schema: "n.nspname", name: "n.nspname"))
        AND \(Scope.notOfExtension("pg_namespace", "n.oid"))
      UNION ALL
      SELECT CASE c.relkind WHEN 'm' THEN 'materialized_view' WHEN 'S' THEN 'sequence' WHEN 'i' THEN 'index'
          WHEN 'I' THEN 'index' ELSE 'table' END, n.nspname, t.relname, c.relname
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN LATERAL (
        SELECT o.oid, o.relname, EXISTS (SELECT FROM pg_catalog.pg_constraint AS con
          WHERE con.conrelid = i.indrelid AND con.conindid = c.oid AND con.conname = c.relname) AS is_constraint
        FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS o ON o.oid = i.indrelid
        WHERE i.indexrelid = c.oid
        LIMIT 1
      ) AS t ON c.relkind IN ('i', 'I')
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I') AND \(isSuspect("c.relname"))
        AND NOT c.relispartition
        AND t.is_constraint IS DISTINCT FROM true
        AND \(Scope.condition(schema: "n.nspname", name: "c.relname", orName: "t.relname"))
        AND \(Scope.notOfExtension("pg_class", "coalesce(t.oid, c.oid)"))
      UNION ALL
      SELECT 'column', n.nspname, c.relname, a.attname
      FROM pg_catalog.pg_attribute AS a
      JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0 AND c.relkind IN ('r', 'p')
        AND \(isSuspect("a.attname"))
        AND \(Scope.ownTable)
      UNION ALL
      SELECT 'constraint', n.nspname, c.relname, con.conname
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE con.conparentid = 0 AND con.coninhcount = 0 AND con.contype <> 't' AND \(isSuspect("con.conname"))
        AND \(Scope.ownTable)
      UNION ALL
      SELECT 'trigger', n.nspname, c.relname, g.tgname
      FROM pg_catalog.pg_trigger AS g
      JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE NOT g.tgisinternal AND NOT c.relispartition AND \(isSuspect("g.tgname"))
        AND \(Scope.ownTable)
      UNION ALL
      SELECT 'function', n.nspname, NULL, p.proname
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
      WHERE p.oid >= 16384 AND \(isSuspect("p.proname"))
        AND \(Scope.condition(schema: "n.nspname", name: "p.proname"))
        AND \(Scope.notOfExtension("pg_proc", "p.oid"))
      UNION ALL
      SELECT 'type', n.nspname, NULL, t.typname
      FROM pg_catalog.pg_type AS t
      JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
      WHERE t.typtype IN ('d', 'e', 'r') AND t.oid >= 16384 AND \(isSuspect("t.typname"))
        AND \(Scope.condition(schema: "n.nspname", name: "t.typname"))
        AND \(Scope.notOfExtension("pg_type", "t.oid"))
    )
    SELECT x.kind, x.schema, x."table", x.name, k.catcode AS keyword, x.name ~ \(needsQuotes) AS needs_quotes,
      pg_catalog.octet_length(x.name::text) AS bytes, l.bytes AS most_bytes
    FROM names AS x CROSS JOIN longest AS l LEFT JOIN pg_catalog.pg_get_keywords() AS k ON k.word = x.name::text
    ORDER BY x.kind, x.schema, x."table", x.name
    """)

  /// The object that a row of the list is.
  static func object(_ row: Row) -> DatabaseObject {
    let kind = DatabaseObject.Kind(rawValue: row.text("kind")) ?? .table
    if kind == .schema { return DatabaseObject(.schema, name: row.text("name")) }
    return DatabaseObject(kind, schema: row.text("schema"), name: row.text("name"), table: row["table"])
  }
}
