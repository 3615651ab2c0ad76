import Postgres

extension VacuumCheck {
  /// Who holds the horizon; empty with "not assessed" where this role doesn't see other sessions'.
  func readHolders(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [HorizonHolder] {
    if inquiry.server.isStandby { return [] }
    let rows = try inquiry.read(connection, [HorizonHolder.query], for: Self.horizon.rule) ?? []
    if !inquiry.server.readsAllStatistics {
      let reason = "other roles' sessions hide their horizon from this role: needs pg_monitor"
      inquiry.notAssessed.append(NotAssessed(Self.horizon.rule, nil, reason))
    }
    // The user's own session is no news while an examination runs beside it; its transaction is, so it stays.
    return rows.map { HorizonHolder($0) }
  }

  func judgeHolders(_ holders: [HorizonHolder], _ tables: [VacuumTable], _ inquiry: inout Inquiry) {
    if !holders.isEmpty {
      let rows = holders.prefix(inquiry.options.integer("limit") ?? 20).map { holder -> [Value] in
        [.text(holder.words), .int(holder.age), Value(holder.seconds), .text(holder.holds)]
      }
      inquiry.figures.append(
        Figure(
          "horizon", "who holds the horizon, the oldest first", columns: ["holder", "age", "open_seconds", "holds"],
          rows: Array(rows), isDetail: !holders.contains { isLong($0, inquiry) }))
    }
    let dead = tables.reduce(0) { $0 + $1.dead }
    for holder in holders where isLong(holder, inquiry) && !holder.isElsewhere {
      inquiry.findings.append(finding(holder, dead, inquiry))
    }
  }

  private func isLong(_ holder: HorizonHolder, _ inquiry: Inquiry) -> Bool {
    guard let seconds = holder.seconds, holder.kind != .standby else {
      return holder.age >= inquiry.options.integer("held_age") ?? 100_000
    }
    return seconds * 1000 >= inquiry.options.integer("held") ?? 600_000
  }

  private func finding(_ holder: HorizonHolder, _ dead: Int, _ inquiry: Inquiry) -> Finding {
    let time = holder.seconds.map { " for \(Quantity.pretty(seconds: $0))" } ?? ""
    let who = [holder.role, holder.application].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    let isUsers = holder.pid != nil && holder.pid == inquiry.request.userPID.map { Int($0) }
    let message =
      "\(isUsers ? "your own session, " : "")\(holder.condition)\(time): holds \(holder.holds), nothing deleted since can "
      + "be removed; \(Quantity.count(holder.age, "transaction")) begun since"
    let isOld = (holder.seconds ?? 0) >= 86400 || holder.age >= 50_000_000
    let isRecent = holder.seconds.map { $0 < 3600 } ?? false
    return Finding(
      Self.horizon, on: holder.object, message,
      severity: isOld ? .error : isRecent && holder.age < 1_000_000 ? .info : nil,
      evidence: [
        Fact("kind", .text(holder.kind.rawValue)), Fact("who", .text(who)), Fact("age_transactions", .int(holder.age)),
        Fact("seconds", Value(holder.seconds)), Fact("state", Value(holder.state)), Fact("holds", .text(holder.holds)),
        Fact("dead_rows_seen", .int(dead)), Fact("backend_start", Value(holder.backendStart)),
        Fact("last_query", Value(holder.query)),
      ], remedy: holder.remedy, weight: Double(holder.seconds ?? 0) + Double(holder.age))
  }

  // MARK: VACUUM under way

  /// Columns that every version has. Names only of this database's tables.
  static let progress = Query(
    from: 11,
    """
    SELECT v.pid, v.datname AS database, n.nspname AS schema, c.relname AS name, v.phase, v.heap_blks_total AS total,
      v.heap_blks_scanned AS scanned, v.heap_blks_vacuumed AS vacuumed, v.index_vacuum_count AS index_rounds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::bigint AS seconds,
      a.query ~ 'to prevent wraparound' AS is_forced
    FROM pg_catalog.pg_stat_progress_vacuum AS v
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = v.pid
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = v.relid AND v.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    ORDER BY v.pid
    """)

  func reportProgress(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rows = try inquiry.read(connection, [Self.progress], for: Self.starved.rule) ?? []
    if rows.isEmpty { return }
    let cells = rows.map { row -> [Value] in
      let total = row.int("total") ?? 0
      let scanned = total > 0 ? Value.double((Double(row.int("scanned") ?? 0) / Double(total) * 100).rounded()) : .null
      let name = row["name"] == nil ? nil : SQLName.qualified([row["schema"], row["name"]])
      return [
        Value(row.int("pid")), Value(name ?? "in \(row.text("database"))"), Value(row["phase"]), scanned,
        Value(row.int("index_rounds")), Value(row.int("seconds")), .bool(row.flag("is_forced")),
      ]
    }
    inquiry.figures.append(
      Figure(
        "progress", "VACUUM under way",
        columns: ["pid", "table", "phase", "scanned_percent", "index_rounds", "running_seconds", "forced"],
        rows: cells, note: "forced: against wraparound, comes back when it is cancelled"))
  }
}
