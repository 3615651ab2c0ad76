import Glibc
import Testing

@testable import Shell

/// Lines typed at a pseudo-terminal. What is typed waits there before the editor looks, so that one thread does.
@Suite(.serialized)
struct EditorTests {
  private struct Typed {
    let outcome: LineEditor.Outcome
    let screen: TerminalModel
    let editor: LineEditor

    var line: String? {
      guard case .line(let scalars) = outcome else { return nil }
      return String(decoding: TerminalText.utf8.encode(scalars), as: UTF8.self)
    }
  }

  private func edit(
    _ typed: String, history: [String] = [], files: [EditorFile] = [], terminal: String? = "xterm",
    width: UInt16 = 80, height: UInt16 = 24, prompt: String = "db=# ", _ prepare: (LineEditor) -> Void = { _ in }
  ) throws -> Typed {
    let typist = try #require(Typist(columns: width, rows: height))
    let entries = History()
    for entry in history { entries.add(entry) }
    let editor = try #require(
      LineEditor(input: typist.terminal, output: typist.terminal, history: entries, files: files, terminal: terminal))
    prepare(editor)
    typist.makeRaw()
    typist.type(typed)
    typist.clearOutput()
    let outcome = editor.edit(prompt: prompt)
    typist.drain(20)
    return Typed(outcome: outcome, screen: typist.screen(width: Int(width)), editor: editor)
  }

  @Test("A line is taken at Enter and stays on the screen", arguments: ["xterm", nil, "dumb"])
  func plainLine(terminal: String?) throws {
    let typed = try edit("select 1;\r", terminal: terminal)
    #expect(typed.line == "select 1;")
    #expect(typed.screen.text == ["db=# select 1;", ""])
    #expect(typed.screen.strange.isEmpty)
    #expect(typed.screen.modes.isEmpty)
  }

  @Test(
    "Keys edit the line as in Emacs",
    arguments: [
      ("sel 1\u{1b}[D\u{1b}[D\u{1b}[D\u{1b}[C\u{7f}lect\r", "select 1"),
      ("b\u{01}a\u{05}c\r", "abc"),
      ("one two\u{17}three\r", "one three"),
      ("ab\u{02}\u{1b}[3~c\r", "ac"),
      ("abc\u{1b}[Hx\u{1b}[Fy\r", "xabcy"),
      ("one two\u{1b}bx\r", "one xtwo"),
      ("abc\u{15}d\r", "d"),
      ("a\u{1b}[99;9~b\r", "ab"),
      ("größe 数据 ⚙️ é\r", "größe 数据 ⚙️ é"),
      ("âx\u{7f}\r", "â"),
    ])
  func keys(typed: String, line: String) throws {
    let found = try edit(typed)
    #expect(found.line == line)
    #expect(found.screen.text.first == "db=# " + line)
  }

  @Test("Ctrl-D ends an empty line only, and the cursor stays behind the prompt")
  func endOfFile() throws {
    let empty = try edit("\u{04}")
    #expect(empty.outcome == .end)
    #expect(empty.screen.text == ["db=#"])
    #expect(try edit("ab\u{04}\r").line == "ab")
  }

  @Test("Up recalls entries, and moves inside one of several lines first")
  func recall() throws {
    let history = ["first", "select 1,\n  2\nfrom t", "last"]
    #expect(try edit("\u{1b}[A\r", history: history).line == "last")
    #expect(try edit("\u{1b}[A\u{1b}[A\r", history: history).line == "select 1,\n  2\nfrom t")
    #expect(try edit("\u{1b}[A\u{1b}[Ax\u{1b}[A\u{1b}[Ay\r", history: history).line == "selyect 1,\n  2\nfrom tx")
    #expect(try edit("\u{1b}[A\u{1b}[A\u{1b}[A\u{1b}[A\u{1b}[A\r", history: history).line == "first")
    #expect(try edit("\u{10}\u{10}\u{0e}\r", history: history).line == "last")
    let shown = try edit("\u{1b}[A\u{1b}[A\r", history: history).screen
    #expect(shown.text == ["db=# select 1,", "  2", "from t", ""])
  }

  @Test("Ctrl-R finds the newest entry with the text, then older ones")
  func search() throws {
    let history = ["select a", "update b", "select c", "vacuum"]
    #expect(try edit("\u{12}sel\r", history: history).line == "select c")
    #expect(try edit("\u{12}sel\u{12}\r", history: history).line == "select a")
    var search = HistorySearch(history)
    for letter in "sel".unicodeScalars { search.append(letter) }
    search.older()
    #expect(search.match?.entry == "select a")
    search.newer()
    #expect(search.match?.entry == "select c")
    search.newer()
    #expect(search.hasFailed)
    #expect(try edit("x\u{12}sel\u{07}\r", history: history).line == "x")
    #expect(try edit("\u{12}SEL\u{7f}\u{7f}\u{7f}upd\u{05};\r", history: history).line == "update b;")
    let found = try edit("\u{12}vac\r", history: history)
    #expect(found.screen.text == ["db=# vacuum", ""])
  }

  @Test("A long line wraps, and is redrawn where it changes")
  func wrapping() throws {
    let long = "0123456789abcdefghijklmnopqrst"
    let typed = try edit(long + "\r", width: 20)
    #expect(typed.line == long)
    #expect(typed.screen.text == ["db=# 0123456789abcde", "fghijklmnopqrst", ""])
    let exact = try edit("0123456789abcde\r", width: 20)
    #expect(exact.screen.text == ["db=# 0123456789abcde", "", ""])
    let changed = try edit(long + "\u{01}X\u{05}Y\u{7f}\u{7f}\r", width: 20)
    #expect(changed.line == "X0123456789abcdefghijklmnopqrs")
    #expect(changed.screen.text == ["db=# X0123456789abcd", "efghijklmnopqrs", ""])
    let wide = try edit("数据数据数据数据x\r", width: 20)
    #expect(wide.screen.text.first == "db=# 数据数据数据数")
  }

  @Test("A text higher than the screen is seen in part, and whole once it is taken")
  func tallText() throws {
    let tall = (1...12).map { "line \($0)" }.joined(separator: "\n")
    let typed = try edit("\u{1b}[A\r", history: [tall], height: 6)
    #expect(typed.line == tall)
  }

  @Test("Marked parts of a prompt take no room; a prompt may have several lines")
  func prompts() throws {
    let typed = try edit("abc\u{01}x\r", prompt: "first\n\u{1}\u{1b}[1m\u{2}db=#\u{1}\u{1b}[0m\u{2} ")
    #expect(typed.screen.text == ["first", "db=# xabc", ""])
  }

  @Test("Lines of a paste are taken one after another; the rest stays in the line")
  func paste() throws {
    let typist = try #require(Typist())
    let editor = try #require(
      LineEditor(input: typist.terminal, output: typist.terminal, history: History(), files: [], terminal: "xterm"))
    typist.makeRaw()
    typist.type("x\u{1b}[D\u{1b}[200~select 1;\r\nselect\t2;\nsel\u{1b}[201~\u{05}!\r")
    #expect(editor.edit(prompt: "> ") == .line(Array("select 1;".unicodeScalars.map(\.value))))
    #expect(editor.hasPaste)
    #expect(editor.edit(prompt: "> ") == .line(Array("select\t2;".unicodeScalars.map(\.value))))
    #expect(editor.edit(prompt: "> ") == .line(Array("selx!".unicodeScalars.map(\.value))))
    #expect(!editor.hasPaste)
  }

  @Test("A paste belongs to a command that takes free text as one line")
  func wholePaste() throws {
    let typed = try edit("\\kb \u{1b}[200~ERROR:  x\nLINE 1: y\u{1b}[201~\r") {
      $0.assistance.keepsPasteWhole = { $0.hasPrefix("\\kb ") }
    }
    #expect(typed.line == "\\kb ERROR:  x\nLINE 1: y")
  }

  @Test("A large paste is quick")
  func largePaste() throws {
    let typist = try #require(Typist())
    let editor = try #require(
      LineEditor(input: typist.terminal, output: typist.terminal, history: History(), files: [], terminal: "xterm"))
    typist.makeRaw()
    typist.type("\u{1b}[200~" + String(repeating: "select 1, ", count: 300) + "\u{1b}[201~\r")
    guard case .line(let line) = editor.edit(prompt: "> ") else {
      Issue.record("no line")
      return
    }
    #expect(line.count == 3000)
  }

  @Test("Tab puts in the only candidate, then the common part, then shows the list")
  func completion() throws {
    func complete(_ typed: String, terminal: String? = "xterm") throws -> Typed {
      try edit(typed, terminal: terminal) { editor in
        editor.assistance.complete = { before, _ in
          let word = before.split(separator: " ").last.map(String.init) ?? ""
          let names = ["mytab123", "mytab246", "select"].filter { $0.hasPrefix(word) }
          return Completion(typedCount: word.count, candidates: names.map { Candidate($0) })
        }
      }
    }
    #expect(try complete("sel\t1\r").line == "select 1")
    #expect(try complete("my\t2\t;\r").line == "mytab246 ;")
    let listed = try complete("my\t\t2\t\r")
    #expect(listed.screen.text.contains("mytab123  mytab246"))
    #expect(listed.line == "mytab246 ")
    #expect(listed.screen.bells == 1)
    #expect(try complete("x\t\r").screen.bells == 1)
    let plain = try complete("my\t\t2\t\r", terminal: nil)
    #expect(plain.screen.text == ["db=# mytab", "mytab123  mytab246", "db=# mytab246", ""])
  }

  @Test("Colours and a hint are painted and gone when the line is taken")
  func colours() throws {
    let typed = try edit("sel\u{1b}[C\r") { editor in
      editor.assistance.colour = { text, _ in text.map { _ in .keyword } }
      editor.assistance.hint = { _ in "ect 1" }
    }
    #expect(typed.line == "sel")
    #expect(typed.screen.text == ["db=# sel", ""])
  }

  @Test("On a terminal without escape sequences a long line scrolls sideways")
  func dumbScrolling() throws {
    let long = "0123456789abcdefghijklmnopqrst"
    let typed = try edit(long + "\r", terminal: "dumb", width: 20)
    #expect(typed.line == long)
    #expect(typed.screen.strange.isEmpty)
    #expect(typed.screen.text.count == 2)
  }

  @Test("vi's keys, when a file asks for them; ESC needs no second key")
  func viMode() throws {
    let file = try TemporaryFile("set editing-mode vi\n")
    let files = [EditorFile(path: file.path, kind: .inputrc)]
    #expect(try edit("abc\u{1b}0ix\r", files: files).line == "xabc")
    #expect(try edit("one two\u{1b}bdw\r", files: files).line == "one ")
    #expect(try edit("ab\u{1b}[Dx\r", files: files).line == "axb")
    #expect(try edit("\u{1b}kA;\r", history: ["select 1"], files: files).line == "select 1;")
    let editrc = try TemporaryFile("# mine\nbind -v\n")
    #expect(
      try edit("abc\u{1b}0ix\r", files: [EditorFile(path: editrc.path, kind: .editrc)]).line == "xabc")
  }

  @Test("Bindings of a user's files hold")
  func userBindings() throws {
    let file = try TemporaryFile(
      """
      bind ^X ed-move-to-beg
      psql:bind "^[[15~" ed-move-to-end
      other:bind ^Y ed-move-to-beg
      bind "^[[A" ed-move-to-beg

      """)
    let files = [EditorFile(path: file.path, kind: .editrc)]
    #expect(try edit("bc\u{18}a\r", files: files).line == "abc")
    #expect(try edit("bc\u{18}a\u{1b}[15~d\r", files: files).line == "abcd")
    #expect(try edit("bc\u{1b}[Aa\r", history: ["never"], files: files).line == "abc")
    let inputrc = try TemporaryFile(
      """
      $if Bash
      "\\C-x": end-of-line
      $else
      "\\C-x": beginning-of-line
      $endif
      "\\e[A": history-search-backward

      """)
    let readline = [EditorFile(path: inputrc.path, kind: .inputrc)]
    #expect(try edit("bc\u{18}a\r", files: readline).line == "abc")
    #expect(try edit("sel\u{1b}[A\r", history: ["select 1", "update"], files: readline).line == "select 1")
  }
}

/// A file that goes with its owner.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    var name = Array("/tmp/pgmedic-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    try #require(descriptor >= 0)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8)
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    try #require(count == bytes.count)
  }

  deinit { unlink(path) }
}
