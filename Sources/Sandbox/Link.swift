import Postgres

/// A session on a sandbox's own server, for the statements that set it up.
struct Link: ~Copyable {
  private let connection: Connection

  init(socketDirectory: String, database: String, user: String = "postgres") throws(SandboxError) {
    let parameters = [
      ("host", socketDirectory), ("port", "\(Server.port)"), ("user", user), ("application_name", "pgmedic sandbox"),
      ("sslmode", "disable"), ("gssencmode", "disable"), ("passfile", "/dev/null"), ("dbname", database),
    ]
    do {
      connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    } catch {
      throw .statement("connect to \(database)", message: error.message)
    }
    connection.onNotice { _ in }
  }

  /// Runs statements (several of them in one implicit transaction) and returns the first column of the last result.
  @discardableResult
  func run(_ sql: String) throws(SandboxError) -> [String] {
    do {
      let result = try connection.execute(sql)
      return (0..<result.rowCount).map { result.string(row: $0, column: 0) ?? "" }
    } catch {
      throw .statement(sql, message: error.message)
    }
  }

  /// The SQLSTATE that a statement fails with; nil if it doesn't.
  func failure(of sql: String) throws(SandboxError) -> String? {
    do {
      try connection.execute(sql)
      return nil
    } catch {
      guard let state = error.sqlState else { throw .statement(sql, message: error.message) }
      return state
    }
  }
}
