import CShims
import Postgres
import Printing
import SQLText

extension Session {
  /// Whether rows are taken one by one: in a format that needs no look at all rows.
  ///
  /// Results of up to 2 MB are held, so that an error then prints no row, as in psql; larger ones are printed as they
  /// come, in constant memory.
  func usesStreaming(_ text: [UInt8]) -> Bool {
    if statement.storesPrefix != nil || statement.executesCells || statement.crosstab != nil || statement.describes
      || !settings.showsAllResults || log != nil
    {
      return false
    }
    return streams((statement.printing ?? printing).format)
  }

  /// Takes one row of a statement whose rows stream.
  mutating func append(_ row: borrowing Result, _ flow: inout ResultFlow) {
    guard let stream = flow.stream else { return }
    stream.append(row)
    if stream.isFull { writeRows(of: stream, isLast: false, &flow) }
  }

  /// The rows are at their end: `result` has none of its own, but the columns and the tag.
  mutating func finishStream(_ result: borrowing Result, _ flow: inout ResultFlow) {
    guard let stream = flow.stream else { return }
    stream.begin(result)
    if stream.printedRows == 0, statement.file == nil, let rows = stream.rows {
      show(rows, statement.printing ?? printing)
      if !checkWritten(destination.sink) { flow.outcome.succeeded = false }
      stream.reset()
    } else {
      writeRows(of: stream, isLast: true, &flow)
      endStream(&flow)
    }
    let tag = result.commandTag
    if tag.hasPrefix("INSERT") || tag.hasPrefix("UPDATE") || tag.hasPrefix("DELETE") { showTag(result) }
    noteOutcome(result, succeeded: flow.outcome.succeeded)
  }

  /// Closes what rows were written to; those held back are dropped, as after an error.
  mutating func endStream(_ flow: inout ResultFlow) {
    guard let stream = flow.stream else { return }
    if let out = stream.out, !closeStream(out) { flow.outcome.succeeded = false }
    stream.reset()
  }

  private mutating func writeRows(of stream: RowStream, isLast: Bool, _ flow: inout ResultFlow) {
    if stream.out == nil { stream.out = openStream() }
    guard let sink = stream.out?.sink, let rows = stream.rows else {
      flow.outcome.succeeded = false
      connection?.discardResults()
      return
    }
    var options = statement.printing ?? printing
    options.terminalWidth = terminalWidth
    let part = Part(isFirst: stream.printedRows == 0, isLast: isLast, priorRows: stream.printedRows)
    print(rows, options, part: part, to: sink)
    stream.printedRows += rows.rowCount
    rows.removeAll()
    if sink.error != 0 { connection?.discardResults() }
  }

  mutating func openStream() -> Destination? {
    if let file = statement.file {
      do throws(CommandError) {
        return try Destination.open(file, after: output)
      } catch {
        if case .message(let text) = error { reporter.report(.error, text) }
        return nil
      }
    }
    if destination.isStandard, mayPage, let pager = openPager() { return pager }
    return destination
  }

  mutating func closeStream(_ out: Destination) -> Bool {
    let fine = checkWritten(out.sink)
    if out.sink === destination.sink { return fine }
    return finish(out) && fine
  }
}

/// The rows of one statement on their way from the server to where they are printed.
final class RowStream {
  private(set) var rows: HeldRows?
  var printedRows = 0
  /// Nil until the first rows are printed.
  var out: Destination?

  func begin(_ shape: borrowing Result) {
    if rows == nil { rows = HeldRows(ResultRows(shape)) }
  }

  func append(_ row: borrowing Result) {
    if rows == nil { rows = HeldRows(ResultRows(row)) }
    rows?.append(row)
  }

  var isFull: Bool { rows.map { $0.byteCount >= HeldRows.limit } ?? false }

  func reset() {
    rows = nil
    printedRows = 0
    out = nil
  }
}

/// Formats that need no look at all rows before the first is written.
private func streams(_ format: Format) -> Bool {
  switch format {
  case .unaligned, .csv, .json, .jsonl: true
  default: false
  }
}
