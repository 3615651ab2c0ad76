/// psql's `troff-ms`: a table for tbl and the ms macros.
enum TroffFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let expanded = job.options.expanded == .on
    if job.part.isFirst {
      writeTitle(job, to: sink)
      sink.append(job.options.border >= 2 ? ".LP\n.TS\ncenter box;\n" : ".LP\n.TS\ncenter;\n")
      if !expanded {
        writeHeadings(job, to: sink)
      } else if job.options.tuplesOnly {
        sink.append("c l;\n")
      }
    }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        if expanded {
          writeRecord(job, rows.cells, number: job.part.priorRows + row + 1, to: sink)
        } else {
          for (place, cell) in rows.cells.enumerated() {
            if place > 0 { sink.append(0x09) }
            sink.append(cell.bytes, replacing: escape)
          }
          sink.append(0x0A)
        }
      }
    }
    guard job.part.isLast else { return }
    sink.append(".TE\n.DS L\n")
    if !job.options.tuplesOnly && !sink.isInterrupted {
      for footer in expanded ? job.options.footers : job.footers {
        sink.append(footer.bytes, replacing: escape)
        sink.append(0x0A)
      }
    }
    sink.append(".DE\n")
  }

  private static func writeTitle(_ job: Job, to sink: ByteSink) {
    guard let title = job.title else { return }
    sink.append(".LP\n.DS C\n")
    sink.append(title.bytes, replacing: escape)
    sink.append("\n.DE\n")
  }

  private static func writeHeadings(_ job: Job, to sink: ByteSink) {
    let separator = job.options.border == 0 ? "" : " | "
    sink.append(job.columns.map { $0.alignsRight ? "r" : "l" }.joined(separator: separator))
    sink.append(".\n")
    guard !job.options.tuplesOnly else { return }
    for (place, column) in job.columns.enumerated() {
      if place > 0 { sink.append(0x09) }
      sink.append("\\fI")
      sink.append(column.name, replacing: escape)
      sink.append("\\fP")
    }
    sink.append("\n_\n")
  }

  private static func writeRecord(
    _ job: Job, _ cells: UnsafeMutableBufferPointer<Cell>, number: Int, to sink: ByteSink
  ) {
    let border = job.options.border
    if job.options.tuplesOnly {
      if border > 0 { sink.append("_\n") }
    } else {
      if number > 1 { sink.append(border >= 2 ? "_\n.T&\n" : ".T&\n") }
      sink.append("c s.\n\\fIRecord \(number)\\fP\n" as String)
      if border > 0 { sink.append("_\n") }
      sink.append(border == 1 ? ".T&\nc | l.\n" : ".T&\nc l.\n")
    }
    for (place, column) in job.columns.enumerated() {
      sink.append(column.name, replacing: escape)
      sink.append(0x09)
      sink.append(cells[place].bytes, replacing: escape)
      sink.append(0x0A)
    }
  }

  private static func escape(_ byte: UInt8) -> StaticString? { byte == UInt8(ascii: "\\") ? "\\(rs" : nil }
}
