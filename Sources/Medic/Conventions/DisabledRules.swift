/// Rewrite rules that have been switched off.
struct DisabledRules: SchemaRule {
  static let card = Card(
    "conv-rule-disabled", severity: .warning, in: .schema, entry: "constraint-violation",
    summary: "rewrite rules that have been disabled")

  static let queries = [
    Query(
      from: 10,
      """
      SELECT n.nspname AS schema, c.relname AS "table", r.rulename AS name, r.ev_enabled = 'R' AS is_for_replicas
      FROM pg_catalog.pg_rewrite AS r
      JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE r.ev_enabled IN ('D', 'R')
        AND \(Scope.ownTable)
      ORDER BY n.nspname, c.relname, r.rulename
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let isForReplicas = row.flag("is_for_replicas")
    return Finding(
      Self.card,
      on: DatabaseObject(.rule, schema: row.text("schema"), name: row.text("name"), table: row.text("table")),
      isForReplicas ? "ENABLE REPLICA: works only for changes that replication applies" : "disabled: does nothing",
      severity: isForReplicas ? .info : nil, evidence: [Fact("state", .text(isForReplicas ? "replica" : "disabled"))],
      remedy: .enableRule(
        row.text("name"), schema: row.text("schema"), table: row.text("table"), isForReplicas: isForReplicas))
  }

  private static let rule = "CREATE TABLE t (id int); CREATE RULE \"Keep\" AS ON DELETE TO t DO INSTEAD NOTHING; "

  static let examples: [Example] = [
    .finds("public.t.\"Keep\"", in: rule + "ALTER TABLE t DISABLE RULE \"Keep\""),
    .finds("public.t.\"Keep\"", in: rule + "ALTER TABLE t ENABLE REPLICA RULE \"Keep\""),
    .clean(rule + "CREATE VIEW v AS SELECT * FROM t"),
  ]
}
