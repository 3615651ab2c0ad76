/// psql's `aligned` and `wrapped`: columns of equal width, drawn with lines.
enum AlignedFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let expanded = job.options.expanded
    if expanded == .on || (expanded == .auto && job.part.throughPager) {
      ExpandedTable(job, sink).write()
      return
    }
    var shape = AlignedShape(job)
    let target = job.options.targetWidth
    if job.options.format == .wrapped { shape.wrap(to: target) }
    // One column isn't made narrower by expansion.
    if expanded == .auto && job.columns.count > 1 && shape.exceeds(target) {
      ExpandedTable(job, sink).write()
      return
    }
    AlignedTable(job, shape, sink).write()
  }
}

/// An aligned table while it is written.
struct AlignedTable {
  private let job: Job
  private let shape: AlignedShape
  private let style: LineStyle
  private let sink: ByteSink

  init(_ job: Job, _ shape: AlignedShape, _ sink: ByteSink) {
    self.job = job
    self.shape = shape
    self.sink = sink
    style = LineStyle(job.options)
  }

  private var border: Int { shape.border }

  func write() {
    if job.part.isFirst {
      writeTitle()
      if !job.options.tuplesOnly {
        if border == 2 { writeRule(style.top) }
        writeHeadings()
        writeRule(style.middle)
      }
    }
    if !shape.columns.isEmpty {
      let writer = AlignedRows(shape, style, job.options.encoding, sink)
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        writer.write(rows.cells)
      }
    }
    guard job.part.isLast else { return }
    if !sink.isInterrupted {
      if border == 2 { writeRule(style.bottom) }
      if !job.options.tuplesOnly {
        for footer in job.footers {
          sink.append(footer)
          sink.append(0x0A)
        }
      }
    }
    sink.append(0x0A)
  }

  private func writeTitle() {
    guard let title = job.title else { return }
    let width = displayWidth(of: title.bytes, encoding: job.options.encoding)
    sink.append(0x20, count: (shape.totalWidth - width) / 2)
    sink.append(title)
    sink.append(0x0A)
  }

  private func writeRule(_ rule: LineStyle.Rule) {
    if border == 2 { sink.append(rule.left) }
    if border > 0 { sink.append(rule.line) }
    for (place, column) in shape.columns.enumerated() {
      if place > 0 {
        if border == 0 {
          sink.append(0x20)
        } else {
          sink.append(rule.line)
          sink.append(rule.middle)
          sink.append(rule.line)
        }
      }
      for _ in 0..<column.width { sink.append(rule.line) }
    }
    if border > 0 { sink.append(rule.line) }
    if border == 2 { sink.append(rule.right) }
    sink.append(0x0A)
  }

  /// Headings are centred, line by line.
  private func writeHeadings() {
    let headings = job.columns.map { HeadingLines($0.name, job.options.encoding) }
    let height = headings.map(\.lines.count).max() ?? 0
    for line in 0..<height {
      if border == 2 { sink.append(style.left) }
      for (place, heading) in headings.enumerated() {
        if border > 0 || (!style.marksRight && place > 0) {
          sink.append(line > 0 ? style.headingNewlineLeft : " ")
        }
        let width = shape.columns[place].width
        if line < heading.lines.count {
          let text = heading.lines[line]
          let blanks = width - text.width
          sink.append(0x20, count: blanks / 2)
          sink.append(text.bytes)
          sink.append(0x20, count: (blanks + 1) / 2)
        } else {
          sink.append(0x20, count: width)
        }
        if border > 0 || style.marksRight {
          sink.append(line + 1 < heading.lines.count ? style.headingNewlineRight : " ")
        }
        if border > 0 && place < headings.count - 1 { sink.append(style.divider) }
      }
      if border == 2 { sink.append(style.right) }
      sink.append(0x0A)
    }
  }
}
