import Postgres

/// Names for indexes that are to be made: none is taken, and no two meet.
struct FreeNames: Sendable {
  private var taken: Set<DatabaseObject>
  private var given: [IndexDefinition: IndexDefinition] = [:]

  /// Relations of all kinds share the names of a schema.
  static let query = """
    SELECT n.nspname AS schema, c.relname AS name FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relname = ANY ($1::name[]) ORDER BY 1, 2
    """

  /// Asks which of the names are taken that these indexes could have.
  static func read(
    _ indexes: [IndexDefinition], _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> FreeNames {
    if indexes.isEmpty { return FreeNames(taken: []) }
    let names = Set(indexes.flatMap { choices($0) }).sorted()
    let rows = try inquiry.read(connection, [Query(from: 10, query)], [ArrayText.write(names)], for: rule) ?? []
    return FreeNames(
      taken: Set(rows.map { DatabaseObject(.index, schema: $0.text("schema"), name: $0.text("name")) }))
  }

  private init(taken: Set<DatabaseObject>) { self.taken = taken }

  private static func choices(_ index: IndexDefinition) -> [String] {
    [index.indexName] + (2...9).map { SQLName.truncated(index.indexName, to: 61) + "_\($0)" }
  }

  /// The index with its name; the same one again gets the same name.
  mutating func named(_ index: IndexDefinition) -> IndexDefinition {
    if let before = given[index] { return before }
    var named = index
    let free = FreeNames.choices(index).first { name in
      taken.insert(DatabaseObject(.index, schema: index.schema, name: name)).inserted
    }
    named.name = free ?? index.indexName
    given[index] = named
    return named
  }
}
