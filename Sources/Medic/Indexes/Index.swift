import Postgres

/// An index as catalogs and counters describe it, without opening it or its table.
struct Index: Sendable {
  let id: Int
  let schema: String
  let name: String
  let table: String
  let tableID: Int
  /// The partitioned index that it is a part of.
  let parentID: Int?
  let isPartitioned: Bool
  let isInScope: Bool
  let isValid: Bool
  let isUnique: Bool
  let isReplicaIdentity: Bool
  let isClustered: Bool
  /// The extension that it, or its table, belongs to.
  let `extension`: String?
  let hasExpression: Bool
  let pages: Int

  var object: DatabaseObject { DatabaseObject(.index, schema: schema, name: name, table: table) }

  /// Why it may not be dropped whatever the counters say, constraints apart; nil when nothing forbids it.
  var reasonToKeep: String? {
    if isReplicaIdentity { return "replica identity" }
    if isClustered { return "the table is clustered on it" }
    if let `extension` { return "belongs to extension \(`extension`)" }
    return nil
  }

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    table = row.text("table")
    tableID = row.int("table_id") ?? 0
    parentID = row.int("parent_id")
    isPartitioned = row.flag("is_partitioned")
    isInScope = row.flag("is_in_scope")
    isValid = row.flag("is_valid")
    isUnique = row.flag("is_unique")
    isReplicaIdentity = row.flag("is_replica_identity")
    isClustered = row.flag("is_clustered")
    `extension` = row["extension"]
    hasExpression = row.flag("has_expression")
    pages = row.int("pages") ?? 0
  }
}
