/// `sarif`: SARIF 2.1.0, as code-scanning services take it.
///
/// A finding's place is a logical location; since services ask for a file besides, the object's name stands for one.
enum SARIFFormat: ReportFormat {
  static let name = "sarif"
  static let isForWholeRun = true

  static func document(_ reports: [Report], toolVersion: String) -> String {
    let cards = rules(reports)
    let gaps = reports.flatMap { $0.notAssessed }.map { gap in
      JSON.object([
        ("level", .string("note")), ("associatedRule", .object([("id", .string(gap.rule))])),
        ("message", text("not assessed: " + gap.line)),
      ])
    }
    var driver: [(String, JSON)] = [("name", .string("pgmedic"))]
    if !toolVersion.isEmpty { driver.append(("version", .string(toolVersion))) }
    driver.append(("rules", .array(cards.map { rule($0) })))
    let results = reports.flatMap { $0.findings }.map { finding in
      result(finding, ruleIndex: cards.firstIndex { $0.rule == finding.rule })
    }
    let run = JSON.object([
      ("tool", .object([("driver", .object(driver))])),
      (
        "invocations",
        .array([.object([("executionSuccessful", .bool(true)), ("toolExecutionNotifications", .array(gaps))])])
      ),
      ("results", .array(results)),
    ])
    return JSON.object([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")), ("version", .string("2.1.0")),
      ("runs", .array([run])),
    ]).pretty + "\n"
  }

  private static func rules(_ reports: [Report]) -> [Card] {
    var cards: [Card] = []
    for card in reports.flatMap({ $0.rules }) where !cards.contains(where: { $0.rule == card.rule }) {
      cards.append(card)
    }
    return cards
  }

  private static func rule(_ card: Card) -> JSON {
    .object([
      ("id", .string(card.rule)), ("shortDescription", text(card.summary)),
      ("defaultConfiguration", .object([("level", .string(level(card.severity)))])),
      ("properties", .object([("entry", .string(card.entry)), ("tags", JSON(["database", card.area.rawValue]))])),
    ])
  }

  private static func result(_ finding: Finding, ruleIndex: Int?) -> JSON {
    let object = finding.object
    let path = [object.schema, object.table ?? object.name].compactMap { $0 }.map { uriText($0) }.joined(separator: "/")
    let location = JSON.object([
      (
        "physicalLocation",
        .object([
          ("artifactLocation", .object([("uri", .string(path))])), ("region", .object([("startLine", .int(1))])),
        ])
      ),
      (
        "logicalLocations",
        .array([
          .object([
            ("name", .string(object.name)), ("fullyQualifiedName", .string(object.fullName)),
            ("kind", .string(object.kind.rawValue)),
          ])
        ])
      ),
    ])
    var properties: [(String, JSON)] = [
      ("confidence", .string(finding.confidence.rawValue)), ("entry", .string(finding.entry)),
      ("evidence", .object(finding.evidence.map { ($0.name, JSON($0.value)) })),
    ]
    if let remedy = finding.remedy {
      properties.append(("remedy", .object([("sql", JSON(remedy.sql)), ("undo", JSON(remedy.undo))])))
    }
    var members: [(String, JSON)] = [("ruleId", .string(finding.rule))]
    if let ruleIndex { members.append(("ruleIndex", .int(ruleIndex))) }
    return .object(
      members + [
        ("level", .string(level(finding.severity))),
        ("message", text("\(object.fullName): \(finding.message)")),
        ("locations", .array([location])),
        ("partialFingerprints", .object([("pgmedic/1", .string(fingerprint(finding)))])),
        ("properties", .object(properties)),
      ])
  }

  private static func fingerprint(_ finding: Finding) -> String {
    finding.fingerprint.split(separator: "\u{1f}", omittingEmptySubsequences: false).joined(separator: "/")
  }

  private static func text(_ text: String) -> JSON { .object([("text", .string(text))]) }

  private static func level(_ severity: Severity) -> String {
    switch severity {
    case .info: "note"
    case .warning: "warning"
    case .error: "error"
    }
  }

  /// A path segment of a URI: everything but unreserved characters in per cent.
  private static func uriText(_ name: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in name.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: encoded.append(byte)
      default: encoded += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
