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
        // these two carry findings only: what could not be assessed must not get lost
        if format.name == "csv" || format.name == "jsonl" {
          for gap in report.notAssessed { reporter.report(.warning, "not assessed: \(gap.line)") }
        }
      }
      return
    }
    let page = ReportPage(report, verbose: verbose, printing: printing, width: terminalWidth ?? 80)
    showText(page.text)
  }
}

/// A report as a person reads it: what was looked at, figures, findings, the summary, what could not be assessed.
///
/// Tables obey `\pset format`; in the aligned formats running text is broken at words to fit `width` columns.
struct ReportPage {
  /// Tables of figures that are longer show with `+` only.
  static let shortTable = 12

  private let report: Report
  private let verbose: Bool
  private let options: PrintOptions
  private let width: Int

  init(_ report: Report, verbose: Bool, printing: PrintOptions, width: Int) {
    self.report = report
    self.verbose = verbose
    self.width = width
    var options = printing
    options.footers = []
    options.defaultFooter = false
    options.expanded = .off
    options.tuplesOnly = false
    options.title = nil
    self.options = options
  }

  var text: String {
    let sink = ByteSink()
    sink.append(wrapped(report.headline))
    // Of a long report, what came out stands at both ends.
    if report.figures.contains(where: { $0.followsFindings }) { sink.append(wrapped(report.summary)) }
    if let window = report.window { sink.append(wrapped("Evidence: \(window.note)")) }
    for figure in report.figures where !figure.followsFindings { write(figure, to: sink) }
    if !report.findings.isEmpty {
      sink.append("\n")
      if report.isBrief && !verbose { sink.append(findingLines) } else { print(findings, options, to: sink) }
    }
    for figure in report.figures where figure.followsFindings { write(figure, to: sink) }
    for line in closing { sink.append(wrapped(line)) }
    return String(decoding: sink.bytes, as: UTF8.self)
  }

  private var closing: [String] {
    var lines = [report.summary]
    if report.cutOff > 0 {
      lines.append("\(report.cutOff) more are cut off; (limit=\(report.findings.count + report.cutOff)) shows all.")
    }
    if report.ignored > 0 { lines.append("\(report.ignored) taken out by .pgmedic-ignore.") }
    lines += report.notes.map { "Note: \($0)" }
    lines += gaps
    if let first = report.findings.first {
      lines.append("\\fix lists the remedies, \\fix N takes number N; \\kb \(first.entry) explains.")
    }
    return lines
  }

  /// Lines of what could not be assessed that are shown without `+`.
  private static let shownGaps = 8

  /// What could not be assessed, a line a reason: the same one may hold for hundreds of tables.
  private var gaps: [String] {
    var reasons: [String] = []
    var groups: [String: [NotAssessed]] = [:]
    for gap in report.notAssessed {
      if groups[gap.reason] == nil { reasons.append(gap.reason) }
      groups[gap.reason, default: []].append(gap)
    }
    let shown = verbose ? reasons : Array(reasons.prefix(Self.shownGaps))
    var lines = shown.map { reason in
      let gaps = groups[reason] ?? []
      let objects = listed(gaps.compactMap { $0.object?.displayName }, atMost: verbose ? .max : 3)
      let rules = listed(gaps.map { $0.rule }, atMost: verbose ? .max : 3)
      return "Not assessed: \(objects.isEmpty ? "" : "\(objects): ")\(reason) [\(rules)]"
    }
    let left = reasons.count - shown.count
    if left > 0 { lines.append("Not assessed, for \(left) more reasons: \\\(report.command)+ shows them.") }
    return lines
  }

  /// Names without their repetitions, in their order; what is over `limit` is counted.
  private func listed(_ names: [String], atMost limit: Int) -> String {
    var seen: Set<String> = []
    let names = names.filter { seen.insert($0).inserted }
    let rest = names.count - limit
    let shown = names.prefix(limit).joined(separator: ", ")
    return rest > 0 ? "\(shown) and \(rest) more" : shown
  }

  private func wrapped(_ text: String) -> String {
    wordWrapped(text, width: width).joined(separator: "\n") + "\n"
  }

