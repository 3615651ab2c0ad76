import Postgres

/// A session on a sandbox's own server, for the statements that set it up.
public struct Link: ~Copyable {
  private let connection: Connection

  init(
    socketDirectory: String, database: String, user: String = "postgres", application: String = "pgmedic sandbox"
  ) throws(SandboxError) {
    let parameters = [
      ("host", socketDirectory), ("port", "\(Server.port)"), ("user", user), ("application_name", application),
      ("sslmode", "disable"), ("gssencmode", "disable"), ("passfile", socketDirectory + "/no-passfile"),
      ("dbname", database),
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

  /// The server's process.
  var process: Int32 { connection.backendPID }

  /// Sends statements without waiting for their answer.
  func send(_ sql: String) throws(SandboxError) {
    do {
      try connection.send(Array(sql.utf8))
    } catch {
      throw .statement(sql, message: error.message)
    }
  }

  /// Waits for the answers to what was sent: the first error's message, nil when all went well.
  func failureOfSent() -> String? {
    var failure: String?
    while let result = connection.nextResult() {
      if result.isError, failure == nil { failure = result.errorText }
    }
    return failure
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

  /// Whether an expression is true.
  func says(_ condition: String) throws(SandboxError) -> Bool { try run("SELECT \(condition)").first == "t" }

  /// The first value of a query as a number, 0 where it is none.
  func count(_ sql: String) throws(SandboxError) -> Int { try run(sql).first.flatMap { Int($0) } ?? 0 }
}
