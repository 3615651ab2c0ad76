/// Of a partition: the table above, its bounds, and with `+` the constraint that they mean.
struct PartitionOf: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isPartition }

  let query: CatalogQuery? = CatalogQuery((14, sql(pending: "i.inhdetachpending")), (0, sql(pending: "false")))

  private static func sql(pending: String) -> String {
    """
    SELECT i.inhparent::pg_catalog.regclass AS parent, pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound,
      \(pending) AS pending, pg_catalog.pg_get_partition_constraintdef(c.oid) AS definition
    FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    WHERE c.oid = $1::pg_catalog.oid
    """
  }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    guard let partition = rows.first else { return [] }
    // an index has no bounds, but its line keeps the space before them
    let line = "Partition of: \(partition["parent"]) \(partition["bound"])"
    let detaching = partition.holds("pending") ? " DETACH PENDING" : ""
    guard look.isVerbose else { return [line + detaching] }
    let definition = partition["definition"]
    return [
      line + detaching, definition.isEmpty ? "No partition constraint" : "Partition constraint: \(definition)",
    ]
  }
}

/// Of a partitioned table: its key.
struct PartitionKey: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.kind == .partitioned }

  let query: CatalogQuery? = "SELECT pg_catalog.pg_get_partkeydef($1::pg_catalog.oid) AS key"

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.map { "Partition key: \($0["key"])" }
  }
}

/// Of a TOAST table: the table whose long values it keeps.
struct OwningTable: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.kind == .toast }

  let query: CatalogQuery? = """
    SELECT n.nspname, c.relname
    FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.reltoastrelid = $1::pg_catalog.oid
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    rows.map { "Owning table: \"\($0["nspname"]).\($0["relname"])\"" }
  }
}

/// The tables that this one inherits from, in their order.
struct Parents: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike }

  let query: CatalogQuery? = """
    SELECT c.oid::pg_catalog.regclass AS parent
    FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid
    WHERE i.inhrelid = $1::pg_catalog.oid AND c.relkind NOT IN ('p', 'I')
    ORDER BY i.inhseqno
    """

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    hanging("Inherits: ", rows.map { $0["parent"] })
  }
}

/// The tables that inherit from this one, or its partitions: how many, or with `+` which.
struct Children: RelationSection {
  func applies(to relation: Relation, _ look: Look) -> Bool { relation.isTableLike }

  let query: CatalogQuery? = CatalogQuery((14, sql(pending: "i.inhdetachpending")), (0, sql(pending: "false")))

  private static func sql(pending: String) -> String {
    """
    SELECT c.oid::pg_catalog.regclass AS child, c.relkind, \(pending) AS pending,
      pg_catalog.pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
    WHERE i.inhparent = $1::pg_catalog.oid
    ORDER BY pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT', c.oid::pg_catalog.regclass::pg_catalog.text
    """
  }

  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String] {
    let isPartitioned = relation.isOne(of: .partitioned, .partitionedIndex)
    if isPartitioned, rows.isEmpty { return ["Number of partitions: 0"] }
    if !look.isVerbose {
      guard !rows.isEmpty else { return [] }
      return ["Number of \(isPartitioned ? "partitions" : "child tables"): \(rows.count) (Use \\d+ to list them.)"]
    }
    let children = rows.map { child in
      var line = child["child"]
      if let bound = child.optional("bound") { line += " \(bound)" }
      if child["relkind"] == "p" || child["relkind"] == "I" { line += ", PARTITIONED" }
      if child.holds("pending") { line += " (DETACH PENDING)" }
      return line
    }
    return hanging(isPartitioned ? "Partitions: " : "Child tables: ", children)
  }
}

/// A label with items under each other behind it.
private func hanging(_ label: String, _ items: [String]) -> [String] {
  let indent = String(repeating: " ", count: label.count)
  return items.enumerated().map { place, item in
    (place == 0 ? label : indent) + item + (place == items.count - 1 ? "" : ",")
  }
}
