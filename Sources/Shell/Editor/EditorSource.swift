import CShims
import Glibc

/// Lines from a person at a terminal, through the line editor.
final class EditorSource: LineSource, LineEditing {
  let editor: LineEditor
  var history: History { editor.history }
  private let input: Int32
  private let output: Int32
  /// Lines of a text of several lines that was accepted as a whole.
  private var accepted: ArraySlice<[UInt8]> = []
  /// Where entries are kept, nil for nowhere.
  var file: HistoryFile?
  private var failure: SystemError?

  /// Nil when no line can be edited here, and lines must be read plainly.
  init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO, history: History) {
    guard let editor = LineEditor(input: input, output: output, history: history) else { return nil }
    self.editor = editor
    self.input = input
    self.output = output
  }

  var isTerminal: Bool { true }

  /// The next line. Nil after Ctrl-D on an empty line, or after Ctrl-C, when the note of SIGINT is set.
  ///
  /// A text of several lines, recalled or typed, comes as one line each, as it would have been typed.
  func next(prompt: () -> String) -> [UInt8]? {
    if shim_interrupt_pending() {
      abandon()
      return nil
    }
    if let line = accepted.popFirst() { return line }
    switch editor.edit(prompt: prompt()) {
    case .line(let scalars):
      let bytes = editor.encoding.encode(scalars)
      if editor.assistance.keepsPasteWhole(editor.string(scalars)) { return bytes }
      accepted = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }[...]
      return accepted.popFirst()
    case .end: return nil
    case .interrupted:
      abandon()
      return nil
    }
  }

  /// The next line of COPY data: what was pasted behind the statement, else what is typed, without editing.
  func nextData(prompt: () -> String) -> [UInt8]? {
    if let line = accepted.popFirst() { return line + [UInt8(ascii: "\n")] }
    if let line = editor.takePastedLine() {
      let bytes = editor.encoding.encode(line) + [UInt8(ascii: "\n")]
      show(Array(prompt().utf8) + bytes)
      return bytes
    }
    show(Array(prompt().utf8))
    var line: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while line.last != UInt8(ascii: "\n") {
      let count = read(input, &piece, piece.count)  // the terminal gives one line at most
      if count > 0 {
        line += piece[..<count]
      } else if count == 0 || shim_errno() != EINTR || shim_interrupt_pending() {
        break
      }
    }
    return line.isEmpty ? nil : line
  }

  /// Forgets lines that wait, as Ctrl-C and an error that ends the input demand.
  func abandon() {
    accepted = []
    editor.dropPaste()
  }

  // MARK: LineEditing

  /// Keeps a whole statement or command in the history, and at once in its file, so that nothing is lost when the
  /// terminal goes away.
  func remember(_ entry: [UInt8]) {
    guard history.add(String(decoding: entry, as: UTF8.self)), let kept = history.entries.last else { return }
    editor.remember(kept)
    guard let file, failure == nil else { return }
    do throws(SystemError) { try file.append([kept]) } catch { failure = error }
  }

  /// Gives the terminal to another program; between lines it has it already.
  func suspend() {
    if editor.isEditing { editor.suspend() }
  }

  func resume() {
    if editor.isEditing { editor.resume() }
  }

  func finish() {
    guard let file else { return }
    if failure == nil {
      do throws(SystemError) { try file.trim(to: history.limit) } catch { failure = error }
    }
    if let failure { complain("could not save history to file \"\(file.path)\": \(failure.text)\n") }
  }

  private func complain(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private func show(_ bytes: [UInt8]) {
    // psql's marks around invisible parts mean nothing to the terminal.
    let plain = bytes.filter { $0 != 1 && $0 != 2 }
    _ = plain.withUnsafeBytes { write(output, $0.baseAddress, $0.count) }
  }
}
