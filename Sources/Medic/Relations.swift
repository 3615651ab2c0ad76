import Postgres

/// A table or partition as the catalog and the counters describe it, without opening it.
struct Relation: Sendable {
  let id: Int
  let schema: String
  let name: String
  /// `pg_class.relkind`.
  let kind: String
  let parentID: Int?
  /// Rows by the catalog; nil where nobody has counted them yet.
  let rows: Int?
  let pages: Int
  let deletes: Int
  /// Updates that weren't heap-only: an upper bound of key updates, which the server doesn't count.
  let indexedUpdates: Int

  /// The tables in $1 with all their partitions. Sizes are `relpages`: exact ones would wait behind ACCESS EXCLUSIVE.
  ///
  /// The array of what was found lets the planner expect few tables and look up each; a join would read all of them.
  static let treeQuery = Query(
    from: 11,
    """
    WITH RECURSIVE tree (id) AS (
      SELECT o.id FROM pg_catalog.unnest($1::oid[]) AS o (id)
      UNION
      SELECT h.inhrelid FROM tree JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = tree.id
      JOIN pg_catalog.pg_inherits AS h ON h.inhparent = p.partrelid
    )
    SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
      CASE WHEN c.relispartition
        THEN (SELECT h.inhparent FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid) END AS parent_id,
      CASE WHEN c.reltuples >= 0 AND (c.reltuples > 0 OR c.relpages > 0) THEN c.reltuples::bigint END AS rows,
      c.relpages AS pages, pg_catalog.pg_stat_get_tuples_deleted(c.oid) AS deletes,
      greatest(pg_catalog.pg_stat_get_tuples_updated(c.oid) - pg_catalog.pg_stat_get_tuples_hot_updated(c.oid), 0)
        AS indexed_updates
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY (ARRAY(SELECT tree.id FROM tree))
    ORDER BY n.nspname, c.relname
    """)

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    kind = row.text("kind")
    parentID = row.int("parent_id")
    rows = row.int("rows")
    pages = row.int("pages") ?? 0
    deletes = row.int("deletes") ?? 0
    indexedUpdates = row.int("indexed_updates") ?? 0
  }
}

/// Relations by their oid, with the way from a partitioned table down to its leaves.
struct RelationSet: Sendable {
  private let relations: [Int: Relation]
  private let children: [Int: [Relation]]

  init(_ rows: [Row]) {
    let all = rows.map { Relation($0) }
    relations = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
    children = Dictionary(grouping: all.filter { $0.parentID != nil }) { $0.parentID ?? 0 }
  }

  subscript(_ id: Int) -> Relation? { relations[id] }

  /// The table itself and all partitions below it, on whatever level.
  func parts(of id: Int) -> [Relation] {
    guard let relation = relations[id] else { return [] }
    return [relation] + (children[id] ?? []).flatMap { parts(of: $0.id) }
  }

  /// The table itself, or all leaves below a partitioned one. Foreign tables can't have indexes and are left out.
  func leaves(of id: Int) -> [Relation] {
    guard let relation = relations[id] else { return [] }
    if relation.kind != "p" { return relation.kind == "f" ? [] : [relation] }
    return (children[id] ?? []).flatMap { leaves(of: $0.id) }
  }

  /// The partitions below a partitioned table; `existing` gives the index that a relation has already.
  func tree(of id: Int, existing: (Int) -> DatabaseObject?) -> PartitionTree? {
    guard let relation = relations[id] else { return nil }
    return PartitionTree(
      schema: relation.schema, table: relation.name, isPartitioned: relation.kind == "p", existingIndex: existing(id),
      children: (children[id] ?? []).filter { $0.kind != "f" }.compactMap { tree(of: $0.id, existing: existing) })
  }
}
