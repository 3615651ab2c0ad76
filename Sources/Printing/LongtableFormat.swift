/// psql's `latex-longtable`: a table that may go over several pages; no footer.
enum LongtableFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    if job.options.expanded == .on {
      LatexRecords.write(job, to: sink)
      return
    }
    if job.part.isFirst { writeStart(job, to: sink) }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        guard sink.wantsMore else { break }
        rows.read(row)
        for (place, cell) in rows.cells.enumerated() {
          if place > 0 { sink.append("\n&\n") }
          sink.append("\\raggedright{")
          sink.append(cell.bytes, replacing: LatexFormat.escape)
          sink.append("}")
        }
        sink.append(" \\tabularnewline\n")
        if job.options.border == 3 { sink.append(" \\hline\n") }
      }
    }
    if job.part.isLast { sink.append("\\end{longtable}\n") }
  }

  private static func writeStart(_ job: Job, to sink: ByteSink) {
    let border = job.options.border
    var widths = Widths(job.options.tableAttributes)
    sink.append("\\begin{longtable}{")
    sink.append(LatexFormat.columnSpecification(job) { $0.alignsRight ? "r" : widths.next() ?? "l" })
    sink.append("}\n")
    guard !job.options.tuplesOnly else { return }
    if border >= 2 { sink.append("\\toprule\n") }
    writeHeadings(job, to: sink)
    sink.append("\\midrule\n\\endfirsthead\n")
    if border >= 2 { sink.append("\\toprule\n") }
    writeHeadings(job, to: sink)
    if border != 3 { sink.append("\\midrule\n") }
    sink.append("\\endhead\n")
    if let title = job.options.title {
      if border == 2 { sink.append("\\bottomrule\n") }
      writeCaption(title, " (Continued)", to: sink)
      sink.append("\\endfoot\n")
      if border == 2 { sink.append("\\bottomrule\n") }
      writeCaption(title, "", to: sink)
      sink.append("\\endlastfoot\n")
    } else if border >= 2 {
      sink.append("\\bottomrule\n\\endfoot\n\\bottomrule\n\\endlastfoot\n")
    }
  }

  private static func writeHeadings(_ job: Job, to sink: ByteSink) {
    for (place, column) in job.columns.enumerated() {
      if place > 0 { sink.append(" & ") }
      sink.append("\\small\\textbf{\\textit{")
      sink.append(column.name, replacing: LatexFormat.escape)
      sink.append("}}")
    }
    sink.append(" \\\\\n")
  }

  private static func writeCaption(_ title: ByteString, _ suffix: StaticString, to sink: ByteSink) {
    sink.append("\\caption[")
    sink.append(title.bytes, replacing: LatexFormat.escape)
    sink.append(suffix)
    sink.append("]{")
    sink.append(title.bytes, replacing: LatexFormat.escape)
    sink.append("}\n")
  }

  /// The widths that `\pset tableattr` gives the left-aligned columns in turn; the last one serves for the rest.
  private struct Widths {
    private var rest: ArraySlice<ByteString>

    init(_ attributes: ByteString?) {
      let words = attributes?.bytes.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A } ?? []
      rest = words.map { ByteString(bytes: Array($0)) }[...]
    }

    mutating func next() -> ByteString? {
      guard let width = rest.first else { return nil }
      if rest.count > 1 { rest.removeFirst() }
      return "p{" + width + "\\textwidth}"
    }
  }
}
