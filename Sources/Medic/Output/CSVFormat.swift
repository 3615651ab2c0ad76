/// `csv`: one finding a row under a header, quoted as RFC 4180 asks.
enum CSVFormat: ReportFormat {
  static let name = "csv"
  static let isForWholeRun = false

  private static let header = [
    "command", "rule", "severity", "confidence", "kind", "schema", "table", "name", "message", "evidence", "entry",
    "remedy", "undo",
  ]

  static func document(_ reports: [Report], toolVersion: String) -> String {
    var lines = [header]
    for report in reports {
      for finding in report.findings {
        let evidence = finding.evidence.map { "\($0.name)=\($0.value.text)" }.joined(separator: "; ")
        lines.append([
          report.command, finding.rule, finding.severity.rawValue, finding.confidence.rawValue,
          finding.object.kind.rawValue, finding.object.schema ?? "", finding.object.table ?? "", finding.object.name,
          finding.message, evidence, finding.entry, finding.remedy?.script ?? "", finding.remedy?.undoScript ?? "",
        ])
      }
    }
    return lines.map { $0.map { quoted($0) }.joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.utf8.contains(where: { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }) else { return cell }
    var quoted = "\""
    for scalar in cell.unicodeScalars {
      if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }
}

extension Remedy {
  /// The statements as one text, each with its semicolon.
  public var script: String { sql.map { $0 + ";" }.joined(separator: "\n") }
  public var undoScript: String { undo.map { $0 + ";" }.joined(separator: "\n") }
}
