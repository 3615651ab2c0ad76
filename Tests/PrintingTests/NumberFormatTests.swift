import Printing
import Testing

@Suite struct NumberFormatTests {
  /// As psql printed them in these locales: German, French, Indian (3;2), Swiss, Portuguese (no grouping), Bulgarian.
  @Test(arguments: [
    (",", ".", 3, "1.234.567,891"), (",", "\u{202F}", 3, "1\u{202F}234\u{202F}567,891"), (".", ",", 3, "1,234,567.891"),
    (".", "’", 3, "1’234’567.891"), (",", "", -1, "1.234.567,891"), (",", "", 3, "1.234.567,891"),
    ("", "", 0, "1,234,567.891"),
    (".", ",", 127, "1,234,567.891"), (".", " ", 4, "123 4567.891"),
  ])
  func separates(_ point: String, _ separator: String, _ grouping: Int, _ expected: String) {
    var options = PrintOptions()
    options.format = .unaligned
    options.tuplesOnly = true
    options.numericLocale = true
    options.numberFormat = NumberFormat(
      decimalPoint: ByteString(point), thousandsSeparator: ByteString(separator), grouping: grouping)
    let sink = ByteSink()
    let rows: [[String?]] = [["1234567.891"], ["-123"], ["1e+20"], ["2020-01-01 1"], [nil]]
    print(Table(columns: [.number("n")], rows: rows), options, to: sink)
    #expect(sink.text == "\(expected)\n-123\n1e+20\n2020-01-01 1\n\n")
  }
}

extension ByteSink {
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
