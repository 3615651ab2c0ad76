/// Extended statistics objects of a table.
struct StatisticsObjects: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike }

  let query: CatalogQuery? = CatalogQuery(
    (
      14,
      """
      SELECT s.stxnamespace::pg_catalog.regnamespace::pg_catalog.text AS nsp, s.stxname,
        s.stxrelid::pg_catalog.regclass AS relation, pg_catalog.pg_get_statisticsobjdef_columns(s.oid) AS columns,
        'd' = ANY (s.stxkind) AS ndistinct, 'f' = ANY (s.stxkind) AS dependencies, 'm' = ANY (s.stxkind) AS mcv,
        NULLIF(s.stxstattarget, -1) AS target
      FROM pg_catalog.pg_statistic_ext s
      WHERE s.stxrelid = $1::pg_catalog.oid
      ORDER BY nsp, s.stxname
      """
    ),
    (
      0,
      """
      SELECT s.stxnamespace::pg_catalog.regnamespace::pg_catalog.text AS nsp, s.stxname,
        s.stxrelid::pg_catalog.regclass AS relation,
        (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
          FROM pg_catalog.unnest(s.stxkeys) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = k.attnum) AS columns,
        'd' = ANY (s.stxkind) AS ndistinct, 'f' = ANY (s.stxkind) AS dependencies, 'm' = ANY (s.stxkind) AS mcv,
        NULLIF(s.stxstattarget, -1) AS target
      FROM pg_catalog.pg_statistic_ext s
      WHERE s.stxrelid = $1::pg_catalog.oid
      ORDER BY s.oid
      """
    ))

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section("Statistics objects:", rows.map { line($0, look) })
  }

  private func line(_ object: CatalogRow, _ look: Look) -> String {
    let all = ["ndistinct", "dependencies", "mcv"]
    let kinds = all.filter { object.holds($0) }
    // no kind at all: statistics of a single expression
    let namesKinds = look.major < 14 || (!kinds.isEmpty && kinds.count < all.count)
    let shown = namesKinds ? " (\(kinds.joined(separator: ", ")))" : ""
    let target = object.optional("target").map { "; STATISTICS \($0)" } ?? ""
    let name = "\"\(object["nsp"]).\(object["stxname"])\""
    return "\(name)\(shown) ON \(object["columns"]) FROM \(object["relation"])\(target)"
  }
}
