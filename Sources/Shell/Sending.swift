import CShims
import Glibc
import Postgres
import Printing
import SQLText

extension Session {
  /// Sends a text of one or more statements and shows what comes back; false when something failed.
  ///
  /// Does what psql does around a statement: echo, single step, BEGIN without AUTOCOMMIT, a savepoint with
  /// ON_ERROR_ROLLBACK, timing, notifications. What `\g` and its kin asked for ends with the statement.
  mutating func send(_ text: [UInt8]) -> Bool {
    defer { statement = StatementRequest() }
    guard connection != nil else {
      reporter.report(.error, "You are currently not connected to a database.")
      return false
    }
    lastStatement = text
    if settings.singleStep {
      guard confirmsStep(text) else { return false }
    } else if settings.echo == .queries {
      output.append(text)
      output.append("\n")
      output.flush()
    }
    logQuery(text)
    connection?.setVerbosity(settings.verbosity)
    connection?.setContext(settings.showContext)
    guard beginIfNeeded(text), let savepoint = setSavepoint() else { return false }
    let outcome =
      statement.describes
      ? describeStatement(text) : fetchesInPieces(text) ? runWithCursor(text) : runStatement(text)
    if !outcome.succeeded, settings.echo == .errors {
      reporter.report(.information, "STATEMENT:  \(String(decoding: text, as: UTF8.self))")
    }
    let settled = savepoint ? settleSavepoint(outcome) : true
    if isTiming { output.append(timingText(outcome.milliseconds)) }
    noteEncoding()
    showNotifications()
    return outcome.succeeded && settled
  }

  /// What running a text came to.
  struct StatementOutcome {
    var succeeded: Bool
    var milliseconds: Double = 0
    /// The text itself ended or released savepoints, so ours is gone.
    var endedSavepoint = false
  }

  private mutating func confirmsStep(_ text: [UInt8]) -> Bool {
    output.append(
      """
      ***(Single step mode: verify command)*******************************************
      \(String(decoding: text, as: UTF8.self))
      ***(press return to proceed or enter x and return to cancel)********************

      """)
    output.flush()
    guard let answer = readLine(strippingNewline: true) else { return true }
    return !answer.hasPrefix("x")
  }

  private mutating func beginIfNeeded(_ text: [UInt8]) -> Bool {
    guard !settings.autocommit, connection?.transactionStatus == .idle, !StatementKind(text).needsNoTransaction else {
      return true
    }
    return runQuietly("BEGIN")
  }

  /// Sets psql's savepoint where ON_ERROR_ROLLBACK asks for it: whether it was set, nil when that failed.
  private mutating func setSavepoint() -> Bool? {
    guard settings.onErrorRollback == .on || (settings.onErrorRollback == .interactive && isInteractive),
      connection?.transactionStatus == .inTransaction
    else { return false }
    return runQuietly("SAVEPOINT pg_psql_temporary_savepoint") ? true : nil
  }

  private mutating func settleSavepoint(_ outcome: StatementOutcome) -> Bool {
    switch connection?.transactionStatus {
    case .inError: return runQuietly("ROLLBACK TO pg_psql_temporary_savepoint")
    case .inTransaction where !outcome.endedSavepoint: return runQuietly("RELEASE pg_psql_temporary_savepoint")
    default: return true
    }
  }

  /// Runs a command of our own; an error is reported as the server's.
  mutating func runQuietly(_ sql: String) -> Bool {
    do {
      _ = try connection?.execute(sql)
      return true
    } catch {
      reporter.report(.information, connection?.errorMessage ?? error.message)
      keepError()
      return false
    }
  }

  /// Keeps the error of the connection's last call for `\errverbose`.
  mutating func keepError() {
    if let failed = connection?.takeFailedResult() { lastError = consume failed }
  }

