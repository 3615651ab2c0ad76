/// Somebody's session: it stays connected, and whatever it has sent goes on.
final class Player {
  let name: String
  let role: String
  let process: Int32
  private let link: Link
  private var failure: String?

  init(_ name: String, as role: String, socketDirectory: String) throws(SandboxError) {
    self.name = name
    self.role = role
    link = try Link(
      socketDirectory: socketDirectory, database: Scene.database, user: role, application: name)
    process = link.process
  }

  func run(_ sql: String) throws(SandboxError) { try link.run(sql) }

  /// Runs a statement that has to fail with this SQLSTATE; throws when it doesn't.
  func fails(_ sql: String, with state: String) throws(SandboxError) {
    let found = try link.failure(of: sql)
    guard found == state else {
      throw .statement(sql, message: "the incident did not come about: SQLSTATE \(found ?? "00000"), not \(state)")
    }
  }

  /// Sends a statement and doesn't wait for its answer.
  func send(_ sql: String) throws(SandboxError) { try link.send(sql) }

  /// The session's state as the server shows it; nil when it is gone.
  func state(_ server: borrowing Link) throws(SandboxError) -> String? {
    try server.run(
      "SELECT state FROM pg_stat_activity WHERE pid = \(process) AND application_name = '\(name)'"
    ).first
  }

  /// Why a statement that was sent has failed; nil when it goes on, or went well.
  func failure(_ server: borrowing Link) throws(SandboxError) -> String? {
    // what is still running has no answer yet, and would be waited for
    if failure == nil, try state(server) != "active" { failure = link.failureOfSent() }
    return failure
  }
}
