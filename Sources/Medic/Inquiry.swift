public import Postgres

/// One examination under way: what was asked, what is known of the server, and what has been found so far.
public struct Inquiry: Sendable {
  public let request: Request
  public let server: Server
  public let limits: Limits

  public var findings: [Finding] = []
  public var figures: [Figure] = []
  public var notAssessed: [NotAssessed] = []
  public var notes: [String] = []
  public var window: Window?
  /// What was looked at: `31 foreign keys`.
  public var scope = ""
  /// What came out, in one sentence; made from the findings when left empty.
  public var summary = ""
  /// For people, findings as lines rather than as a table.
  public var isBrief = false
  /// What is to be remembered for the next look.
  var noted: NotedLook?
  /// Findings that were counted but not made, since the report would cut them off.
  var unmade = 0
  /// Waits for locks that ran out; after ten of 100 ms no more relation is touched.
  var lockTimeouts = 0
  /// The locks that were last looked at.
  var locks: Locks.Look?
  /// The rules that were judged, where those aren't all of the examination's.
  var judged: [Card]?
  /// Which of several rules' findings of one severity come first; none for an examination of one subject.
  var urgency: [String: Int] = [:]

  public var options: Options { request.options }

  /// Runs one query in a transaction of its own and gives its rows.
  ///
  /// What the server refuses becomes "not assessed" for `rule` (and `object`), and the answer is nil. Throws only what
  /// ends the whole examination.
  public mutating func read(
    _ connection: borrowing Connection, _ queries: [Query], _ parameters: [String?] = [], for rule: String,
    on object: DatabaseObject? = nil
  ) throws(PostgresError) -> [Row]? {
    guard let text = queries.text(for: server.major) else {
      let oldest = queries.oldest.map { " from \($0) on" } ?? ""
      notAssessed.append(NotAssessed(rule, object, "needs a server\(oldest), this is \(server.versionText)"))
      return nil
    }
    return try attempt(connection, for: rule, on: object) { (connection) throws(PostgresError) in
      try connection.rows(text, parameters)
    }
  }

  /// Runs `body` in a transaction of its own; what the server refuses becomes "not assessed".
  public mutating func attempt<R>(
    _ connection: borrowing Connection, for rule: String, on object: DatabaseObject? = nil,
    _ body: (borrowing Connection) throws(PostgresError) -> R
  ) throws(PostgresError) -> R? {
    if request.isCancelled() { throw .usage("cancelled") }
    do {
      return try connection.inspect(limits, body)
    } catch {
      try Inquiry.rethrowFatal(error, request)
      if error.sqlState == "55P03" { lockTimeouts += 1 }
      notAssessed.append(NotAssessed(rule, object, reason(for: error)))
      return nil
    }
  }

  /// Why something could not be read, in words that say what to do about it.
  private func reason(for error: PostgresError) -> String {
    switch error.sqlState {
    case "55P03": "skipped: locked by another session"
    case "57014": "stopped after timeout=\(limits.statementTimeout)ms; give it more, or name fewer objects"
    case "40001" where server.isStandby: "recovery on this standby cancelled the query: ask the primary"
    // What row_security = off makes of a policy that applies.
    case "42501" where error.message.contains("row-level security"): "row security hides rows from this role"
    case "42501": "this role may not: \(error.message)"
    default: error.message
    }
  }

  /// Throws on what ends an examination: a lost connection, or the user's own cancel.
  static func rethrowFatal(_ error: PostgresError, _ request: Request) throws(PostgresError) {
    switch error {
    case .connection, .connectionLost: throw error
    case .server, .usage: if request.isCancelled() { throw error }
    }
  }

  /// Says what kind of connection the examination runs over, where that changes what can be seen.
  mutating func noteConnection(inTransaction: Bool) {
    if server.isPooled {
      notes.append(
        "this connection goes through a pooler (server process \(server.backendPID) is not the one libpq was told of):"
          + " the pool's own limits are not visible from here")
    }
    if request.userPID != nil {
      notes.append("examined over a second connection, which does not see what your open transaction has changed")
    } else if inTransaction {
      notes.append("examined inside your open transaction, behind a savepoint")
    }
    if let provider = server.provider {
      notes.append("this looks like \(provider): its differences are known from its documents only, untested")
    }
  }
}

extension Inquiry {
  /// How many findings the report will show, or a file will hold.
  var limit: Int {
    (request.isComplete || request.isWhole) && !options.given.contains("limit")
      ? Int.max : options.integer("limit") ?? 20
  }

  /// The findings so far that the report will show, for what is too costly to be read of all of them.
  var shown: [Finding] {
    Array(findings.filter { !request.ignoring.covers($0) }.sorted(by: isBefore).prefix(limit))
  }

