/// The rows of an aligned table.
///
/// A row whose values are single lines that fit goes straight from the source into the sink; others are laid out.
struct AlignedRows: ~Copyable {
  private struct Column: ~Copyable {
    var width: Int
    var alignsRight: Bool
    var value: ValuePiece
  }

  private let columns: UnsafeMutableBufferPointer<Column>
  private let plainRow: PlainRow
  private let style: LineStyle
  private let border: Int
  private let encoding: TextEncoding
  private let sink: ByteSink

  init(_ shape: AlignedShape, _ style: LineStyle, _ encoding: TextEncoding, _ sink: ByteSink) {
    columns = .allocate(capacity: shape.columns.count)
    for (place, column) in shape.columns.enumerated() {
      columns.initializeElement(
        at: place, to: Column(width: column.width, alignsRight: column.alignsRight, value: ValuePiece(encoding)))
    }
    plainRow = PlainRow(shape, style)
    self.style = style
    border = shape.border
    self.encoding = encoding
    self.sink = sink
  }

  deinit {
    columns.deinitialize()
    columns.deallocate()
  }

  func write(_ cells: UnsafeMutableBufferPointer<Cell>) {
    if plainRow.write(cells, encoding, to: sink) { return }
    for place in columns.indices { columns[place].value.begin(cells[place].bytes) }
    var goesOn = true
    while goesOn {
      goesOn = false
      if border == 2 { sink.append(style.left) }
      for place in columns.indices {
        writePiece(&columns[place], at: place)
        if !columns[place].value.isAtEnd { goesOn = true }
      }
      if border == 2 { sink.append(style.right) }
      sink.append(0x0A)
    }
  }

  /// Writes what fits of a value into the line, with the divider before it and the marks beside it.
  private func writePiece(_ column: inout Column, at place: Int) {
    let isPadded = border == 2 || place < columns.count - 1
    if border > 0 {
      if place > 0 { sink.append(divider(before: column.value)) }
      switch column.value.reason {
      case .wrap: sink.append(style.wrapLeft)
      case .newline: sink.append(style.newlineLeft)
      case .start: sink.append(0x20)
      }
    }
    var blanks = column.width
    if !column.value.isAtEnd {
      let stretch = column.value.next(width: column.width)
      blanks -= stretch.width
      if column.alignsRight {
        sink.append(0x20, count: blanks)
        blanks = 0
      }
      sink.append(stretch.bytes)
      column.value.remove(stretch)
    }
    let next = column.value.reason
    if isPadded || next != .start { sink.append(0x20, count: blanks) }
    switch next {
    case .wrap: sink.append(style.wrapRight)
    case .newline: sink.append(style.newlineRight)
    case .start: if isPadded { sink.append(0x20) }
    }
  }

  private func divider(before value: borrowing ValuePiece) -> StaticString {
    if value.isAtEnd { return style.dividerAtBlank }
    switch value.reason {
    case .wrap: return style.dividerAtWrap
    case .newline: return style.dividerAtNewline
    case .start: return style.divider
    }
  }
}
