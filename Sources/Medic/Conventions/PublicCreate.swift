/// Schemas in which every role may create: a function or operator put there is found by everybody whose search_path
/// names the schema. `public` was so in every database made before 15.
struct PublicCreate: SchemaRule {
  static let card = Card(
    "conv-public-create", severity: .warning, in: .schema, entry: "permission-denied",
    summary: "schemas in which every role may create objects")

  static let queries = [
    Query(
      from: 10,
      """
      SELECT n.nspname AS schema, r.rolname AS owner
      FROM pg_catalog.pg_namespace AS n
      JOIN pg_catalog.pg_roles AS r ON r.oid = n.nspowner
      WHERE pg_catalog.has_schema_privilege('public', n.oid, 'CREATE')
        AND \(Scope.condition(schema: "n.nspname", name: "n.nspname"))
        AND \(Scope.notOfExtension("pg_namespace", "n.oid"))
      ORDER BY n.nspname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let schema = row.text("schema")
    return Finding(
      Self.card, on: DatabaseObject(.schema, name: schema),
      "every role may create objects in it",
      evidence: [Fact("owner", .text(row.text("owner")))], remedy: .revokeCreate(schema: schema))
  }

  static let examples: [Example] = [
    .finds("public", in: "GRANT CREATE ON SCHEMA public TO PUBLIC"),
    .finds(
      "\"Shop\"",
      in: "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA \"Shop\"; GRANT ALL ON SCHEMA \"Shop\" TO PUBLIC"
    ),
    .clean("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO PUBLIC"),
  ]
}
