import Sandbox
import Testing

/// Exit codes of every way to run commands, with ON_ERROR_STOP off and on, as psql 15.20 gave them.
@Suite struct ExitCodeTests {
  /// Scripts that fail in one way each.
  private static let scripts = [
    "good": "SELECT 'good';\n",
    "bad": "SELECT 1/0;\nSELECT 'after';\n",
    "lost": "SELECT pg_terminate_backend(pg_backend_pid());\nSELECT 'after';\n",
    "unknown": "SELECT 1;\n\\nosuch\nSELECT 2;\n",
    "openif": "\\if true\nSELECT 1;\n",
    "openquote": "SELECT 'open;\n",
    "includes": "\\i bad.sql\nSELECT 3;\n",
    "includeslost": "\\i lost.sql\nSELECT 3;\n",
    "includesnone": "\\i nofile.sql\nSELECT 3;\n",
    "quits": "SELECT 1;\n\\q\nSELECT 1/0;\n",
    "copybad": "COPY nox FROM STDIN;\n1\n\\.\nSELECT 4;\n",
    "lastbad": "SELECT 1/0",
    "noconnect": "\\connect nodb\nSELECT 4;\n",
    "copynofile": "\\copy nox from /nofile\nSELECT 4;\n",
    "lo": "\\lo_unlink 1\nSELECT 4;\n",
    "gset": "SELECT 1 AS x \\gset\nSELECT 1, 2 WHERE false \\gset\nSELECT 5;\n",
    "gexec": "SELECT $$SELECT 1/0$$ UNION ALL SELECT $$SELECT 6$$ \\gexec\nSELECT 5;\n",
    "crosstab": "SELECT 1 \\crosstabview\nSELECT 5;\n",
  ]

  /// For each script the codes without and with ON_ERROR_STOP.
  struct Row: CustomTestStringConvertible, Sendable {
    let script: String
    /// As `-f FILE`, on standard input, and as `-c '\i FILE'`; each then with `-1`.
    let file, input, included, fileInOne, inputInOne, includedInOne: [Int32]
    /// `-f FILE -f good`, `-f good -f FILE`, `-f FILE -c good`.
    let first, last, beforeCommand: [Int32]

    var testDescription: String { script }
  }

  static let rows: [Row] = [
    Row(
      script: "good", file: [0, 0], input: [0, 0], included: [0, 0],
      fileInOne: [0, 0], inputInOne: [0, 0], includedInOne: [0, 0],
      first: [0, 0], last: [0, 0], beforeCommand: [0, 0]),
    Row(
      script: "bad", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "lost", file: [2, 2], input: [2, 2], included: [2, 2],
      fileInOne: [2, 2], inputInOne: [2, 2], includedInOne: [2, 2],
      first: [2, 2], last: [2, 2], beforeCommand: [2, 2]),
    Row(
      script: "unknown", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "openif", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "openquote", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "includes", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "includeslost", file: [2, 2], input: [2, 2], included: [2, 2],
      fileInOne: [2, 2], inputInOne: [2, 2], includedInOne: [2, 2],
      first: [2, 2], last: [2, 2], beforeCommand: [2, 2]),
    Row(
      script: "includesnone", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "quits", file: [0, 0], input: [0, 0], included: [0, 0],
      fileInOne: [0, 0], inputInOne: [0, 0], includedInOne: [0, 0],
      first: [0, 0], last: [0, 0], beforeCommand: [0, 0]),
    Row(
      script: "copybad", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "lastbad", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "noconnect", file: [2, 3], input: [2, 3], included: [1, 1],
      fileInOne: [2, 3], inputInOne: [2, 3], includedInOne: [1, 3],
      first: [2, 3], last: [2, 3], beforeCommand: [1, 3]),
    Row(
      script: "copynofile", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "lo", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "gset", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "gexec", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
    Row(
      script: "crosstab", file: [0, 3], input: [0, 3], included: [0, 1],
      fileInOne: [0, 3], inputInOne: [0, 3], includedInOne: [0, 1],
      first: [0, 3], last: [0, 3], beforeCommand: [0, 3]),
  ]

  @Test(arguments: rows) func ofScripts(_ row: Row) throws {
    let place = Place()
    for (name, text) in Self.scripts {
      // psql looks for what \i names in the current directory, which is the tests' own
      place.write("\(name).sql", text.replacing("\\i ", with: "\\ir "))
    }
    let program = Program.on(try SharedCluster.empty().database(named: "exit_codes"))
    let path = place.path("\(row.script).sql")
    let good = place.path("good.sql")
    let text = fileBytes(path)
    func codes(_ arguments: [String], _ input: [UInt8] = []) -> [Int32] {
      ["0", "1"].map { program.run(["-X", "-v", "ON_ERROR_STOP=\($0)"] + arguments, input: input).code }
    }
    let command = "\\i \(path)"
    #expect(codes(["-f", path]) == row.file)
    #expect(codes(["-c", command]) == row.included)
    #expect(codes(["-1", "-f", path]) == row.fileInOne)
    #expect(codes(["-1", "-c", command]) == row.includedInOne)
    #expect(codes(["-f", path, "-f", good]) == row.first)
    #expect(codes(["-f", good, "-f", path]) == row.last)
    #expect(codes(["-f", path, "-c", "SELECT 1"]) == row.beforeCommand)
    // on standard input \ir is relative to the current directory
    guard !row.script.hasPrefix("includes") else { return }
    #expect(codes([], text) == row.input)
    #expect(codes(["-f", "-"], text) == row.input)
    #expect(codes(["-1"], text) == row.inputInOne)
  }

  struct Command: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let codes: [Int32]

    init(_ arguments: [String], _ codes: [Int32]) {
      self.arguments = arguments
      self.codes = codes
    }

    var testDescription: String { arguments.joined(separator: " ") }
  }

