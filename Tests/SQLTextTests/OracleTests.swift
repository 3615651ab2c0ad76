import SQLText
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Random scripts, read by psql itself and by the scanner. It needs a server and is run by hand:
///
///     PSQL=/usr/lib/postgresql/15/bin/psql ROUNDS=5000 PGHOST=… PGUSER=… swift test --filter OracleTests
///
/// psql prints each statement before it sends it (`-e`); the statements and the output of `\echo` have to be the same.
@Suite(.enabled(if: getenv("PSQL") != nil, "PSQL names the psql to compare with"))
struct OracleTests {
  static let sql = [
    "select ", "'", "''", "\"", "$", "$$", "$a$", "$ab$", "E'", "e'", "U&'", "u&\"", "b'", "X'", "n'", "u&", "\\zz",
    "\\;", "\\:", ";", ";", "(", ")", "--", "-", "/*", "*/", "/", "*", "+", " ", "\t", ":", ":x", ":'x'", ":\"x\"",
    ":{?x}", ":y", ":z", ":'z", ":nox", "::", ":=", "1", "1e", "1.", "1..", ".5", "1e+", "1e-", "$1", "a", "_", "é",
    "create ", "function ", "procedure ", "or ", "replace ", "begin ", "case ", "end ", "[", "]", "=", "<", "@", ",",
    "\n", "\n", "\n", "\\p\n", "\\r\n", "\\r ", "\\echo ", "\\echo hi \\\\", "x", "e", "n", "b", "u", "\r", "\u{0C}",
    " :r :q :bs :c;",
  ]
  static let arguments = [
    "'", "''", "\"", "|", " ", "  ", "a", "b;", ";", ":x", ":'x'", ":\"x\"", ":{?x}", ":nox", ":'nox'", "\\n", "\\x41",
    "\\101", "\\\\", "\\zz", "\\xz", "\\9", ":", ":y", "-", "1", "\t",
  ]
  static let variables = """
    \\set x 5
    \\set y 'a; b'
    \\set z 'it''s :x ("'
    \\set r :r' :r'
    \\set q '\\'q :y'
    \\set bs '\\\\echo in:x'
    \\set c '/* '

    """

  @Test func psqlSendsTheSame() throws {
    let psql = getenv("PSQL").map { String(cString: $0) } ?? ""
    let rounds = getenv("ROUNDS").flatMap { Int(String(cString: $0)) } ?? 500
    let file = "/tmp/pgmedic-oracle-\(getpid()).sql"
    defer { unlink(file) }
    var random = RandomTextTests.Generator(state: getenv("SEED").flatMap { UInt64(String(cString: $0)) } ?? 1)
    for _ in 0..<rounds {
      var script = Self.variables
      for _ in 0..<Int.random(in: 1..<12, using: &random) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: script += "\\echo " + random.text(of: Self.arguments, count: 1..<11) + "\n"
        case 2: script += "\\set x " + random.text(of: Self.arguments, count: 1..<9) + "\n"
        default:
          script += random.text(of: Self.sql, count: 1..<15) + ["\n", ";\n"][Int.random(in: 0..<2, using: &random)]
        }
      }
      try write(script, to: file)
      let expected = try output(of: "exec '\(psql)' -X -q -e -o /dev/null -f \(file) 2>/dev/null")
      var shell = EchoingShell()
      shell.run(script)
      #expect(shell.output == expected, "\(script)")
    }
  }

  private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  private func output(of command: String) throws -> [UInt8] {
    let pipe = try #require(popen(command, "r"))
    defer { pclose(pipe) }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      guard count > 0 else { return output }
      output += buffer.prefix(count)
    }
  }
}

/// What `psql -q -e` prints for a script, without results.
private struct EchoingShell {
  var output: [UInt8] = []
  private var scanner = Scanner()
  private var variables = TestVariables()
  private var query: [UInt8] = []
  private var previous: [UInt8] = []

  mutating func run(_ script: String) {
    let lines = Array(script.utf8).split(separator: 0x0A, omittingEmptySubsequences: false)
    for line in lines.dropLast() { readLine(line) }
    if !query.isEmpty { print(query) }
  }

  private mutating func readLine(_ line: some Sequence<UInt8>) {
    scanner.feed(line)
    while true {
      switch scanner.next(appendingTo: &query, variables: variables) {
      case .semicolon:
        print(query)
        previous = query
        query.removeAll()
      case .backslash: runCommand()
      case .endOfLine, .incomplete: return
      }
    }
  }

  private mutating func runCommand() {
    switch scanner.commandName() {
    case "echo": print(Array(arguments().joined(separator: [0x20])))
    case "set":
      let words = arguments()
      guard let name = words.first else { break }
      variables.values[String(decoding: name, as: UTF8.self)] =
        String(decoding: Array(words.dropFirst().joined()), as: UTF8.self)
    case "p": if !query.isEmpty || !previous.isEmpty { print(query.isEmpty ? previous : query) }
    case "r":
      query.removeAll()
      scanner.reset()
    default: scanner.discardLine()
    }
    scanner.skipArguments()
    scanner.endOfCommand()
  }

  private mutating func arguments() -> [[UInt8]] {
    var words: [[UInt8]] = []
    while let word = scanner.argument(variables: variables, backtick: { _ in nil }) { words.append(word.bytes) }
    return words
  }

  private mutating func print(_ text: [UInt8]) {
    output += text + [0x0A]
  }
}
