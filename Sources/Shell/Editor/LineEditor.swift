import CLibEdit
import CShims
import Glibc

/// A line being typed on a terminal: libedit keeps key map, buffer and history recall; keys are read and the screen is
/// painted here, by way of its native interface.
///
/// A class, since libedit's callbacks come back to it by address.
final class LineEditor {
  /// How editing a line ended.
  enum Outcome: Equatable {
    case line([UInt32])
    /// Ctrl-D on an empty line, or the terminal is gone.
    case end
    /// Ctrl-C; the note of SIGINT stays set.
    case interrupted
  }

  /// What others do for the line while it is typed.
  struct Assistance {
    /// Candidates for the word before the cursor, by the text before and behind it.
    var complete: (_ before: String, _ after: String) -> Completion? = { _, _ in nil }
    /// Styles of the line's characters, nil for none.
    var colour: ((_ text: [UInt32], _ cursor: Int) -> [TextStyle])?
    /// Grey text to show behind the line.
    var hint: (_ text: String) -> String = { _ in "" }
    /// Whether a paste of several lines belongs to the line as one text.
    var keepsPasteWhole: (_ before: String) -> Bool = { _ in false }
    /// The server's socket, -1 for none.
    var server: Int32 = -1
    /// What to print when the server speaks; nil to stop listening for this line.
    var serverSpoke: () -> String? = { nil }
  }

  let encoding: TerminalText
  let history: History
  var assistance = Assistance()
  var keys: EditorKeys
  private(set) var screen: Screen
  let handle: OpaquePointer
  private let recall: OpaquePointer
  private let output: Int32
  private(set) var prompt = EditorPrompt("")
  private var ending: Outcome?
  private var listens = true
  /// Text that was pasted and is not in the line yet: its lines are accepted one after another.
  private var pasted: ArraySlice<UInt32> = []
  /// Keys read so far, and the count at the last completion: two in a row show the list.
  private var keyCount = 0
  private var lastCompletion = -1
  /// What Ctrl-R looked for last.
  var lastSearch: String?
  /// A line is being typed and the terminal is raw.
  private(set) var isEditing = false
  /// No bell.
  var isQuiet = false

  /// Opens the editor on a terminal. Nil where no line can be edited: no terminal at all, or one that does not show
  /// what is typed (Emacs's shell buffer).
  ///
  /// `terminal` is the value of TERM: nil, empty and `dumb` mean that no escape sequence may be sent.
  init?(
    input: Int32, output: Int32, history: History, files: [EditorFile] = EditorFile.standard,
    terminal: String? = getenv("TERM").map { String(cString: $0) }
  ) {
    guard isatty(input) == 1, isatty(output) == 1, shim_terminal_echoes(input) else { return nil }
    guard let recall = shim_history_open(Int32(clamping: history.limit < 0 ? Int(Int32.max) : history.limit)) else {
      return nil
    }
    // The name fits the `psql:` and `pgmedic:` lines of an .editrc.
    guard let handle = shim_editor_open("pgmedic-psql", input, output, readKey) else {
      shim_history_close(recall)
      return nil
    }
    self.history = history
    self.handle = handle
    self.recall = recall
    self.output = output
    encoding = TerminalText.current
    keys = EditorKeys(descriptor: input, encoding: encoding)
    let isDumb = terminal.map { $0.isEmpty || $0 == "dumb" } ?? true
    screen = Screen(encoding: encoding, hasEscapes: !isDumb)
    shim_editor_set_owner(handle, Unmanaged.passUnretained(self).toOpaque())
    EditorBindings.install(in: self, files: files)
    shim_editor_use_history(handle, recall)
    for entry in history.entries { remember(entry) }
  }

  deinit {
    shim_editor_close(handle)
    shim_history_close(recall)
  }

  // MARK: Editing a line

  /// Edits one line behind `prompt`, in which \001 … \002 enclose what takes no room.
  func edit(prompt text: String) -> Outcome {
    prompt = EditorPrompt(text, encoding)
    ending = nil
    listens = true
    lastCompletion = -1
    screen.forget()
    measure()
    shim_editor_signals_catch()
    defer { shim_editor_signals_restore() }
    if screen.hasEscapes { screen.write("\u{1b}[?2004h") }
    if !pasted.isEmpty { keys.putBack(.special(.paste)) }
    var count: Int32 = 0
    isEditing = true
    _ = el_wgets(handle, &count)
    isEditing = false
    let ending = ending ?? .end
    paint(isFinal: true)
    switch ending {
    case .line: screen.leave()
    case .interrupted:
      screen.write("^C")
      screen.leave()
      pasted = []
      keys.dropPutBack()
    case .end: screen.forget()  // the loop writes behind the prompt
    }
    if screen.hasEscapes { screen.write("\u{1b}[?2004l") }
    flush()
    return ending
  }

