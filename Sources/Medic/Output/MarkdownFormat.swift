/// `markdown`: a section a command, for a pull request or a ticket.
enum MarkdownFormat: ReportFormat {
  static let name = "markdown"
  static let isForWholeRun = false

  static func document(_ reports: [Report], toolVersion: String) -> String {
    reports.map { section($0) }.joined(separator: "\n")
  }

  private static func section(_ report: Report) -> String {
    var lines = ["## \(text(report.headline))", "", text(report.summary), ""]
    if let window = report.window { lines += ["Evidence window: \(text(window.note))", ""] }
    for figure in report.figures { lines += table(figure) }
    if !report.findings.isEmpty {
      lines += ["| # | severity | object | finding | confidence | entry |", "| --- | --- | --- | --- | --- | --- |"]
      for (index, finding) in report.findings.enumerated() {
        let cells = [
          String(index + 1), finding.severity.rawValue, finding.object.fullName, finding.message,
          finding.confidence.rawValue, finding.entry,
        ]
        lines.append("| " + cells.map { text($0) }.joined(separator: " | ") + " |")
      }
      lines.append("")
    }
    for (index, finding) in report.findings.enumerated() {
      guard let remedy = finding.remedy else { continue }
      lines += ["Remedy of \(index + 1), \(text(finding.object.fullName)):", "", fenced(remedy.script), ""]
      if let caution = remedy.caution { lines += [text(caution), ""] }
      if !remedy.undo.isEmpty { lines += ["Undo:", "", fenced(remedy.undoScript), ""] }
    }
    if !report.notAssessed.isEmpty {
      lines += ["Not assessed:", ""]
      lines += report.notAssessed.map { "- \(text($0.line))" } + [""]
    }
    lines += report.notes.map { text($0) + "\n" }
    if report.cutOff > 0 { lines += ["\(report.cutOff) more were cut off.", ""] }
    if report.ignored > 0 { lines += ["\(report.ignored) ignored.", ""] }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func table(_ figure: Figure) -> [String] {
    let note = figure.note.map { " (\(text($0)))" } ?? ""
    switch figure.content {
    case .value(let value): return ["\(text(figure.title)): \(text(value.text))\(note)", ""]
    case .table(let columns, let rows):
      let header = [
        "\(text(figure.title))\(note):", "", "| " + columns.map { text($0) }.joined(separator: " | ") + " |",
      ]
      let rule = "|" + String(repeating: " --- |", count: columns.count)
      return header + [rule] + rows.map { "| " + $0.map { text($0.text) }.joined(separator: " | ") + " |" } + [""]
    case .lines(let lines):
      return ["\(text(figure.title))\(note):", "", fenced(lines.joined(separator: "\n"), as: "text"), ""]
    }
  }

  /// A fence longer than any run of backticks inside.
  private static func fenced(_ sql: String, as language: String = "sql") -> String {
    var longest = 0
    var run = 0
    for character in sql.unicodeScalars {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(sql)\n\(fence)"
  }

  private static func text(_ raw: String) -> String {
    var escaped = ""
    for scalar in raw.unicodeScalars {
      if "\\`*_|<>[]#".unicodeScalars.contains(scalar) { escaped += "\\" }
      escaped.unicodeScalars.append(scalar.properties.isWhitespace ? " " : scalar)
    }
    return escaped
  }
}

extension NotAssessed {
  /// One line for people: `bloat-table public.events: skipped: locked by pid 4711`.
  public var line: String { [rule, object?.fullName].compactMap { $0 }.joined(separator: " ") + ": " + reason }
}
