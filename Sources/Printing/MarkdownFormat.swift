/// A table in GitHub's Markdown, whose values look as they are when it is shown: `markdown`.
///
/// Expanded output is a table a record.
enum MarkdownFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let expanded = job.options.expanded == .on
    if job.part.isFirst {
      if let title = job.title {
        sink.append("**")
        sink.append(title.bytes, replacing: escape)
        sink.append("**\n\n")
      }
      if !expanded { writeHeadings(job, to: sink) }
    }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        if expanded {
          writeRecord(job, rows.cells, number: job.part.priorRows + row + 1, to: sink)
        } else {
          for cell in rows.cells {
            sink.append("| ")
            writeEscaped(cell.bytes, to: sink)
            sink.append(0x20)
          }
          sink.append("|\n")
        }
      }
    }
    guard job.part.isLast, !job.options.tuplesOnly, !sink.isInterrupted else { return }
    for (place, footer) in (expanded ? job.options.footers : job.footers).enumerated() {
      sink.append(place == 0 ? "\n" : "  \n")
      footer.bytes.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
    }
    if !(expanded ? job.options.footers : job.footers).isEmpty { sink.append(0x0A) }
  }

  /// A table needs a heading: with `tuples_only` it is empty.
  private static func writeHeadings(_ job: Job, to sink: ByteSink) {
    guard !job.columns.isEmpty else { return }
    for column in job.columns {
      sink.append("| ")
      if !job.options.tuplesOnly { column.name.withUnsafeBufferPointer { writeEscaped($0, to: sink) } }
      sink.append(0x20)
    }
    sink.append("|\n")
    for column in job.columns { sink.append(column.alignsRight ? "| ---: " : "| --- ") }
    sink.append("|\n")
  }

  private static func writeRecord(
    _ job: Job, _ cells: UnsafeMutableBufferPointer<Cell>, number: Int, to sink: ByteSink
  ) {
    if number > 1 { sink.append(0x0A) }
    sink.append(job.options.tuplesOnly ? "|  |  |\n" : "| Record \(number) |  |\n" as String)
    sink.append("| --- | --- |\n")
    for (place, column) in job.columns.enumerated() {
      sink.append("| ")
      column.name.withUnsafeBufferPointer { writeEscaped($0, to: sink) }
      sink.append(" | ")
      writeEscaped(cells[place].bytes, to: sink)
      sink.append(" |\n")
    }
  }

  private static func writeEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to sink: ByteSink) {
    sink.append(bytes, replacing: escape)
  }

  /// What Markdown or HTML would take for markup. An underscore within a word isn't any, and others are rare.
  private static func escape(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "|"): "\\|"
    case UInt8(ascii: "\\"): "\\\\"
    case UInt8(ascii: "*"): "\\*"
    case UInt8(ascii: "`"): "\\`"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "\n"): "<br>"
    case UInt8(ascii: "\r"): ""
    default: nil
    }
  }
}
