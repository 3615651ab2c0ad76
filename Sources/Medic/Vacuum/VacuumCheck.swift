public import Postgres

/// `\vacuum`: dead rows, starved or disabled autovacuum, stale statistics, wraparound, and who holds the horizon.
public struct VacuumCheck: Examination {
  public static let name = "vacuum"
  public static let manual = Manual(
    "say what vacuuming is behind with, and who keeps it from removing rows",
    details: """
      Examines only: VACUUM itself is SQL. Dead rows, inserts and changes are compared with the thresholds that
      autovacuum computes for each table; the ages of transaction and multixact numbers with where the server stops. The
      horizon's holders are sessions, prepared transactions, replication slots and standbys.

      Example: \\vacuum (held=1min) billing.*
      """)

  static let off = Card(
    "autovacuum-off", severity: .error, in: .vacuum, entry: "autovacuum-tuning",
    summary: "autovacuum, or the counting that it needs, turned off for the whole server")
  static let tableOff = Card(
    "autovacuum-off-table", severity: .warning, in: .vacuum, entry: "autovacuum-tuning",
    summary: "tables that autovacuum is told to leave alone")
  static let starved = Card(
    "vacuum-starved", severity: .warning, in: .vacuum, entry: "autovacuum-tuning",
    summary: "tables beyond the threshold at which autovacuum should have come")
  static let stale = Card(
    "statistics-stale", severity: .warning, in: .vacuum, entry: "stale-statistics",
    summary: "tables whose planner statistics are missing or old")
  static let wraparound = Card(
    "wraparound", severity: .warning, in: .vacuum, entry: "xid-wraparound",
    summary: "databases whose transaction or multixact numbers run out")
  static let wraparoundTable = Card(
    "wraparound-table", severity: .warning, in: .vacuum, entry: "xid-wraparound",
    summary: "tables that hold their database's oldest numbers and aren't being frozen")
  static let horizon = Card(
    "horizon-held", severity: .warning, in: .vacuum, entry: "vacuum-xmin-horizon",
    summary: "who keeps dead rows from being removed")
  public static let rules = [off, tableOff, starved, stale, wraparound, wraparoundTable, horizon]