  /// Ends the line from inside a callback or a function.
  func finish(_ outcome: Outcome) { ending = outcome }

  /// Whether pasted lines wait.
  var hasPaste: Bool { !pasted.isEmpty }

  /// The next line of pasted text that waits, for whoever reads data rather than statements.
  func takePastedLine() -> [UInt32]? {
    guard !pasted.isEmpty else { return nil }
    let line = pasted.prefix { $0 != 10 }
    pasted = pasted[line.endIndex...].dropFirst()
    return Array(line)
  }

  func dropPaste() {
    pasted = []
    keys.dropPutBack()
  }

  // MARK: History

  /// Makes `entry` known to libedit's recall functions.
  func remember(_ entry: String) {
    let wide = encoding.decode(entry.utf8).map { wchar_t(bitPattern: $0) } + [0]
    shim_history_add(recall, wide)
  }

  func limitRecall(to count: Int) { shim_history_resize(recall, Int32(clamping: count < 0 ? Int(Int32.max) : count)) }

  // MARK: The line

  var text: [UInt32] {
    guard let line = el_wline(handle)?.pointee, let start = line.buffer, let end = line.lastchar else { return [] }
    return UnsafeBufferPointer(start: start, count: end - start).map { UInt32(bitPattern: $0) }
  }

  var cursor: Int {
    get {
      guard let line = el_wline(handle)?.pointee, let start = line.buffer, let cursor = line.cursor else { return 0 }
      return cursor - start
    }
    set { _ = el_cursor(handle, Int32(clamping: newValue - cursor)) }
  }

  /// Replaces the whole line; the cursor goes to its end.
  func setText(_ new: [UInt32]) {
    cursor = text.count
    el_deletestr(handle, Int32(clamping: text.count))
    insert(new)
  }

  func insert(_ new: some Sequence<UInt32>) {
    let wide = new.filter { $0 != 0 }.map { wchar_t(bitPattern: $0) } + [0]
    if wide.count > 1 { _ = el_winsertstr(handle, wide) }
  }

  /// Deletes characters before the cursor.
  func deleteBackward(_ count: Int) {
    if count > 0 { el_deletestr(handle, Int32(clamping: count)) }
  }

