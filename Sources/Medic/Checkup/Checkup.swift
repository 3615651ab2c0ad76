public import Postgres

/// `\checkup`: all that the other examinations find, in one report, worst first, with the performance checklist.
///
/// Each examination runs by itself with its own defaults: one that fails is "not assessed" and the others go on. What is
/// common (the server, the role, the waits for locks that are still allowed) is read or counted once.
public struct Checkup: Examination {
  public static let name = "checkup"
  public static let manual = Manual(
    "examine everything: one report, worst first, with the checklist",
    details: """
      Runs the other examinations one after the other and puts their findings into one report, the worst first, each
      rule's worst three; the table behind them says what each command came to, and which to type for more. With a
      pattern only what looks at tables runs.

      (static=on) leaves out whatever depends on load and statistics: for CI, on an empty database. (baseline=FILE)
      compares with an earlier run's --report FILE: what is new is marked, and --fail-on fails only on that.

      Example: \\checkup (baseline=last-week.json)
      """)

  public static let options = [
    Option("static", .flag, default: "off", "only what the schema alone tells"),
    Option("baseline", .text, "the JSON file of an earlier --report, to compare with"),
    Option("each", .integer, default: "3", "findings shown of one rule, unless limit= is given; 0 is all"),
    Option("within", .duration, default: "60s", "the longest that the whole may take"),
  ]

  /// What only `\checkup` looks at; no commands of their own.
  static let own: [any Examination.Type] = [ServerSettings.self, SequentialScans.self]

  /// `\now` shows the same incidents as the commands it draws on, `\explain` and `\advise` want statements: the advice
  /// on the recorded workload comes in as one of `Request.further`.
  private static let leftOut: Set<String> = [name, "now", "explain"]

  static var parts: [any Examination.Type] {
    let all = Examinations.all.filter { !leftOut.contains($0.name) && $0.manual.argument != .text } + own
    // Reading blocks takes longest, so it gets the time that the others leave.
    return all.filter { $0.name != BloatCheck.name } + all.filter { $0.name == BloatCheck.name }
  }

  public static var rules: [Card] { parts.flatMap { $0.rules } }

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let parts = selected(inquiry)
    let within = inquiry.options.integer("within") ?? 60_000
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .milliseconds(within))
    var outcomes: [PartOutcome] = []
    for part in parts {
      let left = (clock.now.duration(to: end) / .milliseconds(1)).rounded(.up)
      outcomes.append(try run(part, millisecondsLeft: Int(left), end, connection, &inquiry))
    }
    let isStatic = inquiry.options.flag("static")
    inquiry.judged = parts.flatMap { $0.rules }.filter { !isStatic || !$0.dependsOnLoad }
    inquiry.urgency = Urgency.ranks(inquiry.judged ?? [])
    inquiry.scope = Quantity.count(parts.count, "examination")
    var course = PartOutcome.figure(outcomes)
    var checklist = Checklist.figure(outcomes)
    course.followsFindings = true
    checklist.followsFindings = true
    inquiry.figures += [course, checklist]
    inquiry.summary = summary(inquiry, outcomes)
  }

  private func selected(_ inquiry: Inquiry) -> [any Examination.Type] {
    let isStatic = inquiry.options.flag("static")
    let isNarrowed = !inquiry.request.scope.patterns.isEmpty
    return (Self.parts + inquiry.request.further).filter { part in
      (!isStatic || part.basis == .schema) && (!isNarrowed || part.manual.argument == .pattern)
    }
  }

  // MARK: One part

  /// Options that differ from a command's own defaults: the whole must stay short.
  private static let shorter: [String: [(name: String, value: String)]] = [
    "bloat": [("tables", "20")], "advise": [("time", "3s"), ("max", "5")],
  ]

  private func run(
    _ part: any Examination.Type, millisecondsLeft left: Int, _ end: ContinuousClock.Instant,
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> PartOutcome {
    let usedUp = "stopped: the checkup's time was used up; \\\(part.name) alone, or give it more by within="
    var limits = inquiry.limits
    limits.statementTimeout = max(1, min(limits.statementTimeout, left))
    var request = inquiry.request
    let outer = request.isCancelled
    let limit = inquiry.options.given.contains("limit") ? [(name: "limit", value: "\(inquiry.limit)")] : []
    let written = (Self.shorter[part.name] ?? []) + limit
    request.options = (try? Options(written, for: part.allOptions)) ?? .standard(for: part.allOptions)
    request.baseline = nil
    request.further = []
    request.text = nil
    request.isStatic = inquiry.options.flag("static")
    request.isCancelled = { outer() || ContinuousClock().now >= end }
    var answer = Inquiry(request: request, server: inquiry.server, limits: limits)
    answer.lockTimeouts = inquiry.lockTimeouts
    answer.locks = inquiry.locks
    do throws(PostgresError) {
      if left <= 0 { throw .usage(usedUp) }
      try part.init().examine(connection, &answer)
      answer.coverUnjudged(part.rules)
    } catch {
      try Inquiry.rethrowFatal(error, inquiry.request)
      let reason = ContinuousClock().now >= end ? usedUp : error.message
      answer.notAssessed += part.rules.map { NotAssessed($0.rule, nil, reason) }
      answer.summary = "not assessed: \(reason)"
    }
    inquiry.lockTimeouts = answer.lockTimeouts
    inquiry.locks = answer.locks
    if request.isStatic {
      let left = Set(part.rules.filter { $0.dependsOnLoad }.map { $0.rule })
      answer.findings.removeAll { left.contains($0.rule) }
      answer.notAssessed.removeAll { left.contains($0.rule) }
    }
    inquiry.unmade += answer.unmade
    inquiry.findings += answer.findings
    inquiry.notAssessed += answer.notAssessed
    if inquiry.window == nil { inquiry.window = answer.window }
    // A remark on findings that there are: what it says of none would only be long.
    for note in answer.notes where !answer.findings.isEmpty && !inquiry.notes.contains(where: { $0.hasSuffix(note) }) {
      inquiry.notes.append("\\\(part.name): \(note)")
    }
    return PartOutcome(part, answer, ignoring: request.ignoring)
  }

  private func summary(_ inquiry: Inquiry, _ outcomes: [PartOutcome]) -> String {
    let kept = outcomes.flatMap { $0.findings }
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = kept.filter { $0.severity == severity }.count
      return count == 0
        ? nil : severity == .info ? Quantity.count(count, "remark") : Quantity.count(count, severity.rawValue)
    }
    let unmade = inquiry.unmade > 0 ? ["\(inquiry.unmade) more of the same that are not listed"] : []
    let found =
      kept.isEmpty
      ? "nothing found"
      : "\(Quantity.count(kept.count + inquiry.unmade, "finding")): " + (counts + unmade).joined(separator: ", ")
    let gaps = Set(inquiry.notAssessed.map { $0.rule }).count
    return gaps == 0 ? found : "\(found); \(Quantity.count(gaps, "rule")) not or not wholly assessed"
  }
}

/// Which findings of one severity come first: what stops a service before what slows it, and that before what is untidy.
private enum Urgency {
  private static let order: [Card.Area] = [
    .locks, .connections, .replication, .vacuum, .sequences, .partitions, .statements, .indexes, .storage, .schema,
  ]

  static func ranks(_ cards: [Card]) -> [String: Int] {
    Dictionary(cards.map { ($0.rule, order.firstIndex(of: $0.area) ?? order.count) }) { first, _ in first }
  }
}
