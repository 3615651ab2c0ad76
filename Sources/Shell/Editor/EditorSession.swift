import CShims
import Glibc
import Postgres

extension Session {
  /// The line editor, with the history of HISTFILE loaded; nil where lines must be read plainly.
  mutating func openEditor() -> EditorSource? {
    guard environment("TERM") != "emacs" else { return nil }
    let history = History(limit: settings.historySize)
    let file = HistoryFile(path: historyPath)
    if let known = try? file.read() { history.load(known.entries) }
    guard let source = EditorSource(history: history) else { return nil }
    source.file = file
    editor = source
    return source
  }

  /// psql's variable HISTFILE, its PSQL_HISTORY, or a file of ours in the home directory.
  private var historyPath: String {
    if let named = variables.value(of: "HISTFILE") ?? environment("PSQL_HISTORY"), !named.isEmpty {
      return expandTilde(named)
    }
    return expandTilde(isPsql ? "~/.psql_history" : "~/.pgmedic_history")
  }

  /// The next line that is typed, while the session helps with completion, colours and what the server says.
  mutating func line(from source: EditorSource, prompt: String) -> [UInt8]? {
    if source.history.limit != settings.historySize {
      source.history.limit = settings.historySize
      source.editor.limitRecall(to: settings.historySize)
    }
    source.history.control = settings.historyControl.rules
    let usesColour = mayColour
    return withUnsafeMutablePointer(to: &self) { session in
      let editor = source.editor
      editor.assistance = LineEditor.Assistance(
        complete: { before, after in SessionCompletion.complete(session, before, after) },
        colour: usesColour
          ? { text, cursor in Highlighter.styles(text, cursor: cursor, after: session.pointee.query) } : nil,
        keepsPasteWhole: { session.pointee.takesFreeText($0) },
        server: session.pointee.connection?.socket ?? -1,
        serverSpoke: { session.pointee.hearServer() })
      defer { editor.assistance = LineEditor.Assistance() }
      return source.next { prompt }
    }
  }

  /// Whether what is typed is to be coloured: a terminal that can, and nobody who asked for none.
  private var mayColour: Bool {
    environment("NO_COLOR")?.isEmpty ?? true && environment("PG_COLOR") != "never" && environment("CLICOLOR") != "0"
  }

  /// Whether a line so far is a command of ours that takes the rest as it stands, newlines included.
  private func takesFreeText(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    guard text.hasPrefix("\\") else { return false }
    let name = String(text.dropFirst().prefix { $0 != " " && $0 != "\t" && $0 != "\n" })
    guard name.utf8.count + 1 < text.utf8.count else { return false }
    return commands.first { $0.help.matches(name) }.map { $0.help.isOurs && $0.help.takesWholeLine } ?? false
  }

  /// Notifications that came while a line was typed. Nil when the connection is gone: the next statement will say so.
  private mutating func hearServer() -> String? {
    var text = ""
    while let note = connection?.nextNotification() { text += notificationText(note) }
    guard text.isEmpty else { return text }
    return connection?.isAlive == true ? "" : nil
  }

  /// psql's line for a notification.
  func notificationText(_ note: Notification) -> String {
    let payload = note.payload.isEmpty ? "" : " with payload \"\(note.payload)\""
    return
      "Asynchronous notification \"\(note.channel)\"\(payload) received from server process with PID \(note.pid).\n"
  }
}

extension Settings.HistoryControl {
  var rules: History.Control {
    switch self {
    case .none: []
    case .ignorespace: .ignoreSpace
    case .ignoredups: .ignoreDuplicates
    case .ignoreboth: [.ignoreSpace, .ignoreDuplicates]
    }
  }
}
