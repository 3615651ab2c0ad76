import Postgres

/// The statements of one look, with their texts where those are wanted, and what they say.
struct StatementLoad: Sendable {
  private let order: StatementOrder
  /// Seconds over which was counted, where that is known.
  private let window: Int?
  private let hidden: [StatementCounters]
  private let ownEntries: Int
  private var statements: [StatementCounters]
  private var texts: [StatementCounters.Key: String] = [:]
  private let totalTime: Double
  private let totalCalls: Int
  private let count: Int

  init(_ counters: [StatementCounters], window: Int?, order: StatementOrder) {
    self.order = order
    self.window = window
    ownEntries = counters.filter { $0.key.isOwn }.count
    let others = counters.filter { !$0.key.isOwn }
    hidden = others.filter { $0.key.query == nil }
    statements = others.filter { $0.key.query != nil }.sorted {
      let (left, right) = (order.value($0), order.value($1))
      return left != right
        ? left > right : ($0.key.query ?? 0, $0.key.database) < ($1.key.query ?? 0, $1.key.database)
    }
    count = statements.count
    // What runs inside a function counts in the statement that called it, too.
    let outer = others.filter { $0.key.isTopLevel }
    totalTime = outer.reduce(0) { $0 + $1.execTime }
    totalCalls = outer.reduce(0) { $0 + $1.calls }
  }

  /// The numbers of the statements that may be shown or judged, as an array of the server's: the others' texts needn't
  /// travel. Statements are left with these only as far as they are listed.
  mutating func numbersWanted(top: Int, _ inquiry: Inquiry) -> String {
    let least = inquiry.options.integer("calls") ?? 100
    // Commands may be left out, so some more than are shown.
    var wanted = Array(statements.prefix(top < 1000 ? top * 3 : 5000))
    let listed = Set(wanted.map { $0.key })
    wanted += statements.filter {
      !listed.contains($0.key)
        && (isRepeated($0, least) || spills($0) || share($0) >= Self.dominance)
    }
    statements = wanted
    return ArrayText.write(wanted.compactMap { $0.key.query })
  }

  mutating func take(_ rows: [Row]) {
    let found = Dictionary(
      rows.map { ([$0.int("dbid") ?? 0, $0.int("queryid") ?? 0], $0.text("query")) }
    ) {
      first, _ in first
    }
    for statement in statements {
      texts[statement.key] = found[[statement.key.database, statement.key.query ?? 0]]
    }
  }

  private func text(_ statement: StatementCounters) -> String {
    texts[statement.key] ?? "(its text is gone)"
  }

  // MARK: Figures

  func report(_ source: StatementExtension, _ inquiry: inout Inquiry) {
    let keepsUtility = inquiry.options.flag("utility")
    let isComplete = inquiry.request.isComplete && !inquiry.options.given.contains("top")
    let top = isComplete ? Int.max : inquiry.options.integer("top") ?? 10
    let kept = statements.filter { keepsUtility || !StatementShape.isUtility(text($0)) }
    let shown = kept.filter { order.value($0) > 0 }.prefix(top)
    inquiry.scope =
      "\(Quantity.count(count, "statement"))"
      + (inquiry.options.flag("all") ? " of all databases" : "")
    let blockSize = inquiry.server.blockSize
    inquiry.figures.append(
      Figure(
        "statements", "statements by \(order.words)",
        columns: ["n", "calls", "total_ms", "mean_ms", "percent"] + extraColumn + ["statement"],
        rows: shown.enumerated().map { index, statement in
          [
            .int(index + 1), .int(statement.calls), Self.rounded(statement.execTime),
            Self.rounded(statement.mean),
            .double((share(statement) * 1000).rounded() / 10),
          ] + extra(statement, blockSize) + [.text(StatementShape.oneLine(text(statement)))]
        }, layout: .cut))
    inquiry.figures.append(
      Figure(
        "details", "the same in detail",
        columns: [
          "n", "queryid", "database", "roles", "toplevel", "rows", "rows_per_call", "hit_percent",
          "read_bytes",
          "temp_bytes", "wal_bytes", "io_ms", "plan_ms",
        ],
        rows: shown.enumerated().map { index, statement in
          [
            .int(index + 1), Value(statement.key.query), .text(statement.database),
            .text(statement.roles.joined(separator: ", ")), .bool(statement.key.isTopLevel),
            .int(statement.rows),
            Self.rounded(statement.rowsPerCall),
            statement.hitRatio.map { Self.rounded($0 * 100) } ?? .null,
            .int(statement.read * blockSize), .int(statement.tempWritten * blockSize),
            .int(statement.walBytes),
            Self.rounded(statement.ioTime), Self.rounded(statement.planTime),
          ]
        }, note: source.measuresIO ? nil : "I/O times are not measured: track_io_timing is off",
        isDetail: true))
    for statement in statements { judge(statement, source, &inquiry) }
    let seconds =
      totalTime < 2000
      ? "\(Self.rounded(totalTime).text) ms"
      : Quantity.pretty(seconds: Int(exactly: (totalTime / 1000).rounded()) ?? 0)
    inquiry.summary =
      totalCalls == 0 ? "no statement ran" : "\(Quantity.count(totalCalls, "call")) took \(seconds)"
    if let window, window > 0, totalTime / 1000 / Double(window) >= 0.01 {
      inquiry.summary +=
        ", \(Self.rounded(totalTime / 1000 / Double(window)).text) sessions busy on average"
    }
    if !inquiry.findings.isEmpty {
      inquiry.summary += "; \(Quantity.count(inquiry.findings.count, "finding"))"
    }
    sayWhatIsHidden(&inquiry)
  }

