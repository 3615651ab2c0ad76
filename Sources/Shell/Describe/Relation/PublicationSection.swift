/// The publications that a table is in.
struct TablePublications: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike && !relation.isIndex }

  let query: CatalogQuery? = CatalogQuery(
    (
      15,
      """
      SELECT p.pubname, NULL AS columns, NULL AS qual
      FROM pg_catalog.pg_publication p
        JOIN pg_catalog.pg_publication_namespace pn ON pn.pnpubid = p.oid
        JOIN pg_catalog.pg_class c ON c.relnamespace = pn.pnnspid
      WHERE c.oid = $1::pg_catalog.oid AND pg_catalog.pg_relation_is_publishable($1::pg_catalog.oid)
      UNION
      SELECT p.pubname,
        (SELECT pg_catalog.string_agg(a.attname, ', ' ORDER BY k.place)
          FROM pg_catalog.unnest(pr.prattrs) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = pr.prrelid AND a.attnum = k.attnum),
        pg_catalog.pg_get_expr(pr.prqual, pr.prrelid)
      FROM pg_catalog.pg_publication p
        JOIN pg_catalog.pg_publication_rel pr ON pr.prpubid = p.oid
      WHERE pr.prrelid = $1::pg_catalog.oid
      UNION
      SELECT p.pubname, NULL, NULL
      FROM pg_catalog.pg_publication p
      WHERE p.puballtables AND pg_catalog.pg_relation_is_publishable($1::pg_catalog.oid)
      ORDER BY 1
      """
    ),
    (
      0,
      """
      SELECT p.pubname
      FROM pg_catalog.pg_publication p
      WHERE p.puballtables AND pg_catalog.pg_relation_is_publishable($1::pg_catalog.oid)
        OR EXISTS (SELECT 1 FROM pg_catalog.pg_publication_rel pr
          WHERE pr.prpubid = p.oid AND pr.prrelid = $1::pg_catalog.oid)
      ORDER BY 1
      """
    ))

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section(
      "Publications:",
      rows.map { publication in
        "\"\(publication["pubname"])\"" + (publication.optional("columns").map { " (\($0))" } ?? "")
          + (publication.optional("qual").map { " WHERE \($0)" } ?? "")
      })
  }
}
