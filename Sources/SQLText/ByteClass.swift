/// What a byte can begin outside quotes and comments, by psql's lexical rules.
enum ByteClass: UInt8 {
  /// Blank, tab, line feed, carriage return, form feed. (A vertical tab isn't white space before psql 16.)
  case space
  /// A letter, an underscore, or any byte of a character beyond ASCII.
  case letter
  case digit
  case dot, dollar, colon, semicolon, backslash, singleQuote, doubleQuote, open, close, minus, slash
  /// A byte that nothing hangs on.
  case other

  /// The class of each byte. A number rather than the case, so that a lookup is one load.
  static let table: [ByteClass] = (0...255).map { ByteClass(of: UInt8($0)) }

  private init(of byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), 0x09, 0x0A, 0x0C, 0x0D: self = .space
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
    case UInt8(ascii: "."): self = .dot
    case UInt8(ascii: "$"): self = .dollar
    case UInt8(ascii: ":"): self = .colon
    case UInt8(ascii: ";"): self = .semicolon
    case UInt8(ascii: "\\"): self = .backslash
    case UInt8(ascii: "'"): self = .singleQuote
    case UInt8(ascii: "\""): self = .doubleQuote
    case UInt8(ascii: "("): self = .open
    case UInt8(ascii: ")"): self = .close
    case UInt8(ascii: "-"): self = .minus
    case UInt8(ascii: "/"): self = .slash
    default: self = byte.startsIdentifier ? .letter : .other
    }
  }
}

extension UInt8 {
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D

  @inline(__always) var isSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D }

  @inline(__always) var endsLine: Bool { self == 0x0A || self == 0x0D }

  @inline(__always) var isDigit: Bool { self &- 0x30 < 10 }

  @inline(__always) var isASCIILetter: Bool { (self | 0x20) &- 0x61 < 26 }

  /// Whether an identifier or the tag of a dollar quote can begin with this byte.
  @inline(__always) var startsIdentifier: Bool { isASCIILetter || self == UInt8(ascii: "_") || self >= 0x80 }

  /// Whether this byte can be in the name of a variable or, after its first byte, in the tag of a dollar quote.
  @inline(__always) var isNameByte: Bool { startsIdentifier || isDigit }

  /// Whether an identifier goes on with this byte.
  @inline(__always) var continuesIdentifier: Bool { isNameByte || self == UInt8(ascii: "$") }

  /// The lower-case form of an ASCII letter; other bytes as they are.
  @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Span<UInt8> {
  /// The byte at `index`, or 0, which no fed text contains, past the end.
  @inline(__always)
  func byte(at index: Int) -> UInt8 {
    index < count ? self[index] : 0
  }

  /// Whether the bytes of `range` spell `word`, which is lower case, in whatever case.
  func spells(_ word: StaticString, in range: Range<Int>) -> Bool {
    guard range.count == word.utf8CodeUnitCount, range.upperBound <= count else { return false }
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for (offset, letter) in letters.enumerated() where self[range.lowerBound + offset].lowercased != letter {
      return false
    }
    return true
  }

  func string(in range: Range<Int>) -> String {
    extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }
}

extension [UInt8] {
  /// Appends the bytes of `range` in one piece.
  @inline(__always)
  mutating func append(_ bytes: borrowing Span<UInt8>, in range: Range<Int>) {
    guard !range.isEmpty else { return }
    bytes.extracting(range).withUnsafeBufferPointer { append(contentsOf: $0) }
  }
}
