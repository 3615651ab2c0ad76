import CShims
import Glibc
import Postgres
import Printing

extension Session {
  /// Prints a live result through the current output, or through the pager where it wouldn't fit the screen.
  mutating func show(_ result: borrowing Result, _ options: PrintOptions) {
    let rows = ResultRows(result)
    show(rows, options)
  }

  /// Prints a table through the current output, or through the pager where it wouldn't fit the screen.
  mutating func show(_ rows: some RowSource, _ options: PrintOptions) {
    logRows(rows, options)
    var options = options
    options.terminalWidth = terminalWidth
    guard destination.isStandard, let pager = pager(for: rows, options) else {
      print(rows, options, to: destination.sink)
      finishOutput()
      return
    }
    print(rows, options, part: Part(isFirst: true, isLast: true, throughPager: true), to: pager.sink)
    _ = pager.close()
  }

  /// Text of a command's own, such as `\sf` or a report: through the pager where it is longer than the screen.
  mutating func showText(_ text: String) {
    let lines = text.utf8.reduce(0) { $1 == 10 ? $0 + 1 : $0 }
    guard destination.isStandard, usesPager(lines: lines), let pager = openPager() else {
      destination.sink.append(text)
      finishOutput()
      return
    }
    pager.sink.append(text)
    _ = pager.close()
  }

  /// Hands what was written to where it goes, and says so when it can't be written.
  mutating func finishOutput() {
    let sink = destination.sink
    sink.flush()
  }

  private func pager(for rows: some RowSource, _ options: PrintOptions) -> Destination? {
    guard mayPage, let height = terminalSize?.rows, Printing.usesPager(rows, options, terminalHeight: height) else {
      return nil
    }
    return openPager()
  }

  /// A pager may be used at all: a terminal on both ends and not switched off.
  var mayPage: Bool { printing.pager != .off && hasTerminal }

  private func usesPager(lines: Int) -> Bool {
    guard mayPage else { return false }
    if printing.pager == .always { return true }
    guard let height = terminalSize?.rows else { return false }
    return lines >= height && lines > printing.pagerMinLines
  }

  /// The program of PSQL_PAGER, PAGER or `more`; nil when it is empty or blank, as in psql.
  func openPager() -> Destination? {
    let program = environment("PSQL_PAGER") ?? environment("PAGER") ?? "more"
    if program.allSatisfy({ $0 == " " || $0 == "\t" }) { return nil }
    output.flush()
    return try? Destination.open("|" + program, after: output)
  }

  /// Columns of the terminal, from the terminal itself or COLUMNS; nil where output goes elsewhere.
  var terminalWidth: Int? {
    if let text = environment("COLUMNS"), let width = Int(text), width > 0 { return width }
    return terminalSize?.columns
  }
}

/// The size of the terminal behind standard output, nil where there is none.
var terminalSize: (rows: Int, columns: Int)? {
  var size = winsize()
  guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
    return nil
  }
  return (Int(size.ws_row), Int(size.ws_col))
}

/// A variable of the process environment.
func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
