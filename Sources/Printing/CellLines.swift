/// A text laid out: its lines, with tabs and control characters made visible.
///
/// Made for the texts that are not printed as they are; its storage is used again for the next one.
struct CellLines {
  struct Line {
    var start: Int
    var end: Int
    var width: Int
  }

  private(set) var text: [UInt8] = []
  private(set) var lines: [Line] = []

  init() {}

  init(_ bytes: [UInt8], _ encoding: TextEncoding) {
    bytes.withUnsafeBufferPointer { set($0, encoding) }
  }

  mutating func set(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) {
    text.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    let plain = plainWidth(of: bytes, encoding)
    if plain >= 0 {
      text.append(contentsOf: bytes)
      lines.append(Line(start: 0, end: text.count, width: plain))
      return
    }
    var line = Line(start: 0, end: 0, width: 0)
    scanGlyphs(bytes, encoding) { glyph in
      switch glyph {
      case .plain(let bytes, let width):
        text.append(contentsOf: bytes)
        line.width += width
      case .newline:
        line.end = text.count
        lines.append(line)
        line = Line(start: text.count, end: text.count, width: 0)
      case .tab:
        let columns = 8 - line.width % 8
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: columns))
        line.width += columns
      case .carriageReturn: show("\\r", &line)
      case .controlByte(let byte): show("\\x" + hexadecimal(UInt32(byte), digits: 2), &line)
      case .controlCode(let code): show("\\u" + hexadecimal(code, digits: 4), &line)
      }
    }
    line.end = text.count
    lines.append(line)
  }

  private mutating func show(_ escape: String, _ line: inout Line) {
    text.append(contentsOf: escape.utf8)
    line.width += escape.utf8.count
  }

  /// As much of the text from `offset` to `end` as fits into `width` columns, at least one character.
  func piece(from offset: Int, to end: Int, width: Int, _ encoding: TextEncoding) -> (bytes: Int, width: Int) {
    text.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return (0, 0) }
      var taken = 0
      var columns = 0
      while offset + taken < end {
        let left = end - offset - taken
        guard let character = encoding.character(at: start + offset + taken, left: left) else { return (left, columns) }
        if columns > 0 && columns + character.width > width { break }
        columns += character.width
        taken += character.length
      }
      return (taken, columns)
    }
  }
}

/// A number in hexadecimal, as psql shows control characters: upper case, with leading zeros.
func hexadecimal(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
