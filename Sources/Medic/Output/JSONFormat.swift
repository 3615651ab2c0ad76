/// `json`: one document a command, with everything that the report holds.
enum JSONFormat: ReportFormat {
  static let name = "json"
  static let isForWholeRun = false

  static func document(_ reports: [Report], toolVersion: String) -> String {
    reports.map { JSON($0).pretty + "\n" }.joined()
  }
}

/// `jsonl`: one finding a line, each complete in itself.
enum JSONLinesFormat: ReportFormat {
  static let name = "jsonl"
  static let isForWholeRun = false

  static func document(_ reports: [Report], toolVersion: String) -> String {
    reports.flatMap { report in
      report.findings.map { finding in
        let source: [(String, JSON)] = [
          ("schema", .string("pgmedic.finding/1")), ("command", .string(report.command)),
          ("database", .string(report.database)),
        ]
        return JSON.object(source + finding.members).compact + "\n"
      }
    }.joined()
  }
}

extension JSON {
  /// A report as the schema `pgmedic.findings/1` has it.
  public init(_ report: Report) {
    self = .object([
      ("schema", .string("pgmedic.findings/1")),
      ("command", .string(report.command)),
      ("database", .string(report.database)),
      ("server_version", .string(report.serverVersion)),
      ("role", .string(report.role)),
      ("rights", .string(report.rights)),
      ("is_standby", .bool(report.isStandby)),
      ("window", report.window.map { JSON($0) } ?? .null),
      ("summary", .string(report.summary)),
      ("figures", .array(report.figures.map { JSON($0) })),
      ("findings", .array(report.findings.map { .object($0.members) })),
      ("ignored", .int(report.ignored)),
      ("cut_off", .int(report.cutOff)),
      ("not_assessed", .array(report.notAssessed.map { JSON($0) })),
    ])
  }

  private init(_ window: Window) {
    self = .object([
      ("since", JSON(window.since)), ("seconds", JSON(window.seconds)), ("note", .string(window.note)),
    ])
  }

  private init(_ figure: Figure) {
    var members: [(String, JSON)] = [("name", .string(figure.name)), ("title", .string(figure.title))]
    switch figure.content {
    case .value(let value): members.append(("value", JSON(value)))
    case .table(let columns, let rows):
      let objects = rows.map { row in JSON.object(zip(columns, row).map { ($0, JSON($1)) }) }
      members.append(("rows", .array(objects)))
    case .lines(let lines): members.append(("lines", JSON(lines)))
    }
    if let note = figure.note { members.append(("note", .string(note))) }
    self = .object(members)
  }

  private init(_ gap: NotAssessed) {
    self = .object([
      ("rule", .string(gap.rule)), ("object", gap.object.map { JSON($0) } ?? .null), ("reason", .string(gap.reason)),
    ])
  }

  private init(_ object: DatabaseObject) {
    self = .object([
      ("kind", .string(object.kind.rawValue)), ("schema", JSON(object.schema)), ("name", .string(object.name)),
      ("table", JSON(object.table)),
    ])
  }

  fileprivate static func object(_ object: DatabaseObject) -> JSON { JSON(object) }
}

extension Finding {
  /// The finding's members in the JSON documents.
  var members: [(String, JSON)] {
    let way: JSON =
      remedy.map { .object([("sql", JSON($0.sql)), ("undo", JSON($0.undo))]) } ?? .null
    return [
      ("rule", .string(rule)),
      ("severity", .string(severity.rawValue)),
      ("entry", .string(entry)),
      ("object", JSON.object(object)),
      ("message", .string(message)),
      ("evidence", .object(evidence.map { ($0.name, JSON($0.value)) })),
      ("confidence", .string(confidence.rawValue)),
      ("remedy", way),
    ]
  }
}
