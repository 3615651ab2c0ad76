/// psql's expanded output of the aligned formats: a line for each value, its heading at the left.
struct ExpandedTable {
  private let job: Job
  private let sink: ByteSink
  private let style: LineStyle
  private let encoding: TextEncoding
  private let shape: ExpandedShape
  private var border: Int { shape.border }

  init(_ job: Job, _ sink: ByteSink) {
    self.job = job
    self.sink = sink
    style = LineStyle(job.options)
    encoding = job.options.encoding
    var shape = ExpandedShape(job)
    shape.fit(target: job.options.format == .wrapped ? job.options.targetWidth : 0, style)
    self.shape = shape
  }

  func write() {
    let options = job.options
    if isEmpty && job.part.isFirst && job.part.isLast {
      if !options.tuplesOnly && !sink.isInterrupted { writeFooters(job.footers) }
      sink.append(0x0A)
      return
    }
    if job.part.isFirst, let title = job.title { writeFooters([title]) }
    if !isEmpty { writeRecords() }
    guard job.part.isLast else { return }
    if !sink.isInterrupted {
      if border == 2 { recordLine(nil, style.bottom, headingWidth: shape.headingWidth) }
      if !options.tuplesOnly && !options.footers.isEmpty {
        if border < 2 { sink.append(0x0A) }
        writeFooters(options.footers)
      }
    }
    sink.append(0x0A)
  }

  private var isEmpty: Bool { job.rowCount == 0 || job.columns.isEmpty }

  private func writeFooters(_ footers: [ByteString]) {
    for footer in footers {
      sink.append(footer)
      sink.append(0x0A)
    }
  }

  private func writeRecords() {
    let recordHeadingWidth = shape.recordHeadingWidth(style)
    let headings = job.columns.map { CellLines($0.name, encoding) }
    let prefixes = headings.map(prefix)
    var value = ValuePiece()
    let rows = job.rows()
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { return }
      let rule = row == 0 ? style.top : style.middle
      if !job.options.tuplesOnly {
        recordLine(job.part.priorRows + row + 1, rule, headingWidth: recordHeadingWidth)
      } else if row > 0 || !job.part.isFirst || border == 2 {
        recordLine(nil, rule, headingWidth: recordHeadingWidth)
      }
      rows.read(row)
      for column in headings.indices {
        let bytes = rows.cells[column].bytes
        let width = plainWidth(of: bytes, encoding)
        if !prefixes[column].isEmpty, width >= 0, width <= shape.valueWidth {
          sink.append(prefixes[column])
          sink.append(bytes)
          endPlainLine(blanks: shape.valueWidth - width)
        } else {
          value.begin(bytes, encoding)
          writeLaidOut(headings[column], &value)
        }
      }
    }
  }

  /// What stands before a value of one line whose heading has one line, too; empty if it hasn't.
  private func prefix(_ heading: CellLines) -> [UInt8] {
    guard heading.lines.count == 1 else { return [] }
    let start = ByteSink()
    let writer = ExpandedLine(shape, style, start)
    writer.heading(heading, line: 0)
    writer.divider(style.divider)
    start.append(0x20)
    return start.bytes
  }

  private func endPlainLine(blanks: Int) {
    if border == 2 {
      sink.append(0x20, count: blanks + 1)
      sink.append(style.right)
    }
    sink.append(0x0A)
  }

  /// Writes a value beside its heading until both are at their end.
  private func writeLaidOut(_ heading: CellLines, _ value: inout ValuePiece) {
    let writer = ExpandedLine(shape, style, sink)
    var line = 0
    repeat {
      if line < heading.lines.count { writer.heading(heading, line: line) } else { writer.noHeading() }
      writer.divider(divider(value))
      if value.isAtEnd { writer.noValue() } else { writer.value(&value, encoding) }
      line += 1
    } while line < heading.lines.count || !value.isAtEnd
  }

  private func divider(_ value: ValuePiece) -> StaticString {
    // Where a value has ended, psql goes on as if the last of its lines had been wrapped, unless that is empty.
    if value.reason == .wrap || (value.isAtEnd && !value.endsEmpty) { return style.dividerAtWrap }
    return value.reason == .newline || (value.isAtEnd && value.hasSeveralLines) ? style.dividerAtNewline : style.divider
  }

  /// The line above a record, `-[ RECORD 1 ]-+----` with its number, or the one below the last.
  private func recordLine(_ number: Int?, _ rule: LineStyle.Rule, headingWidth: Int) {
    ExpandedLine(shape, style, sink).record(number, rule, headingWidth: headingWidth, job.options)
  }
}
