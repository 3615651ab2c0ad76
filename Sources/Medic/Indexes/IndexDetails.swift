import Postgres

/// What is read only of the indexes that a report shows: their definitions, for the undo of a DROP, and what writing to
/// them has cost.
struct IndexDetails: Sendable {
  private let definitions: [Int: String]
  private let counters: [Int: (writes: Int, lastScan: String?)]

  /// `pg_get_indexdef` opens the table, so it is asked only about tables that nobody has locked or waits to lock
  /// exclusively.
  static let definitionQuery = """
    SELECT i.id, pg_catalog.pg_get_indexdef(i.id) AS definition FROM pg_catalog.unnest($1::oid[]) AS i (id) ORDER BY i.id
    """

  /// Rows written to the table: each costs an entry unless the update is heap-only. 16 and later remember the last scan.
  static let counterQueries = [
    Query(
      from: 16,
      """
      SELECT i.indexrelid AS id, pg_catalog.pg_stat_get_tuples_inserted(i.indrelid)
          + pg_catalog.pg_stat_get_tuples_updated(i.indrelid)
          - pg_catalog.pg_stat_get_tuples_hot_updated(i.indrelid) AS writes,
        pg_catalog.to_char(pg_catalog.pg_stat_get_lastscan(i.indexrelid) AT TIME ZONE 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_scan
      FROM pg_catalog.pg_index AS i WHERE i.indexrelid = ANY ($1::oid[]) ORDER BY i.indexrelid
      """),
    Query(
      from: 11,
      """
      SELECT i.indexrelid AS id, pg_catalog.pg_stat_get_tuples_inserted(i.indrelid)
          + pg_catalog.pg_stat_get_tuples_updated(i.indrelid)
          - pg_catalog.pg_stat_get_tuples_hot_updated(i.indrelid) AS writes
      FROM pg_catalog.pg_index AS i WHERE i.indexrelid = ANY ($1::oid[]) ORDER BY i.indexrelid
      """),
  ]

  /// Reads what can be read; for what can't be, findings come without a remedy, and the reason is noted once.
  static func read(
    _ indexes: [Index], _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> IndexDetails {
    if indexes.isEmpty { return IndexDetails(definitions: [:], counters: [:]) }
    let locked = try Locks.read(connection, &inquiry, for: rule)
    let free = indexes.filter { locked[$0.tableID] == nil && locked[$0.id] == nil }
    for index in indexes {
      guard let lock = locked[index.tableID] ?? locked[index.id] else { continue }
      inquiry.notes.append("no remedy for \(index.object.displayName), since its definition is \(lock.words)")
    }
    let ids = ArrayText.write(free.map { $0.id })
    let rows = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      try connection.rows(definitionQuery, [ids])
    }
    let counted = try inquiry.read(connection, counterQueries, [ArrayText.write(indexes.map { $0.id })], for: rule)
    return IndexDetails(
      definitions: Dictionary((rows ?? []).map { ($0.int("id") ?? 0, $0.text("definition")) }) { first, _ in first },
      counters: Dictionary(
        (counted ?? []).map { ($0.int("id") ?? 0, (writes: $0.int("writes") ?? 0, lastScan: $0["last_scan"])) }
      ) { first, _ in first })
  }

  func writes(_ index: Index, _ catalog: IndexCatalog) -> Int {
    catalog.leaves(index).reduce(0) { $0 + (counters[$1.id]?.writes ?? 0) }
  }

  /// When one of its parts was last scanned, where the server remembers it.
  func lastScan(_ index: Index, _ catalog: IndexCatalog) -> String? {
    catalog.leaves(index).compactMap { counters[$0.id]?.lastScan }.max()
  }

  /// How to drop the index and how to have it back; nil where its definition could not be read.
  ///
  /// An invalid one is dropped only if it still is: somebody may have built it anew since.
  func drop(_ index: Index, _ catalog: IndexCatalog) -> Remedy? {
    guard let definition = definitions[index.id] else { return nil }
    if !index.isPartitioned {
      return .dropIndex(
        schema: index.schema, name: index.name, definition: definition, onlyInvalid: !index.isValid)
    }
    var create = [definition.contains(" ON ONLY ") ? definition : Remedy.onOnly(definition)]
    var attach: [String] = []
    let parts = catalog.descendants(index)
    let names = Dictionary((parts + [index]).map { ($0.id, SQLName.qualified($0.schema, $0.name)) }) { first, _ in first
    }
    for part in parts {
      guard let text = definitions[part.id], let name = names[part.id], let above = part.parentID.flatMap({ names[$0] })
      else { return nil }
      create.append(part.isPartitioned ? Remedy.onOnly(text) : Remedy.concurrently(text))
      attach.append("ALTER INDEX \(above) ATTACH PARTITION \(name)")
    }
    return .dropPartitionedIndex(schema: index.schema, name: index.name, undo: create + attach)
  }
}
