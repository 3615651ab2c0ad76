/// Extensions whose installed version isn't the one that the server's packages bring: an upgrade of the package alone
/// changes nothing in the database.
struct OutdatedExtensions: SchemaRule {
  static let card = Card(
    "conv-extension-outdated", severity: .warning, in: .schema, entry: "server-version",
    summary: "extensions older than what is installed on the server", dependsOnLoad: true)

  static let queries = [
    Query(
      from: 10,
      """
      SELECT e.extname AS name, e.extversion AS installed, v.default_version AS available,
        EXISTS (SELECT FROM pg_catalog.pg_extension_update_paths(e.extname) AS p
          WHERE p.source = e.extversion AND p.target = v.default_version AND p.path IS NOT NULL) AS has_path
      FROM pg_catalog.pg_extension AS e
      JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
      JOIN pg_catalog.pg_available_extensions AS v ON v.name = e.extname
      WHERE v.default_version <> e.extversion
        AND ($1::text[] IS NULL OR (\(Scope.condition(schema: "n.nspname", name: "e.extname"))))
      ORDER BY e.extname
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let (name, installed, available) = (row.text("name"), row.text("installed"), row.text("available"))
    let hasPath = row.flag("has_path")
    return Finding(
      Self.card, on: DatabaseObject(.extension, name: name),
      "version \(installed), the server has \(available)" + (hasPath ? "" : ", with no update script between them"),
      evidence: [Fact("installed", .text(installed)), Fact("available", .text(available))],
      confidence: hasPath ? .high : .medium, remedy: hasPath ? .updateExtension(name, to: available) : nil)
  }

  static let examples: [Example] = [
    .finds("pg_stat_statements", in: "CREATE EXTENSION pg_stat_statements VERSION '1.4'"),
    .clean("CREATE EXTENSION pg_stat_statements"),
  ]
}
