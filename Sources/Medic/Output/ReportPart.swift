public import Printing

/// A piece of a report for people, in reading order.
public enum ReportPart {
  /// One line of text, without its newline.
  case line(String)
  /// A table under a title, which may be empty.
  case table(title: String, Table)
}

extension Report {
  /// The report for a person at a terminal: first what was looked at and with which rights, then figures, then the
  /// findings as a table, then what came out and what could not be seen. `verbose` (`+`) adds columns and details.
  public func parts(verbose: Bool) -> [ReportPart] {
    var parts: [ReportPart] = [.line(headline)]
    if let window { parts.append(.line("Evidence window: \(window.note)")) }
    for figure in figures where verbose || !figure.isDetail { parts.append(figure.part) }
    if !findings.isEmpty { parts.append(.table(title: "", findingsTable(verbose: verbose))) }
    parts.append(.line(summary))
    if cutOff > 0 { parts.append(.line("\(cutOff) more cut off: (limit=\(findings.count + cutOff)) shows all")) }
    if ignored > 0 { parts.append(.line("\(ignored) taken out by .pgmedic-ignore")) }
    parts += notes.map { .line("Note: \($0)") }
    parts += notAssessed.map { .line("Not assessed: \($0.line)") }
    return parts
  }

  /// The findings, numbered as `\fix` counts them.
  public func findingsTable(verbose: Bool) -> Table {
    var columns = [Column.number("#"), Column("severity"), Column("object"), Column("finding")]
    if verbose { columns += [Column("rule"), Column("sure"), Column("evidence"), Column("entry")] }
    let rows = findings.enumerated().map { index, finding -> [String?] in
      let short = [
        String(index + 1), finding.severity.rawValue, finding.object.displayName, finding.message,
      ]
      if !verbose { return short }
      let evidence = finding.evidence.map { "\($0.name)=\($0.value.text)" }.joined(separator: ", ")
      return short + [finding.rule, finding.confidence.rawValue, evidence, finding.entry]
    }
    return Table(columns: columns, rows: rows)
  }
}

extension Figure {
  fileprivate var part: ReportPart {
    let remark = note.map { " (\($0))" } ?? ""
    switch content {
    case .value(let value): return .line("\(title): \(Figure.words(value, unit: name))\(remark)")
    case .table(let columns, let rows): return .table(title: title + remark, Figure.table(columns, rows))
    }
  }

  /// A table whose bytes and seconds are written as people read them.
  private static func table(_ columns: [String], _ rows: [[Value]]) -> Table {
    let headings = columns.enumerated().map { index, name in
      let isNumber = rows.contains { index < $0.count && $0[index].isNumber }
      return Column(heading(name), alignsRight: isNumber)
    }
    return Table(
      columns: headings,
      rows: rows.map { row in zip(columns, row).map { $1 == .null ? nil : words($1, unit: $0) } })
  }

  private static func heading(_ name: String) -> String {
    for unit in ["_bytes", "_seconds"] where name.hasSuffix(unit) { return String(name.dropLast(unit.count)) }
    return name
  }

  private static func words(_ value: Value, unit name: String) -> String {
    switch value {
    case .int(let number) where name.hasSuffix("_bytes"): Quantity.pretty(bytes: number)
    case .int(let number) where name.hasSuffix("_seconds"): Quantity.pretty(seconds: number)
    default: value.text
    }
  }
}
