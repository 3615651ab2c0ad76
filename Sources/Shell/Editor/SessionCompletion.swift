import CShims
import Glibc
import Knowledge
import Postgres
import Printing

/// What completion learns from a session, for as long as one word is completed.
///
/// All its queries run in one transaction of its own, or behind a savepoint where the user's is open, so that an error
/// does no harm and the short time limits end with it. In a failed transaction nothing is asked.
final class SessionCompletion: CompletionContext {
  /// Valid while the session waits for its line.
  private let session: UnsafeMutablePointer<Session>
  private var ending: String?

  init(_ session: UnsafeMutablePointer<Session>) { self.session = session }

  /// Candidates for `before`, which goes on the statement that the session holds.
  static func complete(_ session: UnsafeMutablePointer<Session>, _ before: String, _ after: String) -> Completion? {
    let context = SessionCompletion(session)
    defer { context.end() }
    let earlier = session.pointee.query
    let statement = earlier.isEmpty ? before : String(decoding: earlier, as: UTF8.self) + "\n" + before
    return Completer(context: context).complete(statement, after: after)
  }

  func query(_ sql: String, _ parameters: [String]) -> [String] {
    do throws(PostgresError) {
      guard try begin(), let result = try session.pointee.connection?.query(sql, parameters) else { return [] }
      return (0..<result.rowCount).compactMap { result.string(row: $0, column: 0) }
    } catch {
      // The transaction can take no more questions; a missing catalog or right is no news to who types.
      end()
      return []
    }
  }

  private func begin() throws(PostgresError) -> Bool {
    if ending != nil { return true }
    let start: String
    switch session.pointee.connection?.transactionStatus {
    case .idle:
      start = "BEGIN READ ONLY"
      ending = "ROLLBACK"
    case .inTransaction:
      start = "SAVEPOINT pgmedic_completion"
      ending = "ROLLBACK TO SAVEPOINT pgmedic_completion; RELEASE SAVEPOINT pgmedic_completion"
    default: return false
    }
    _ = try session.pointee.connection?.execute(
      start + "; SET LOCAL statement_timeout = '1s'; SET LOCAL lock_timeout = '200ms'")
    return true
  }

  private func end() {
    guard let ending else { return }
    self.ending = nil
    _ = try? session.pointee.connection?.execute(ending)
  }

  var variables: [String] {
    let known = session.pointee.variables
    return Array(Set(known.names + known.specialNames)).sorted()
  }

  func values(ofVariable name: String) -> [String] {
    switch name {
    case "AUTOCOMMIT", "ON_ERROR_STOP", "QUIET", "SHOW_ALL_RESULTS", "SINGLELINE", "SINGLESTEP", "HIDE_TABLEAM",
      "HIDE_TOAST_COMPRESSION":
      ["on", "off"]
    case "COMP_KEYWORD_CASE": Settings.KeywordCase.allCases.map(\.rawValue)
    case "ECHO": Settings.Echo.allCases.map(\.rawValue)
    case "ECHO_HIDDEN": Settings.EchoHidden.allCases.map(\.rawValue)
    case "ON_ERROR_ROLLBACK": Settings.ErrorRollback.allCases.map(\.rawValue)
    case "HISTCONTROL": Settings.HistoryControl.allCases.map(\.rawValue)
    case "SHOW_CONTEXT": ["never", "errors", "always"]
    case "VERBOSITY": ["default", "verbose", "terse", "sqlstate"]
    default: []
    }
  }

  var keywordCase: Settings.KeywordCase { session.pointee.settings.keywordCase }
  var commands: [Help] { Shell.commands.map(\.help) }
  var sqlTopics: [String] { SQLHelp.topics }
  var entries: [String] { session.pointee.knowledge().entries.map(\.id) }

  var environment: [String] {
    var names: [String] = []
    var entry = shim_environ()
    while let text = entry?.pointee {
      names.append(String(String(cString: text).prefix { $0 != "=" }))
      entry = entry.map { $0 + 1 }
    }
    return names.sorted()
  }

  var printSettings: [String] { PsetOption.all.filter { $0.isInPsql || !session.pointee.isPsql }.map(\.name) }

  func values(ofPrintSetting name: String) -> [String] {
    PsetOption.named(name, psqlOnly: session.pointee.isPsql)?.values(session.pointee.isPsql) ?? []
  }
}
