import Postgres

/// `pg_get_indexdef` of indexes, for the undo of a DROP.
///
/// The function opens the table, so it is asked only about tables that nobody has locked or waits to lock exclusively.
struct Definitions: Sendable {
  private let texts: [Int: String]

  static let query = """
    SELECT i.id, pg_catalog.pg_get_indexdef(i.id) AS definition FROM pg_catalog.unnest($1::oid[]) AS i (id)
    """

  /// Reads what can be read; for what can't be, findings come without a remedy, and the reason is noted once.
  static func read(
    _ indexes: [Index], _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> Definitions {
    if indexes.isEmpty { return Definitions(texts: [:]) }
    let locked = try Locks.read(connection, &inquiry, for: rule)
    let free = indexes.filter { locked[$0.tableID] == nil && locked[$0.id] == nil }
    for index in indexes {
      guard let lock = locked[index.tableID] ?? locked[index.id] else { continue }
      inquiry.notes.append("no remedy for \(index.object.displayName), since its definition is \(lock.words)")
    }
    let ids = ArrayText.write(free.map { $0.id })
    let rows = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      try connection.rows(query, [ids])
    }
    return Definitions(
      texts: Dictionary((rows ?? []).map { ($0.int("id") ?? 0, $0.text("definition")) }) { first, _ in first })
  }

  subscript(_ index: Index) -> String? { texts[index.id] }

  /// How to drop the index and how to have it back; nil where its definition could not be read.
  func drop(_ index: Index, _ catalog: IndexCatalog) -> Remedy? {
    guard let definition = self[index] else { return nil }
    if !index.isPartitioned { return .dropIndex(schema: index.schema, name: index.name, definition: definition) }
    var create = [definition.contains(" ON ONLY ") ? definition : Remedy.onOnly(definition)]
    var attach: [String] = []
    let parts = catalog.descendants(index)
    let names = Dictionary((parts + [index]).map { ($0.id, SQLName.qualified($0.schema, $0.name)) }) { first, _ in first
    }
    for part in parts {
      guard let text = self[part], let name = names[part.id], let above = part.parentID.flatMap({ names[$0] }) else {
        return nil
      }
      create.append(part.isPartitioned ? Remedy.onOnly(text) : Remedy.concurrently(text))
      attach.append("ALTER INDEX \(above) ATTACH PARTITION \(name)")
    }
    return .dropPartitionedIndex(schema: index.schema, name: index.name, undo: create + attach)
  }
}