  /// As a String, where bytes that are no character read as one each.
  func string(_ scalars: some Sequence<UInt32>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in scalars { view.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
    return String(view)
  }

  // MARK: Keys

  /// The next key for libedit, nil when the line ends here.
  fileprivate func nextCharacter() -> UInt32? {
    keyCount += 1
    while true {
      if shim_editor_take_bell() { ring() }
      if !keys.isWaiting { paint(isFinal: false) }
      flush()
      switch keys.next(other: listens ? assistance.server : -1) {
      case .character(let scalar): return scalar
      case .special(let key): return key.rawValue
      case .sequence(let bytes):
        for byte in bytes.reversed() { keys.putBack(.character(UInt32(byte))) }
        return 0x1b
      case .pasted(let bytes):
        pasted = ArraySlice(pasted) + LineEditor.cleaned(encoding.decode(bytes))
        return SpecialKey.paste.rawValue
      case .signal: if !handleSignals() { return nil }
      case .other: listenToServer()
      case .end:
        finish(.end)
        return nil
      }
    }
  }

  /// The next key for a mode of ours (search, questions): nil when the line ends.
  func nextEvent(_ show: () -> Void) -> EditorKeys.Event? {
    while true {
      if shim_editor_take_bell() { ring() }
      if !keys.isWaiting { show() }
      flush()
      let event = keys.next()
      if event != .signal { return event }
      if !handleSignals() { return nil }
    }
  }

  /// Line ends as newlines; without what a terminal would obey.
  private static func cleaned(_ scalars: [UInt32]) -> [UInt32] {
    var cleaned: [UInt32] = []
    var last: UInt32 = 0
    for scalar in scalars {
      defer { last = scalar }
      if scalar == 13 {
        cleaned.append(10)
      } else if scalar == 10, last == 13 {
        continue
      } else if scalar >= 32 || scalar == 9 || scalar == 10 {
        cleaned.append(scalar)
      }
    }
    return cleaned
  }

  /// Puts pasted text into the line, up to its first newline; whether that ends the line.
  func insertPaste() -> Bool {
    let before = string(text.prefix(cursor))
    let line = pasted.prefix { $0 != 10 }
    if line.endIndex == pasted.endIndex || assistance.keepsPasteWhole(before + string(line)) {
      insert(pasted)
      pasted = []
      return false
    }
    insert(line)
    let tail = text.dropFirst(cursor)
    cursor = text.count
    deleteBackward(tail.count)
    pasted = pasted[line.endIndex...].dropFirst() + tail
    return true
  }

  // MARK: Signals

  /// False when the line ends.
  private func handleSignals() -> Bool {
    if shim_interrupt_pending() {
      finish(.interrupted)
      return false
    }
    let signals = shim_editor_signals_take()
    if signals & Int32(shim_signal_end.rawValue) != 0 {
      suspend()
      shim_editor_signals_restore()
      shim_editor_pass_on()
      shim_editor_signals_catch()
      resume()
    }
    if signals & Int32(shim_signal_stop.rawValue) != 0 {
      suspend()
      shim_editor_stop()
      _ = shim_editor_signals_take()
      resume()
    } else if signals & Int32(shim_signal_continue.rawValue) != 0 {
      shim_editor_prepare(handle, false)
      resume()
    }
    if signals & Int32(shim_signal_resize.rawValue) != 0 {
      el_resize(handle)
      measure()
    }
    return true
  }

  /// Gives the terminal back in the middle of a line, for another program or a stop.
  func suspend() {
    screen.leave()
    if screen.hasEscapes { screen.write("\u{1b}[?2004l") }
    flush()
    shim_editor_prepare(handle, false)
  }

  func resume() {
    shim_editor_prepare(handle, true)
    screen.forget()
    measure()
    if screen.hasEscapes { screen.write("\u{1b}[?2004h") }
  }

  private func listenToServer() {
    guard let text = assistance.serverSpoke() else {
      listens = false
      return
    }
    if text.isEmpty { return }
    screen.erase()
    screen.write(text.hasSuffix("\n") ? text : text + "\n")
  }

  // MARK: The screen

  private func measure() {
    var columns: Int32 = 80
    var lines: Int32 = 24
    if !shim_terminal_size(output, &columns, &lines) { (columns, lines) = (80, 24) }
    screen.resize(columns: Int(columns), lines: lines > 0 ? Int(lines) : 24)
  }

  private func paint(isFinal: Bool) {
    let text = text
    var styles: [TextStyle] = []
    var shown = text
    if screen.hasEscapes, text.count < 20_000, let colour = assistance.colour {
      styles = colour(text, isFinal ? -1 : cursor)
      if !isFinal, cursor == text.count {
        let hint = assistance.hint(string(text)).unicodeScalars.map(\.value)
        styles += [TextStyle](repeating: .plain, count: max(0, text.count - styles.count))
        styles += [TextStyle](repeating: .hint, count: hint.count)
        shown += hint
      }
    }
    screen.paint(prompt, shown, styles: styles, cursor: isFinal ? text.count : cursor)
  }

  /// Paints another prompt and text for a mode of ours.
  func paint(_ prompt: EditorPrompt, _ text: [UInt32], styles: [TextStyle], cursor: Int) {
    screen.paint(prompt, text, styles: styles, cursor: cursor)
  }

  /// Writes below the line, which is painted anew afterwards.
  func writeBelow(_ text: String) {
    paint(isFinal: true)
    screen.leave()
    screen.write(text)
  }

  /// Goes on with what writeBelow began.
  func writeOn(_ text: String) { screen.write(text) }

  func ring() {
    if !isQuiet { screen.write("\u{7}") }
  }

  /// An empty screen, with the line at its top.
  func clear() {
    guard screen.hasEscapes else { return }
    screen.forget()
    screen.write("\u{1b}[H\u{1b}[2J")
  }

  var columns: Int { screen.columns }

  private func flush() {
    let bytes = screen.takeOutput()
    var start = 0
    bytes.withUnsafeBytes { buffer in
      while start < buffer.count, let base = buffer.baseAddress {
        let count = write(output, base + start, buffer.count - start)
        if count > 0 { start += count } else if shim_errno() != EINTR, shim_errno() != EAGAIN { return }
      }
    }
  }

  // MARK: Completion

  /// Whether this completion follows another with no key between.
  func isCompletingAgain() -> Bool {
    defer { lastCompletion = keyCount }
    return lastCompletion == keyCount - 1
  }
}

/// libedit's request for a key.
private let readKey: shim_editor_read = { handle, character in
  guard let handle, let character, let editor = LineEditor.of(handle) else { return 0 }
  guard let scalar = editor.nextCharacter() else { return -1 }
  character.pointee = wchar_t(bitPattern: scalar)
  return 1
}

extension LineEditor {
  /// The editor that libedit's `handle` belongs to.
  static func of(_ handle: OpaquePointer) -> LineEditor? {
    shim_editor_owner(handle).map { Unmanaged<LineEditor>.fromOpaque($0).takeUnretainedValue() }
  }
}
