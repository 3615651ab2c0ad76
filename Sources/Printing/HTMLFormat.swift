/// psql's `html`: a table with its title as caption.
enum HTMLFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let expanded = job.options.expanded == .on
    if job.part.isFirst { writeStart(job, withHeadings: !expanded, to: sink) }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        if expanded {
          writeRecord(job, rows.cells, number: job.part.priorRows + row + 1, to: sink)
        } else {
          sink.append("  <tr valign=\"top\">\n")
          for column in job.columns.indices { writeValue(rows.cells[column], job.columns[column], to: sink) }
          sink.append("  </tr>\n")
        }
      }
    }
    guard job.part.isLast else { return }
    sink.append("</table>\n")
    let footers = expanded ? job.options.footers : job.footers
    if !job.options.tuplesOnly && !footers.isEmpty && !sink.isInterrupted {
      sink.append("<p>")
      for footer in footers {
        footer.bytes.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
        sink.append("<br />\n")
      }
      sink.append("</p>")
    }
    sink.append(0x0A)
  }

  private static func writeStart(_ job: Job, withHeadings: Bool, to sink: ByteSink) {
    sink.append("<table border=\"\(job.options.border)\"" as String)
    if let attributes = job.options.tableAttributes {
      sink.append(0x20)
      sink.append(attributes)
    }
    sink.append(">\n")
    if let title = job.title {
      sink.append("  <caption>")
      title.bytes.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
      sink.append("</caption>\n")
    }
    guard withHeadings && !job.options.tuplesOnly else { return }
    sink.append("  <tr>\n")
    for column in job.columns {
      sink.append("    <th align=\"center\">")
      column.name.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
      sink.append("</th>\n")
    }
    sink.append("  </tr>\n")
  }

  private static func writeRecord(
    _ job: Job, _ cells: UnsafeMutableBufferPointer<Cell>, number: Int, to sink: ByteSink
  ) {
    if job.options.tuplesOnly {
      sink.append("\n  <tr><td colspan=\"2\">&nbsp;</td></tr>\n")
    } else {
      sink.append("\n  <tr><td colspan=\"2\" align=\"center\">Record \(number)</td></tr>\n" as String)
    }
    for (place, column) in job.columns.enumerated() {
      sink.append("  <tr valign=\"top\">\n    <th>")
      column.name.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
      sink.append("</th>\n")
      writeValue(cells[place], column, to: sink)
      sink.append("  </tr>\n")
    }
  }

  private static func writeValue(_ cell: Cell, _ column: Column, to sink: ByteSink) {
    sink.append(column.alignsRight ? "    <td align=\"right\">" : "    <td align=\"left\">")
    if cell.bytes.isBlank {
      sink.append("&nbsp; ")
    } else {
      writeEscaped(cell.bytes, to: sink)
    }
    sink.append("</td>\n")
  }

  /// Blanks at the beginning are kept.
  private static func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to sink: ByteSink) {
    let blanks = bytes.prefix { $0 == 0x20 }.count
    for _ in 0..<blanks { sink.append("&nbsp;") }
    sink.append(UnsafeBufferPointer(rebasing: bytes[blanks...])) { byte in
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      case UInt8(ascii: "\""): "&quot;"
      case UInt8(ascii: "\n"): "<br />\n"
      default: nil
      }
    }
  }
}
