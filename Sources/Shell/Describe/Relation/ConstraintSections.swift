/// CHECK constraints, by name.
struct CheckConstraints: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool {
    relation.isTableLike && relation.row.holds("haschecks")
  }

  let query: CatalogQuery? = """
    SELECT r.conname, pg_catalog.pg_get_constraintdef(r.oid, true) AS definition
    FROM pg_catalog.pg_constraint r
    WHERE r.conrelid = $1::pg_catalog.oid AND r.contype = 'c'
    ORDER BY 1
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section("Check constraints:", rows.map { "\"\($0["conname"])\" \($0["definition"])" })
  }
}

/// Foreign keys of this table; those that a partition has from a partitioned table above come last, named with it.
struct ForeignKeys: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike && relation.mayHaveForeignKeys }

  let query: CatalogQuery? = """
    SELECT r.conname, pg_catalog.pg_get_constraintdef(r.oid, true) AS definition,
      r.conrelid = $1::pg_catalog.oid AS own, r.conrelid::pg_catalog.regclass AS holder
    FROM pg_catalog.pg_constraint r
    WHERE r.contype = 'f' AND r.conparentid = 0
      AND (r.conrelid = $1::pg_catalog.oid
        OR r.conrelid IN (SELECT pa.relid FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.oid) AS pa))
    ORDER BY own DESC, r.conname
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section(
      "Foreign-key constraints:",
      rows.map { key in
        key.holds("own")
          ? "\"\(key["conname"])\" \(key["definition"])"
          : "TABLE \"\(key["holder"])\" CONSTRAINT \"\(key["conname"])\" \(key["definition"])"
      })
  }
}

/// Foreign keys of other tables that refer to this one, or to a partitioned table above.
struct ReferencedBy: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike && relation.mayHaveForeignKeys }

  let query: CatalogQuery? = """
    SELECT r.conname, r.conrelid::pg_catalog.regclass AS holder,
      pg_catalog.pg_get_constraintdef(r.oid, true) AS definition
    FROM pg_catalog.pg_constraint r
    WHERE r.contype = 'f' AND r.conparentid = 0
      AND (r.confrelid = $1::pg_catalog.oid
        OR r.confrelid IN (SELECT pa.relid FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.oid) AS pa))
    ORDER BY r.conname
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    section(
      "Referenced by:",
      rows.map { "TABLE \"\($0["holder"])\" CONSTRAINT \"\($0["conname"])\" \($0["definition"])" })
  }
}
