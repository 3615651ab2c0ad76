#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A value on its way to the sink: line by line, and piece by piece where lines are wrapped.
///
/// Lines without control characters are not copied; `line` then lies in the value itself.
struct ValuePiece: ~Copyable {
  /// Why there is more: the value begins, or has ended; it goes on after a newline; its line didn't fit.
  enum Reason { case start, newline, wrap }

  /// A stretch of a line, and its columns.
  struct Stretch {
    var bytes: UnsafeBufferPointer<UInt8>
    var width: Int
  }

  private(set) var reason = Reason.start
  private(set) var isAtEnd = true
  private(set) var hasSeveralLines = false
  /// Whether nothing stands in the line at hand; of the last one, once the value has ended.
  private(set) var lineIsEmpty = true

  /// What is left of the line at hand.
  private var line = Stretch(bytes: UnsafeBufferPointer(start: nil, count: 0), width: 0)
  /// What follows it and its newline; nil in the last line.
  private var rest: UnsafeBufferPointer<UInt8>?
  /// The line at hand, where control characters had to be made visible.
  private let visible = ByteSink()
  private let encoding: TextEncoding

  init(_ encoding: TextEncoding) { self.encoding = encoding }

  mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>) {
    reason = .start
    isAtEnd = false
    hasSeveralLines = false
    beginLine(bytes)
  }

  private mutating func beginLine(_ bytes: UnsafeBufferPointer<UInt8>) {
    var text = bytes
    rest = nil
    if let start = bytes.baseAddress, let newline = memchr(start, 0x0A, bytes.count) {
      let count = UnsafeRawPointer(newline) - UnsafeRawPointer(start)
      text = UnsafeBufferPointer(rebasing: bytes[..<count])
      rest = UnsafeBufferPointer(rebasing: bytes[(count + 1)...])
      hasSeveralLines = true
    }
    let width = plainWidth(of: text, encoding)
    if width >= 0 {
      line = Stretch(bytes: text, width: width)
    } else {
      visible.removeAll()
      let width = appendVisible(text, encoding, to: visible)
      line = Stretch(bytes: visible.buffer, width: width)
    }
    lineIsEmpty = line.bytes.isEmpty
  }

  /// As much of the line as fits into `width` columns, at least one character.
  func next(width: Int) -> Stretch {
    if line.width <= width { return line }
    var taken = 0
    var columns = 0
    while let start = line.bytes.baseAddress,
      let character = encoding.character(at: start + taken, left: line.bytes.count - taken)
    {
      if columns > 0 && columns + character.width > width { break }
      columns += character.width
      taken += character.length
      if taken == line.bytes.count { break }
    }
    return Stretch(bytes: UnsafeBufferPointer(rebasing: line.bytes[..<taken]), width: columns)
  }

  /// Leaves behind the stretch that `next` gave.
  mutating func remove(_ stretch: Stretch) {
    if stretch.bytes.count < line.bytes.count {
      line = Stretch(
        bytes: UnsafeBufferPointer(rebasing: line.bytes[stretch.bytes.count...]), width: line.width - stretch.width)
      reason = .wrap
    } else if let rest {
      beginLine(rest)
      reason = .newline
    } else {
      isAtEnd = true
      reason = .start
    }
  }
}

/// Writes a line with its tabs and control characters made visible.
/// - Returns: its columns.
func appendVisible(_ line: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding, to sink: ByteSink) -> Int {
  var width = 0
  scanGlyphs(line, encoding) { glyph in
    switch glyph {
    case .plain(let bytes, let columns):
      sink.append(bytes)
      width += columns
    case .newline: break
    case .tab:
      let columns = 8 - width % 8
      sink.append(0x20, count: columns)
      width += columns
    case .carriageReturn:
      sink.append("\\r")
      width += 2
    case .controlByte(let byte):
      sink.append("\\x")
      sink.append(hexadecimal(UInt32(byte), digits: 2))
      width += 4
    case .controlCode(let code):
      sink.append("\\u")
      sink.append(hexadecimal(code, digits: 4))
      width += 6
    }
  }
  return width
}

/// A number in hexadecimal, as psql shows control characters: upper case, with leading zeros.
private func hexadecimal(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
