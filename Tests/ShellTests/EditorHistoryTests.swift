import Glibc
import Testing

@testable import Shell

struct EditorHistoryTests {
  @Test("HISTCONTROL and HISTSIZE decide what is kept")
  func control() {
    let history = History(limit: 3)
    for entry in ["a", " b", "b", "b\n", "", "c"] { history.add(entry) }
    #expect(history.entries == ["b", "b", "c"])
    history.control = [.ignoreSpace, .ignoreDuplicates]
    #expect(!history.add(" d"))
    #expect(!history.add("c"))
    #expect(history.add("d"))
    #expect(history.entries == ["b", "c", "d"])
    history.limit = 1
    #expect(history.entries == ["d"])
    history.limit = 0
    #expect(!history.add("e"))
    history.limit = -1
    for number in 0..<600 { history.add("\(number)") }
    #expect(history.entries.count == 600)
  }

  @Test(
    "Entries with a password are not kept",
    arguments: [
      "ALTER ROLE bob PASSWORD 'x'", "create user u with encrypted password E'x'", "\\password bob",
      "\\c \"host=h password=x\"", "\\c postgresql://bob:x@host/db", "\\setenv PGPASSWORD x",
      "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'a', password 'b')", "alter role a password $$x$$",
      "\\! PGPASSWORD=x pg_dump", "CREATE SUBSCRIPTION s CONNECTION 'host=h user=u password=x' PUBLICATION p",
      "ALTER ROLE bob\n  PASSWORD\n  'x'",
    ])
  func secrets(entry: String) {
    #expect(HistorySecrets.isSecret(entry))
    #expect(!History().add(entry))
  }

  @Test(
    "Words that only look like it are kept",
    arguments: [
      "select password from users", "ALTER ROLE bob PASSWORD NULL", "alter role bob password :'pw'",
      "select * from password_resets where id = 1", "\\c postgresql://bob@host/db", "select 'a://b/c:d@e'",
      "prepare p as select * from u where password = $1", "show password_encryption",
    ])
  func harmless(entry: String) {
    #expect(!HistorySecrets.isSecret(entry))
  }

  @Test("psql's file formats are read, and written back as they were")
  func formats() throws {
    let plain = Array("select 1;\nselect\u{1}  2;\n".utf8)
    let entries = ["select 1;", "select\n  2;"]
    #expect(HistoryFile.parse(plain).entries == entries)
    #expect(HistoryFile.parse(plain).format == .plain)
    #expect(HistoryFile.serialize(entries, .plain, withMark: true) == plain)

    let libedit = Array("_HiStOrY_V2_\nselect\\0401;\nselect\\^A\\040\\0402;\n\\\\d\\011x\\040\\M-Cü\n".utf8)
    let found = HistoryFile.parse(libedit)
    #expect(found.format == .libedit)
    #expect(found.entries.prefix(2) == entries[...])
    #expect(found.entries.last?.hasPrefix("\\d\tx ") == true)
    let written = HistoryFile.serialize(entries, .libedit, withMark: true)
    #expect(HistoryFile.parse(written).entries == entries)
    #expect(written.starts(with: libedit.prefix(32)))
  }

  @Test("A file is made for its owner alone, grows by what is entered, and is trimmed")
  func file() throws {
    let place = try TemporaryFile("")
    unlink(place.path)
    let file = HistoryFile(path: place.path)
    #expect(try file.read().entries == [])
    try file.append(["one", "two\nlines"])
    try file.append(["three"])
    #expect(try file.read().entries == ["one", "two\nlines", "three"])
    var status = stat()
    #expect(stat(place.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    try file.trim(to: 2)
    #expect(try file.read().entries == ["two\nlines", "three"])
    try file.trim(to: -1)
    #expect(try file.read().entries.count == 2)
    #expect(throws: SystemError(code: ENOENT)) { try HistoryFile(path: "/nowhere/at/all").append(["x"]) }
    try HistoryFile(path: "/dev/null").append(["x"])
  }

  @Test("A libedit file stays one")
  func libeditFile() throws {
    let place = try TemporaryFile("_HiStOrY_V2_\nselect\\0401;\n")
    let file = HistoryFile(path: place.path)
    try file.append(["select 2;"])
    let found = try file.read()
    #expect(found.entries == ["select 1;", "select 2;"])
    #expect(found.format == .libedit)
    try file.trim(to: 1)
    #expect(try file.read().entries == ["select 2;"])
    #expect(try file.read().format == .libedit)
  }

  @Test("What a file holds goes before what was entered")
  func loading() {
    let history = History(limit: 3)
    history.add("new")
    history.load(["a", "b", "", "c"])
    #expect(history.entries == ["b", "c", "new"])
    #expect(Array(history.unsaved) == ["new"])
  }

  private func styles(_ text: String, cursor: Int = -1, after: String = "") -> String {
    let letters: [TextStyle: Character] = [
      .plain: ".", .keyword: "k", .string: "s", .comment: "c", .number: "n", .variable: "v", .command: "m", .match: "p",
      .unbalanced: "u", .hint: "h",
    ]
    let found = Highlighter.styles(text.unicodeScalars.map(\.value), cursor: cursor, after: Array(after.utf8))
    return String(found.map { letters[$0] ?? "?" })
  }

  @Test(
    "What is typed is coloured by the lexer's states",
    arguments: [
      ("select 1, 'it''s' -- x", "kkkkkk.n..sssssss.cccc"),
      ("select \"from\" from t", "kkkkkk........kkkk.."),
      ("x /* /* */ */ 2.5e3", "..ccccccccccc.nnnnn"),
      ("$$ select $$ $a$ $$ $a$", "ssssssssssss.ssssssssss"),
      (":var :'v' a::int", "vvvv.vvvv......."),
      ("\\d 'a' :b", "mm.sss.vv"),
      ("E'\\'' (a))", ".ssss....u"),
      ("t.from", "......"),
    ])
  func colours(text: String, expected: String) {
    #expect(styles(text) == expected)
  }

  @Test("Colours go on from the lines before; the parenthesis at the cursor shows its partner")
  func colourContext() {
    #expect(styles("still' select", after: "select 'not over") == "ssssss.kkkkkk")
    #expect(styles("(a)", cursor: 3) == "p.p")
    #expect(styles("(a)", cursor: 1) == "p.p")
    #expect(styles("(a)", cursor: 2) == "...")
  }
}
