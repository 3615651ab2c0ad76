/// The line above a record, `-[ RECORD 1 ]-+----`, or the one below the last.
struct RecordLine {
  private let rule: LineStyle.Rule
  private let headingWidth: Int
  private let valueWidth: Int
  private let border: Int
  /// The line doesn't go beyond the headings.
  private let endsAtHeadings: Bool
  /// What follows a label of a certain width, kept because most labels have the same.
  private var tail: (labelWidth: Int, bytes: [UInt8])?

  init(_ rule: LineStyle.Rule, headingWidth: Int, _ shape: ExpandedShape, _ options: PrintOptions) {
    self.rule = rule
    self.headingWidth = headingWidth
    border = shape.border
    endsAtHeadings = options.expandedHeaderWidth == .column
    // All columns of the line, where they are limited.
    let total: Int?
    switch options.expandedHeaderWidth {
    case .full, .column: total = nil
    case .page: total = options.targetWidth > 0 ? options.targetWidth : nil
    case .exactly(let width): total = width > 0 ? width : nil
    }
    let edges = [0, 3, 7][border]
    valueWidth = total.map { min(shape.valueWidth, max(0, $0 - headingWidth - edges)) } ?? shape.valueWidth
  }

  /// Writes the line with the number of its record, or without one.
  mutating func write(_ number: Int?, to sink: ByteSink) {
    if border == 2 { sink.append(rule.left) }
    if border > 0 { sink.append(rule.line) }
    var labelWidth = 0
    if let number {
      let digits = String(number)
      sink.append(border == 0 ? "* Record " : "[ RECORD ")
      sink.append(digits)
      if border > 0 { sink.append(" ]") }
      labelWidth = 9 + digits.utf8.count + (border > 0 ? 2 : 0)
    }
    if tail?.labelWidth != labelWidth {
      let memory = ByteSink()
      writeTail(after: labelWidth, to: memory)
      tail = (labelWidth, memory.bytes)
    }
    if let tail { sink.append(tail.bytes) }
  }

  private func writeTail(after labelWidth: Int, to sink: ByteSink) {
    let line: StaticString = border > 0 ? rule.line : " "
    func draw(_ count: Int) {
      for _ in 0..<max(0, count) { sink.append(line) }
    }
    // The label hides the lines that it is longer than.
    let reach = labelWidth + (border == 2 ? 0 : 1)
    draw(headingWidth - reach)
    let hidden = max(0, reach - headingWidth)
    let crossing: [StaticString]
    if border == 0 {
      crossing = [line]
    } else {
      crossing = endsAtHeadings ? [line, rule.right] : [line, rule.middle, line]
    }
    for part in crossing.dropFirst(hidden) { sink.append(part) }
    if !endsAtHeadings {
      draw(valueWidth - max(0, hidden - crossing.count))
      if border == 2 {
        sink.append(rule.line)
        sink.append(rule.right)
      }
    }
    sink.append(0x0A)
  }
}
