extension Session {
  /// `\dAc`, `\dAf`, `\dAo`, `\dAp` `[METHOD [PATTERN]]`: operator classes and families, their operators and functions.
  mutating func listOperatorFamilies(
    _ listing: Listing, _ request: DescribeRequest, second: String?
  ) throws(CommandError) {
    var filter = CatalogFilter()
    filter.match(try pattern(request.pattern, parts: 1), NameTarget("am.amname", parts: 1))
    let target = listing.targets.first ?? .operatorFamily
    if let second {
      let conditions = filter.matching(try pattern(second, parts: 3), target)
      if listing.title == Listing.operatorFamilies.title, !conditions.isEmpty {
        filter.require(
          """
          EXISTS (SELECT 1
              FROM pg_catalog.pg_opclass oc
                JOIN pg_catalog.pg_type t ON t.oid = oc.opcintype
                LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
              WHERE oc.opcfamily = f.oid AND \(conditions.joined(separator: " AND ")))
          """)
      } else {
        for condition in conditions { filter.require(condition) }
      }
    }
    let sql = listing.sql(major: serverMajor, isVerbose: request.isVerbose, filter: filter)
    try list(listing.title, sql, filter.parameters)
  }
}

extension NameTarget {
  static let operatorFamily = NameTarget(
    "f.opfname", schema: "nf.nspname", visible: "pg_catalog.pg_opfamily_is_visible(f.oid)")
}

/// A name with its schema where it isn't found without.
private func name(_ name: String, in schema: String, ifNot visible: String) -> CatalogQuery {
  """
  CASE WHEN \(visible) THEN pg_catalog.quote_ident(\(name))
    ELSE pg_catalog.quote_ident(\(schema)) || '.' || pg_catalog.quote_ident(\(name)) END
  """
}

private let familyName = name(
  "f.opfname", in: "nf.nspname", ifNot: "pg_catalog.pg_opfamily_is_visible(f.oid)")

extension Listing {
  static let operatorClasses = Listing(
    title: "List of operator classes",
    items: [
      .plain("AM", "am.amname"),
      .plain("Input type", "pg_catalog.format_type(c.opcintype, NULL)"),
      .plain(
        "Storage type",
        """
        CASE WHEN c.opckeytype <> 0 AND c.opckeytype <> c.opcintype THEN pg_catalog.format_type(c.opckeytype, NULL) END
        """),
      .plain("Operator class", name("c.opcname", in: "n.nspname", ifNot: "pg_catalog.pg_opclass_is_visible(c.oid)")),
      .plain("Default?", CatalogSQL.yesNo("c.opcdefault")),
      .verbose("Operator family", familyName),
      .verbose("Owner", CatalogSQL.owner("c.opcowner")),
    ],
    source: """
      pg_catalog.pg_opclass c
        LEFT JOIN pg_catalog.pg_am am ON am.oid = c.opcmethod
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
        LEFT JOIN pg_catalog.pg_type t ON t.oid = c.opcintype
        LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
        LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
        LEFT JOIN pg_catalog.pg_namespace nf ON nf.oid = f.opfnamespace
      """,
    targets: [.type("t", schema: "tn")], order: "1, 2, 4")

  static let operatorFamilies = Listing(
    title: "List of operator families",
    items: [
      .plain("AM", "am.amname"),
      .plain("Operator family", familyName),
      .plain(
        "Applicable types",
        """
        (SELECT pg_catalog.string_agg(pg_catalog.format_type(oc.opcintype, NULL), ', ')
            FROM pg_catalog.pg_opclass oc WHERE oc.opcfamily = f.oid)
        """),
      .verbose("Owner", CatalogSQL.owner("f.opfowner")),
    ],
    source: """
      pg_catalog.pg_opfamily f
        LEFT JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
        LEFT JOIN pg_catalog.pg_namespace nf ON nf.oid = f.opfnamespace
      """,
    targets: [.type("t", schema: "tn")], order: "1, 2")

  static let familyOperators = Listing(
    title: "List of operators of operator families",
    items: [
      .plain("AM", "am.amname"),
      .plain("Operator family", familyName),
      .plain("Operator", "o.amopopr::pg_catalog.regoperator"),
      .plain("Strategy", "o.amopstrategy"),
      .plain("Purpose", "CASE o.amoppurpose WHEN 'o' THEN 'ordering' WHEN 's' THEN 'search' END"),
      .verbose("Sort opfamily", "sf.opfname"),
    ],
    source: """
      pg_catalog.pg_amop o
        LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = o.amopfamily
        LEFT JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod AND am.oid = o.amopmethod
        LEFT JOIN pg_catalog.pg_namespace nf ON nf.oid = f.opfnamespace
        LEFT JOIN pg_catalog.pg_opfamily sf ON sf.oid = o.amopsortfamily
      """,
    targets: [.operatorFamily],
    order: """
      1, 2, o.amoplefttype = o.amoprighttype DESC, pg_catalog.format_type(o.amoplefttype, NULL),
        pg_catalog.format_type(o.amoprighttype, NULL), o.amopstrategy
      """)

  /// Support functions: by name, or with `+` with their argument types.
  static func familyFunctions(isVerbose: Bool) -> Listing {
    Listing(
      title: "List of support functions of operator families",
      items: [
        .plain("AM", "am.amname"),
        .plain("Operator family", familyName),
        .plain("Registered left type", "pg_catalog.format_type(s.amproclefttype, NULL)"),
        .plain("Registered right type", "pg_catalog.format_type(s.amprocrighttype, NULL)"),
        .plain("Number", "s.amprocnum"),
        .plain("Function", isVerbose ? "s.amproc::pg_catalog.regprocedure" : "p.proname"),
      ],
      source: """
        pg_catalog.pg_amproc s
          LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = s.amprocfamily
          LEFT JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
          LEFT JOIN pg_catalog.pg_namespace nf ON nf.oid = f.opfnamespace
          LEFT JOIN pg_catalog.pg_proc p ON p.oid = s.amproc
        """,
      targets: [.operatorFamily], order: "1, 2, s.amproclefttype = s.amprocrighttype DESC, 3, 4, 5")
  }
}
