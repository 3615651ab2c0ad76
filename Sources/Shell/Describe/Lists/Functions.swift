import Postgres

extension Session {
  /// `\df[anptwS+] [PATTERN [TYPE …]]`: functions of some kinds, by name and by the types of their arguments.
  mutating func listFunctions(_ request: DescribeRequest, types: [String]) throws(CommandError) {
    guard request.letters.dropFirst().allSatisfy({ "anptwS+".contains($0) }) else {
      // not counted as a failure by psql either
      reporter.report(.error, "\\df only takes [anptwS+] as options")
      return
    }
    var listing = Listing.functions
    if let kinds = Self.functionKinds(request.letters.dropFirst()) { listing.conditions.append(kinds) }
    var filter = CatalogFilter()
    let joins = try argumentFilter(types, "p.proargtypes", "p.pronargs", into: &filter)
    try list(
      listing, request, pattern: try pattern(request.pattern, parts: 3), filter: filter, joins: joins)
  }

  /// The condition for the kinds that letters name; nil where every kind is wanted.
  private static func functionKinds(_ letters: Substring) -> String? {
    let trigger = "p.prorettype = 'pg_catalog.trigger'::pg_catalog.regtype"
    let special: [(letter: Character, condition: String)] = [
      ("a", "p.prokind = 'a'"), ("t", trigger), ("p", "p.prokind = 'p'"), ("w", "p.prokind = 'w'"),
    ]
    let wanted = special.filter { letters.contains($0.letter) }.map(\.condition)
    if letters.contains("n") {
      // normal functions are those of no special kind
      let excluded = special.filter { !letters.contains($0.letter) }.map(\.condition)
      return excluded.isEmpty ? nil : excluded.map { "NOT \($0)" }.joined(separator: "\n  AND ")
    }
    return wanted.isEmpty ? nil : "(" + wanted.joined(separator: " OR ") + ")"
  }

  /// Requires the argument types that patterns ask for, `-` meaning that there is none at that place, and gives the
  /// joins that this takes.
  mutating func argumentFilter(
    _ types: [String], _ column: String, _ count: String, into filter: inout CatalogFilter
  ) throws(CommandError) -> String {
    var joins = ""
    for (place, text) in types.enumerated() {
      let (type, schema) = ("t\(place)", "nt\(place)")
      joins += """

          LEFT JOIN pg_catalog.pg_type \(type) ON \(type).oid = \(column)[\(place)]
          LEFT JOIN pg_catalog.pg_namespace \(schema) ON \(schema).oid = \(type).typnamespace
        """
      if text == "-" {
        filter.require("\(type).oid IS NULL")
      } else {
        filter.match(
          try typePattern(text),
          .type(type, schema: schema))
      }
    }
    return joins
  }

  /// A pattern for a type; SQL names that the catalogs know by another name are understood.
  func typePattern(_ text: String?) throws(CommandError) -> NamePattern? {
    guard let text else { return nil }
    let isArray = text.hasSuffix("[]")
    let known = ["decimal": "numeric", "float": "double precision", "int": "integer"]
    if let name = known[(isArray ? String(text.dropLast(2)) : text).lowercased()] {
      return try pattern(isArray ? name + "[]" : name, parts: 3)
    }
    return try pattern(text, parts: 3)
  }
}

extension NameTarget {
  /// A type by its name in the catalog or in SQL.
  static func type(_ alias: String, schema: String) -> NameTarget {
    NameTarget(
      "\(alias).typname", or: "pg_catalog.format_type(\(alias).oid, NULL)", schema: "\(schema).nspname",
      visible: "pg_catalog.pg_type_is_visible(\(alias).oid)")
  }

  static let function = NameTarget(
    "p.proname", schema: "n.nspname", visible: "pg_catalog.pg_function_is_visible(p.oid)")
}

extension Listing {
  static let functions = Listing(
    title: "List of functions",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "p.proname"),
      .plain("Result data type", "pg_catalog.pg_get_function_result(p.oid)"),
      .plain("Argument data types", "pg_catalog.pg_get_function_arguments(p.oid)"),
      .plain("Type", "CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END"),
      .verbose(
        "Volatility",
        "CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' WHEN 'v' THEN 'volatile' END"),
      .verbose(
        "Parallel",
        "CASE p.proparallel WHEN 'r' THEN 'restricted' WHEN 's' THEN 'safe' WHEN 'u' THEN 'unsafe' END"),
      .verbose("Owner", CatalogSQL.owner("p.proowner")),
      .verbose("Security", "CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END"),
      .verbose("Access privileges", CatalogSQL.privileges("p.proacl")),
      .verbose("Language", "l.lanname"),
      .verbose(
        "Source code",
        CatalogQuery((14, "COALESCE(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc)"), (0, "p.prosrc"))),
      .verbose("Description", CatalogSQL.comment(on: "p.oid", in: "pg_proc")),
    ],
    source: """
      pg_catalog.pg_proc p
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        LEFT JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      """,
    userOnly: [userSchemas], targets: [.function], order: "1, 2, 4")

  /// `\da`
  static let aggregates = Listing(
    title: "List of aggregate functions",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "p.proname"),
      .plain("Result data type", "pg_catalog.format_type(p.prorettype, NULL)"),
      .plain(
        "Argument data types",
        "CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_catalog.pg_get_function_arguments(p.oid) END"),
      .plain("Description", CatalogSQL.comment(on: "p.oid", in: "pg_proc")),
    ],
    source: """
      pg_catalog.pg_proc p
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      """,
    conditions: ["p.prokind = 'a'"], userOnly: [userSchemas], targets: [.function], order: "1, 2, 4")
}
