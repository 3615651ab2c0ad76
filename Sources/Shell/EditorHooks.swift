import SQLText

/// What the shell asks of a line editor.
protocol LineEditing: AnyObject {
  /// What was entered.
  var history: History { get }
  /// Gives the terminal to another program.
  func suspend()
  func resume()
  /// Keeps a line or a whole statement in the history.
  func remember(_ entry: [UInt8])
  /// Writes the history and restores the terminal.
  func finish()
}

extension Session {
  func suspendEditor() { editor?.suspend() }
  func resumeEditor() { editor?.resume() }

  /// Adds a line to the entry of the history that grows until its statement ends.
  mutating func rememberLine(_ line: [UInt8]) {
    guard isInteractive, editor != nil else { return }
    if !historyLines.isEmpty { historyLines.append(UInt8(ascii: "\n")) }
    historyLines.append(contentsOf: line)
  }

  /// After each line: a statement that is complete becomes one entry.
  mutating func closeHistoryEntry() {
    guard isInteractive, query.isEmpty, !scanner.inQuotes else { return }
    if !historyLines.isEmpty { editor?.remember(historyLines) }
    historyLines.removeAll()
  }

  mutating func discardHistoryLines() { historyLines.removeAll() }
}
