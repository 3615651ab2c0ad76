import Printing

/// The tables and settings whose output by psql is recorded, in groups of a file each.
enum RecordedCases {
  static let groups = ["lines", "wrapped", "text", "markup", "edges", "chunks"]

  static func cases(of group: String) -> [PrintedCase] {
    switch group {
    case "lines": lines
    case "wrapped": wrapped
    case "text": text
    case "markup": markup
    case "edges": edges
    default: chunks
    }
  }

  // MARK: Tables

  static let plain = CaseTable(
    "plain", ["#id", "name", "a rather long heading"],
    [["1", "one", "x"], ["-20", nil, ""], ["300.5", "three and more", "y"]])
  static let newlines = CaseTable(
    "newlines", ["#n", "two\nlines", "h\n\nof four\n"],
    [["1", "a\nbc", "single"], [nil, "\n", "end\n"], ["22", "", "x\ny\nlonger z"]])
  static let characters = CaseTable(
    "characters", ["日本", "e\u{301}"],
    [
      ["日本語テキスト", "combining a\u{308}o\u{302}"], ["👍 👨‍👩‍👧", "tab\there\tand\tthere"],
      ["\u{1}\u{1B}[1m\u{7F}", "return\r\nnext"], ["\u{85}\u{9F}", "\u{200B}zero\u{FEFF}"],
      ["ﾊﾝｶｸ ｆｕｌｌ", "nonchar \u{1FFFE}"],
    ])
  static let long = CaseTable(
    "long", ["#id", "description", "c"],
    [
      ["1", "the quick brown fox jumps over the lazy dog, again and again", "short"],
      ["2", "brief", "pneumonoultramicroscopicsilicovolcanoconiosis"],
      ["3", "two lines\nof which the second one is the longer one", "日本語テキスト日本語テキスト"], ["4", nil, "\t"],
    ])
  static let special = CaseTable(
    "special", ["#a|b", "h & _ # \\ . \"q\"", "e"],
    [
      ["1", " x <y> &  \"z\"\n  two | {a} \\b #c $d %e ^f ~g _h \t-t", nil], ["2", "|,;", "\\."],
      ["3.5", "'a', \"b\"", "  "], ["NaN", "\r", "\\"],
    ])
  static let numbers = CaseTable(
    "numbers", ["#n", "text"],
    [
      ["1", "1234567"], ["12", ""], ["123", "a"], ["1234", "b"], ["-1234567.8901", "c"], ["0.00001234", "d"],
      ["NaN", "e"],
      ["-Infinity", "f"], ["123456789012345678901234567890", nil],
    ])
  static let empty = CaseTable("empty", ["#id", "name"], [])
  static let noColumns = CaseTable("no columns", [], [], emptyRows: 2)
  static let oneRow = CaseTable("one row", ["only"], [["value"]])

  // MARK: Settings

  private static func all(
    _ tables: [CaseTable], _ choices: [(name: String, values: [String?])], chunk: Int = 0
  ) -> [PrintedCase] {
    var combinations: [[PrintedCase.Setting]] = [[]]
    for choice in choices {
      combinations = combinations.flatMap { settings in
        choice.values.map { value in
          guard let value else { return settings }
          return settings + [PrintedCase.Setting(choice.name, ByteString(value))]
        }
      }
    }
    return tables.flatMap { table in
      combinations.map { settings in
        let words = settings.map { "\($0.name)=\($0.value ?? "")".replacing("\n", with: "\\n") }
        return PrintedCase(
          name: ([table.name] + words).joined(separator: " "), settings: settings, table: table, chunk: chunk)
      }
    }
  }

  private static let lines =
    all(
      [plain, newlines, characters],
      [("linestyle", ["ascii", "old-ascii", "unicode"]), ("border", ["0", "1", "2"]), ("expanded", ["off", "on"])])
    + all(
      [newlines],
      [
        ("linestyle", ["unicode"]), ("border", ["2"]), ("expanded", ["off", "on"]),
        ("unicode_border_linestyle", ["single", "double"]), ("unicode_column_linestyle", ["single", "double"]),
        ("unicode_header_linestyle", ["single", "double"]),
      ])
    + all(
      [plain],
      [
        ("title", [nil, "Title", "a title that is wider than the table that stands below it, and 日本"]),
        ("border", ["1", "3"]), ("expanded", ["off", "on"]), ("tuples_only", ["off", "on"]),
      ])
    + all(
      [numbers], [("numericlocale", ["off", "on"]), ("null", ["(null)", "two\nlines"]), ("footer", ["on", "off"])])
    + all([long], [("expanded", ["auto"]), ("columns", ["40", "110", "140"]), ("border", ["1", "2"])])

  private static let wrapped = all(
    [long, newlines],
    [
      ("format", ["wrapped"]), ("columns", ["15", "40", "60"]), ("linestyle", ["ascii", "old-ascii", "unicode"]),
      ("border", ["0", "1", "2"]), ("expanded", ["off", "on"]),
    ])

  private static let text =
    all(
      [plain, special],
      [
        ("format", ["unaligned"]), ("fieldsep", [nil, "", " :: "]), ("recordsep", [nil, "--"]), ("title", [nil, "T"]),
        ("tuples_only", ["off", "on"]), ("expanded", ["off", "on"]),
      ])
    + all([plain], [("format", ["unaligned"]), ("fieldsep_zero", ["on"]), ("recordsep_zero", ["on"])])
    + all(
      [special, newlines],
      [
        ("format", ["csv"]), ("csv_fieldsep", [nil, ";", "\t", ".", "\\"]), ("tuples_only", ["off", "on"]),
        ("expanded", ["off", "on"]),
      ])

  private static let markup =
    all(
      [special],
      [
        ("format", ["html", "asciidoc", "latex", "latex-longtable", "troff-ms"]), ("border", ["0", "1", "2", "3"]),
        ("expanded", ["off", "on"]), ("tuples_only", ["off", "on"]),
      ])
    + all(
      [special],
      [
        ("format", ["html", "asciidoc", "latex", "latex-longtable", "troff-ms"]), ("border", ["1", "2"]),
        ("title", ["a <title> & more | \\"]), ("tableattr", [" 0.2\tclass=\"x\" "]), ("expanded", ["off", "on"]),
      ])

  private static let edges = all(
    [empty, noColumns, oneRow],
    [
      ("format", Format.names(psqlOnly: true)), ("border", ["1", "2"]), ("expanded", ["off", "on"]),
      ("tuples_only", ["off", "on"]),
    ])

  private static let chunks =
    all([plain], [("format", Format.names(psqlOnly: true)), ("expanded", ["off", "on", "auto"])], chunk: 2)
    + all([plain], [("border", ["2"]), ("expanded", ["off", "on"])], chunk: 3)
}