  /// Runs a query of a meta-command. ECHO_HIDDEN shows it; an error is printed as the server's, or with `isLookup` as
  /// psql does where it looks up what `\sf` and its kin name: severity and message alone, as an error of its own.
  mutating func ask(
    _ sql: String, _ parameters: [String?] = [], isLookup: Bool = false
  ) throws(CommandError) -> Result {
    guard connection != nil else { throw failed("You are currently not connected to a database.") }
    if settings.echoHidden != .off {
      let values = parameters.enumerated().map { "\n-- $\($0 + 1) = \($1.map { "'\($0)'" } ?? "NULL")" }.joined()
      let shown = Array("\(sql)\(values)".utf8)
      output.append("********* QUERY **********\n")
      output.append(shown)
      output.append("\n**************************\n\n")
      output.flush()
      logQuery(shown)
      if settings.echoHidden == .noexec { throw .reported }
    }
    do {
      connection?.setVerbosity(settings.verbosity)
      connection?.setContext(settings.showContext)
      connection?.armInterrupt()
      defer { connection?.disarmInterrupt() }
      if let answer = try parameters.isEmpty ? connection?.execute(sql) : connection?.query(sql, parameters) {
        return answer
      }
      throw CommandError.reported
    } catch {
      if isLookup, case .server(let answer) = error as? PostgresError {
        throw failed("\(answer.severity):  \(answer.message)")
      }
      if let text = connection?.errorMessage, !text.isEmpty { reporter.report(.information, text) }
      keepError()
      checkConnection()
      throw .reported
    }
  }

  private mutating func noteEncoding() {
    guard let encoding = connection?.clientEncoding, variables.value(of: "ENCODING") != encoding else { return }
    printing.encoding = TextEncoding(clientEncoding: encoding)
    variables.note("ENCODING", encoding)
  }

  mutating func showNotifications() {
    while let note = connection?.nextNotification() {
      destination.sink.append(notificationText(note))
      destination.sink.flush()
    }
  }

  /// Puts what the last statement came to into ROW_COUNT, ERROR, SQLSTATE and LAST_ERROR_*.
  mutating func noteOutcome(_ result: borrowing Result, succeeded: Bool) {
    if succeeded {
      noteSuccess(rows: result.affectedRows)
    } else {
      noteFailure(result.serverError)
    }
  }

  func noteSuccess(rows: String) {
    variables.note("ERROR", "false")
    variables.note("SQLSTATE", "00000")
    variables.note("ROW_COUNT", rows.isEmpty ? "0" : rows)
  }

  mutating func noteFailure(_ error: ServerError) {
    failure = error
    variables.note("ERROR", "true")
    variables.note("SQLSTATE", error.sqlState)
    variables.note("ROW_COUNT", "0")
    variables.note("LAST_ERROR_SQLSTATE", error.sqlState)
    variables.note("LAST_ERROR_MESSAGE", error.message)
  }
}

/// psql's `Time:` line; over a second also in minutes, hours, days.
func timingText(_ milliseconds: Double) -> String {
  let plain = "Time: \(fixed(milliseconds, 3)) ms"
  guard milliseconds >= 1000 else { return plain + "\n" }
  let seconds = milliseconds / 1000
  let (days, hours, minutes) = (Int(seconds / 86400), Int(seconds / 3600) % 24, Int(seconds / 60) % 60)
  let rest = seconds - Double(Int(seconds / 60)) * 60
  let restText = (rest < 10 ? "0" : "") + fixed(rest, 3)
  if days > 0 { return "\(plain) (\(days) d \(padded(hours)):\(padded(minutes)):\(restText))\n" }
  if hours > 0 { return "\(plain) (\(padded(hours)):\(padded(minutes)):\(restText))\n" }
  return "\(plain) (\(padded(minutes)):\(restText))\n"
}

private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let written = withVaList([Int32(decimals), value]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
  return String(decoding: buffer.prefix(max(0, min(Int(written), 63))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Seconds of a clock that never goes back.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
