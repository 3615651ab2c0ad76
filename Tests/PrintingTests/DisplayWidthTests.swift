import Printing
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("plain", 5), ("exactly eight!!!", 16), ("日本語", 6), ("e\u{301}", 1), ("👍", 2), ("ﾊﾝ", 2), ("é", 1),
    ("\t", 8), ("abc\td", 9), ("12345678\t", 16), ("\r", 2), ("\u{1}", 4), ("\u{7F}", 4), ("\u{85}", 6),
    ("short\nthe longest line\n", 16), ("\n", 0), ("日\tx", 9),
  ])
  func countsColumns(_ text: String, _ width: Int) {
    #expect(displayWidth(of: Array(text.utf8)) == width)
  }

  /// A character cut short at the end isn't shown.
  @Test func dropsWhatIsCutShort() {
    #expect(displayWidth(of: [0x61, 0xE6, 0x97]) == 1)
    #expect(displayWidth(of: [0xFF, 0x61]) == 5)
  }

  /// Lengths and widths as psql showed them with `\encoding`.
  @Test(
    arguments: [
      ("LATIN1", [[0xE9], [0x85]], 1), ("SQL_ASCII", [[0xC3, 0xA9]], 2), ("EUC_JP", [[0x8E, 0xB1]], 1),
      ("EUC_JP", [[0x8F, 0xB0, 0xA1], [0xB4, 0xC1]], 2), ("SJIS", [[0xB1]], 1), ("SJIS", [[0x8A, 0xBF]], 2),
      ("EUC_TW", [[0x8E, 0xAE, 0xA1, 0xA1], [0xE9, 0xC7]], 2),
      ("GB18030", [[0x84, 0x31, 0x97, 0x33], [0x9D, 0x68]], 2),
      ("JOHAB", [[0xD0, 0x65]], 2), ("BIG5", [[0xA6, 0x72]], 2), ("UTF8", [[0xE6, 0xBC, 0xA2]], 2),
      ("KOI8R", [[0xF6]], 1),
    ] as [(String, [[UInt8]], Int)])
  func knowsEncodings(_ name: String, _ characters: [[UInt8]], _ width: Int) {
    for character in characters {
      let encoding = TextEncoding(clientEncoding: name)
      #expect(displayWidth(of: character, encoding: encoding) == width)
      #expect(displayWidth(of: character + [0x61], encoding: encoding) == width + 1)
    }
  }

  /// The fast way through eight bytes at a time finds what stands at any place of a text of any length.
  @Test func seesControlCharactersAnywhere() {
    for length in 1...40 {
      let plain = [UInt8](repeating: 0x7E, count: length)
      #expect(displayWidth(of: plain) == length)
      for place in 0..<length {
        for (byte, width) in [(UInt8(0x1F), 4), (0x7F, 4), (0x00, 4), (0x0D, 2), (0x20, 1)] {
          var text = plain
          text[place] = byte
          #expect(displayWidth(of: text) == length - 1 + width)
        }
      }
    }
  }
}
