import CShims
import Glibc
import Medic
import Postgres

extension Session {
  /// Runs an examination over the session's own connection, or, while a transaction of the user's is open, over a
  /// second one, since statistics are frozen inside a transaction. Throws when there is no connection at all.
  mutating func examine(
    with examination: any Examination.Type, scope: Scope, options: Options, text: String? = nil
  ) throws(CommandError) -> Report {
    guard connection != nil else {
      throw .message("there is no connection to examine; connect with \\c first")
    }
    var request = Request(
      scope: scope, options: options, text: text, ignoring: documents.ignoring, isComplete: documents.format != nil,
      records: records, isCancelled: { shim_interrupt_pending() })
    _ = shim_interrupt_take()
    do {
      if connection?.transactionStatus != .idle, let second = secondConnection() {
        request.userPID = connection?.backendPID
        second.armInterrupt()
        let report = try examination.init().report(second, request)
        remember(report)
        return report
      }
      connection?.armInterrupt()
      defer { connection?.disarmInterrupt() }
      guard let report = try report(examination, request) else { throw CommandError.reported }
      remember(report)
      return report
    } catch let error as PostgresError {
      checkConnection()
      throw .message(error.message)
    } catch {
      throw .reported
    }
  }

  private func report(
    _ examination: any Examination.Type, _ request: Request
  ) throws(PostgresError) -> Report? {
    guard connection != nil else { return nil }
    return try connection?.reported(by: examination, request)
  }

  /// Another connection to where the session is, nil when it can't be had (no slot left, a password is asked for).
  private func secondConnection() -> Connection? {
    guard var parameters = connection?.parameters else { return nil }
    parameters.removeAll { $0.keyword == "application_name" || $0.keyword == "options" }
    parameters.append(("application_name", "pgmedic"))
    guard case .connected(let second) = Connection.connect(parameters) else { return nil }
    return second
  }
}

extension Connection {
  fileprivate func reported(
    by examination: any Examination.Type, _ request: Request
  ) throws(PostgresError) -> Report {
    try examination.init().report(self, request)
  }
}
