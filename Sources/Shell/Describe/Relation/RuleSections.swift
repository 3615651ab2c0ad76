/// Rewrite rules of a table, by when they fire.
struct TableRules: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    relation.isTableLike && relation.kind != .materializedView && relation.row.holds("relhasrules")
  }

  let query: CatalogQuery? = """
    SELECT r.rulename, r.ev_enabled, pg_catalog.pg_get_ruledef(r.oid, true) AS definition
    FROM pg_catalog.pg_rewrite r
    WHERE r.ev_class = $1::pg_catalog.oid
    ORDER BY 1
    """

  private static let groups = [
    ("O", "Rules:"), ("D", "Disabled rules:"), ("A", "Rules firing always:"), ("R", "Rules firing on replica only:"),
  ]

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    Self.groups.flatMap { state, heading in
      section(heading, rows.filter { $0["ev_enabled"] == state }.map { $0["definition"].withoutCreateRule })
    }
  }
}

/// The query of a view.
struct ViewDefinition: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    look.isVerbose && relation.isOne(of: .view, .materializedView)
  }

  let query: CatalogQuery? = "SELECT pg_catalog.pg_get_viewdef($1::pg_catalog.oid, true) AS definition"

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.flatMap { ["View definition:", $0["definition"]] }
  }
}

/// The rules of a view besides the one that makes it a view. psql 15 shows them with `+` only.
struct ViewRules: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    look.isVerbose && relation.isOne(of: .view, .materializedView) && relation.row.holds("relhasrules")
  }

  let query: CatalogQuery? = """
    SELECT r.rulename, pg_catalog.pg_get_ruledef(r.oid, true) AS definition
    FROM pg_catalog.pg_rewrite r
    WHERE r.ev_class = $1::pg_catalog.oid AND r.rulename <> '_RETURN'
    ORDER BY 1
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.isEmpty ? [] : ["Rules:"] + rows.map { " " + $0["definition"].withoutCreateRule }
  }
}

extension String {
  /// A rule's definition as `\d` shows it.
  fileprivate var withoutCreateRule: String {
    let rule = after("CREATE RULE ") ?? self
    return rule.hasSuffix(";") ? String(rule.dropLast()) : rule
  }
}
