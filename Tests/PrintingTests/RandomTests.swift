import Printing
import Testing

/// Tables and settings at random, printed by psql and by us.
///
/// By hand: `RANDOM_CASES=2000 PSQL=/usr/lib/postgresql/15/bin/psql PGHOST=… swift test --filter RandomTests`;
/// `RANDOM_SEED` chooses another run, `RANDOM_FORMATS=csv,html` the formats, `RANDOM_PSQL16=1` adds `xheader_width`.
@Suite(.enabled(if: PsqlOracle.environment("RANDOM_CASES") != nil))
struct RandomTests {
  @Test func printsAsPsqlDoes() throws {
    let count = PsqlOracle.environment("RANDOM_CASES").flatMap(Int.init) ?? 0
    var random = SplitMix(state: PsqlOracle.environment("RANDOM_SEED").flatMap(UInt64.init) ?? 1)
    let formats = PsqlOracle.environment("RANDOM_FORMATS")?.split(separator: ",").map(String.init)
    let cases = (0..<count).map { RandomCases.one(number: $0, formats, using: &random) }
    let expected = PsqlOracle.printed(cases)
    try #require(expected.count == cases.count)
    var failures = 0
    for (printedCase, expected) in zip(cases, expected) where failures < 5 {
      let printed = try printedCase.printed()
      if printed != expected { failures += 1 }
      #expect(
        printed == expected,
        """
        \(printedCase.script)
        psql:
        \(String(decoding: expected, as: UTF8.self))
        we:
        \(String(decoding: printed, as: UTF8.self))
        """)
    }
  }
}

/// A small generator of random numbers that gives the same ones again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

enum RandomCases {
  private static let words = [
    "a", "id", "lorem", "ipsum dolor", "x|y", "\"q\"", "<b>&</b>", " ", "  lead", "trail  ", "\\", "{}", "_%$#^~", ",",
    ";", "'", "é", "ñandú", "日本語", "e\u{301}", "👍", "👨‍👩‍👧", "\u{7F}", "\u{1}", "\u{1B}[1m", "\t", "ab\tc", "\r",
    "\r\n", "\n", "\n\n", "line one\nline two", "\u{85}", "\u{200B}", "…", ".", "\\.", "long long long long text",
    "0123456789",
    "pneumonoultramicroscopicsilicovolcanoconiosis", "\u{FEFF}", "a\nb\nc", "\u{1FFFE}", "한글", "ｆｕｌｌ", "ﾊ",
  ]
  private static let numbers = [
    "0", "1", "-1", "3.14", "12345", "1234567.891", "-987654321", "NaN", "Infinity", "0.5", "100",
  ]

  /// psql 16 and later count some characters otherwise.
  private static let isNewer = PsqlOracle.environment("RANDOM_PSQL16") != nil

  static func text(using random: inout SplitMix) -> String {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }.joined()
      .filter { !isNewer || ($0 != "\u{200B}" && $0 != "\u{FEFF}" && !$0.unicodeScalars.contains("\u{200D}")) }
  }

  static func heading(using random: inout SplitMix) -> String {
    let text = text(using: &random)
    guard !text.isEmpty, text.utf8.count < 60, !text.hasPrefix("#") else { return "h" }
    return text
  }

  static func one(number: Int, _ formats: [String]?, using random: inout SplitMix) -> PrintedCase {
    let isNumber = (0..<Int.random(in: 0...5, using: &random)).map { _ in Int.random(in: 0...3, using: &random) == 0 }
    let rows = (0..<Int.random(in: 0...6, using: &random)).map { _ in
      isNumber.map { isNumber -> String? in
        if Int.random(in: 0...7, using: &random) == 0 { return nil }
        return isNumber ? numbers.randomElement(using: &random) : text(using: &random)
      }
    }
    let plain = Bool.random(using: &random)
    let headings = isNumber.map { ($0 ? "#" : "") + (plain ? "name" : heading(using: &random)) }
    let table = CaseTable("random", headings, rows, emptyRows: rows.count)
    // Newer psql reads chunks in another way.
    let chunk = !isNewer && Int.random(in: 0...5, using: &random) == 0 ? Int.random(in: 1...4, using: &random) : 0
    return PrintedCase(
      name: "random \(number)", settings: settings(formats, using: &random), table: table, chunk: chunk)
  }

  private static func settings(_ formats: [String]?, using random: inout SplitMix) -> [PrintedCase.Setting] {
    var settings: [PrintedCase.Setting] = []
    func maybe(_ odds: Int, _ name: String, _ values: [String], _ random: inout SplitMix) {
      guard Int.random(in: 0..<odds, using: &random) == 0, let value = values.randomElement(using: &random) else {
        return
      }
      settings.append(PrintedCase.Setting(name, ByteString(value)))
    }
    maybe(1, "format", formats ?? Format.names(psqlOnly: true) + ["aligned", "wrapped"], &random)
    // psql 17 draws border 3 as a mixture of others.
    maybe(1, "border", ["0", "1", "2"] + (isNewer ? [] : ["3"]), &random)
    maybe(2, "expanded", ["on", "auto"], &random)
    maybe(2, "linestyle", ["old-ascii", "unicode"], &random)
    maybe(2, "columns", ["1", "5", "10", "20", "30", "50", "80"], &random)
    maybe(4, "tuples_only", ["on"], &random)
    maybe(4, "footer", ["off"], &random)
    maybe(
      3, "title", ["Title", "", "日本 title", "two\nlines", "a rather long title for such a small table, it is"], &random)
    maybe(3, "null", ["(null)", "∅", "two\nlines", "a\u{1}"], &random)
    maybe(4, "numericlocale", ["on"], &random)
    maybe(4, "fieldsep", [",", "\t", "", " :: "], &random)
    maybe(5, "recordsep", ["|", "", "\n--\n"], &random)
    maybe(4, "csv_fieldsep", [";", "\t", ".", "\\", "a"], &random)
    maybe(4, "tableattr", ["0.2", "a b", "class=\"x\"", " 0.5  0.1 ", ""], &random)
    maybe(3, "unicode_border_linestyle", ["double"], &random)
    maybe(3, "unicode_column_linestyle", ["double"], &random)
    maybe(3, "unicode_header_linestyle", ["double"], &random)
    if isNewer {
      // Not "full", since psql 16 and later then make values narrower than psql 15 does.
      maybe(1, "xheader_width", ["column", "page", "10", "25", "33", "40", "-3"], &random)
    }
    if Int.random(in: 0...9, using: &random) == 0 { settings.append(PrintedCase.Setting("fieldsep_zero", nil)) }
    if Int.random(in: 0...9, using: &random) == 0 { settings.append(PrintedCase.Setting("recordsep_zero", nil)) }
    return settings
  }
}
