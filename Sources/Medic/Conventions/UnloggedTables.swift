/// Unlogged tables: emptied by every crash, and absent from every standby and backup made from WAL.
struct UnloggedTables: SchemaRule {
  static let card = Card(
    "conv-unlogged", severity: .info, in: .schema, entry: "bulk-load", summary: "unlogged tables")

  /// Of a partitioned table the leaves are what is logged or not; they are counted at its top.
  static let queries = [
    Query(
      from: 12,
      """
      SELECT n.nspname AS schema, c.relname AS "table", c.relkind AS kind, pg_catalog.count(*) AS tables,
        pg_catalog.sum(greatest(u.relpages, 0)) * pg_catalog.current_setting('block_size')::bigint AS bytes,
        pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT FROM pg_catalog.pg_stat_replication)
          OR EXISTS (SELECT FROM pg_catalog.pg_replication_slots AS r WHERE r.slot_type = 'physical') AS is_replicated
      FROM pg_catalog.pg_class AS u
      JOIN pg_catalog.pg_class AS c ON c.oid = coalesce(pg_catalog.pg_partition_root(u.oid), u.oid)
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE u.relpersistence = 'u' AND u.relkind = 'r'
        AND \(Scope.ownTable)
      GROUP BY n.nspname, c.relname, c.relkind
      ORDER BY n.nspname, c.relname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let isReplicated = row.flag("is_replicated")
    let isPartitioned = row.text("kind") == "p"
    let partitions = row.int("tables") ?? 0
    let what = isPartitioned ? "\(Quantity.count(partitions, "partition")) unlogged" : "unlogged"
    return Finding(
      Self.card, on: row.tableObject,
      "\(what): empty after a crash" + (isReplicated ? ", and missing on the standbys" : ""),
      severity: isReplicated ? .warning : nil,
      evidence: [
        Fact("table_bytes", .int(row.bytes)), Fact("replicated", .bool(isReplicated)),
        Fact("unlogged_tables", .int(partitions)),
      ],
      remedy: isPartitioned ? nil : .setLogged(schema: row.text("schema"), table: row.text("table"), bytes: row.bytes),
      weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.\"Cache\"", in: "CREATE UNLOGGED TABLE \"Cache\" (key text PRIMARY KEY, value jsonb)"),
    .finds(
      "public.t",
      in: """
        CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE UNLOGGED TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE UNLOGGED TABLE t2 PARTITION OF t FOR VALUES IN (2); CREATE TABLE t3 PARTITION OF t FOR VALUES IN (3)
        """),
    .clean("CREATE TABLE t (id int); CREATE TEMP TABLE u (id int)"),
  ]
}
