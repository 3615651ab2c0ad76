/// What is known of the client's encoding: how bytes make characters, and how wide those are.
public enum TextEncoding: Sendable {
  case utf8
  /// Any encoding of one byte a character (LATIN1, WIN1252, SQL_ASCII, …).
  case singleByte
  /// Two bytes for a character beyond ASCII: BIG5, EUC_CN, EUC_KR, GBK, JOHAB, UHC.
  case doubleByte
  case eucJapanese
  case eucTaiwanese
  case shiftJIS
  case gb18030

  /// The encoding by the name that the server reports as `client_encoding`.
  public init(clientEncoding name: String) {
    switch name {
    case "UTF8", "UNICODE": self = .utf8
    case "BIG5", "EUC_CN", "EUC_KR", "GBK", "JOHAB", "UHC": self = .doubleByte
    case "EUC_JP", "EUC_JIS_2004": self = .eucJapanese
    case "EUC_TW": self = .eucTaiwanese
    case "SJIS", "SHIFT_JIS_2004": self = .shiftJIS
    case "GB18030": self = .gb18030
    default: self = .singleByte
    }
  }
}

/// A character as the terminal shows it.
struct ScreenCharacter {
  /// In bytes.
  var length: Int
  /// In columns; negative for control characters, which have no width of their own.
  var width: Int
  var code: UInt32
}

extension TextEncoding {
  /// The character that begins at `start`, of which `left` bytes remain; nil if they aren't enough for it.
  @inline(__always)
  func character(at start: UnsafePointer<UInt8>, left: Int) -> ScreenCharacter? {
    let first = start[0]
    if first < 0x80 || self == .singleByte {
      return ScreenCharacter(length: 1, width: first < 0x20 || first == 0x7F ? -1 : 1, code: UInt32(first))
    }
    return self == .utf8 ? multibyteUTF8(at: start, left: left) : multibyte(at: start, left: left)
  }

  /// A character of the East Asian encodings: two columns, but for half-width katakana.
  private func multibyte(at start: UnsafePointer<UInt8>, left: Int) -> ScreenCharacter? {
    let length: Int
    var width = 2
    switch (self, start[0]) {
    case (.eucJapanese, 0x8E): (length, width) = (2, 1)
    case (.eucJapanese, 0x8F), (.eucTaiwanese, 0x8F): length = 3
    case (.eucTaiwanese, 0x8E): length = 4
    case (.shiftJIS, 0xA1...0xDF): (length, width) = (1, 1)
    case (.gb18030, _): length = left > 1 && start[1].isDigit ? 4 : 2
    default: length = 2
    }
    return length <= left ? ScreenCharacter(length: length, width: width, code: UInt32(start[0])) : nil
  }

  private func multibyteUTF8(at start: UnsafePointer<UInt8>, left: Int) -> ScreenCharacter? {
    let first = UInt32(start[0])
    let length: Int
    switch first {
    case 0xC0...0xDF: length = 2
    case 0xE0...0xEF: length = 3
    case 0xF0...0xF7: length = 4
    default: return ScreenCharacter(length: 1, width: -1, code: first)
    }
    guard length <= left else { return nil }
    var code = first & (0x7F >> UInt32(length))
    for place in 1..<length { code = code << 6 | UInt32(start[place] & 0x3F) }
    return ScreenCharacter(length: length, width: Self.width(of: code), code: code)
  }

  /// The columns of a character beyond ASCII, as psql counts them.
  private static func width(of code: UInt32) -> Int {
    if code < 0xA0 || code > 0x10FFFF { return code == 0 ? 0 : -1 }
    // Nothing before the combining marks is out of the ordinary.
    return code < 0x300 ? 1 : WidthPages.width(of: code)
  }
}