  private func write(_ figure: Figure, to sink: ByteSink) {
    let note = figure.note.map { " (\($0))" } ?? ""
    switch figure.content {
    case .value(let value):
      sink.append(wrapped("\(figure.title): \(pretty(value, figure.name))\(note)"))
    case .table(let columns, let rows):
      let isShort =
        rows.count <= ReportPage.shortTable || figure.layout == .tree || figure.followsFindings
      guard verbose || (!figure.isDetail && isShort) else {
        sink.append(wrapped("\(figure.title): \(rows.count) rows; \\\(report.command)+ shows them\(note)"))
        return
      }
      // A table ends in an empty line already.
      if !figure.followsFindings || report.findings.isEmpty { sink.append("\n") }
      var options = options
      options.title = ByteString("\(figure.title)\(note)")
      let shape = columns.enumerated().map { index, name in
        rows.contains { index < $0.count && $0[index].isNumber } ? Column.number(heading(name)) : Column(heading(name))
      }
      var cells = rows.map { row in
        row.enumerated().map { index, value in index < columns.count ? pretty(value, columns[index]) : value.text }
      }
      fit(&cells, columns.map { heading($0) }, figure.layout)
      print(Table(columns: shape, rows: cells), options, to: sink)
    case .lines(let lines):
      sink.append("\n" + wrapped("\(figure.title)\(note):"))
      for line in lines { sink.append(hangingWrapped(line, width: width).joined(separator: "\n") + "\n") }
    }
  }

  /// A column's name for people: its values carry the unit.
  private func heading(_ name: String) -> String {
    for unit in ["_bytes", "_seconds"] where name.hasSuffix(unit) { return String(name.dropLast(unit.count)) }
    return name
  }

  private var isAligned: Bool { options.format == .aligned || options.format == .wrapped }

  /// Where the table would be wider than the terminal, breaks its widest columns at words, until it fits or nothing is
  /// left to break; of a tree the widest is cut.
  private func fit(_ cells: inout [[String]], _ headings: [String], _ layout: Figure.Layout) {
    guard isAligned, !verbose else { return }
    var widths = headings.indices.map { column in
      cells.reduce(headings[column].count) { max($0, column < $1.count ? $1[column].count : 0) }
    }
    let least = layout == .list ? 20 : 16
    var excess = widths.reduce(0) { $0 + $1 + 3 } - 1 - width
    var narrowed: Set<Int> = []
    while excess > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > least {
      let second = layout == .list ? widths.indices.filter { $0 != widest }.map { widths[$0] }.max() ?? 0 : 0
      let cut = min(excess, max(1, widths[widest] - max(second, least)))
      widths[widest] -= cut
      excess -= cut
      narrowed.insert(widest)
      if layout != .list { break }
    }
    for row in cells.indices {
      for column in narrowed where column < cells[row].count {
        let text = cells[row][column]
        if layout == .list {
          cells[row][column] = wordWrapped(text, width: widths[column]).joined(separator: "\n")
        } else if text.count > widths[column] {
          cells[row][column] = text.prefix(widths[column] - 1) + "…"
        }
      }
    }
  }

  /// Bytes and seconds as people write them.
  private func pretty(_ value: Value, _ name: String) -> String {
    guard case .int(let number) = value else { return value.text }
    if name.hasSuffix("_bytes") { return Quantity.pretty(bytes: number) }
    if name.hasSuffix("_seconds") { return Quantity.pretty(seconds: number) }
    return value.text
  }

  /// A line a finding, with the entry that says what to do.
  private var findingLines: String {
    let numbers = String(report.findings.count).count
    var text = ""
    for (index, finding) in report.findings.enumerated() {
      let number = String(index + 1)
      let head =
        String(repeating: " ", count: numbers - number.count) + number
        + " \(finding.severity.rawValue)".padded(to: 9)
      let body = wordWrapped("\(finding.message)  \\kb \(finding.entry)", width: max(24, width - head.count))
      let rest = "\n" + String(repeating: " ", count: head.count)
      text += head + body.joined(separator: rest) + "\n"
    }
    return text
  }

  /// Columns, and the cells of each finding.
  private var findings: Table {
    var columns = [Column.number("#"), Column("Severity"), Column("Object"), Column("Finding")]
    if verbose { columns += [Column("Sure"), Column("Evidence"), Column("Entry")] }
    var rows: [[String]] = report.findings.enumerated().map { index, finding in
      var row = [String(index + 1), finding.severity.rawValue, finding.object.displayName, finding.message]
      if verbose {
        let evidence = finding.evidence.map { "\($0.name)=\($0.value.text)" }.joined(separator: ", ")
        row += [finding.confidence.rawValue, evidence, finding.entry]
      }
      return row
    }
    if isAligned, !verbose {
      let objectWidth = min(rows.map { $0[2].count }.max() ?? 0, max(20, width * 2 / 5))
      let fixed = String(rows.count).count + 8 + objectWidth + 11
      for index in rows.indices {
        rows[index][2] = wordWrapped(rows[index][2], width: objectWidth).joined(separator: "\n")
        rows[index][3] = wordWrapped(rows[index][3], width: max(24, width - fixed)).joined(separator: "\n")
      }
    }
    return Table(columns: columns, rows: rows)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
