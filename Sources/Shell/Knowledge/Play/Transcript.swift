import Knowledge
import Printing

/// What was done in one run of a playbook, for the record and for those who take over.
struct Transcript {
  enum Outcome {
    /// Answered; whether as expected, nil where nothing particular was.
    case ran([StepAnswer], asExpected: Bool?)
    case failed(String)
    case skipped(String)
    /// Something for a person to do outside SQL.
    case outside
  }

  struct Item {
    let number: Int
    let step: Step
    let sql: String
    let outcome: Outcome
    /// `14:03:22`
    let time: String
  }

  let id: String
  let title: String
  let surroundings: String
  let started: String
  private(set) var items: [Item] = []
  /// All checks held at the end; nil when none could be run.
  var isCured: Bool?

  init(_ entry: Entry, _ surroundings: String) {
    id = entry.id
    title = entry.title
    self.surroundings = surroundings
    started = "\(today()) \(timeOfDay())"
  }

  mutating func add(_ item: Playing.NumberedStep, _ sql: String, _ outcome: Outcome) {
    items.append(Item(number: item.number, step: item.step, sql: sql, outcome: outcome, time: timeOfDay()))
  }

  /// Markdown: a heading a step, its SQL, what came.
  var markdown: String {
    var text = "# \(title)\n\nPlaybook `\(id)`, \(started), \(surroundings).\n"
    if let isCured { text += "\n\(isCured ? "Cured: all checks hold." : "Not cured: a check does not hold.")\n" }
    for item in items {
      text += "\n## \(item.number). \(item.step.title)\n\n\(item.time), \(item.step.effect).\n"
      if !item.sql.isEmpty { text += "\n```\(item.step.language)\n\(item.sql)\n```\n" }
      text += "\n" + item.outcome.markdown
    }
    return text
  }
}

extension Transcript.Outcome {
  fileprivate var markdown: String {
    switch self {
    case .ran(let answers, let asExpected):
      let verdict = asExpected.map { $0 ? "\nAs expected.\n" : "\nNot as expected.\n" } ?? ""
      return answers.map { $0.markdown }.joined(separator: "\n") + verdict
    case .failed(let message): return "Failed: \(message)\n"
    case .skipped(let reason): return "Skipped: \(reason).\n"
    case .outside: return "Outside SQL: left to a person.\n"
    }
  }
}

/// What the server answered to one statement.
struct StepAnswer {
  /// Rows kept for a transcript; the count is of all.
  static let mostRows = 50

  var columns: [String] = []
  var rows: [[String?]] = []
  var rowCount = 0
  var tag = ""

  fileprivate var markdown: String {
    guard !columns.isEmpty else { return "`\(tag)`\n" }
    guard rowCount > 0 else { return "No row.\n" }
    var options = PrintOptions()
    options.format = .markdown
    options.defaultFooter = false
    let sink = ByteSink()
    print(Table(columns: columns.map { Column($0) }, rows: rows.map { $0.map { $0 ?? "" } }), options, to: sink)
    var text = String(decoding: sink.bytes, as: UTF8.self)
    if rowCount > rows.count { text += "\n\(rowCount - rows.count) more rows.\n" }
    return text
  }

  /// The first cell says true.
  var isTrue: Bool { rows.first?.first == "t" }
}