  private func sayWhatIsHidden(_ inquiry: inout Inquiry) {
    let entries = hidden.reduce(0) { $0 + $1.entries }
    if entries > 0 {
      let time = hidden.reduce(0) { $0 + $1.execTime }
      let share = totalTime > 0 ? ", \(Quantity.percent(time / totalTime)) of the time" : ""
      let reason =
        "\(Quantity.count(entries, "statement")) of other roles\(share): their texts need pg_read_all_stats (pg_monitor)"
      for card in SlowStatements.rules {
        inquiry.notAssessed.append(NotAssessed(card.rule, nil, reason))
      }
    }
    if ownEntries > 0 {
      inquiry.notes.append("\(Quantity.count(ownEntries, "statement")) of pgmedic's own left out")
    }
  }

  private var extraColumn: [String] {
    switch order {
    case .total, .mean, .calls: []
    case .io: ["read_bytes"]
    case .temp: ["temp_bytes"]
    case .wal: ["wal_bytes"]
    case .rows: ["rows"]
    }
  }

  private func extra(_ statement: StatementCounters, _ blockSize: Int) -> [Value] {
    switch order {
    case .total, .mean, .calls: []
    case .io: [.int(statement.read * blockSize)]
    case .temp: [.int(statement.tempWritten * blockSize)]
    case .wal: [.int(statement.walBytes)]
    case .rows: [.int(statement.rows)]
    }
  }

  /// Two digits behind the point; three where it is small.
  private static func rounded(_ value: Double) -> Value {
    let factor: Double = abs(value) < 1 ? 1000 : 100
    return .double((value * factor).rounded() / factor)
  }

  // MARK: Findings

  /// From which share of all time on a statement is named.
  private static let dominance = 0.3
  /// From which share of all calls on a lookup is a suspect.
  private static let repetition = 0.1
  /// Blocks written to temporary files by one call.
  private static let spill = 64.0

  private func share(_ statement: StatementCounters) -> Double {
    totalTime > 0 && statement.key.isTopLevel ? statement.execTime / totalTime : 0
  }

  private func isRepeated(_ statement: StatementCounters, _ least: Int) -> Bool {
    statement.key.isTopLevel && statement.calls >= least
      && (0.1...3).contains(statement.rowsPerCall)
      && Double(statement.calls) >= Self.repetition * Double(totalCalls)
  }

  private func spills(_ statement: StatementCounters) -> Bool {
    statement.calls > 0 && Double(statement.tempWritten) >= Self.spill * Double(statement.calls)
  }

  private func judge(
    _ statement: StatementCounters, _ source: StatementExtension, _ inquiry: inout Inquiry
  ) {
    guard let text = texts[statement.key], let number = statement.key.query else { return }
    let object = DatabaseObject(.statement, name: "query \(number)")
    let evidence = [
      Fact("queryid", .int(number)), Fact("calls", .int(statement.calls)),
      Fact("total_ms", Self.rounded(statement.execTime)),
      Fact("mean_ms", Self.rounded(statement.mean)),
      Fact("rows_per_call", Self.rounded(statement.rowsPerCall)),
      Fact("share_of_time", Self.rounded(share(statement))),
      Fact("statement", .text(StatementShape.oneLine(text))),
    ]
    let brief = StatementShape.brief(text)
    let time = share(statement)
    if time >= Self.dominance, statement.execTime >= 100 {
      // A database that is hardly busy isn't helped by this.
      let load = window.map { $0 > 0 ? statement.execTime / 1000 / Double($0) : 0 } ?? 0
      inquiry.findings.append(
        Finding(
          SlowStatements.dominating, on: object, "\(Quantity.percent(time)) of all time: \(brief)",
          severity: load >= 0.5 ? .warning : nil,
          evidence: evidence + [Fact("sessions_busy", Self.rounded(load))], weight: time))
    }
    let least = inquiry.options.integer("calls") ?? 100
    if isRepeated(statement, least), StatementShape.isKeyedLookup(text) {
      let share = Double(statement.calls) / Double(max(1, totalCalls))
      inquiry.findings.append(
        Finding(
          SlowStatements.repeated, on: object,
          "\(statement.calls) calls (\(Quantity.percent(share)) of all), "
            + "\(Self.rounded(statement.rowsPerCall).text) rows each: \(brief)",
          evidence: evidence + [Fact("share_of_calls", Self.rounded(share))], confidence: .medium,
          weight: Double(statement.calls)))
    }
    if spills(statement) {
      let bytes = statement.tempWritten / max(1, statement.calls) * inquiry.server.blockSize
      inquiry.findings.append(
        Finding(
          SlowStatements.spilling, on: object,
          "writes \(Quantity.pretty(bytes: bytes)) of temporary files a call: \(brief)",
          evidence: evidence + [
            Fact("temp_bytes_per_call", .int(bytes)), Fact("work_mem", .text(source.workMemory)),
          ],
          weight: Double(statement.tempWritten)))
    }
  }
}
