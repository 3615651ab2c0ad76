/// Row security switched on with no policy: everybody but the owner (and BYPASSRLS) sees an empty table, silently.
///
/// Partitions are left out: read through their parent its policies count, and closing them to direct access is usual.
struct RowSecurityWithoutPolicy: SchemaRule {
  static let card = Card(
    "conv-rls-without-policy", severity: .warning, in: .schema, entry: "row-level-tenancy",
    summary: "row security without any policy")

  static let queries = [
    Query(
      from: 10,
      """
      SELECT n.nspname AS schema, c.relname AS "table", c.relforcerowsecurity AS is_forced,
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relrowsecurity AND NOT c.relispartition
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid)
        AND \(Scope.ownTable)
      ORDER BY n.nspname, c.relname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let who = row.flag("is_forced") ? "nobody sees a row" : "only the owner sees rows"
    return Finding(
      Self.card, on: row.tableObject, "row security without a policy: \(who)",
      evidence: [Fact("forced", .bool(row.flag("is_forced"))), Fact("table_bytes", .int(row.bytes))],
      weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.t", in: "CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    .clean(
      """
      CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true);
      CREATE TABLE plain (id int)
      """),
    .clean(
      """
      CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
      ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true);
      ALTER TABLE t1 ENABLE ROW LEVEL SECURITY
      """),
    // FORCE alone does nothing.
    .clean("CREATE TABLE t (id int); ALTER TABLE t FORCE ROW LEVEL SECURITY"),
  ]
}
