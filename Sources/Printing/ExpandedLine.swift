/// The parts of a line of expanded output.
struct ExpandedLine {
  private let shape: ExpandedShape
  private let style: LineStyle
  private let sink: ByteSink
  private var border: Int { shape.border }

  init(_ shape: ExpandedShape, _ style: LineStyle, _ sink: ByteSink) {
    self.shape = shape
    self.style = style
    self.sink = sink
  }

  /// The left border and a line of a heading, with the marks that say that it goes on.
  func heading(_ heading: HeadingLines, line: Int) {
    if border == 2 { sink.append(style.left) }
    if border == 2 || (shape.marksHeadings && !style.marksRight) {
      sink.append(line > 0 ? style.headingNewlineLeft : " ")
    }
    let text = heading.lines[line]
    sink.append(text.bytes)
    sink.append(0x20, count: shape.headingWidth - text.width)
    if border > 0 || (shape.marksHeadings && style.marksRight) {
      sink.append(line + 1 < heading.lines.count ? style.headingNewlineRight : " ")
    }
  }

  /// Blanks in the place of a heading that has ended.
  func noHeading() {
    if border == 2 { sink.append(style.left) }
    var width = shape.headingWidth + border
    if border < 2 && shape.marksHeadings && !style.marksRight { width += 1 }
    if border == 0 && shape.marksHeadings && style.marksRight { width += 1 }
    sink.append(0x20, count: max(width, 1))
  }

  func divider(_ divider: StaticString) {
    if border > 0 { sink.append(divider) }
  }

  /// The next piece of a value, with the marks that say how it goes on, and the end of the line.
  func value(_ value: inout ValuePiece) {
    sink.append(value.reason == .wrap ? style.wrapLeft : " ")
    let stretch = value.next(width: shape.valueWidth)
    sink.append(stretch.bytes)
    value.remove(stretch)
    let mark: StaticString? =
      switch value.reason {
      case .wrap: style.wrapRight
      case .newline: style.newlineRight
      case .start: border == 2 ? " " : nil
      }
    if let mark, border == 2 || (shape.marksValues && style.marksRight) {
      sink.append(0x20, count: shape.valueWidth - stretch.width)
      sink.append(mark)
    }
    if border == 2 { sink.append(style.right) }
    sink.append(0x0A)
  }

  /// The end of a line whose value has ended while its heading goes on.
  func noValue() {
    if border == 2 {
      sink.append(0x20, count: shape.valueWidth + 2)
      sink.append(style.right)
    }
    sink.append(0x0A)
  }
}
