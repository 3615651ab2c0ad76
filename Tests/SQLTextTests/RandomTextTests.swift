import SQLText
import Testing

/// Any bytes: the scanner ends, and what it emits is what it was given.
@Suite struct RandomTextTests {
  /// SplitMix64: the same text in each run.
  struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }

    mutating func text(of pieces: [String], count: Range<Int>) -> String {
      (0..<Int.random(in: count, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }.joined()
    }
  }

  static let sql = [
    "select ", "'", "''", "\"", "$", "$$", "$a$", "E'", "U&'", "b'", "n'", "u&", ";", "(", ")", "--", "-", "/*", "*/",
    "/", "*", " ", "\t", "1", "1e", "1.", "..", "$1", "a", "é", "create ", "function ", "begin ", "case ", "end ", ",",
    "copy ", "from ", "stdin", "::", ":=", "[", "\r", "\u{0B}",
  ]
  static let commands = [
    "\\", "\\\\", "\\;", "\\:", ":", ":x", ":'x'", ":\"x\"", ":{?x}", ":r", ":q", ":nox", "`", "|", "\\n", "\\x4",
    "\\echo ",
  ]

  @Test func tenThousandLinesOfAnyBytes() {
    var random = Generator(state: 1)
    var reading = Reading()
    reading.variables.values = ["x": "5"]
    for _ in 0..<10_000 {
      let line = (0..<Int.random(in: 0..<24, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      reading.readLine(line)
      expectConsistent(reading)
      reading.events.removeAll()
      if reading.query.count > 500 {
        reading.query.removeAll()
        reading.scanner.reset()
      }
    }
  }

  @Test(arguments: [ArgumentKind.normal, .sqlIdentifierLowercased, .filePipe, .unevaluated])
  func fiveThousandLinesOfSQLAndCommands(_ kind: ArgumentKind) {
    var random = Generator(state: 2)
    var reading = Reading(kind: kind)
    reading.variables.values = ["x": "5", "r": ":r':r", "q": "'\"$a$", "b": "\\echo a \\\\", "c": "/* :x"]
    for _ in 0..<5_000 {
      let before = reading.query
      reading.read(random.text(of: Self.sql + Self.commands, count: 0..<12))
      expectConsistent(reading)
      if reading.events.isEmpty { #expect(reading.query.starts(with: before)) }
      reading.events.removeAll()
      if reading.query.count > 500 {
        reading.query.removeAll()
        reading.scanner.reset()
      }
    }
  }

  private func expectConsistent(_ reading: Reading) {
    let scanner = reading.scanner
    #expect(scanner.parenthesisDepth >= 0 && scanner.beginDepth >= 0)
    switch scanner.prompt {
    case .singleQuote, .doubleQuote, .dollarQuote, .comment: #expect(scanner.inQuotes && reading.last == .incomplete)
    case .parenthesis: #expect(!scanner.inQuotes && scanner.parenthesisDepth > 0)
    case .continued: #expect(!scanner.inQuotes && (scanner.beginDepth > 0 || reading.last == .endOfLine))
    case .ready: #expect(!scanner.inQuotes && reading.query.isEmpty)
    }
  }

  /// Without commands and variables every byte but white space and comments before statements comes out again, and
  /// where the text is cut into lines makes no difference.
  @Test func whatGoesInComesOut() {
    let pieces = Self.sql.filter { !["--", "-", "E'", "U&'", "b'", "n'", "e", "u&"].contains($0) }
    var random = Generator(state: 3)
    for _ in 0..<1_500 {
      let text = random.text(of: pieces + ["\n", "\n"], count: 1..<40)
      let byLine = Reading.statements(text)
      #expect(visible(byLine.joined()) == visible(text))

      var whole = Reading()
      whole.readLine(text.utf8)
      var statements = whole.events.map { event in if case .statement(let text) = event { text } else { "" } }
      if !whole.query.isEmpty { statements.append(String(decoding: whole.query, as: UTF8.self)) }
      #expect(statements.map(visible) == byLine.map(visible), "\(text.debugDescription)")
    }
  }

  private func visible(_ text: String) -> [UInt8] {
    text.utf8.filter { !$0.isSpace }
  }

  @Test(arguments: [
    "/*", "/*\n", "'", "'\n", "$a$", "$a", "(\n", "E'\\'", "--\n", "x", ":'x", ":\"x\n", "\\:", "1.", "'\n--",
  ])
  func timeIsLinear(_ piece: String) {
    let text = Array(String(repeating: piece, count: 200_000 / piece.utf8.count).utf8)
    let clock = ContinuousClock()
    let time = clock.measure {
      var reading = Reading()
      for line in text.split(separator: 0x0A) { reading.readLine(line) }
    }
    // Some 10 ms when optimised. With work for each line in proportion to the text it would be minutes.
    #expect(time < .seconds(10))
  }
}

extension UInt8 {
  fileprivate var isSpace: Bool { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains(self) }
}
