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
  func heading(_ heading: CellLines, line: Int) {
    if border == 2 { sink.append(style.left) }
    if border == 2 || (shape.marksHeadings && !style.marksRight) {
      sink.append(line > 0 ? style.headingNewlineLeft : " ")
    }
    let text = heading.lines[line]
    heading.append(text.start..<text.end, to: sink)
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
  func value(_ value: inout ValuePiece, _ encoding: TextEncoding) {
    sink.append(value.reason == .wrap ? style.wrapLeft : " ")
    let taken = value.take(width: shape.valueWidth, encoding)
    value.lines.append(taken.bytes, to: sink)
    let mark: StaticString? =
      switch value.reason {
      case .wrap: style.wrapRight
      case .newline: style.newlineRight
      case .start: border == 2 ? " " : nil
      }
    if let mark, border == 2 || (shape.marksValues && style.marksRight) {
      sink.append(0x20, count: shape.valueWidth - taken.width)
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

  /// The line above a record with its number, or without one.
  func record(_ number: Int?, _ rule: LineStyle.Rule, headingWidth: Int, _ options: PrintOptions) {
    let line: StaticString = border > 0 ? rule.line : " "
    if border == 2 { sink.append(rule.left) }
    if border > 0 { sink.append(rule.line) }
    var label = ""
    if let number { label = border == 0 ? "* Record \(number)" : "[ RECORD \(number) ]" }
    sink.append(label)
    // The label hides the lines that it is longer than.
    var hidden = label.utf8.count + (border == 2 ? 0 : 1)
    append(line, headingWidth - hidden)
    hidden = max(0, hidden - headingWidth)
    let crossing: [StaticString]
    switch options.expandedHeaderWidth {
    case .column: crossing = border > 0 ? [line, rule.right] : [line]
    default: crossing = border > 0 ? [line, rule.middle, line] : [line]
    }
    for part in crossing.dropFirst(hidden) { sink.append(part) }
    if options.expandedHeaderWidth != .column {
      append(line, valueWidth(headingWidth, options) - max(0, hidden - crossing.count))
      if border == 2 {
        sink.append(rule.line)
        sink.append(rule.right)
      }
    }
    sink.append(0x0A)
  }

  /// How far the line above a record reaches beyond the headings.
  private func valueWidth(_ headingWidth: Int, _ options: PrintOptions) -> Int {
    let total: Int
    switch options.expandedHeaderWidth {
    case .full, .column: return shape.valueWidth
    case .page where options.targetWidth == 0: return shape.valueWidth
    case .page: total = options.targetWidth
    case .exactly(let width) where width < 0: return shape.valueWidth
    case .exactly(let width): total = width
    }
    return min(shape.valueWidth, max(0, total - headingWidth - [0, 3, 7][border]))
  }

  private func append(_ line: StaticString, _ count: Int) {
    for _ in 0..<max(0, count) { sink.append(line) }
  }
}
