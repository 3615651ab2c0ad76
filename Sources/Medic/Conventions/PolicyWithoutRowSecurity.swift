/// Policies on a table whose row security is off: they look as if they protected it, and do nothing.
struct PolicyWithoutRowSecurity: SchemaRule {
  static let card = Card(
    "conv-policy-without-rls", severity: .error, in: .schema, entry: "row-level-tenancy",
    summary: "policies on tables whose row security is off")

  static let queries = [
    Query(
      from: 10,
      """
      SELECT n.nspname AS schema, c.relname AS "table",
        pg_catalog.array_agg(p.polname::text ORDER BY p.polname) AS policies,
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM pg_catalog.pg_policy AS p
      JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE NOT c.relrowsecurity
        AND \(Scope.ownTable)
      GROUP BY n.nspname, c.relname, c.relpages
      ORDER BY n.nspname, c.relname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let policies = row.list("policies")
    let names = policies.prefix(3).map { SQLName.quoted($0) }.joined(separator: ", ")
    return Finding(
      Self.card, on: row.tableObject,
      "row security is off: \(Quantity.count(policies.count, "policy", "policies")) without effect (\(names))",
      evidence: [Fact("policies", .int(policies.count)), Fact("table_bytes", .int(row.bytes))],
      remedy: .rowSecurity(schema: row.text("schema"), table: row.text("table")), weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.\"T\"", in: "CREATE TABLE \"T\" (id int); CREATE POLICY mine ON \"T\" USING (id = 1)"),
    .clean(
      """
      CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (true);
      CREATE TABLE plain (id int)
      """),
  ]
}
