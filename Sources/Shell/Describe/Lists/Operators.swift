extension Session {
  /// `\do[S+] [PATTERN [TYPE [TYPE]]]`: one type asks for prefix operators on it, two for the left and the right one.
  mutating func listOperators(_ request: DescribeRequest, types: [String]) throws(CommandError) {
    var listing = Listing.operators
    var filter = CatalogFilter()
    var joins = ""
    let columns = types.count > 1 ? ["o.oprleft", "o.oprright"] : ["o.oprright"]
    if types.count == 1 { listing.conditions.append("o.oprleft = 0") }
    for (place, text) in types.prefix(2).enumerated() {
      let (type, schema) = ("t\(place)", "nt\(place)")
      joins += """

          LEFT JOIN pg_catalog.pg_type \(type) ON \(type).oid = \(columns[place])
          LEFT JOIN pg_catalog.pg_namespace \(schema) ON \(schema).oid = \(type).typnamespace
        """
      if text == "-" {
        filter.require("\(type).oid IS NULL")
      } else {
        filter.match(try typePattern(text), .type(type, schema: schema))
      }
    }
    try list(
      listing, request, pattern: try pattern(request.pattern, parts: 3, isLiteral: true), filter: filter,
      joins: joins)
  }
}

extension Listing {
  static let operators = Listing(
    title: "List of operators",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "o.oprname"),
      .plain("Left arg type", "CASE WHEN o.oprkind <> 'l' THEN pg_catalog.format_type(o.oprleft, NULL) END"),
      .plain("Right arg type", "CASE WHEN o.oprkind <> 'r' THEN pg_catalog.format_type(o.oprright, NULL) END"),
      .plain("Result type", "pg_catalog.format_type(o.oprresult, NULL)"),
      .verbose("Function", "o.oprcode"),
      .plain(
        "Description",
        """
        COALESCE(pg_catalog.obj_description(o.oid, 'pg_operator'), pg_catalog.obj_description(o.oprcode, 'pg_proc'))
        """),
    ],
    source: """
      pg_catalog.pg_operator o
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
      """,
    userOnly: [userSchemas],
    targets: [NameTarget("o.oprname", schema: "n.nspname", visible: "pg_catalog.pg_operator_is_visible(o.oid)")],
    order: "1, 2, 3, 4")

  /// `\dA`
  static let accessMethods = Listing(
    title: "List of access methods",
    items: [
      .plain("Name", "am.amname"),
      .plain("Type", "CASE am.amtype WHEN 'i' THEN 'Index' WHEN 't' THEN 'Table' END"),
      .verbose("Handler", "am.amhandler"),
      .verbose("Description", CatalogSQL.comment(on: "am.oid", in: "pg_am")),
    ],
    source: "pg_catalog.pg_am am",
    targets: [NameTarget("am.amname", parts: 1)], order: "1")
}