  private static let kill = "select pg_terminate_backend(pg_backend_pid())"

  static let lines: [Command] = [
    Command(["-c", "select 1"], [0, 0]),
    Command(["-c", "select 1/0"], [1, 1]),
    Command(["-c", "select 1/0", "-c", "select 1"], [0, 1]),
    Command(["-c", "select 1", "-c", "select 1/0"], [1, 1]),
    Command(["-1", "-c", "select 1/0"], [1, 1]),
    Command(["-1", "-c", "select 1/0", "-c", "select 1"], [1, 1]),
    Command(["-1", "-c", "select 1", "-c", "select 1/0"], [1, 1]),
    Command(["-c", kill], [2, 2]),
    Command(["-c", kill, "-c", "select 1"], [2, 2]),
    Command(["-1", "-c", kill, "-c", "select 1"], [2, 2]),
    Command(["-c", "\\nosuch"], [1, 1]),
    Command(["-c", "\\nosuch", "-c", "select 1"], [0, 1]),
    Command(["-f", "/nonexistent.sql"], [1, 1]),
    Command(["-d", "nodb", "-c", "select 1"], [2, 2]),
    Command(["--nosuch"], [1, 1]),
    Command(["-c", "select 1; select 1/0; select 2"], [1, 1]),
    Command(["-c", "begin", "-c", "select 1/0", "-c", "commit"], [0, 1]),
    Command(["-1", "-c", "select 1"], [0, 0]),
    Command(
      [
        "-1", "-c", "create temp table d(a int primary key deferrable initially deferred)", "-c",
        "insert into d values (1),(1)",
      ],
      [0, 3]),
    Command(["-L", "/nonexist/x", "-c", "select 1"], [1, 1]),
    Command(["-o", "/nonexist/x", "-c", "select 1"], [1, 1]),
    Command(["-c", "\\if true", "-c", "select 1"], [0, 0]),
    Command(["-c", "\\q", "-c", "select 1"], [0, 0]),
    Command(["-l"], [0, 0]),
    Command(["-V"], [0, 0]),
    Command(["-c", ""], [0, 0]),
  ]

  @Test(arguments: lines) func ofCommandLines(_ line: Command) throws {
    let program = Program.on(try SharedCluster.empty().database(named: "exit_codes"))
    let codes = ["0", "1"].map { program.run(["-X", "-v", "ON_ERROR_STOP=\($0)"] + line.arguments).code }
    #expect(codes == line.codes)
  }
}
