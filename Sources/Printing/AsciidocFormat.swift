/// psql's `asciidoc`.
enum AsciidocFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let expanded = job.options.expanded == .on
    if job.part.isFirst { writeStart(job, expanded, to: sink) }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        if expanded {
          writeRecord(job, rows.cells, number: job.part.priorRows + row + 1, to: sink)
        } else {
          writeRow(rows.cells, to: sink)
        }
      }
    }
    // psql ends the table after each chunk of FETCH_COUNT, too.
    sink.append("|====\n")
    let footers = expanded ? job.options.footers : job.footers
    guard job.part.isLast, !job.options.tuplesOnly, !footers.isEmpty, !sink.isInterrupted else { return }
    sink.append("\n....\n")
    for footer in footers {
      sink.append(footer)
      sink.append(0x0A)
    }
    sink.append("....\n")
  }

  private static func writeStart(_ job: Job, _ expanded: Bool, to sink: ByteSink) {
    sink.append(0x0A)
    if let title = job.title {
      sink.append(".")
      sink.append(title)
      sink.append(0x0A)
    }
    let withHeadings = !expanded && !job.options.tuplesOnly
    sink.append(withHeadings ? "[options=\"header\",cols=\"" : "[cols=\"")
    let columns = expanded ? "h,l" : job.columns.map { $0.alignsRight ? ">l" : "<l" }.joined(separator: ",")
    sink.append(columns)
    sink.append("\"")
    switch job.options.border {
    case 0: sink.append(",frame=\"none\",grid=\"none\"")
    case 1: sink.append(",frame=\"none\"")
    case 2: sink.append(",frame=\"all\",grid=\"all\"")
    default: break
    }
    sink.append("]\n|====\n")
    guard withHeadings else { return }
    for (place, column) in job.columns.enumerated() {
      if place > 0 { sink.append(0x20) }
      sink.append("^l|")
      sink.append(column.name, replacing: escape)
    }
    sink.append(0x0A)
  }

  private static func writeRow(_ cells: UnsafeMutableBufferPointer<Cell>, to sink: ByteSink) {
    for (place, cell) in cells.enumerated() {
      if place > 0 { sink.append(0x20) }
      sink.append("|")
      if !cell.bytes.isBlank {
        sink.append(cell.bytes, replacing: escape)
      } else if place < cells.count - 1 {
        sink.append(0x20)
      }
    }
    sink.append(0x0A)
  }

  private static func writeRecord(
    _ job: Job, _ cells: UnsafeMutableBufferPointer<Cell>, number: Int, to sink: ByteSink
  ) {
    sink.append(job.options.tuplesOnly ? "2+|\n" : "2+^|Record \(number)\n" as String)
    for (place, column) in job.columns.enumerated() {
      sink.append("<l|")
      sink.append(column.name, replacing: escape)
      sink.append(column.alignsRight ? " >l|" : " <l|")
      if cells[place].bytes.isBlank {
        sink.append(0x20)
      } else {
        sink.append(cells[place].bytes, replacing: escape)
      }
      sink.append(0x0A)
    }
  }

  private static func escape(_ byte: UInt8) -> StaticString? { byte == UInt8(ascii: "|") ? "\\|" : nil }
}
