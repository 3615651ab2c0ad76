import CShims
import Glibc
import Postgres
import Printing
import SQLText

/// `\lo_import`, `\lo_export`, `\lo_unlink`: large objects and files on this side.
struct LargeObjectCommand: MetaCommand {
  enum Action { case importing, exporting, unlinking }

  let help: Help
  let action: Action

  static let all = [
    LargeObjectCommand(
      help: Help(
        "lo_import", arguments: [.file, .any], in: .inputOutput, syntax: "FILE [COMMENT]",
        summary: "read large object from file"), action: .importing),
    LargeObjectCommand(
      help: Help(
        "lo_export", arguments: [.any, .file], in: .inputOutput, syntax: "LOBOID FILE",
        summary: "write large object to file"), action: .exporting),
    LargeObjectCommand(
      help: Help(
        "lo_unlink", arguments: [.any], in: .inputOutput, syntax: "LOBOID", summary: "delete a large object"),
      action: .unlinking),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let first = try session.argument()
    let second = try session.argument()
    switch action {
    case .importing:
      guard let first else { throw .message("missing required argument") }
      try importFile(expandTilde(first), comment: second, call.name, &session)
    case .exporting:
      guard let first, let second else { throw .message("missing required argument") }
      let (oid, path) = (Self.oid(first), expandTilde(second))
      try session.inLargeObjectTransaction(call.name) { (session) throws(CommandError) in
        try session.largeObject { (session) throws(PostgresError) in
          try session.connection?.exportLargeObject(oid, to: path)
        }
      }
      session.printLargeObject("lo_export")
    case .unlinking:
      guard let first else { throw .message("missing required argument") }
      let oid = Self.oid(first)
      try session.inLargeObjectTransaction(call.name) { (session) throws(CommandError) in
        try session.largeObject { (session) throws(PostgresError) in
          try session.connection?.unlinkLargeObject(oid)
        }
      }
      session.printLargeObject("lo_unlink \(oid)")
    }
    return .done
  }

  private func importFile(
    _ path: String, comment: String?, _ name: String, _ session: inout Session
  ) throws(CommandError) {
    var oid: UInt32 = 0
    try session.inLargeObjectTransaction(name) { (session) throws(CommandError) in
      try session.largeObject { (session) throws(PostgresError) in
        oid = try session.connection?.importLargeObject(from: path) ?? 0
      }
      guard let comment, !comment.isEmpty else { return }
      let quoted: String
      do throws(PostgresError) {
        quoted = try session.connection?.literal(comment) ?? "NULL"
      } catch {
        throw session.failed(error.message)
      }
      _ = try session.ask("COMMENT ON LARGE OBJECT \(oid) IS \(quoted)")
    }
    session.printLargeObject("lo_import \(oid)")
    session.variables.note("LASTOID", String(oid))
  }

  /// A number as `strtoul` reads it: what is none is 0, an oid that no object has.
  private static func oid(_ text: String) -> UInt32 { UInt32(truncatingIfNeeded: strtoul(text, nil, 10)) }
}

extension Session {
  /// Runs `body` in the open transaction, or in one of its own, which with AUTOCOMMIT off stays open.
  fileprivate mutating func inLargeObjectTransaction(
    _ name: String, _ body: (inout Session) throws(CommandError) -> Void
  ) throws(CommandError) {
    var isOwn = false
    switch connection?.transactionStatus {
    case nil: throw failed("\\\(name): not connected to a database")
    case .idle:
      _ = try ask("BEGIN")
      isOwn = true
    case .inTransaction: break
    case .inError: throw failed("\\\(name): current transaction is aborted")
    case .active, .unknown: throw failed("\\\(name): unknown transaction status")
    }
    do throws(CommandError) {
      try body(&self)
      if isOwn, settings.autocommit { _ = try ask("COMMIT") }
    } catch {
      if isOwn, settings.autocommit, connection != nil { _ = try? ask("ROLLBACK") }
      throw error
    }
  }

  /// Runs a call of libpq, which Ctrl-C cancels, and reports its error.
  fileprivate mutating func largeObject(
    _ call: (inout Session) throws(PostgresError) -> Void
  ) throws(CommandError) {
    connection?.armInterrupt()
    defer { connection?.disarmInterrupt() }
    do throws(PostgresError) {
      try call(&self)
    } catch {
      reporter.report(.information, connection?.errorMessage ?? error.message)
      checkConnection()
      throw .reported
    }
  }

  fileprivate func printLargeObject(_ text: String) {
    if !settings.quiet {
      destination.sink.append(printing.format == .html ? "<p>\(text)</p>\n" : "\(text)\n")
      destination.sink.flush()
    }
    logLine(text)
  }
}
