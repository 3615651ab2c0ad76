extension Session {
  /// `\dd`: comments on objects that no other list shows.
  mutating func listDescriptions(_ request: DescribeRequest) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: 3)
    var filter = CatalogFilter()
    var branches: [String] = []
    for kind in Self.describedKinds {
      var conditions = kind.condition.map { [$0] } ?? []
      if request.isForUserObjects { conditions.append(Listing.userSchemas) }
      conditions += filter.matching(pattern, NameTarget(kind.name, schema: "n.nspname", visible: kind.visible))
      let clause = conditions.isEmpty ? "" : "\n  WHERE " + conditions.joined(separator: " AND ")
      branches.append(
        """
          SELECT o.oid, o.tableoid, n.nspname, \(kind.name)::pg_catalog.text AS name, '\(kind.label)' AS object
          FROM \(kind.source)\(clause)
        """)
    }
    try list(
      "Object descriptions",
      """
      SELECT DISTINCT x.nspname AS "Schema", x.name AS "Name", x.object AS "Object", d.description AS "Description"
      FROM (
      \(branches.joined(separator: "\n  UNION ALL\n"))
      ) AS x
        JOIN pg_catalog.pg_description d ON d.objoid = x.oid AND d.classoid = x.tableoid AND d.objsubid = 0
      ORDER BY 1, 2, 3
      """, filter.parameters)
  }

  private struct DescribedKind: Sendable {
    let label: String
    let name: String
    let source: String
    let visible: String
    var condition: String?
  }

  private static let describedKinds = [
    DescribedKind(
      label: "table constraint", name: "o.conname",
      source: """
        pg_catalog.pg_constraint o
            JOIN pg_catalog.pg_class c ON c.oid = o.conrelid
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        """,
      visible: "pg_catalog.pg_table_is_visible(c.oid)"),
    DescribedKind(
      label: "domain constraint", name: "o.conname",
      source: """
        pg_catalog.pg_constraint o
            JOIN pg_catalog.pg_type t ON t.oid = o.contypid
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        """,
      visible: "pg_catalog.pg_type_is_visible(t.oid)"),
    DescribedKind(
      label: "operator class", name: "o.opcname",
      source: """
        pg_catalog.pg_opclass o
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
        """,
      visible: "pg_catalog.pg_opclass_is_visible(o.oid)"),
    DescribedKind(
      label: "operator family", name: "o.opfname",
      source: """
        pg_catalog.pg_opfamily o
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.opfnamespace
        """,
      visible: "pg_catalog.pg_opfamily_is_visible(o.oid)"),
    DescribedKind(
      label: "rule", name: "o.rulename",
      source: """
        pg_catalog.pg_rewrite o
            JOIN pg_catalog.pg_class c ON c.oid = o.ev_class
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        """,
      visible: "pg_catalog.pg_table_is_visible(c.oid)", condition: "o.rulename <> '_RETURN'"),
    DescribedKind(
      label: "trigger", name: "o.tgname",
      source: """
        pg_catalog.pg_trigger o
            JOIN pg_catalog.pg_class c ON c.oid = o.tgrelid
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        """,
      visible: "pg_catalog.pg_table_is_visible(c.oid)"),
  ]
}
