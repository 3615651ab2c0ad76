/// How to ask the catalogs for the names of one kind.
///
/// Queries give names quoted as the server quotes them; what is typed goes in as a parameter.
struct CatalogNames {
  /// The catalog with its alias, and its joins.
  let from: String
  let name: String
  var condition = ""
  /// The namespace's column, for what is in schemas.
  var namespace: String?
  /// Whether the name is found without its schema.
  var visible = ""
  /// Objects of pg_catalog only once `pg_` is typed.
  var hidesSystem = true
  /// What is shown for a name in sight, if that isn't the quoted name.
  var shown: String?
  /// Objects of pg_catalog only once anything is typed.
  var needsPrefix = false
  /// A condition on a further parameter, written `$x`.
  var dependent = ""

  /// The query for names in sight, of `$1` as a LIKE pattern; `$2` is what the kind depends on.
  var unqualified: String {
    var matches = "(\(name)) OPERATOR(pg_catalog.~~) $1::pg_catalog.text"
    if let shown { matches = "(\(matches) OR (\(shown)) OPERATOR(pg_catalog.~~) $1::pg_catalog.text)" }
    var conditions = [condition, matches, visible, dependent.replacing("$x", with: "$2::pg_catalog.text")].filter {
      !$0.isEmpty
    }
    if let namespace, hidesSystem {
      conditions.append(
        "(\(namespace) OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace"
          + " OR $1 OPERATOR(pg_catalog.~~) 'pg\\\\\\_%')")
    }
    if let namespace, needsPrefix {
      conditions.append(
        "(\(namespace) OPERATOR(pg_catalog.<>) 'pg_catalog'::pg_catalog.regnamespace OR $1 OPERATOR(pg_catalog.<>) '%')"
      )
    }
    return select(shown ?? "pg_catalog.quote_ident(\(name))", conditions)
  }

  /// The query for names of schema `$2` (`$3` is what the kind depends on), nil for what is in none.
  var qualified: String? {
    guard let namespace else { return nil }
    return select(
      "pg_catalog.quote_ident(\(name))",
      [
        condition, dependent.replacing("$x", with: "$3::pg_catalog.text"),
        "(\(name)) OPERATOR(pg_catalog.~~) $1::pg_catalog.text",
        "\(namespace) OPERATOR(pg_catalog.=) "
          + "(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname OPERATOR(pg_catalog.=) $2::pg_catalog.text)",
      ].filter { !$0.isEmpty })
  }

  private func select(_ result: String, _ conditions: [String]) -> String {
    "/* pgmedic */ SELECT DISTINCT \(result) FROM \(from)"
      + " WHERE \(conditions.joined(separator: " AND ")) ORDER BY 1 LIMIT 1000"
  }

  // MARK: Kinds

