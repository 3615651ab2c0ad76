/// psql's expanded output of the aligned formats: a line for each value, its heading at the left.
struct ExpandedTable {
  private let job: Job
  private let sink: ByteSink
  private let style: LineStyle
  private let encoding: TextEncoding
  private let shape: ExpandedShape
  private let line: ExpandedLine
  private var border: Int { shape.border }

  init(_ job: Job, _ sink: ByteSink) {
    self.job = job
    self.sink = sink
    style = LineStyle(job.options)
    encoding = job.options.encoding
    var shape = ExpandedShape(job)
    shape.fit(target: job.options.format == .wrapped ? job.options.targetWidth : 0, style)
    self.shape = shape
    line = ExpandedLine(shape, style, sink)
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
      if border == 2 {
        var line = RecordLine(style.bottom, headingWidth: shape.headingWidth, shape, options)
        line.write(nil, to: sink)
      }
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
    let headingWidth = shape.recordHeadingWidth(style)
    var top = RecordLine(style.top, headingWidth: headingWidth, shape, job.options)
    var middle = RecordLine(style.middle, headingWidth: headingWidth, shape, job.options)
    let headings = job.columns.map { HeadingLines($0.name, encoding) }
    let prefixes = headings.map(prefix)
    let end = border == 2 ? ShortText(style.right, "\n") : ShortText("\n")
    var value = ValuePiece(encoding)
    let rows = job.rows()
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { return }
      let number = job.options.tuplesOnly ? nil : job.part.priorRows + row + 1
      if row > 0 {
        middle.write(number, to: sink)
      } else if number != nil || !job.part.isFirst || border == 2 {
        top.write(number, to: sink)
      }
      rows.read(row)
      for column in headings.indices {
        let bytes = rows.cells[column].bytes
        let width = plainWidth(of: bytes, encoding)
        if !prefixes[column].isEmpty, width >= 0, width <= shape.valueWidth {
          writePlain(prefixes[column], bytes, blanks: border == 2 ? shape.valueWidth - width + 1 : 0, end)
        } else {
          value.begin(bytes)
          writeLaidOut(headings[column], &value)
        }
      }
    }
  }

  /// What stands before a value of one line whose heading has one line, too; empty if it hasn't.
  private func prefix(_ heading: HeadingLines) -> [UInt8] {
    guard heading.lines.count == 1 else { return [] }
    let start = ByteSink()
    let writer = ExpandedLine(shape, style, start)
    writer.heading(heading, line: 0)
    writer.divider(style.divider)
    start.append(0x20)
    return start.bytes
  }

  /// Writes a line of one piece: its parts with one reservation.
  @inline(__always)
  private func writePlain(_ prefix: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, blanks: Int, _ end: ShortText) {
    // Each part may write up to 16 bytes beyond its end.
    var place = sink.reserve(prefix.count + bytes.count + blanks + 64)
    prefix.withUnsafeBufferPointer { writeBytes($0, at: &place) }
    writeBytes(bytes, at: &place)
    writeBlanks(blanks, at: &place)
    end.write(at: &place)
    sink.commit(upTo: place)
  }

  /// Writes a value beside its heading until both are at their end.
  private func writeLaidOut(_ heading: HeadingLines, _ value: inout ValuePiece) {
    var number = 0
    repeat {
      if number < heading.lines.count { line.heading(heading, line: number) } else { line.noHeading() }
      line.divider(divider(value))
      if value.isAtEnd { line.noValue() } else { line.value(&value) }
      number += 1
    } while number < heading.lines.count || !value.isAtEnd
  }

  private func divider(_ value: borrowing ValuePiece) -> StaticString {
    // Where a value has ended, psql goes on as if the last of its lines had been wrapped, unless that is empty.
    if value.reason == .wrap || (value.isAtEnd && !value.lineIsEmpty) { return style.dividerAtWrap }
    return value.reason == .newline || (value.isAtEnd && value.hasSeveralLines) ? style.dividerAtNewline : style.divider
  }
}
