import Printing

extension Listing {
  /// `\dF`
  static let textConfigurations = textSearch(
    "configurations", in: "pg_catalog.pg_ts_config", prefix: "cfg", catalog: "pg_ts_config",
    visible: "pg_catalog.pg_ts_config_is_visible")
  /// `\dFp`
  static let textParsers = textSearch(
    "parsers", in: "pg_catalog.pg_ts_parser", prefix: "prs", catalog: "pg_ts_parser",
    visible: "pg_catalog.pg_ts_parser_is_visible")
  /// `\dFd`
  static let textDictionaries = textSearch(
    "dictionaries", in: "pg_catalog.pg_ts_dict", prefix: "dict", catalog: "pg_ts_dict",
    visible: "pg_catalog.pg_ts_dict_is_visible",
    details: [
      .verbose(
        "Template",
        """
        (SELECT COALESCE(nt.nspname, '(null)')::pg_catalog.text || '.' || te.tmplname
            FROM pg_catalog.pg_ts_template te
              LEFT JOIN pg_catalog.pg_namespace nt ON nt.oid = te.tmplnamespace
            WHERE te.oid = t.dicttemplate)
        """),
      .verbose("Init options", "t.dictinitoption"),
    ])
  /// `\dFt`
  static let textTemplates = textSearch(
    "templates", in: "pg_catalog.pg_ts_template", prefix: "tmpl", catalog: "pg_ts_template",
    visible: "pg_catalog.pg_ts_template_is_visible",
    details: [
      .verbose("Init", "t.tmplinit::pg_catalog.regproc"), .verbose("Lexize", "t.tmpllexize::pg_catalog.regproc"),
    ])

  private static func textSearch(
    _ what: String, in table: String, prefix: String, catalog: String, visible: String, details: [Item] = []
  ) -> Listing {
    Listing(
      title: "List of text search \(what)",
      items: [.plain("Schema", "n.nspname"), .plain("Name", "t.\(prefix)name")] + details + [
        .plain("Description", CatalogSQL.comment(on: "t.oid", in: catalog))
      ],
      source: """
        \(table) t
          LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.\(prefix)namespace
        """,
      targets: [NameTarget("t.\(prefix)name", schema: "n.nspname", visible: "\(visible)(t.oid)")], order: "1, 2")
  }
}

extension Session {
  /// `\dF+`: each configuration with the dictionaries of each kind of token.
  mutating func describeTextConfigurations(_ request: DescribeRequest) throws(CommandError) {
    let found = try textSearchObjects(
      """
      SELECT t.oid, t.cfgname, n.nspname, p.prsname, np.nspname AS parserschema
      FROM pg_catalog.pg_ts_config t
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.cfgnamespace
        LEFT JOIN pg_catalog.pg_ts_parser p ON p.oid = t.cfgparser
        LEFT JOIN pg_catalog.pg_namespace np ON np.oid = p.prsnamespace
      """, Listing.textConfigurations, order: "3, 2", request, kind: "configuration")
    for object in found {
      try showTextSearch(
        "Text search configuration \"\(qualified(object["nspname"], object["cfgname"]))\"\n"
          + "Parser: \"\(qualified(object["parserschema"], object["prsname"]))\"",
        """
        SELECT (SELECT tt.alias FROM pg_catalog.ts_token_type(c.cfgparser) AS tt
            WHERE tt.tokid = m.maptokentype) AS "Token",
          pg_catalog.string_agg(m.mapdict::pg_catalog.regdictionary::pg_catalog.text, ',' ORDER BY m.mapseqno)
            AS "Dictionaries"
        FROM pg_catalog.pg_ts_config c
          JOIN pg_catalog.pg_ts_config_map m ON m.mapcfg = c.oid
        WHERE c.oid = $1::pg_catalog.oid
        GROUP BY c.cfgparser, m.maptokentype
        ORDER BY 1
        """, object["oid"], countsRows: false)
    }
  }

  /// `\dFp+`: each parser with its functions and its kinds of token.
  mutating func describeTextParsers(_ request: DescribeRequest) throws(CommandError) {
    let found = try textSearchObjects(
      """
      SELECT t.oid, n.nspname, t.prsname
      FROM pg_catalog.pg_ts_parser t
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.prsnamespace
      """, Listing.textParsers, order: "2, 3", request, kind: "parser")
    for object in found {
      let name = qualified(object["nspname"], object["prsname"])
      try showTextSearch("Text search parser \"\(name)\"", Self.parserMethods, object["oid"], countsRows: false)
      try showTextSearch(
        "Token types for parser \"\(name)\"",
        """
        SELECT t.alias AS "Token name", t.description AS "Description"
        FROM pg_catalog.ts_token_type($1::pg_catalog.oid) AS t
        ORDER BY 1
        """, object["oid"], countsRows: true)
    }
  }

  private static let parserMethods = """
    SELECT m.name AS "Method", m.function AS "Function",
      pg_catalog.obj_description(m.function, 'pg_proc') AS "Description"
    FROM pg_catalog.pg_ts_parser p
      CROSS JOIN LATERAL (VALUES (1, 'Start parse', p.prsstart), (2, 'Get next token', p.prstoken),
        (3, 'End parse', p.prsend), (4, 'Get headline', p.prsheadline), (5, 'Get token types', p.prslextype))
        AS m (place, name, function)
    WHERE p.oid = $1::pg_catalog.oid
    ORDER BY m.place
    """

  private mutating func textSearchObjects(
    _ select: String, _ listing: Listing, order: String, _ request: DescribeRequest, kind: String
  ) throws(CommandError) -> [CatalogRow] {
    let pattern = try pattern(request.pattern, parts: 3)
    var filter = CatalogFilter()
    for target in listing.targets { filter.match(pattern, target) }
    let found = try rows("\(select)\(filter.clause)\nORDER BY \(order)", filter.parameters)
    if found.isEmpty, !settings.quiet {
      reporter.report(
        .error,
        request.pattern.map { "Did not find any text search \(kind) named \"\($0)\"." }
          ?? "Did not find any text search \(kind)s.")
    }
    if found.isEmpty { throw .reported }
    return found
  }

  private mutating func showTextSearch(
    _ title: String, _ sql: String, _ oid: String, countsRows: Bool
  ) throws(CommandError) {
    var options = listingOptions(title)
    options.defaultFooter = countsRows && options.defaultFooter
    let result = try ask(sql, [oid])
    show(result, options)
  }

  private func qualified(_ schema: String, _ name: String) -> String {
    schema.isEmpty ? name : "\(schema).\(name)"
  }
}
