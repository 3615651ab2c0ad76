extension Listing {
  /// `\dn`
  static let schemas = Listing(
    title: "List of schemas",
    items: [
      .plain("Name", "n.nspname"),
      .plain("Owner", CatalogSQL.owner("n.nspowner")),
      .verbose("Access privileges", CatalogSQL.privileges("n.nspacl")),
      .verbose("Description", CatalogSQL.comment(on: "n.oid", in: "pg_namespace")),
    ],
    source: "pg_catalog.pg_namespace n",
    userOnly: ["n.nspname !~ '^pg_'", "n.nspname <> 'information_schema'"],
    targets: [NameTarget("n.nspname", parts: 2)], order: "1")
}

extension Session {
  /// `\dn`: with a pattern that is a schema's name, also the publications of all its tables.
  mutating func listSchemas(_ request: DescribeRequest) throws(CommandError) {
    var footers: [String] = []
    if let name = request.pattern, serverMajor >= 15 {
      _ = try pattern(name, parts: 2)
      footers = section("Publications:", try rows(Self.schemaPublications, [name]).map { "\"\($0["pubname"])\"" })
    }
    try list(.schemas, request, footers: footers)
  }

  private static let schemaPublications = """
    SELECT p.pubname
    FROM pg_catalog.pg_publication p
      JOIN pg_catalog.pg_publication_namespace pn ON pn.pnpubid = p.oid
      JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid
    WHERE n.nspname = $1::pg_catalog.text
    ORDER BY 1
    """
}
