public import Postgres

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `\slow`: the statements that cost most, by what pg_stat_statements has counted.
public struct SlowStatements: Examination {
  public static let name = "slow"
  public static let manual = Manual(
    "show the statements that cost most, and how they cost it", takes: .none,
    details: """
      Reads pg_stat_statements: statements of this database since its last reset, or over an interval that begins now
      (over=60s; Ctrl-C ends it early). Names suspects of N+1 queries, sorts and hashes that spill to disk, and
      statements that take most of the time. With + texts are whole, and each has its number, roles, hit ratio, WAL and
      temporary files.

      Example: \\slow (by=calls, over=30s)
      """)

  static let dominating = Card(
    "statement-dominates-time", severity: .info, in: .statements, entry: "slow-queries",
    summary: "statements that take most of the database's time")
  static let repeated = Card(
    "statement-n-plus-one", severity: .warning, in: .statements, entry: "n-plus-one",
    summary: "lookups by key that are sent one by one")
  static let spilling = Card(
    "statement-spills", severity: .warning, in: .statements, entry: "temp-file-spill",
    summary: "statements whose sorts and hashes go to disk")
  public static let rules = [dominating, repeated, spilling]

  public static let options = [
    Option(
      "by", .choice(StatementOrder.allCases.map { $0.rawValue }), default: "total",
      "what to order by"),
    Option("top", .integer, default: "10", "statements shown"),
    Option("over", .duration, "count from now on, for this long"),
    Option("all", .flag, default: "off", "statements of all databases"),
    Option("utility", .flag, default: "on", "commands such as COPY, VACUUM and COMMIT, too"),
    Option(
      "calls", .integer, default: "100", "from how many calls on a lookup may be an N+1 query"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry)
    throws(PostgresError)
  {
    inquiry.scope = "no statement"
    guard let source = try source(connection, &inquiry) else { return }
    let allDatabases = inquiry.options.flag("all")
    let first = try inquiry.attempt(connection, for: Self.dominating.rule) {
      (connection) throws(PostgresError) in
      try StatementSnapshot.read(source, allDatabases: allDatabases, connection)
    }
    guard let first else { return }
    var counters = first.counters
    if let over = inquiry.options.integer("over") {
      let waited = Self.wait(milliseconds: over, inquiry.request.isCancelled)
      let limits = inquiry.limits
      let second = try Self.insisting { () throws(PostgresError) in
        try connection.inspect(limits) { (connection) throws(PostgresError) in
          try StatementSnapshot.read(source, allDatabases: allDatabases, connection)
        }
      }
      counters = second.since(first)
      remark(from: first, to: second, over: waited, wanted: over, &inquiry)
    } else {
      remark(first, source, &inquiry)
    }
    var load = StatementLoad(counters, window: inquiry.window?.seconds, order: order(inquiry))
    let numbers = load.numbersWanted(top: top(inquiry), inquiry)
    let limits = inquiry.limits
    let texts = try Self.insisting { () throws(PostgresError) in
      try connection.inspect(limits) { (connection) throws(PostgresError) in
        try connection.rows(
          StatementQueries.text(StatementQueries.texts, in: source.schema), [numbers])
      }
    }
    load.take(texts)
    load.report(source, &inquiry)
  }

  private func order(_ inquiry: Inquiry) -> StatementOrder {
    inquiry.options.text("by").flatMap { StatementOrder(rawValue: $0) } ?? .total
  }

  private func top(_ inquiry: Inquiry) -> Int {
    inquiry.request.isComplete && !inquiry.options.given.contains("top")
      ? 1000 : inquiry.options.integer("top") ?? 10
  }

  private func source(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> StatementExtension? {
    let rows = try inquiry.attempt(connection, for: Self.dominating.rule) {
      (connection) throws(PostgresError) in
      try connection.rows(StatementQueries.state)
    }
    guard let row = rows?.first else { return nil }
    switch StatementExtension.read(row) {
    case .success(let source): return source
    case .failure(let obstacle):
      for card in Self.rules {
        inquiry.notAssessed.append(NotAssessed(card.rule, nil, obstacle.missing.reason))
      }
      inquiry.summary = "not assessed: \(obstacle.missing.reason)"
      return nil
    }
  }

  // MARK: The time that is looked at

  /// Waits, and says how long: until the time is over or the user has had enough.
  private static func wait(milliseconds: Int, _ isCancelled: () -> Bool) -> Int {
    let clock = ContinuousClock()
    let start = clock.now
    let end = start + .milliseconds(milliseconds)
    while clock.now < end, !isCancelled() { usleep(20_000) }
    let (seconds, fraction) = (clock.now - start).components
    return Int(seconds) * 1000 + Int(fraction / 1_000_000_000_000_000)
  }

  /// What was cancelled by the Ctrl-C that ended the waiting is asked again: what is known by then is to be shown.
  private static func insisting<R>(_ body: () throws(PostgresError) -> R) throws(PostgresError) -> R {
    do {
      return try body()
    } catch {
      guard error.sqlState == "57014" else { throw error }
      return try body()
    }
  }

  private func remark(
    _ snapshot: StatementSnapshot, _ source: StatementExtension, _ inquiry: inout Inquiry
  ) {
    guard let since = snapshot.since, let seconds = snapshot.seconds else {
      inquiry.window = Window(
        since: nil, seconds: nil,
        note: "since the last reset of pg_stat_statements, whose time this version doesn't tell")
      return
    }
    inquiry.window = Window(
      since: since, seconds: seconds,
      note: "pg_stat_statements, reset \(Quantity.pretty(seconds: seconds)) ago (\(since))")
    if let evicted = snapshot.evicted, evicted > 0 {
      inquiry.notes.append(
        "\(Quantity.count(evicted, "time")) the least used statements had to make room (pg_stat_statements.max): counts "
          + "of rare ones are too low")
    }
  }

  private func remark(
    from first: StatementSnapshot, to second: StatementSnapshot, over milliseconds: Int,
    wanted: Int,
    _ inquiry: inout Inquiry
  ) {
    let seconds = max(1, (milliseconds + 500) / 1000)
    let isShort = milliseconds < wanted
    inquiry.window = Window(
      since: nil, seconds: seconds,
      note: "the last \(Quantity.pretty(seconds: seconds))\(isShort ? " (stopped early)" : "")")
    if first.since != second.since {
      inquiry.notes.append(
        "pg_stat_statements was reset in between, at \(second.since ?? "?"): figures are since then"
      )
    }
    if let before = first.evicted, let after = second.evicted, after > before {
      inquiry.notes.append(
        "statements had to make room for others in between: rare ones may be missing")
    }
  }
}
