import Advisor
import CShims
import Glibc
import Medic
import Postgres

extension Session {
  /// Runs an examination over the session's own connection, or, while a transaction of the user's is open, over a
  /// second one, since statistics are frozen inside a transaction. Throws when there is no connection at all.
  mutating func examine(
    with examination: any Examination.Type, scope: Scope, options: Options, text: String? = nil,
    baseline: Baseline? = nil
  ) throws(CommandError) -> Report {
    guard connection != nil else {
      throw .message("there is no connection to examine; connect with \\c first")
    }
    var request = Request(
      scope: scope, options: options, text: text, ignoring: documents.ignoring, isComplete: documents.format != nil,
      records: records, isCancelled: { shim_interrupt_pending() })
    let width = terminalWidth ?? 80
    if hasTerminal, isInteractive { request.confirm = { Session.askYesOrNo($0, width: width) } }
    request.baseline = baseline
    request.isWhole = documents.reportFile != nil || baseline != nil
    request.further = [Advise.self]
    _ = shim_interrupt_take()
    do {
      if !examination.usesOwnConnection, connection?.transactionStatus != .idle, let second = secondConnection() {
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

  /// Asks at the terminal; whether the answer begins with a y. Ctrl-C and end of file are no.
  private static func askYesOrNo(_ question: String, width: Int) -> Bool {
    let text = wordWrapped(question, width: width).joined(separator: "\n") + " [y/N] "
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    var first: UInt8?
    var byte: UInt8 = 0
    while Glibc.read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
      if first == nil, byte > UInt8(ascii: " ") { first = byte }
    }
    return !shim_interrupt_pending() && (first == UInt8(ascii: "y") || first == UInt8(ascii: "Y"))
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
