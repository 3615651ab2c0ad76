import Printing
import Testing

/// Bytes that aren't UTF-8, and encodings of one byte a character.
@Suite struct EncodingTests {
  private func printed(_ value: [UInt8], _ format: Format, _ encoding: TextEncoding = .utf8) -> [UInt8] {
    var options = PrintOptions()
    options.format = format
    options.tuplesOnly = true
    options.encoding = encoding
    let sink = ByteSink()
    print(Table(columns: [Column("a")], rows: [[value as [UInt8]?]]), options, to: sink)
    return sink.bytes
  }

  /// As psql printed them, given as `\pset null`.
  @Test(
    arguments: [
      ([0xC3, 0x61], "a"), ([0xE0, 0x80, 0x80], ""), ([0xED, 0xA0, 0x80], ""), ([0xC0, 0x80], ""), ([0xE2, 0x82], ""),
      ([0xE2, 0x82, 0x62, 0xAC], "b"), ([0xFF, 0xFE, 0x80, 0xBF], ""), ([0xF4, 0x90, 0x80, 0x80], ""),
      ([0xF0, 0x9F, 0xBF, 0xBE], ""), ([0xF8, 0x88, 0x80, 0x80, 0x80], ""), ([0xEF, 0xBF, 0xBE], "\u{FFFE}"),
      ([0xF0, 0x80, 0x80, 0x80], ""), ([0xF0, 0x9F, 0x98], ""),
    ] as [([UInt8], String)])
  func dropsInvalidBytes(_ bytes: [UInt8], _ expected: String) {
    for format in [Format.aligned, .unaligned, .csv] {
      let start = format == .aligned ? " a" : "a"
      let end = format == .aligned ? "\n\n" : "\n"
      #expect(printed([0x61] + bytes + [0x62], format) == Array((start + expected + "b" + end).utf8))
    }
  }

  @Test func jsonRepairsInvalidBytes() {
    #expect(printed([0x61, 0xC3, 0x62, 0xE2, 0x82], .jsonl) == Array("{\"a\":\"a\u{FFFD}b\u{FFFD}\u{FFFD}\"}\n".utf8))
    #expect(printed(Array("\u{1FFFE}é".utf8), .jsonl) == Array("{\"a\":\"\u{1FFFE}é\"}\n".utf8))
  }

  @Test func singleBytesStay() {
    #expect(printed([0xE9, 0x85, 0xFF], .unaligned, .singleByte) == [0xE9, 0x85, 0xFF, 0x0A])
    #expect(printed([0xE9, 0x01], .aligned, .singleByte) == [0x20, 0xE9] + "\\x01\n\n".utf8)
  }
}
