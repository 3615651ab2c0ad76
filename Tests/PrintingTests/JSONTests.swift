import Printing
import Testing

@Suite struct JSONTests {
  private let table = Table(
    columns: [
      .number("n"), Column("b", kind: .boolean), Column("j", kind: .json), Column("a \"text\""), Column("n"),
    ],
    rows: [
      ["1.50", "t", "{\"a\": [1,\n   2]}", "line\nbreak \\ \"quoted\" \u{1} tab\t é", "1"],
      ["NaN", "f", nil, nil, ""],
      ["-0", nil, "\"x\"", "</script>", "\u{7F}"],
    ])

  private func printed(_ format: Format, _ change: (inout PrintOptions) -> Void = { _ in }) -> String {
    var options = PrintOptions()
    options.format = format
    change(&options)
    let sink = ByteSink()
    print(table, options, to: sink)
    return sink.text
  }

  private let expectedLines = [
    #"{"n":1.50,"b":true,"j":{"a": [1,2]},"a \"text\"":"line\nbreak \\ \"quoted\" \u0001 tab\t é","n":"1"}"#,
    #"{"n":"NaN","b":false,"j":null,"a \"text\"":null,"n":""}"#,
    "{\"n\":-0,\"b\":null,\"j\":\"x\",\"a \\\"text\\\"\":\"</script>\",\"n\":\"\u{7F}\"}",
  ]

  @Test func linesHoldOneObjectEach() {
    #expect(printed(.jsonl) == expectedLines.joined(separator: "\n") + "\n")
  }

  @Test func documentIsAnArray() {
    let expected = expectedLines.joined(separator: ",\n").replacing("[1,2]", with: "[1,\n   2]")
    #expect(printed(.json) == "[\n\(expected)\n]\n")
  }

  /// Settings for people don't touch what programs read.
  @Test func onlyRowsArePrinted() {
    let changed = printed(.json) { options in
      options.title = "title"
      options.null = "(null)"
      options.tuplesOnly = true
      options.numericLocale = true
      options.expanded = .on
      options.footers = ["footer"]
    }
    #expect(changed == printed(.json))
  }

  @Test func partsMakeOneDocument() {
    var options = PrintOptions()
    options.format = .json
    let sink = ByteSink()
    for (rows, part) in [
      ([["1"], ["2"]], Part(isFirst: true, isLast: false)), ([["3"]], Part(isFirst: false, isLast: true, priorRows: 2)),
    ] {
      print(Table(columns: [.number("n")], rows: rows), options, part: part, to: sink)
    }
    #expect(sink.text == "[\n{\"n\":1},\n{\"n\":2},\n{\"n\":3}\n]\n")
  }

  @Test func nothingIsAnEmptyArray() {
    for (format, expected) in [(Format.json, "[]\n"), (.jsonl, "")] {
      var options = PrintOptions()
      options.format = format
      let sink = ByteSink()
      print(Table(columns: [Column("a")], rows: [] as [[String?]]), options, to: sink)
      #expect(sink.text == expected)
    }
  }

  @Test(arguments: [
    ("0", true), ("-1", true), ("10.25", true), ("1e+20", true), ("1E-7", true), ("0.5", true), ("-0.0", true),
    ("123456789012345678901234567890", true), ("", false), ("-", false), ("01", false), (".5", false), ("5.", false),
    ("+1", false), ("1e", false), ("1e+", false), ("NaN", false), ("-Infinity", false), ("$1.00", false),
    ("0x10", false),
    ("1 ", false),
  ])
  func numbersAreThoseOfJSON(_ text: String, _ isNumber: Bool) {
    var options = PrintOptions()
    options.format = .jsonl
    let sink = ByteSink()
    print(Table(columns: [.number("n")], rows: [[text]]), options, to: sink)
    #expect(sink.text == (isNumber ? "{\"n\":\(text)}\n" : "{\"n\":\"\(text)\"}\n"))
  }
}
