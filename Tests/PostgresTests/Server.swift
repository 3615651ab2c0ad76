import Postgres
import Sandbox
import Testing

/// The shared server of the tests, and connections to a database of their own.
enum Server {
  static func parameters(
    _ more: (keyword: String, value: String)...
  ) throws -> [(keyword: String, value: String)] {
    try SharedCluster.empty().database(named: "libpq") + more
  }

  /// A new connection; later parameters override.
  static func connect(_ more: (keyword: String, value: String)...) throws -> Connection {
    try Connection.open(SharedCluster.empty().database(named: "libpq") + more)
  }
}

/// One cell of a query's result.
func value(_ sql: String, _ parameters: [String?] = [], on connection: borrowing Connection) throws -> String? {
  try connection.query(sql, parameters).string(row: 0, column: 0)
}

/// What the server says of a statement that it refuses.
func refusal(_ sql: String, on connection: borrowing Connection) -> ServerError? {
  do throws(PostgresError) {
    _ = try connection.execute(sql)
    return nil
  } catch {
    if case .server(let fields) = error { return fields }
    Issue.record("no error of the server: \(error)")
    return nil
  }
}
