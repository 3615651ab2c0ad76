import CShims
import Postgres
import Printing
import SQLText

extension Session {
  /// Sends `text` and takes its results one after another, as they come.
  mutating func runStatement(_ text: [UInt8]) -> StatementOutcome {
    let started = monotonicSeconds()
    shim_interrupt_clear()
    connection?.armInterrupt()
    defer { connection?.disarmInterrupt() }
    guard start(text) else { return StatementOutcome(succeeded: false) }
    var flow = ResultFlow(copiesFromInput: statement.readsCopyData ? 1 : scanner.copiesFromStandardInput)
    if usesStreaming(text), connection?.useSingleRows() == true { flow.stream = RowStream() }
    while let result = connection?.nextResult() {
      take(result, &flow)
      if flow.isBroken { break }
      if shim_interrupt_pending(), !flow.awaitsCopyEnd { connection?.discardResults() }
    }
    flow.outcome.milliseconds = (monotonicSeconds() - started) * 1000
    settle(&flow, isLast: true)
    discardCopyData(&flow)
    if !checkConnection() { flow.outcome.succeeded = false }
    return flow.outcome
  }

  private mutating func start(_ text: [UInt8]) -> Bool {
    do throws(PostgresError) {
      if let parameters = statement.parameters {
        try connection?.send(String(decoding: text, as: UTF8.self), parameters: parameters)
      } else {
        try connection?.send(text)
      }
      return true
    } catch {
      reporter.report(.information, connection?.errorMessage ?? error.message)
      checkConnection()
      return false
    }
  }

  /// State of one text's results.
  struct ResultFlow: ~Copyable {
    var outcome = StatementOutcome(succeeded: true)
    /// The result before the newest: it is shown when it is known whether it is the last.
    var held: Result?
    /// Rows that are printed as they come.
    var stream: RowStream?
    /// COPY FROM STDIN commands in the text whose data follow in the input: those that the server does not take
    /// are read and thrown away.
    var copiesFromInput: Int
    /// The next result is the end of a COPY TO STDOUT whose tag isn't shown.
    var dropsNextTag = false
    /// The data of a COPY are over, its result has still to come: with it comes the error of a cancelled one.
    var awaitsCopyEnd = false
    /// The connection is gone.
    var isBroken = false

    init(copiesFromInput: Int) { self.copiesFromInput = copiesFromInput }
  }

  private mutating func take(_ result: consuming Result, _ flow: inout ResultFlow) {
    let status = result.status
    flow.awaitsCopyEnd = status == .copyIn || status == .copyOut
    if status == .singleRow, flow.stream != nil {
      settle(&flow, isLast: false)
      append(result, &flow)
      return
    }
    if result.isError {
      settle(&flow, isLast: false)
      endStream(&flow)
      takeError(result, &flow)
      return
    }
    settle(&flow, isLast: false)
    if flow.stream != nil, status == .rows {
      finishStream(result, &flow)
      return
    }
    switch result.commandTag {
    case "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK": flow.outcome.endedSavepoint = true
    default: break
    }
    switch status {
    case .copyIn: copyIn(&flow)
    case .copyOut: copyOut(&flow)
    default: flow.held = consume result
    }
  }

  private mutating func takeError(_ result: consuming Result, _ flow: inout ResultFlow) {
    flow.outcome.succeeded = false
    let text = result.errorText
    if !text.isEmpty { reporter.report(.information, text) }
    flow.isBroken = !checkConnection()
    pointToPlaybook(result.serverError)
    noteOutcome(result, succeeded: false)
    lastError = consume result
  }

  /// Shows the result that is held.
  private mutating func settle(_ flow: inout ResultFlow, isLast: Bool) {
    guard let result = flow.held.take() else { return }
    if flow.dropsNextTag {
      flow.dropsNextTag = false
      // psql forgets the result, and with it the count
      if isLast { noteSuccess(rows: "") }
      return
    } else if !show(result, isLast: isLast) {
      flow.outcome.succeeded = false
    }
    if isLast { noteOutcome(result, succeeded: flow.outcome.succeeded) }
  }

  /// Shows one result as the request and the settings want it; false when that failed.
  private mutating func show(_ result: borrowing Result, isLast: Bool) -> Bool {
    switch result.status {
    case .rows, .singleRow:
      var fine = true
      if isLast, let prefix = statement.storesPrefix {
        fine = store(result, prefix: prefix)
      } else if isLast, statement.executesCells {
        fine = executeCells(result)
      } else if isLast, let crosstab = statement.crosstab {
        fine = showCrosstab(result, crosstab)
      } else if isLast || settings.showsAllResults {
        fine = showRows(result)
      }
      let tag = result.commandTag
      if isLast || settings.showsAllResults,
        tag.hasPrefix("INSERT") || tag.hasPrefix("UPDATE") || tag.hasPrefix("DELETE") || tag.hasPrefix("MERGE")
      {
        showTag(result)
      }
      return fine
    case .command:
      if isLast || settings.showsAllResults { showTag(result) }
      return true
    default:
      return true
    }
  }