  /// The report: ignored findings out, worst first, cut to the limit, nothing lost without being counted.
  func report(of examination: any Examination.Type) -> Report {
    var kept: [Finding] = []
    var ignored = 0
    for finding in findings {
      if request.ignoring.covers(finding) { ignored += 1 } else { kept.append(finding) }
    }
    let rules = judged ?? examination.rules
    let unused = request.ignoring.unused(findings, rules: Set(rules.map { $0.rule }))
    let hints = unused.map { "ignore file, line \($0.line): \($0.rule) \($0.object) matched nothing" }
    let comparison = request.baseline.map {
      $0.compared(with: kept, of: server.database, rules: rules, notAssessed: notAssessed, request)
    }
    if let comparison { kept = comparison.findings }
    kept.sort(by: isBefore)
    let worst = (comparison?.new ?? kept).map { $0.severity }.max()
    let findingCount = kept.count + unmade
    let (shown, rest) = cut(kept)
    var report = Report(
      command: examination.name, database: server.database, serverVersion: server.versionText, role: server.role,
      rights: server.rights, isStandby: server.isStandby, scope: scope, window: window,
      summary: [outcome(findingCount), comparison?.summary].compactMap { $0 }.joined(separator: "; "),
      figures: figures + (comparison?.figures ?? []),
      findings: shown, ignored: ignored, cutOff: rest.count + unmade, notAssessed: notAssessed,
      notes: notes + (comparison?.notes ?? []) + hints, rules: rules, noted: noted, rest: rest)
    report.isBrief = isBrief
    report.worst = worst
    return report
  }

  /// What is shown, and what `limit=` or `each=` cuts off, which documents for programs hold all the same.
  ///
  /// `each=` keeps one rule from filling the whole report; a limit that the user gave counts alone.
  private func cut(_ findings: [Finding]) -> (shown: [Finding], rest: [Finding]) {
    let isGiven = options.given.contains("limit")
    if request.isComplete && !isGiven { return (findings, []) }
    let limit = options.integer("limit") ?? 20
    let each = isGiven && !options.given.contains("each") ? nil : options.integer("each").flatMap { $0 > 0 ? $0 : nil }
    var shown: [Finding] = []
    var rest: [Finding] = []
    var counts: [String: Int] = [:]
    for finding in findings {
      let count = counts[finding.rule, default: 0]
      if shown.count < limit, each.map({ count < $0 }) ?? true {
        counts[finding.rule] = count + 1
        shown.append(finding)
      } else {
        rest.append(finding)
      }
    }
    return (shown, rest)
  }

  /// Says of other rules that rest on the same read what was said of `card`: it could not be assessed.
  mutating func shareGap(of card: Card, with others: [Card]) {
    guard let gap = notAssessed.last(where: { $0.rule == card.rule && $0.object == nil }) else { return }
    for other in others { notAssessed.append(NotAssessed(other.rule, nil, gap.reason)) }
  }

  /// Makes every rule "not assessed" where an examination ended before it had anything to say of what it looked at: it
  /// names one rule when a read fails, and silence about the others would pass for "nothing found".
  mutating func coverUnjudged(_ rules: [Card]) {
    guard scope.isEmpty, let gap = notAssessed.first(where: { $0.object == nil }) else { return }
    scope = "nothing looked at"
    for card in rules where !notAssessed.contains(where: { $0.rule == card.rule && $0.object == nil }) {
      notAssessed.append(NotAssessed(card.rule, nil, gap.reason))
    }
    if summary.isEmpty, findings.isEmpty { summary = "not assessed: \(gap.reason)" }
  }

  /// What came out, in one sentence, whoever writes it.
  func outcome(_ count: Int) -> String { summary.isEmpty ? ownSummary(count) : summary }

  private func ownSummary(_ count: Int) -> String {
    let found = count == 0 ? "nothing found" : Quantity.count(count, "finding")
    return notAssessed.isEmpty ? found : "\(found); not assessed: \(notAssessed.count)"
  }

  /// Worst first, then heaviest, then by rule and name.
  private func isBefore(_ left: Finding, _ right: Finding) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    // What is weighed differs from one examination to the next, so weights are compared within a rule only.
    if !urgency.isEmpty, left.rule != right.rule {
      return (urgency[left.rule] ?? .max, left.rule) < (urgency[right.rule] ?? .max, right.rule)
    }
    if left.weight != right.weight { return left.weight > right.weight }
    if left.rule != right.rule { return left.rule < right.rule }
    if left.object.schema != right.object.schema { return left.object.schema ?? "" < right.object.schema ?? "" }
    if left.object.table != right.object.table { return left.object.table ?? "" < right.object.table ?? "" }
    if left.object.name != right.object.name { return left.object.name < right.object.name }
    return left.fingerprint < right.fingerprint
  }
}