  static func names(of kind: NameKind) -> CatalogNames? {
    switch kind {
    case .table: relation("r", "p")
    case .relation, .selectable: relation("r", "S", "v", "m", "f", "p")
    case .updatable: relation("r", "f", "v", "p")
    case .view: relation("v")
    case .materializedView: relation("m")
    case .foreignTable: relation("f")
    case .partitionedTable: relation("p")
    case .index: relation("i", "I")
    case .sequence: relation("S")
    case .composite: relation("c")
    case .vacuumable, .clusterable: relation("r", "m", "p")
    case .indexable: relation("r", "m", "p")
    case .function: routine("f", "a", "w")
    case .callable: callable
    case .procedure: routine("p")
    case .aggregate: routine("a")
    case .routine: routine("f", "a", "w", "p")
    case .type:
      type(
        "(t.typrelid OPERATOR(pg_catalog.=) 0 OR EXISTS (SELECT 1 FROM pg_catalog.pg_class c"
          + " WHERE c.oid OPERATOR(pg_catalog.=) t.typrelid AND c.relkind IN ('c')))"
          + " AND t.typname OPERATOR(pg_catalog.!~) '^_'")
    case .domain: type("t.typtype IN ('d')")
    case .tableOfConstraint:
      tableOf("pg_constraint d", "d.conrelid", "d.conname")
    case .tableOfTrigger: tableOf("pg_trigger d", "d.tgrelid", "d.tgname")
    case .tableOfRule: tableOf("pg_rewrite d", "d.ev_class", "d.rulename")
    case .tableOfPolicy: tableOf("pg_policy d", "d.polrelid", "d.polname")
    case .collation:
      object(
        "pg_collation c", "collname",
        "c.collencoding IN (-1, pg_catalog.pg_char_to_encoding(pg_catalog.getdatabaseencoding()))",
        "c.collnamespace", "pg_catalog.pg_collation_is_visible(c.oid)")
    case .statistics:
      object("pg_statistic_ext s", "stxname", "", "s.stxnamespace", "pg_catalog.pg_statistics_obj_is_visible(s.oid)")
    case .conversion:
      object("pg_conversion c", "conname", "", "c.connamespace", "pg_catalog.pg_conversion_is_visible(c.oid)")
    case .configuration:
      object("pg_ts_config c", "cfgname", "", "c.cfgnamespace", "pg_catalog.pg_ts_config_is_visible(c.oid)")
    case .dictionary:
      object("pg_ts_dict d", "dictname", "", "d.dictnamespace", "pg_catalog.pg_ts_dict_is_visible(d.oid)")
    case .parser:
      object("pg_ts_parser p", "prsname", "", "p.prsnamespace", "pg_catalog.pg_ts_parser_is_visible(p.oid)")
    case .template:
      object("pg_ts_template t", "tmplname", "", "t.tmplnamespace", "pg_catalog.pg_ts_template_is_visible(t.oid)")
    case .opclass:
      object("pg_opclass o", "opcname", "", "o.opcnamespace", "pg_catalog.pg_opclass_is_visible(o.oid)")
    case .opfamily:
      object("pg_opfamily o", "opfname", "", "o.opfnamespace", "pg_catalog.pg_opfamily_is_visible(o.oid)")
    case .database: plain("pg_database", "datname")
    case .role: plain("pg_roles", "rolname")
    case .schema:
      plain(
        "pg_namespace", "nspname", "(nspname OPERATOR(pg_catalog.!~) '^pg_' OR $1 OPERATOR(pg_catalog.~~) 'pg\\\\\\_%')"
      )
    case .tablespace: plain("pg_tablespace", "spcname")
    case .extension: plain("pg_extension", "extname")
    case .availableExtension: plain("pg_available_extensions", "name", "installed_version IS NULL")
    case .language: plain("pg_language", "lanname", "lanname OPERATOR(pg_catalog.<>) 'internal'")
    case .wrapper: plain("pg_foreign_data_wrapper", "fdwname")
    case .server: plain("pg_foreign_server", "srvname")
    case .publication: plain("pg_publication", "pubname")
    case .subscription: plain("pg_stat_subscription", "subname")
    case .eventTrigger: plain("pg_event_trigger", "evtname")
    case .accessMethod: plain("pg_am", "amname")
    case .indexMethod: plain("pg_am", "amname", "amtype IN ('i')")
    case .tableMethod: plain("pg_am", "amname", "amtype IN ('t')")
    case .cursor: plain("pg_cursors", "name")
    case .prepared: plain("pg_prepared_statements", "name")
    case .slot: plain("pg_replication_slots", "slot_name")
    default: nil
    }
  }

  private static func relation(_ kinds: String...) -> CatalogNames {
    CatalogNames(
      from: "pg_catalog.pg_class c", name: "c.relname",
      condition: "c.relkind IN (\(kinds.map { "'\($0)'" }.joined(separator: ", ")))",
      namespace: "c.relnamespace", visible: "pg_catalog.pg_table_is_visible(c.oid)")
  }

  private static func routine(_ kinds: String...) -> CatalogNames {
    CatalogNames(
      from: "pg_catalog.pg_proc p", name: "p.proname",
      condition: "p.prokind IN (\(kinds.map { "'\($0)'" }.joined(separator: ", ")))",
      namespace: "p.pronamespace", visible: "pg_catalog.pg_function_is_visible(p.oid)", hidesSystem: false)
  }

  /// Functions that a query may call: not those that only types, triggers and languages use.
  private static var callable: CatalogNames {
    var names = routine("f", "a", "w")
    names.condition +=
      " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type r WHERE r.oid IN (p.prorettype, p.proargtypes[0])"
      + " AND r.typtype IN ('p') AND r.typname IN ('internal', 'cstring', 'trigger', 'event_trigger',"
      + " 'language_handler', 'fdw_handler', 'index_am_handler', 'table_am_handler', 'tsm_handler'))"
    names.needsPrefix = true
    return names
  }

  private static func type(_ condition: String) -> CatalogNames {
    CatalogNames(
      from: "pg_catalog.pg_type t", name: "t.typname", condition: condition, namespace: "t.typnamespace",
      visible: "pg_catalog.pg_type_is_visible(t.oid)", hidesSystem: false,
      shown: "pg_catalog.format_type(t.oid, NULL)")
  }

  /// Tables that have a constraint, trigger, rule or policy of a given name.
  private static func tableOf(_ catalog: String, _ relation: String, _ name: String) -> CatalogNames {
    var names = CatalogNames.relation("r", "p", "v", "m", "f")
    names.dependent =
      "EXISTS (SELECT 1 FROM pg_catalog.\(catalog) WHERE \(relation) OPERATOR(pg_catalog.=) c.oid"
      + " AND \(name) OPERATOR(pg_catalog.=) $x)"
    return names
  }

  private static func object(
    _ from: String, _ name: String, _ condition: String, _ namespace: String, _ visible: String
  ) -> CatalogNames {
    CatalogNames(
      from: "pg_catalog." + from, name: name, condition: condition, namespace: namespace, visible: visible,
      hidesSystem: false)
  }

  private static func plain(_ catalog: String, _ name: String, _ condition: String = "") -> CatalogNames {
    CatalogNames(from: "pg_catalog." + catalog, name: name, condition: condition)
  }
}