  mutating func showTag(_ result: borrowing Result) {
    if !settings.quiet {
      let tag = result.commandTag
      destination.sink.append(printing.format == .html ? "<p>\(tag)</p>\n" : "\(tag)\n")
      destination.sink.flush()
    }
    logLine(result.commandTag)
    variables.note("LASTOID", result.insertedOID)
  }

  private mutating func showRows(_ result: borrowing Result) -> Bool {
    let options = statement.printing ?? printing
    guard let file = statement.file else {
      show(result, options)
      return checkWritten(destination.sink)
    }
    var fine = true
    let opened = withFile(file) { (session, sink) in
      let rows = ResultRows(result)
      print(rows, options, to: sink)
      session.logRows(rows, options)
      fine = session.checkWritten(sink)
    }
    return opened && fine
  }

  private mutating func showCrosstab(_ result: borrowing Result, _ request: CrosstabRequest) -> Bool {
    do throws(CommandError) {
      let table = try Crosstab(result, request).table(printing)
      show(table, printing)
      return true
    } catch {
      if case .message(let text) = error { reporter.report(.error, text) }
      return false
    }
  }

  /// Runs `body` with the file or program that `\g` names; false when it could not be opened or written.
  mutating func withFile(_ name: String, _ body: (inout Session, ByteSink) -> Void) -> Bool {
    do throws(CommandError) {
      let file = try Destination.open(name, after: output)
      body(&self, file.sink)
      return finish(file)
    } catch {
      if case .message(let text) = error { reporter.report(.error, text) }
      return false
    }
  }

  /// `\gset`: a row's cells become variables.
  private func store(_ result: borrowing Result, prefix: String) -> Bool {
    guard result.rowCount == 1 else {
      reporter.report(
        .error, result.rowCount == 0 ? "no rows returned for \\gset" : "more than one row returned for \\gset")
      return false
    }
    for column in 0..<result.columnCount {
      let name = prefix + (result.columnName(column) ?? "")
      if variables.isSpecial(name) {
        reporter.report(.warning, "attempt to \\gset into specially treated variable \"\(name)\" ignored")
        continue
      }
      do throws(Variables.Refused) {
        try variables.set(name, result.string(row: 0, column: column))
      } catch {
        reporter.report(.error, error.message)
        return false
      }
    }
    return true
  }

  /// `\gexec`: every cell that isn't null is a statement.
  private mutating func executeCells(_ result: borrowing Result) -> Bool {
    var fine = true
    statement = StatementRequest()
    for row in 0..<result.rowCount {
      for column in 0..<result.columnCount {
        guard let cell = result.bytes(row: row, column: column) else { continue }
        if settings.echo == .all, !settings.singleStep {
          output.append(cell)
          output.append("\n")
          output.flush()
        }
        if !send(Array(cell)) {
          fine = false
          if settings.onErrorStop { return false }
        }
        if shim_interrupt_pending() { return false }
      }
    }
    return fine
  }

  /// `\gdesc`: the names and types of the columns that a statement would give.
  mutating func describeStatement(_ text: [UInt8]) -> StatementOutcome {
    let started = monotonicSeconds()
    do {
      guard connection != nil else { return StatementOutcome(succeeded: false) }
      let description = try describe(String(decoding: text, as: UTF8.self))
      let outcome = StatementOutcome(succeeded: true, milliseconds: (monotonicSeconds() - started) * 1000)
      guard let description else {
        noteSuccess(rows: "")
        destination.sink.append("The command has no result, or the result has no columns.\n")
        return outcome
      }
      noteSuccess(rows: description.affectedRows)
      show(description, statement.printing ?? printing)
      return outcome
    } catch {
      reporter.report(.information, connection?.errorMessage ?? error.message)
      keepError()
      if case .server(let fields) = error { noteFailure(fields) }
      checkConnection()
      return StatementOutcome(succeeded: false)
    }
  }

  private mutating func describe(_ sql: String) throws(PostgresError) -> Result? {
    guard connection != nil else { return nil }
    try connection?.prepare("", sql)
    guard let shape = try connection?.describePrepared(""), shape.columnCount > 0 else { return nil }
    var names: [String] = []
    var types: [String] = []
    var modifiers: [String] = []
    for column in 0..<shape.columnCount {
      names.append(shape.columnName(column) ?? "")
      types.append(String(shape.typeOID(column)))
      modifiers.append(String(shape.typeModifier(column)))
    }
    return try connection?.query(
      """
      SELECT name AS "Column", pg_catalog.format_type(type, modifier) AS "Type"
      FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::oid[]), pg_catalog.unnest($3::int4[]))
        AS described (name, type, modifier)
      """,
      [ArrayText.write(names), ArrayText.write(types), ArrayText.write(modifiers)])
  }
}
