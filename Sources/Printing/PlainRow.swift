#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Writes a row of single-line values: the path that almost every row takes, without a check for each byte.
struct PlainRow: ~Copyable {
  private struct Column {
    var width: Int
    var alignsRight: Bool
    /// Of the value at hand.
    var valueWidth = 0
  }

  /// Wide stores may go this far beyond the text; room for it is reserved with each value.
  private static let slack = 16

  private let columns: UnsafeMutableBufferPointer<Column>
  /// Before the first value, between two, and after the last one.
  private let lead: ShortText
  private let gap: ShortText
  private let trail: ShortText
  private let padsLast: Bool

  init(_ shape: AlignedShape, _ style: LineStyle) {
    columns = .allocate(capacity: shape.columns.count)
    _ = columns.initialize(from: shape.columns.map { Column(width: $0.width, alignsRight: $0.alignsRight) })
    padsLast = shape.border == 2
    switch shape.border {
    case 0:
      lead = ShortText("", "")
      gap = ShortText(" ", "")
      trail = ShortText("", "")
    case 1:
      lead = ShortText(" ", "")
      gap = ShortText(" ", style.divider, " ")
      trail = ShortText("", "")
    default:
      lead = ShortText(style.left, " ")
      gap = ShortText(" ", style.divider, " ")
      trail = ShortText(" ", style.right)
    }
  }

  deinit { columns.deallocate() }

  /// Writes the row if it is plain.
  /// - Returns: false, with nothing written, if a value has several lines, control characters or too much width.
  @inline(__always)
  func write(_ cells: UnsafeMutableBufferPointer<Cell>, _ encoding: TextEncoding, to sink: ByteSink) -> Bool {
    var room = (lead.count + trail.count) + Self.slack
    for place in columns.indices {
      let width = plainWidth(of: cells[place].bytes, encoding)
      guard width >= 0, width <= columns[place].width else { return false }
      columns[place].valueWidth = width
      room += cells[place].bytes.count + columns[place].width + 2 * Self.slack
    }
    var end = sink.reserve(room)
    lead.write(at: &end)
    let last = columns.count - 1
    for place in columns.indices {
      let column = columns[place]
      let blanks = column.width - column.valueWidth
      if column.alignsRight {
        writeBlanks(blanks, at: &end)
        writeBytes(cells[place].bytes, at: &end)
      } else {
        writeBytes(cells[place].bytes, at: &end)
        if place < last || padsLast { writeBlanks(blanks, at: &end) }
      }
      if place < last { gap.write(at: &end) }
    }
    trail.write(at: &end)
    end.pointee = 0x0A
    sink.commit(upTo: end + 1)
    return true
  }
}

/// Copies bytes; up to 15 more than that may be overwritten.
@inline(__always)
func writeBytes(_ bytes: UnsafeBufferPointer<UInt8>, at end: inout UnsafeMutablePointer<UInt8>) {
  guard let start = bytes.baseAddress else { return }
  let count = bytes.count
  let source = UnsafeRawPointer(start)
  let target = UnsafeMutableRawPointer(end)
  if count > 16 {
    memcpy(target, source, count)
  } else if count >= 8 {
    let tail = source.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    target.storeBytes(of: source.loadUnaligned(as: UInt64.self), as: UInt64.self)
    target.storeBytes(of: tail, toByteOffset: count - 8, as: UInt64.self)
  } else if count >= 4 {
    let tail = source.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
    target.storeBytes(of: source.loadUnaligned(as: UInt32.self), as: UInt32.self)
    target.storeBytes(of: tail, toByteOffset: count - 4, as: UInt32.self)
  } else {
    for offset in 0..<count { end[offset] = start[offset] }
  }
  end += count
}

/// Writes blanks, eight at a time; up to 7 more than that may be overwritten.
@inline(__always)
func writeBlanks(_ count: Int, at end: inout UnsafeMutablePointer<UInt8>) {
  let target = UnsafeMutableRawPointer(end)
  var offset = 0
  while offset < count {
    target.storeBytes(of: 0x2020_2020_2020_2020, toByteOffset: offset, as: UInt64.self)
    offset += 8
  }
  end += count
}

/// Up to eight bytes, which are written with one store.
struct ShortText {
  private let word: UInt64
  let count: Int

  init(_ parts: StaticString...) {
    var word: UInt64 = 0
    var count = 0
    for byte in parts.flatMap({ part in part.withUTF8Buffer { Array($0) } }).prefix(8) {
      word |= UInt64(byte) << UInt64(8 * count)
      count += 1
    }
    self.word = word.littleEndian
    self.count = count
  }

  @inline(__always)
  func write(at end: inout UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(end).storeBytes(of: word, as: UInt64.self)
    end += count
  }
}
