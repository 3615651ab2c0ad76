/// `junit`: a suite a command; a failed case a finding, a passed case a rule that found nothing and saw
/// everything, a skipped case what could not be assessed.
enum JUnitFormat: ReportFormat {
  static let name = "junit"
  static let isForWholeRun = true

  static func document(_ reports: [Report], toolVersion: String) -> String {
    let failures = reports.reduce(0) { $0 + $1.findings.count }
    let cases = reports.reduce(0) { $0 + caseCount($1) }
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"pgmedic\" tests=\"\(cases)\" failures=\"\(failures)\">")
    for report in reports { lines += suite(report) }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func passed(_ report: Report) -> [Card] {
    report.rules.filter { card in
      !report.findings.contains { $0.rule == card.rule }
        && !report.notAssessed.contains { $0.rule == card.rule }
    }
  }

  private static func caseCount(_ report: Report) -> Int {
    report.findings.count + report.notAssessed.count + passed(report).count
  }

  private static func suite(_ report: Report) -> [String] {
    let counts =
      "tests=\"\(caseCount(report))\" failures=\"\(report.findings.count)\" skipped=\"\(report.notAssessed.count)\""
    var lines = ["  <testsuite name=\(attribute(report.command)) hostname=\(attribute(report.database)) \(counts)>"]
    for card in passed(report) { lines.append("    \(open(report, card.rule))/>") }
    for finding in report.findings {
      let name = "\(finding.rule) \(finding.object.fullName)"
      let details =
        finding.evidence.map { "\($0.name): \($0.value.text)" } + (finding.remedy?.sql.map { $0 + ";" } ?? [])
      lines.append("    \(open(report, name))>")
      lines.append(
        "      <failure type=\(attribute(finding.severity.rawValue)) message=\(attribute(finding.message))>"
          + "\(XMLText.escaped(details.joined(separator: "\n")))</failure>")
      lines.append("    </testcase>")
    }
    for gap in report.notAssessed {
      let name = [gap.rule, gap.object?.fullName].compactMap { $0 }.joined(separator: " ")
      lines.append("    \(open(report, name))>")
      lines.append("      <skipped message=\(attribute(gap.reason))/>")
      lines.append("    </testcase>")
    }
    return lines + ["  </testsuite>"]
  }

  private static func open(_ report: Report, _ name: String) -> String {
    "<testcase classname=\(attribute("pgmedic." + report.command)) name=\(attribute(name))"
  }

  private static func attribute(_ text: String) -> String { "\"" + XMLText.escaped(text) + "\"" }
}

enum XMLText {
  /// Text that may stand in an attribute or an element; characters that XML 1.0 can't hold become U+FFFD.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n": escaped += "&#10;"
      case "\t": escaped += "&#9;"
      case "\r": escaped += "&#13;"
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: escaped += "\u{fffd}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
