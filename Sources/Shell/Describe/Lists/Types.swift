extension Session {
  /// `\dT`: types, but not arrays unless the pattern says `[]`.
  mutating func listTypes(_ request: DescribeRequest) throws(CommandError) {
    var listing = Listing.types
    if !(request.pattern?.contains("[]") ?? false) {
      listing.conditions.append(
        """
        NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type el WHERE el.oid = t.typelem AND el.typarray = t.oid)
        """)
    }
    try list(listing, request, pattern: try typePattern(request.pattern))
  }
}

extension Listing {
  static let types = Listing(
    title: "List of data types",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "pg_catalog.format_type(t.oid, NULL)"),
      .verbose("Internal name", "t.typname"),
      .verbose(
        "Size",
        """
        CASE WHEN t.typrelid <> 0 THEN 'tuple' WHEN t.typlen < 0 THEN 'var' ELSE t.typlen::pg_catalog.text END
        """),
      .verbose(
        "Elements",
        """
        pg_catalog.array_to_string(ARRAY(
            SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder), E'\\n')
        """),
      .verbose("Owner", CatalogSQL.owner("t.typowner")),
      .verbose("Access privileges", CatalogSQL.privileges("t.typacl")),
      .plain("Description", CatalogSQL.comment(on: "t.oid", in: "pg_type")),
    ],
    source: """
      pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      """,
    conditions: [
      "(t.typrelid = 0 OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid))"
    ],
    userOnly: [userSchemas], targets: [.type("t", schema: "n")], order: "1, 2")

  /// `\dD`
  static let domains = Listing(
    title: "List of domains",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "t.typname"),
      .plain("Type", "pg_catalog.format_type(t.typbasetype, t.typtypmod)"),
      .plain(
        "Collation",
        """
        (SELECT co.collname FROM pg_catalog.pg_collation co, pg_catalog.pg_type bt
            WHERE co.oid = t.typcollation AND bt.oid = t.typbasetype AND t.typcollation <> bt.typcollation)
        """),
      .plain("Nullable", "CASE WHEN t.typnotnull THEN 'not null' END"),
      .plain("Default", "t.typdefault"),
      .plain(
        "Check",
        """
        pg_catalog.array_to_string(ARRAY(
            SELECT pg_catalog.pg_get_constraintdef(r.oid, true) FROM pg_catalog.pg_constraint r
            WHERE r.contypid = t.oid AND r.contype = 'c' ORDER BY r.oid), ' ')
        """),
      .verbose("Access privileges", CatalogSQL.privileges("t.typacl")),
      .verbose("Description", CatalogSQL.comment(on: "t.oid", in: "pg_type")),
    ],
    source: """
      pg_catalog.pg_type t
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      """,
    conditions: ["t.typtype = 'd'"], userOnly: [userSchemas],
    targets: [NameTarget("t.typname", schema: "n.nspname", visible: "pg_catalog.pg_type_is_visible(t.oid)")],
    order: "1, 2")

  /// `\dC`: the pattern may match either type.
  static let casts = Listing(
    title: "List of casts",
    items: [
      .plain("Source type", "pg_catalog.format_type(c.castsource, NULL)"),
      .plain("Target type", "pg_catalog.format_type(c.casttarget, NULL)"),
      .plain(
        "Function",
        """
        CASE c.castmethod WHEN 'b' THEN '(binary coercible)' WHEN 'i' THEN '(with inout)' ELSE p.proname END
        """),
      .plain("Implicit?", "CASE c.castcontext WHEN 'e' THEN 'no' WHEN 'a' THEN 'in assignment' ELSE 'yes' END"),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_cast")),
    ],
    source: """
      pg_catalog.pg_cast c
        LEFT JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
        LEFT JOIN pg_catalog.pg_type ts ON ts.oid = c.castsource
        LEFT JOIN pg_catalog.pg_namespace ns ON ns.oid = ts.typnamespace
        LEFT JOIN pg_catalog.pg_type tt ON tt.oid = c.casttarget
        LEFT JOIN pg_catalog.pg_namespace nt ON nt.oid = tt.typnamespace
      """,
    targets: [.type("ts", schema: "ns"), .type("tt", schema: "nt")], order: "1, 2")
}
