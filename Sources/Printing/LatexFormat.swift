/// psql's `latex`: a tabular environment.
enum LatexFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    if job.options.expanded == .on {
      LatexRecords.write(job, to: sink)
      return
    }
    let border = job.options.border
    if job.part.isFirst { writeStart(job, to: sink) }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        for (place, cell) in rows.cells.enumerated() {
          if place > 0 { sink.append(" & ") }
          sink.append(cell.bytes, replacing: escape)
        }
        sink.append(" \\\\\n")
        if border == 3 { sink.append("\\hline\n") }
      }
    }
    guard job.part.isLast else { return }
    if border == 2 { sink.append("\\hline\n") }
    writeEnd(job, job.footers, to: sink)
  }

  private static func writeStart(_ job: Job, to sink: ByteSink) {
    writeTitle(job, to: sink)
    sink.append("\\begin{tabular}{")
    sink.append(columnSpecification(job) { $0.alignsRight ? "r" : "l" })
    sink.append("}\n")
    guard !job.options.tuplesOnly else { return }
    if job.options.border >= 2 { sink.append("\\hline\n") }
    for (place, column) in job.columns.enumerated() {
      if place > 0 { sink.append(" & ") }
      sink.append("\\textit{")
      sink.append(column.name, replacing: escape)
      sink.append("}")
    }
    sink.append(" \\\\\n\\hline\n")
  }

  /// How the columns are aligned, with the lines that the border asks for.
  static func columnSpecification(_ job: Job, _ column: (Column) -> ByteString) -> ByteString {
    let border = job.options.border
    var text: ByteString = border >= 2 ? "| " : ""
    for (place, one) in job.columns.enumerated() {
      if place > 0 && border > 0 { text += " | " }
      text += column(one)
    }
    return border >= 2 ? text + " |" : text
  }

  static func writeTitle(_ job: Job, to sink: ByteSink) {
    guard let title = job.title else { return }
    sink.append("\\begin{center}\n")
    sink.append(title.bytes, replacing: escape)
    sink.append("\n\\end{center}\n\n")
  }

  static func writeEnd(_ job: Job, _ footers: [ByteString], to sink: ByteSink) {
    sink.append("\\end{tabular}\n\n\\noindent ")
    if !job.options.tuplesOnly && !sink.isInterrupted {
      for footer in footers {
        sink.append(footer.bytes, replacing: escape)
        sink.append(" \\\\\n")
      }
    }
    sink.append(0x0A)
  }

  static func escape(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "#"): "\\#"
    case UInt8(ascii: "$"): "\\$"
    case UInt8(ascii: "%"): "\\%"
    case UInt8(ascii: "&"): "\\&"
    case UInt8(ascii: "_"): "\\_"
    case UInt8(ascii: "{"): "\\{"
    case UInt8(ascii: "}"): "\\}"
    case UInt8(ascii: "<"): "\\textless{}"
    case UInt8(ascii: ">"): "\\textgreater{}"
    case UInt8(ascii: "\\"): "\\textbackslash{}"
    case UInt8(ascii: "^"): "\\^{}"
    case UInt8(ascii: "|"): "\\textbar{}"
    case UInt8(ascii: "~"): "\\~{}"
    case UInt8(ascii: "\n"): "\\\\"
    default: nil
    }
  }
}

/// Expanded output of both of psql's LaTeX formats.
enum LatexRecords {
  static func write(_ job: Job, to sink: ByteSink) {
    let border = job.options.border
    if job.part.isFirst {
      LatexFormat.writeTitle(job, to: sink)
      sink.append(
        ["\\begin{tabular}{cl}\n", "\\begin{tabular}{c|l}\n", "\\begin{tabular}{|c|l|}\n"][min(Int(border), 2)])
    }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        if !job.options.tuplesOnly {
          let number = job.part.priorRows + row + 1
          if border >= 2 { sink.append("\\hline\n") }
          sink.append(border >= 2 ? "\\multicolumn{2}{|c|}" : "\\multicolumn{2}{c}")
          sink.append("{\\textit{Record \(number)}} \\\\\n" as String)
        }
        if border >= 1 { sink.append("\\hline\n") }
        for (place, column) in job.columns.enumerated() {
          sink.append(column.name, replacing: LatexFormat.escape)
          sink.append(" & ")
          sink.append(rows.cells[place].bytes, replacing: LatexFormat.escape)
          sink.append(" \\\\\n")
        }
      }
    }
    guard job.part.isLast else { return }
    if border >= 2 { sink.append("\\hline\n") }
    LatexFormat.writeEnd(job, job.options.footers, to: sink)
  }
}