  public static let options = [
    Option(
      "held", .duration, default: "10min",
      "from when on a session or prepared transaction that holds the horizon is reported"),
    Option("held_age", .integer, default: "100000", "the same for a replication slot, in transactions begun since"),
    Option("dead", .integer, default: "1000", "tables with fewer dead or changed rows are left out"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    inquiry.notes.append("examines only; VACUUM itself is SQL")
    if let row = try inquiry.read(connection, [Self.settings], for: Self.off.rule)?.first {
      judgeSettings(row, &inquiry)
    }
    let holders = try readHolders(connection, &inquiry)
    let rows = try inquiry.read(
      connection, VacuumTable.queries, inquiry.request.scope.parameters, for: Self.starved.rule)
    if rows == nil { inquiry.shareGap(of: Self.starved, with: [Self.tableOff, Self.stale, Self.wraparoundTable]) }
    let tables = (rows ?? []).map { VacuumTable($0) }
    let databases = try inquiry.read(connection, [Wraparound.query], for: Self.wraparound.rule) ?? []
    inquiry.scope = rows == nil ? "server" : try countTables(rows ?? [], connection, &inquiry)
    judgeDatabases(databases, &inquiry)
    judgeAges(tables, &inquiry)
    if inquiry.server.isStandby {
      for card in [Self.tableOff, Self.starved, Self.stale, Self.horizon] {
        inquiry.notAssessed.append(NotAssessed(card.rule, nil, "counted on the primary only: ask there"))
      }
    } else {
      for table in tables { judge(table, holders.first { !$0.isElsewhere && !$0.isCatalogOnly }, &inquiry) }
      judgeHolders(holders, tables, &inquiry)
    }
    try reportProgress(connection, &inquiry)
    summarize(databases, &inquiry)
  }

  // MARK: The server's settings

  static let settings = Query(
    from: 11,
    """
    SELECT pg_catalog.current_setting('autovacuum')::boolean AS autovacuum,
      pg_catalog.current_setting('track_counts')::boolean AS track_counts,
      pg_catalog.current_setting('autovacuum_max_workers')::integer AS most_workers,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_type = 'autovacuum worker')
        AS workers
    """)

  private func judgeSettings(_ row: Row, _ inquiry: inout Inquiry) {
    let server = DatabaseObject(.server, name: "server")
    for (name, why) in [
      ("autovacuum", "only vacuums against wraparound still run"),
      ("track_counts", "autovacuum can't tell what to vacuum, and these figures stand still"),
    ] where !row.flag(name) {
      inquiry.findings.append(
        Finding(
          Self.off, on: server, "\(name) is off: \(why)",
          evidence: [Fact("setting", .text(name)), Fact("value", "off")],
          remedy: inquiry.server.provider == nil ? .turnOn(name) : nil, weight: 1))
    }
    let workers = row.int("workers") ?? 0
    let most = row.int("most_workers") ?? 0
    if inquiry.server.readsAllStatistics {
      inquiry.figures.append(
        Figure(
          "workers", "autovacuum workers at work", .int(workers),
          note: "of \(most)\(workers >= most && most > 0 ? ": all busy, tables wait" : "")"))
    }
  }

  private func countTables(
    _ rows: [Row], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> String {
    if let count = rows.first?.int("in_scope") { return Quantity.count(count, "table") }
    let counted = try inquiry.read(connection, [Self.count], inquiry.request.scope.parameters, for: Self.starved.rule)
    return Quantity.count(counted?.first?.int("tables") ?? 0, "table")
  }

  /// Asked when no table is beyond anything, so that no row carries the number.
  static let count = Query(
    from: 11,
    """
    SELECT pg_catalog.count(*) AS tables FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'p') AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    """)

  // MARK: Tables

  private func judge(_ table: VacuumTable, _ holder: HorizonHolder?, _ inquiry: inout Inquiry) {
    guard !table.isTemporary else { return }
    let least = inquiry.options.integer("dead") ?? 1000
    let facts = Self.facts(of: table)
    let isBig = table.dead >= least || table.inserted >= least
    let dead = table.dead >= least && table.overdue > 1
    let inserts = table.inserted >= least && table.insertsOverdue > 1
    if !table.isEnabled {
      let isBehind = isBig && (dead || inserts)
      if table.goesByTable, !isBehind { return }
      let counts = [
        table.dead > 0 ? Quantity.count(table.dead, "dead row") : nil,
        table.modified > 0 ? "\(table.modified) changed since ANALYZE" : nil,
      ].compactMap { $0 }.joined(separator: ", ")
      inquiry.findings.append(
        Finding(
          Self.tableOff, on: table.object,
          "autovacuum is off for \(table.isTOAST ? "its TOAST table" : "it")"
            + (counts.isEmpty ? "; nothing waits" : ": \(counts)"),
          severity: isBehind ? nil : .info, evidence: facts,
          remedy: table.goesByTable ? .vacuum(table, note: nil) : .enableAutovacuum(table),
          weight: table.overdue.isFinite ? table.overdue : 1))
    } else if dead || inserts, !table.isPartitioned {
      let times = dead ? table.overdue : table.insertsOverdue
      let what =
        dead
        ? "\(table.dead) dead rows, autovacuum comes at \(Int(table.vacuumThreshold))"
        : "\(table.inserted) rows inserted since VACUUM, autovacuum comes at \(Int(table.insertThreshold ?? 0))"
      let last = table.lastVacuum.map { "last VACUUM \(Quantity.pretty(seconds: $0)) ago" } ?? "no VACUUM counted yet"
      let held = (holder?.seconds ?? 0) > 60 ? "; \(holder?.words ?? "") holds the horizon" : ""
      // Up to twice the threshold is what a table reaches before the next worker comes, and it comes now and then only.
      let isRecent = table.lastVacuum.map { $0 < 120 } ?? false
      let severity: Severity? =
        times < 2 || !dead || isRecent ? .info : times >= 10 && table.dead >= 1_000_000 ? .error : nil
      inquiry.findings.append(
        Finding(
          Self.starved, on: table.object, "\(what); \(last)\(held)", severity: severity, evidence: facts,
          remedy: .vacuum(table, note: held.isEmpty ? nil : "While the horizon is held it removes little."),
          weight: times.isFinite ? times : 1))
    }
    judgeStatistics(table, least, facts, &inquiry)
  }

  private func judgeStatistics(_ table: VacuumTable, _ least: Int, _ facts: [Fact], _ inquiry: inout Inquiry) {
    if table.isTOAST { return }
    if table.isPartitioned {
      // No autovacuum ever analyses a partitioned table: its own statistics are as old as the last ANALYZE by hand.
      guard table.lastAnalyze == nil, table.rows == nil, table.live >= least, inquiry.server.major >= 14 else { return }
      inquiry.findings.append(
        Finding(
          Self.stale, on: table.object, "never analysed as a whole: autovacuum analyses partitions, not their parent",
          severity: .info, evidence: facts, confidence: .medium, remedy: .analyze(table)))
      return
    }
    let never = table.rows == nil && table.lastAnalyze == nil && table.live >= least
    guard never || (table.modified >= least && table.analysisOverdue > 1) else { return }
    let message =
      never
      ? "never analysed, about \(table.live) rows: the planner guesses"
      : "\(table.modified) rows changed since ANALYZE, autovacuum analyses at \(Int(table.analyzeThreshold))"
    let isFar = table.analysisOverdue >= 2 && table.isEnabled || !table.isEnabled
    inquiry.findings.append(
      Finding(
        Self.stale, on: table.object, message, severity: isFar ? nil : .info, evidence: facts, remedy: .analyze(table),
        weight: table.analysisOverdue.isFinite ? table.analysisOverdue : 1))
  }

  private static func facts(of table: VacuumTable) -> [Fact] {
    [
      Fact("dead_rows", .int(table.dead)), Fact("vacuum_threshold", .double(table.vacuumThreshold)),
      Fact("inserted_since_vacuum", .int(table.inserted)), Fact("insert_threshold", Value(table.insertThreshold)),
      Fact("modified_since_analyze", .int(table.modified)), Fact("analyze_threshold", .double(table.analyzeThreshold)),
      Fact("live_rows", .int(table.live)), Fact("last_vacuum_seconds", Value(table.lastVacuum)),
      Fact("last_analyze_seconds", Value(table.lastAnalyze)), Fact("autovacuum_enabled", .bool(table.isEnabled)),
    ]
  }

  // MARK: Wraparound

  private func judgeDatabases(_ rows: [Row], _ inquiry: inout Inquiry) {
    for row in rows {
      for state in Wraparound.of(row) {
        guard let severity = state.severity else { continue }
        inquiry.findings.append(
          Finding(
            Self.wraparound, on: DatabaseObject(.database, name: row.text("name")), state.words, severity: severity,
            evidence: [
              Fact("counter", .text(state.counter.rawValue)), Fact("age", .int(state.age)),
              Fact("freeze_max_age", .int(state.freezeAge)), Fact("failsafe_age", Value(state.failsafeAge)),
              Fact("left", .int(max(0, Wraparound.stop - state.age))),
              Fact("percent", .double((state.share * 1000).rounded() / 10)),
            ], weight: state.share + 2))
      }
    }
  }

  private func judgeAges(_ tables: [VacuumTable], _ inquiry: inout Inquiry) {
    for table in tables {
      for (counter, age, limit) in [
        (Wraparound.Counter.transactions, table.transactionAge, table.freezeAge),
        (.multixacts, table.multixactAge, table.multixactFreezeAge),
      ] where Double(age) > Double(limit) * 1.25 {
        let state = Wraparound(counter: counter, age: age, freezeAge: limit, failsafeAge: nil)
        guard let severity = state.severity else { continue }
        let temporary =
          table.isTemporary
          ? "; a temporary table: only its session can vacuum it, or its end drops it" : ""
        inquiry.findings.append(
          Finding(
            Self.wraparoundTable, on: table.object, state.words + temporary, severity: severity,
            evidence: [
              Fact("counter", .text(counter.rawValue)), Fact("age", .int(age)), Fact("freeze_max_age", .int(limit)),
              Fact("is_temporary", .bool(table.isTemporary)),
              Fact("size_bytes", .int(table.pages * inquiry.server.blockSize)),
            ],
            remedy: table.isTemporary
              ? nil
              : .vacuum(table, freeze: true, note: "In a hurry: (FREEZE, INDEX_CLEANUP off) leaves indexes for later."),
            weight: state.share))
      }
    }
  }

  private func summarize(_ databases: [Row], _ inquiry: inout Inquiry) {
    func count(_ card: Card) -> Int { inquiry.findings.filter { $0.rule == card.rule }.count }
    let oldest = databases.flatMap { row in Wraparound.of(row) }.max { $0.share < $1.share }
    let behind = inquiry.findings.filter { $0.rule == Self.tableOff.rule && $0.severity > .info }.count
    let parts = [
      count(Self.starved) == 0
        ? behind == 0 ? "no table waits for VACUUM" : nil
        : Quantity.count(count(Self.starved), "table waits for VACUUM", "tables wait for VACUUM"),
      count(Self.tableOff) == 0
        ? nil : "\(count(Self.tableOff)) without autovacuum" + (behind == 0 ? "" : ", \(behind) of them behind"),
      count(Self.stale) == 0 ? nil : "\(count(Self.stale)) with old statistics",
      count(Self.horizon) == 0 ? nil : "the horizon is held",
      oldest.map { "wraparound at \(Quantity.percent($0.share))" },
    ]
    inquiry.summary = parts.compactMap { $0 }.joined(separator: "; ")
    if !databases.isEmpty {
      let rows = databases.prefix(inquiry.options.integer("limit") ?? 20).map { row -> [Value] in
        [
          .text(row.text("name")), Value(row.int("transaction_age")), Value(row.int("multixact_age")),
          .double(((Wraparound.of(row).map { $0.share }.max() ?? 0) * 1000).rounded() / 10),
        ]
      }
      inquiry.figures.append(
        Figure(
          "databases", "ages of databases",
          columns: ["database", "transaction_age", "multixact_age", "percent_to_stop"],
          rows: Array(rows), isDetail: true))
    }
  }
}
