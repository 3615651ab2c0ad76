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
  /// How many findings the report will show.
  var limit: Int {
    request.isComplete && !options.given.contains("limit") ? Int.max : options.integer("limit") ?? 20
  }

  /// The findings so far that the report will show, for what is too costly to be read of all of them.
  var shown: [Finding] {
    Array(findings.filter { !request.ignoring.covers($0) }.sorted(by: Inquiry.isBefore).prefix(limit))
  }

  /// The report: ignored findings out, worst first, cut to the limit, nothing lost without being counted.
  func report(of examination: any Examination.Type) -> Report {
    var kept: [Finding] = []
    var ignored = 0
    for finding in findings {
      if request.ignoring.covers(finding) { ignored += 1 } else { kept.append(finding) }
    }
    let unused = request.ignoring.unused(findings, rules: Set(examination.rules.map { $0.rule }))
    let hints = unused.map { "ignore file, line \($0.line): \($0.rule) \($0.object) matched nothing" }
    kept.sort(by: Inquiry.isBefore)
    let worst = kept.map { $0.severity }.max()
    let surplus = max(0, kept.count - limit)
    let findingCount = kept.count + unmade
    kept.removeLast(surplus)
    let cutOff = surplus + unmade
    var report = Report(
      command: examination.name, database: server.database, serverVersion: server.versionText, role: server.role,
      rights: server.rights, isStandby: server.isStandby, scope: scope, window: window,
      summary: summary.isEmpty ? ownSummary(findingCount) : summary, figures: figures, findings: kept,
      ignored: ignored, cutOff: cutOff, notAssessed: notAssessed, notes: notes + hints,
      rules: examination.rules, worst: worst, noted: noted)
    report.isBrief = isBrief
    return report
  }

  private func ownSummary(_ count: Int) -> String {
    let found = count == 0 ? "nothing found" : Quantity.count(count, "finding")
    return notAssessed.isEmpty ? found : "\(found); not assessed: \(notAssessed.count)"
  }

  /// Worst first, then heaviest, then by rule and name.
  private static func isBefore(_ left: Finding, _ right: Finding) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.weight != right.weight { return left.weight > right.weight }
    if left.rule != right.rule { return left.rule < right.rule }
    if left.object.schema != right.object.schema { return left.object.schema ?? "" < right.object.schema ?? "" }
    if left.object.table != right.object.table { return left.object.table ?? "" < right.object.table ?? "" }
    if left.object.name != right.object.name { return left.object.name < right.object.name }
    return left.fingerprint < right.fingerprint
  }
}
