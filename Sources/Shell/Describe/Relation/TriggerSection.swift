/// Triggers, by when they fire. Of the internal ones only disabled ones are shown.
struct Triggers: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.row.holds("relhastriggers") }

  let query: CatalogQuery? = CatalogQuery(
    (15, sql(clonedIsInternal: "false")),
    // before version 15 a partition's copy of a trigger counts as internal
    (
      0,
      sql(
        clonedIsInternal: """
          EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
              WHERE d.objid = t.oid AND d.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)
          """)
    ))

  private static func sql(clonedIsInternal: String) -> String {
    """
    SELECT t.tgname, pg_catalog.pg_get_triggerdef(t.oid, true) AS definition, t.tgenabled, t.tgisinternal,
      CASE WHEN t.tgparentid <> 0 THEN (
        SELECT u.tgrelid::pg_catalog.regclass
        FROM pg_catalog.pg_partition_ancestors(t.tgrelid) WITH ORDINALITY AS pa (relid, depth)
          JOIN pg_catalog.pg_trigger u ON u.tgrelid = pa.relid AND u.tgname = t.tgname AND u.tgparentid = 0
        ORDER BY pa.depth LIMIT 1) END AS origin
    FROM pg_catalog.pg_trigger t
    WHERE t.tgrelid = $1::pg_catalog.oid
      AND (NOT t.tgisinternal OR t.tgenabled = 'D' OR \(clonedIsInternal))
    ORDER BY 1
    """
  }

  private static let groups: [(state: String, internal: Bool?, heading: String)] = [
    ("O", nil, "Triggers:"),
    ("D", false, "Disabled user triggers:"),
    ("D", true, "Disabled internal triggers:"),
    ("A", nil, "Triggers firing always:"),
    ("R", nil, "Triggers firing on replica only:"),
  ]

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    Self.groups.flatMap { group in
      section(
        group.heading,
        rows.filter { trigger in
          trigger["tgenabled"] == group.state && (group.internal.map { $0 == trigger.holds("tgisinternal") } ?? true)
        }.map { trigger in
          let definition = trigger["definition"]
          let origin = trigger.optional("origin").map { ", ON TABLE \($0)" } ?? ""
          return (definition.after(" TRIGGER ") ?? definition) + origin
        })
    }
  }
}
