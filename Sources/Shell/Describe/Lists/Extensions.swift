extension Listing {
  /// `\dx`
  static let extensions = Listing(
    title: "List of installed extensions",
    items: [
      .plain("Name", "e.extname"),
      .plain("Version", "e.extversion"),
      .plain("Schema", "n.nspname"),
      .plain("Description", CatalogSQL.comment(on: "e.oid", in: "pg_extension")),
    ],
    source: """
      pg_catalog.pg_extension e
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
      """,
    targets: [NameTarget("e.extname", parts: 1)], order: "1")
}

extension Session {
  /// `\dx+`: the objects of each extension.
  mutating func listExtensionContents(_ request: DescribeRequest) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: 1)
    var filter = CatalogFilter()
    for target in Listing.extensions.targets { filter.match(pattern, target) }
    let found = try rows(
      "SELECT e.extname, e.oid FROM pg_catalog.pg_extension e\(filter.clause)\nORDER BY 1", filter.parameters)
    if found.isEmpty {
      if !settings.quiet {
        reporter.report(
          .error,
          request.pattern.map { "Did not find any extension named \"\($0)\"." } ?? "Did not find any extensions.")
      }
      throw .reported
    }
    for ext in found {
      try list(
        "Objects in extension \"\(ext["extname"])\"",
        """
        SELECT pg_catalog.pg_describe_object(d.classid, d.objid, 0) AS "Object description"
        FROM pg_catalog.pg_depend d
        WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
          AND d.refobjid = $1::pg_catalog.oid AND d.deptype = 'e'
        ORDER BY 1
        """, [ext["oid"]])
    }
  }
}
