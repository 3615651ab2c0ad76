/// `github`: workflow commands, which GitHub Actions shows as annotations.
enum GitHubFormat: ReportFormat {
  static let name = "github"
  static let isForWholeRun = true

  static func document(_ reports: [Report], toolVersion: String) -> String {
    var lines: [String] = []
    for report in reports {
      for finding in report.findings {
        let command = finding.severity == .info ? "notice" : finding.severity.rawValue
        lines.append(line(command, title: finding.rule, "\(finding.object.fullName): \(finding.message)"))
      }
      for gap in report.notAssessed { lines.append(line("notice", title: "not assessed", gap.line)) }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func line(_ command: String, title: String, _ message: String) -> String {
    "::\(command) title=\(escaped(title, ":,"))::\(escaped(message, ""))"
  }

  /// The escapes of workflow commands; a property's value needs two more than a message.
  private static func escaped(_ text: String, _ more: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      case ":" where more.contains(":"): escaped += "%3A"
      case "," where more.contains(","): escaped += "%2C"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
