/// Names that depend on another name of the statement: columns of a table, labels of a type and so on.
///
/// In each query `$1` is the LIKE pattern of what is typed, `$2` the other name and `$3` its schema, empty where none
/// was given.
enum DependentNames {
  static func query(for kind: NameKind) -> String? {
    switch kind {
    case .column, .attribute:
      select(
        "pg_catalog.quote_ident(a.attname)",
        "pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) a.attrelid",
        "a.attname", "a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped AND \(relation)")
    case .constraint:
      ofRelation("pg_constraint d", "d.conrelid", "d.conname")
    case .trigger: ofRelation("pg_trigger d", "d.tgrelid", "d.tgname", "NOT d.tgisinternal")
    case .rule: ofRelation("pg_rewrite d", "d.ev_class", "d.rulename")
    case .policy: ofRelation("pg_policy d", "d.polrelid", "d.polname")
    case .indexOf:
      select(
        "pg_catalog.quote_ident(i.relname)",
        "pg_catalog.pg_index d JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.indrelid"
          + " JOIN pg_catalog.pg_class i ON i.oid OPERATOR(pg_catalog.=) d.indexrelid", "i.relname", relation)
    case .partition:
      select(
        "d.inhrelid::pg_catalog.regclass::pg_catalog.text",
        "pg_catalog.pg_inherits d JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) d.inhparent",
        "d.inhrelid::pg_catalog.regclass::pg_catalog.text", relation)
    case .enumLabel:
      select(
        "pg_catalog.quote_literal(e.enumlabel)",
        "pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) e.enumtypid", "e.enumlabel",
        type)
    case .domainConstraint:
      select(
        "pg_catalog.quote_ident(d.conname)",
        "pg_catalog.pg_constraint d JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) d.contypid", "d.conname",
        type)
    case .extensionVersion:
      select(
        "pg_catalog.quote_literal(v.version)", "pg_catalog.pg_available_extension_versions v", "v.version",
        "v.name OPERATOR(pg_catalog.=) $2 AND $3::pg_catalog.text IS NOT NULL")
    case .publicationTable:
      select(
        "d.prrelid::pg_catalog.regclass::pg_catalog.text",
        "pg_catalog.pg_publication_rel d JOIN pg_catalog.pg_publication p ON p.oid OPERATOR(pg_catalog.=) d.prpubid",
        "d.prrelid::pg_catalog.regclass::pg_catalog.text",
        "p.pubname OPERATOR(pg_catalog.=) $2 AND $3::pg_catalog.text IS NOT NULL")
    case .arguments:
      select(
        "pg_catalog.concat(pg_catalog.pg_get_function_identity_arguments(p.oid), ')')", "pg_catalog.pg_proc p",
        "pg_catalog.pg_get_function_identity_arguments(p.oid)",
        "p.proname OPERATOR(pg_catalog.=) $2 AND "
          + inSight("p.pronamespace", "pg_catalog.pg_function_is_visible(p.oid)"))
    default: nil
    }
  }

  private static func select(_ result: String, _ from: String, _ name: String, _ condition: String) -> String {
    "/* pgmedic */ SELECT DISTINCT \(result) FROM \(from) WHERE (\(name)) OPERATOR(pg_catalog.~~) $1::pg_catalog.text"
      + " AND \(condition) ORDER BY 1 LIMIT 1000"
  }

  private static func ofRelation(
    _ catalog: String, _ relid: String, _ name: String, _ condition: String = "true"
  ) -> String {
    select(
      "pg_catalog.quote_ident(\(name))",
      "pg_catalog.\(catalog) JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) \(relid)", name,
      "\(condition) AND \(relation)")
  }

  private static let relation =
    "c.relname OPERATOR(pg_catalog.=) $2 AND " + inSight("c.relnamespace", "pg_catalog.pg_table_is_visible(c.oid)")

  private static let type =
    "(t.typname OPERATOR(pg_catalog.=) $2 OR pg_catalog.format_type(t.oid, NULL) OPERATOR(pg_catalog.=) $2) AND "
    + inSight("t.typnamespace", "pg_catalog.pg_type_is_visible(t.oid)")

  private static func inSight(_ namespace: String, _ visible: String) -> String {
    "CASE WHEN $3::pg_catalog.text OPERATOR(pg_catalog.=) '' THEN \(visible) ELSE \(namespace)"
      + " OPERATOR(pg_catalog.=) (SELECT n.oid FROM pg_catalog.pg_namespace n"
      + " WHERE n.nspname OPERATOR(pg_catalog.=) $3) END"
  }

  // MARK: Settings

  /// Names of settings in small letters, as `SET` is usually written.
  static let settings =
    "/* pgmedic */ SELECT pg_catalog.lower(s.name) FROM pg_catalog.pg_settings s"
    + " WHERE pg_catalog.lower(s.name) OPERATOR(pg_catalog.~~) $1 ORDER BY 1 LIMIT 1000"

  /// What kind of values setting `$1` has, or the values themselves.
  static let settingValues =
    "/* pgmedic */ SELECT CASE WHEN s.vartype OPERATOR(pg_catalog.=) 'bool' THEN 'bool' ELSE v.value END"
    + " FROM pg_catalog.pg_settings s LEFT JOIN LATERAL pg_catalog.unnest(s.enumvals) AS v(value) ON true"
    + " WHERE pg_catalog.lower(s.name) OPERATOR(pg_catalog.=) pg_catalog.lower($1)"
    + " AND (s.enumvals IS NOT NULL OR s.vartype OPERATOR(pg_catalog.=) 'bool') LIMIT 1000"

  static let timezones =
    "/* pgmedic */ SELECT pg_catalog.quote_literal(t.name) FROM pg_catalog.pg_timezone_names() AS t"
    + " WHERE pg_catalog.lower(t.name) OPERATOR(pg_catalog.~~) pg_catalog.lower($1) ORDER BY 1 LIMIT 1000"

  static let encodings =
    "/* pgmedic */ SELECT DISTINCT pg_catalog.pg_encoding_to_char(e) FROM pg_catalog.generate_series(0, 41) AS e"
    + " WHERE pg_catalog.pg_encoding_to_char(e) OPERATOR(pg_catalog.~~) pg_catalog.upper($1) ORDER BY 1 LIMIT 1000"

  static let channels =
    "/* pgmedic */ SELECT pg_catalog.quote_ident(c) FROM pg_catalog.pg_listening_channels() AS c"
    + " WHERE c OPERATOR(pg_catalog.~~) $1 ORDER BY 1 LIMIT 1000"
}
