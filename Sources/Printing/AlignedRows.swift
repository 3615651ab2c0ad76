/// The rows of an aligned table.
///
/// A row whose values are single lines that fit goes straight from the source into the sink; others are laid out.
struct AlignedRows {
  private let job: Job
  private let shape: AlignedShape
  private let style: LineStyle
  private let sink: ByteSink
  private let encoding: TextEncoding
  private let border: Int
  private var pieces: [ValuePiece]

  init(_ job: Job, _ shape: AlignedShape, _ style: LineStyle, _ sink: ByteSink) {
    self.job = job
    self.shape = shape
    self.style = style
    self.sink = sink
    encoding = job.options.encoding
    border = shape.border
    pieces = shape.columns.map { _ in ValuePiece() }
  }

  mutating func write() {
    let plainRow = PlainRow(shape, style)
    let rows = job.rows()
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { return }
      rows.read(row)
      if !plainRow.write(rows.cells, encoding, to: sink) { writeLaidOut(rows.cells) }
    }
  }

  private mutating func writeLaidOut(_ cells: UnsafeMutableBufferPointer<Cell>) {
    for column in pieces.indices { pieces[column].begin(cells[column].bytes, encoding) }
    repeat {
      if border == 2 { sink.append(style.left) }
      for column in pieces.indices { writePiece(column) }
      if border == 2 { sink.append(style.right) }
      sink.append(0x0A)
    } while pieces.contains { !$0.isAtEnd }
  }

  /// Writes what fits of a value into the line, with the divider before it and the marks beside it.
  private mutating func writePiece(_ column: Int) {
    let isLast = column == pieces.count - 1
    let isPadded = border == 2 || !isLast
    let width = shape.columns[column].width
    if border > 0 {
      if column > 0 { sink.append(divider(before: pieces[column])) }
      switch pieces[column].reason {
      case .wrap: sink.append(style.wrapLeft)
      case .newline: sink.append(style.newlineLeft)
      case .start: sink.append(0x20)
      }
    }
    var blanks = 0
    if pieces[column].isAtEnd {
      if isPadded { sink.append(0x20, count: width) }
    } else {
      let taken = pieces[column].take(width: width, encoding)
      blanks = width - taken.width
      if shape.columns[column].alignsRight {
        sink.append(0x20, count: blanks)
        blanks = 0
      }
      pieces[column].lines.append(taken.bytes, to: sink)
    }
    let next = pieces[column].reason
    if isPadded || next != .start { sink.append(0x20, count: blanks) }
    switch next {
    case .wrap: sink.append(style.wrapRight)
    case .newline: sink.append(style.newlineRight)
    case .start: if isPadded { sink.append(0x20) }
    }
  }

  private func divider(before piece: ValuePiece) -> StaticString {
    if piece.isAtEnd { return style.dividerAtBlank }
    switch piece.reason {
    case .wrap: return style.dividerAtWrap
    case .newline: return style.dividerAtNewline
    case .start: return style.divider
    }
  }
}

/// How far a value has been written.
struct ValuePiece {
  /// Why there is more: the value begins, or has ended; it goes on after a newline; it didn't fit.
  enum Reason { case start, newline, wrap }

  var lines = CellLines()
  private var line = 0
  private var offset = 0
  private(set) var reason = Reason.start

  var isAtEnd: Bool { line == lines.lines.count }

  var hasSeveralLines: Bool { lines.lines.count > 1 }

  /// Whether nothing stands in its last line.
  var endsEmpty: Bool { lines.lines.last.map { $0.start == $0.end } ?? true }

  mutating func begin(_ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding) {
    lines.set(bytes, encoding)
    line = 0
    offset = lines.lines[0].start
    reason = .start
  }

  /// Takes what fits into `width` columns: where it is in the text, and how wide.
  mutating func take(width: Int, _ encoding: TextEncoding) -> (bytes: Range<Int>, width: Int) {
    let end = lines.lines[line].end
    let piece = lines.piece(from: offset, to: end, width: width, encoding)
    let taken = offset..<(offset + piece.bytes)
    if taken.upperBound < end {
      offset = taken.upperBound
      reason = .wrap
    } else {
      line += 1
      reason = isAtEnd ? .start : .newline
      if !isAtEnd { offset = lines.lines[line].start }
    }
    return (taken, piece.width)
  }
}

extension CellLines {
  func append(_ range: Range<Int>, to sink: ByteSink) {
    text.withUnsafeBufferPointer { sink.append(UnsafeBufferPointer(rebasing: $0[range])) }
  }
}
