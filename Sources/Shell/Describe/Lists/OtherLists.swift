import Postgres

extension Listing {
  /// `\dL`
  static let languages = Listing(
    title: "List of languages",
    items: [
      .plain("Name", "l.lanname"),
      .plain("Owner", CatalogSQL.owner("l.lanowner")),
      .plain("Trusted", "l.lanpltrusted"),
      .verbose("Internal language", "NOT l.lanispl"),
      .verbose("Call handler", "l.lanplcallfoid::pg_catalog.regprocedure"),
      .verbose("Validator", "l.lanvalidator::pg_catalog.regprocedure"),
      .verbose("Inline handler", "l.laninline::pg_catalog.regprocedure"),
      .verbose("Access privileges", CatalogSQL.privileges("l.lanacl")),
      .plain("Description", CatalogSQL.comment(on: "l.oid", in: "pg_language")),
    ],
    source: "pg_catalog.pg_language l",
    userOnly: ["l.lanplcallfoid <> 0"],
    targets: [NameTarget("l.lanname", parts: 2)], order: "1")

  /// `\dc`
  static let conversions = Listing(
    title: "List of conversions",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "c.conname"),
      .plain("Source", "pg_catalog.pg_encoding_to_char(c.conforencoding)"),
      .plain("Destination", "pg_catalog.pg_encoding_to_char(c.contoencoding)"),
      .plain("Default?", CatalogSQL.yesNo("c.condefault")),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_conversion")),
    ],
    source: """
      pg_catalog.pg_conversion c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
      """,
    userOnly: [userSchemas],
    targets: [NameTarget("c.conname", schema: "n.nspname", visible: "pg_catalog.pg_conversion_is_visible(c.oid)")],
    order: "1, 2")

  /// `\dO`: collations that this database can use.
  static let collations = Listing(
    title: "List of collations",
    items: [
      .plain("Schema", "n.nspname"),
      .plain("Name", "c.collname"),
      .plain("Collate", "c.collcollate"),
      .plain("Ctype", "c.collctype"),
      .plain("ICU Locale", CatalogQuery((17, "c.colllocale"), (15, "c.colliculocale"), (0, "c.collcollate"))),
      .plain(
        "Provider",
        "CASE c.collprovider WHEN 'd' THEN 'default' WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' WHEN 'i' THEN 'icu' END"
      ),
      .plain("Deterministic?", CatalogSQL.yesNo("c.collisdeterministic")),
      .verbose("Description", CatalogSQL.comment(on: "c.oid", in: "pg_collation")),
    ],
    source: """
      pg_catalog.pg_collation c
        JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
      """,
    conditions: [
      "c.collencoding IN (-1, pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding()))"
    ],
    userOnly: [userSchemas],
    targets: [NameTarget("c.collname", schema: "n.nspname", visible: "pg_catalog.pg_collation_is_visible(c.oid)")],
    order: "1, 2")

  /// `\dX`
  static let extendedStatistics = Listing(
    title: "List of extended statistics",
    items: [
      .plain("Schema", "es.stxnamespace::pg_catalog.regnamespace::pg_catalog.text"),
      .plain("Name", "es.stxname"),
      .plain(
        "Definition",
        CatalogQuery(
          (
            14,
            """
            pg_catalog.pg_get_statisticsobjdef_columns(es.oid) || ' FROM ' || es.stxrelid::pg_catalog.regclass::pg_catalog.text
            """
          ),
          (
            0,
            """
            (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
                FROM pg_catalog.unnest(es.stxkeys) WITH ORDINALITY AS k (attnum, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = es.stxrelid AND a.attnum = k.attnum)
              || ' FROM ' || es.stxrelid::pg_catalog.regclass::pg_catalog.text
            """
          ))),
      .plain("Ndistinct", "CASE WHEN 'd' = ANY (es.stxkind) THEN 'defined' END"),
      .plain("Dependencies", "CASE WHEN 'f' = ANY (es.stxkind) THEN 'defined' END"),
      .plain("MCV", "CASE WHEN 'm' = ANY (es.stxkind) THEN 'defined' END"),
    ],
    source: "pg_catalog.pg_statistic_ext es",
    targets: [
      NameTarget(
        "es.stxname", schema: "es.stxnamespace::pg_catalog.regnamespace::pg_catalog.text",
        visible: "pg_catalog.pg_statistics_obj_is_visible(es.oid)")
    ],
    order: "1, 2")

  /// `\dy`
  static let eventTriggers = Listing(
    title: "List of event triggers",
    items: [
      .plain("Name", "e.evtname"),
      .plain("Event", "e.evtevent"),
      .plain("Owner", CatalogSQL.owner("e.evtowner")),
      .plain(
        "Enabled",
        """
        CASE e.evtenabled WHEN 'O' THEN 'enabled' WHEN 'R' THEN 'replica' WHEN 'A' THEN 'always'
          WHEN 'D' THEN 'disabled' END
        """),
      .plain("Function", "e.evtfoid::pg_catalog.regproc"),
      .plain("Tags", "pg_catalog.array_to_string(e.evttags, ', ')"),
      .verbose("Description", CatalogSQL.comment(on: "e.oid", in: "pg_event_trigger")),
    ],
    source: "pg_catalog.pg_event_trigger e",
    targets: [NameTarget("e.evtname", parts: 1)], order: "1")

  /// `\dl`
  static let largeObjects = Listing(
    title: "Large objects",
    items: [
      .plain("ID", "lo.oid"),
      .plain("Owner", CatalogSQL.owner("lo.lomowner")),
      .verbose("Access privileges", CatalogSQL.privileges("lo.lomacl")),
      .plain("Description", CatalogSQL.comment(on: "lo.oid", in: "pg_largeobject")),
    ],
    source: "pg_catalog.pg_largeobject_metadata lo",
    targets: [], order: "lo.oid")

  /// `\dconfig`
  static let parameters = Listing(
    title: "List of configuration parameters",
    items: [
      .plain("Parameter", "s.name"),
      .plain("Value", "pg_catalog.current_setting(s.name)"),
      .verbose("Type", "s.vartype"),
      .verbose("Context", "s.context"),
      .verbose("Access privileges", CatalogQuery((15, CatalogSQL.privileges("p.paracl").text(for: 15)), (0, "NULL"))),
    ],
    source: CatalogQuery(
      (
        15,
        """
        pg_catalog.pg_settings s
          LEFT JOIN pg_catalog.pg_parameter_acl p ON p.parname = pg_catalog.lower(s.name)
        """
      ),
      (0, "pg_catalog.pg_settings s")),
    targets: [NameTarget("pg_catalog.lower(s.name)", parts: 1)], order: "1")
}

extension Session {
  /// `\dconfig`: the parameters that match, or those that aren't at their default.
  mutating func listParameters(_ request: DescribeRequest) throws(CommandError) {
    var listing = Listing.parameters
    if request.pattern == nil {
      listing.title = "List of non-default configuration parameters"
      listing.conditions = ["s.source <> 'default'", "s.setting IS DISTINCT FROM s.boot_val"]
    }
    // names may have dots, so none of them divides
    try list(listing, request, pattern: request.pattern.map { NamePattern($0, parts: 1) })
  }
}
