/// The room that a text takes on the terminal: the columns of its widest line, and its lines.
struct Extent {
  var width: Int
  var lines: Int
}

/// The columns that the widest line of `bytes` takes in psql's aligned format.
///
/// Wide characters count two, combining ones none, a tab reaches the next multiple of eight, and control characters
/// count as the escapes (`\r`, `\x01`, `\u0085`) that are printed in their place.
public func displayWidth(of bytes: UnsafeBufferPointer<UInt8>, encoding: TextEncoding = .utf8) -> Int {
  extent(of: bytes, encoding).width
}

/// `displayWidth(of:encoding:)` of bytes in an array.
public func displayWidth(of bytes: [UInt8], encoding: TextEncoding = .utf8) -> Int {
  bytes.withUnsafeBufferPointer { displayWidth(of: $0, encoding: encoding) }
}

/// The width of a text that is printed as it is, in one line; -1 if it holds control characters, newlines among them.
@inline(__always)
func plainWidth(of bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) -> Int {
  ByteScan.isPrintableASCII(bytes) ? bytes.count : plainWidthBeyondASCII(of: bytes, encoding)
}

private func plainWidthBeyondASCII(of bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) -> Int {
  guard let start = bytes.baseAddress else { return 0 }
  var width = 0
  var offset = 0
  while offset < bytes.count {
    guard let character = encoding.character(at: start + offset, left: bytes.count - offset), character.width >= 0
    else { return -1 }
    width += character.width
    offset += character.length
  }
  return width
}

/// The room a text takes, whatever it holds.
func extent(of bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) -> Extent {
  let plain = plainWidth(of: bytes, encoding)
  if plain >= 0 { return Extent(width: plain, lines: 1) }
  var extent = Extent(width: 0, lines: 1)
  var width = 0
  scanGlyphs(bytes, encoding) { glyph in
    switch glyph {
    case .newline:
      extent.lines += 1
      width = 0
    case .tab: width += 8 - width % 8
    case .plain(_, let columns): width += columns
    case .carriageReturn: width += 2
    case .controlByte: width += 4
    case .controlCode: width += 6
    }
    extent.width = max(extent.width, width)
  }
  return extent
}

/// What a character becomes in the aligned formats.
enum Glyph {
  case plain(UnsafeBufferPointer<UInt8>, width: Int)
  case newline
  case tab
  /// Shown as `\r`.
  case carriageReturn
  /// Shown as `\x01`.
  case controlByte(UInt8)
  /// Shown as `\u0085`.
  case controlCode(UInt32)
}

/// Goes through a text character by character; what is left of a character cut short at its end is dropped.
@inline(__always)
func scanGlyphs(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding, _ body: (Glyph) -> Void) {
  guard let start = bytes.baseAddress else { return }
  var offset = 0
  while offset < bytes.count {
    guard let character = encoding.character(at: start + offset, left: bytes.count - offset) else { return }
    switch (character.width, character.code) {
    case (0..., _):
      body(.plain(UnsafeBufferPointer(start: start + offset, count: character.length), width: character.width))
    case (_, 0x0A): body(.newline)
    case (_, 0x09): body(.tab)
    case (_, 0x0D): body(.carriageReturn)
    case _ where character.length == 1: body(.controlByte(start[offset]))
    default: body(.controlCode(character.code))
    }
    offset += character.length
  }
}
