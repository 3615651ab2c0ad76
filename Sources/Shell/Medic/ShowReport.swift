import Medic
import Printing

extension Session {
  /// Shows a report: as the document of `--format`, else for a person; and keeps it for `\fix` and the exit code.
  mutating func show(_ report: Report, verbose: Bool) {
    documents.reports.append(report)
    if let format = documents.format {
      if !format.isForWholeRun {
        destination.sink.append(format.document([report], toolVersion: Version.number))
        finishOutput()
      }
      return
    }
    let sink = ByteSink()
    write(report, verbose: verbose, to: sink)
    showText(String(decoding: sink.bytes, as: UTF8.self))
  }

  private func write(_ report: Report, verbose: Bool, to sink: ByteSink) {
    sink.append(report.headline + "\n")
    if let window = report.window { sink.append("Evidence: \(window.note)\n") }
    var options = printing
    options.terminalWidth = terminalWidth ?? 80
    options.footers = []
    options.defaultFooter = false
    for figure in report.figures { write(figure, options, to: sink) }
    if !report.findings.isEmpty {
      sink.append("\n")
      if options.format == .aligned { options.format = .wrapped }
      if options.columns == 0 { options.columns = options.terminalWidth ?? 80 }
      print(table(report, verbose: verbose), options, to: sink)
    }
    sink.append(report.summary + "\n")
    if report.cutOff > 0 { sink.append("\(report.cutOff) more are cut off; (limit=\(report.findings.count + report.cutOff)) shows all.\n") }
    if report.ignored > 0 { sink.append("\(report.ignored) taken out by .pgmedic-ignore.\n") }
    for note in report.notes { sink.append("Note: \(note)\n") }
    for gap in report.notAssessed {
      sink.append("Not assessed: \(gap.object.map { "\($0.displayName): " } ?? "")\(gap.reason) [\(gap.rule)]\n")
    }
    if report.findings.contains(where: { $0.remedy != nil }) {
      sink.append("\\fix lists the remedies, \\fix N takes number N, \\kb \(report.findings.first?.entry ?? "") explains.\n")
    }
  }

  private func write(_ figure: Figure, _ options: PrintOptions, to sink: ByteSink) {
    let note = figure.note.map { " (\($0))" } ?? ""
    switch figure.content {
    case .value(let value):
      sink.append("\(figure.title): \(value.text)\(note)\n")
    case .table(let columns, let rows):
      var options = options
      options.title = ByteString("\(figure.title)\(note)")
      sink.append("\n")
      print(Table(columns: columns.map { Column($0) }, rows: rows.map { $0.map { $0.text } }), options, to: sink)
    }
  }

  private func table(_ report: Report, verbose: Bool) -> Table {
    var columns = [Column.number("#"), Column("Severity"), Column("Object"), Column("Finding")]
    if verbose { columns += [Column("Sure"), Column("Evidence"), Column("Entry")] }
    let rows = report.findings.enumerated().map { index, finding -> [String?] in
      var row: [String?] = [
        String(index + 1), finding.severity.rawValue, finding.object.displayName, finding.message,
      ]
      if verbose {
        row += [
          finding.confidence.rawValue,
          finding.evidence.map { "\($0.name)=\($0.value.text)" }.joined(separator: ", "), finding.entry,
        ]
      }
      return row
    }
    return Table(columns: columns, rows: rows)
  }
}
