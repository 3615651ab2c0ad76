import Postgres

/// Settings that endanger data, blind the server or wait for a restart, and the last restart itself.
struct ServerSettings: Examination {
  static let name = "settings"
  static let manual = Manual("find settings that endanger data or hide trouble", takes: .none, details: "")

  static let unsafe = Card(
    "setting-unsafe", severity: .error, in: .storage, entry: "data-corruption",
    summary: "settings with which a crash may damage data")
  static let blind = Card(
    "setting-blind", severity: .warning, in: .connections, entry: "monitoring",
    summary: "settings that keep people from seeing what the server does")
  static let restart = Card(
    "setting-pending-restart", severity: .warning, in: .schema, entry: "monitoring",
    summary: "settings that were changed and wait for a restart")
  static let missing = Card(
    "setting-missing", severity: .info, in: .schema, entry: "monitoring",
    summary: "safeguards that are not switched on")
  static let restarted = Card(
    "server-restarted", severity: .info, in: .connections, entry: "monitoring",
    summary: "restarts and crashes of late")
  static let rules = [unsafe, blind, restart, missing, restarted]

  init() {}

  /// Reset values: our own frame sets some of these for its transaction. `is_tuned` counts roles and databases that have
  /// a value of their own.
  static let query = Query(
    from: 11,
    """
    SELECT s.name, s.reset_val AS value, s.source, s.context, s.pending_restart,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_db_role_setting AS r
        CROSS JOIN LATERAL pg_catalog.unnest(r.setconfig) AS line (text)
        WHERE pg_catalog.split_part(line.text, '=', 1) = s.name) AS tuned,
      s.sourcefile ~ 'postgresql[.]auto[.]conf$' AS is_altered
    FROM pg_catalog.pg_settings AS s
    WHERE s.pending_restart OR s.name IN ('fsync', 'full_page_writes', 'zero_damaged_pages',
      'ignore_checksum_failure', 'ignore_system_indexes', 'track_activities',
      'data_checksums', 'statement_timeout', 'idle_in_transaction_session_timeout', 'pg_stat_statements.max')
    ORDER BY s.name
    """)

  /// The identifier's upper half is the second in which initdb ran.
  static let history = """
    SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::bigint
        AS up_seconds,
      pg_catalog.date_part('epoch', pg_catalog.pg_postmaster_start_time())::bigint
        - ((c.system_identifier >> 32) & 4294967295) AS seconds_from_initdb_to_start,
      EXISTS (SELECT FROM pg_catalog.pg_extension AS e WHERE e.extname = 'pg_stat_statements') AS has_statements
    FROM pg_catalog.pg_control_system() AS c
    """

  func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    guard let rows = try inquiry.read(connection, [Self.query], for: Self.unsafe.rule) else { return }
    let settings = rows.map { ServerSetting($0) }
    inquiry.scope = Quantity.count(settings.count, "setting")
    for setting in settings {
      for finding in setting.findings(inquiry.server) { inquiry.findings.append(finding) }
    }
    try judgeHistory(settings, connection, &inquiry)
    let count = inquiry.findings.count
    inquiry.summary =
      count == 0
      ? "no setting endangers data or hides trouble" : Quantity.count(count, "remark") + " on settings and restarts"
  }

  private func judgeHistory(
    _ settings: [ServerSetting], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard
      let row = try inquiry.read(connection, [Query(from: 11, Self.history)], for: Self.restarted.rule)?.first
    else {
      inquiry.notAssessed.append(NotAssessed(Self.missing.rule, nil, "what is installed could not be read"))
      return
    }
    if !row.flag("has_statements") {
      let isLoaded = settings.contains { $0.name == "pg_stat_statements.max" }
      inquiry.findings.append(Self.noStatements(isLoaded: isLoaded))
    }
    guard
      let window = try inquiry.read(connection, EvidenceWindow.queries, for: Self.restarted.rule)?.first
        .map({ EvidenceWindow($0) })
    else { return }
    let history = ServerHistory(
      upSeconds: row.int("up_seconds") ?? 0, counterSeconds: window.serverSeconds, ownSeconds: window.ownSeconds,
      secondsFromInitdb: row.int("seconds_from_initdb_to_start"))
    if let finding = history.finding { inquiry.findings.append(finding) }
  }

  private static func noStatements(isLoaded: Bool) -> Finding {
    let how =
      isLoaded
      ? "pg_stat_statements is loaded, but not made in this database"
      : "pg_stat_statements is not loaded: it needs shared_preload_libraries and a restart"
    return Finding(
      Card(missing.rule, severity: .info, in: .statements, entry: "slow-queries", summary: missing.summary),
      on: DatabaseObject(.setting, name: "pg_stat_statements"),
      "\(how); without it \\slow and \\advise see no workload",
      evidence: [Fact("is_loaded", .bool(isLoaded))],
      remedy: isLoaded
        ? Remedy(sql: ["CREATE EXTENSION pg_stat_statements"], undo: ["DROP EXTENSION pg_stat_statements"]) : nil)
  }
}

/// When the server started, and whether its counters say that it had crashed.
///
/// A clean stop keeps the counters; a crash, an immediate stop and a restore from a base backup begin them anew (15.20:
/// a backend killed by signal 9 did so with the postmaster's start time unchanged).
struct ServerHistory: Equatable {
  let upSeconds: Int
  let counterSeconds: Int?
  let ownSeconds: Int?
  let secondsFromInitdb: Int?

  private static let week = 604_800

  var finding: Finding? {
    let server = DatabaseObject(.server, name: "server")
    let evidence = [
      Fact("up_seconds", .int(upSeconds)), Fact("counters_seconds", Value(counterSeconds)),
      Fact("seconds_from_initdb_to_start", Value(secondsFromInitdb)),
    ]
    if let counters = counterSeconds, counters < Self.week {
      let age = Quantity.pretty(seconds: counters)
      // A database whose own counters are older shows that somebody reset the server's.
      let wasReset = ownSeconds.map { $0 > counters + 5 } ?? false
      if counters + 60 < upSeconds, !wasReset {
        return Finding(
          card("out-of-memory"), on: server,
          "all counters began \(age) ago in a running server, as after the crash of a backend", severity: .warning,
          evidence: evidence, confidence: .medium)
      }
      if abs(counters - upSeconds) <= 60, let fresh = secondsFromInitdb, fresh > 600 {
        return Finding(
          card("monitoring"), on: server,
          "started \(age) ago with empty counters, as after a crash, an immediate stop or a restore",
          severity: .warning, evidence: evidence, confidence: .medium)
      }
    }
    guard upSeconds < 86400 else { return nil }
    return Finding(
      card("monitoring"), on: server, "started \(Quantity.pretty(seconds: upSeconds)) ago", evidence: evidence)
  }

  private func card(_ entry: String) -> Card {
    let card = ServerSettings.restarted
    return Card(card.rule, severity: card.severity, in: card.area, entry: entry, summary: card.summary)
  }
}
