import Postgres

/// How old a database's oldest transaction and multixact ids are.
struct DatabaseAge: Sendable {
  let name: String
  let transactions: Int
  let multixacts: Int
  /// From these ages on autovacuum freezes tables whether it is on or not.
  let freezeAge: Int
  let multixactFreezeAge: Int

  static let query = Query(
    from: 13,
    """
    SELECT d.datname AS name, pg_catalog.age(d.datfrozenxid) AS transactions,
      pg_catalog.mxid_age(d.datminmxid) AS multixacts,
      pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint AS freeze_age,
      pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::bigint AS multixact_freeze_age
    FROM pg_catalog.pg_database AS d
    ORDER BY d.datname
    """)

  init(_ row: Row) {
    name = row.text("name")
    transactions = row.int("transactions") ?? 0
    multixacts = row.int("multixacts") ?? 0
    freezeAge = row.int("freeze_age") ?? 200_000_000
    multixactFreezeAge = row.int("multixact_freeze_age") ?? 400_000_000
  }
}

/// Maintenance or DDL that reports its progress.
struct RunningOperation: Sendable {
  let pid: Int
  let command: String
  let object: String
  let phase: String?
  let done: Int?
  let total: Int?
  let seconds: Int?
  let isToPreventWraparound: Bool

  static let queries = [
    Query(
      from: 14,
      text(
        also: """
          UNION ALL SELECT y.pid, y.command, y.datname, y.relid, y.type, y.bytes_processed, y.bytes_total
          FROM pg_catalog.pg_stat_progress_copy AS y
          """)),
    Query(from: 13, text(also: "")),
  ]

  private static func text(also: String) -> String {
    """
    SELECT p.pid, p.command, p.phase, p.done, p.total,
      coalesce(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
        'database ' || pg_catalog.quote_ident(p.datname), '') AS object,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start)::bigint AS seconds,
      coalesce(a.query LIKE '%(to prevent wraparound)%', false) AS prevents_wraparound
    FROM (
      SELECT v.pid, 'VACUUM' AS command, v.datname, v.relid, v.phase, v.heap_blks_scanned AS done,
        v.heap_blks_total AS total
      FROM pg_catalog.pg_stat_progress_vacuum AS v
      UNION ALL SELECT i.pid, i.command, i.datname, i.relid, i.phase,
        CASE WHEN i.blocks_total > 0 THEN i.blocks_done ELSE i.tuples_done END,
        CASE WHEN i.blocks_total > 0 THEN i.blocks_total ELSE i.tuples_total END
      FROM pg_catalog.pg_stat_progress_create_index AS i
      UNION ALL SELECT k.pid, k.command, k.datname, k.relid, k.phase, k.heap_blks_scanned, k.heap_blks_total
      FROM pg_catalog.pg_stat_progress_cluster AS k
      UNION ALL SELECT z.pid, 'ANALYZE', z.datname, z.relid, z.phase, z.sample_blks_scanned, z.sample_blks_total
      FROM pg_catalog.pg_stat_progress_analyze AS z
      UNION ALL SELECT b.pid, 'BASE BACKUP', NULL, NULL, b.phase, b.backup_streamed, b.backup_total
      FROM pg_catalog.pg_stat_progress_basebackup AS b
      \(also)
    ) AS p
    LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = p.pid
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = p.relid AND p.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    ORDER BY seconds DESC NULLS LAST, p.pid
    """
  }

  init(_ row: Row) {
    pid = row.int("pid") ?? 0
    command = row["command"] ?? "an operation that is hidden from this role"
    object = row.text("object")
    phase = row["phase"]
    done = row.int("done")
    total = row.int("total")
    seconds = row.int("seconds").map { max(0, $0) }
    isToPreventWraparound = row.flag("prevents_wraparound")
  }

  fileprivate var entry: String {
    if isToPreventWraparound { return "xid-wraparound" }
    if command.hasPrefix("CREATE INDEX") || command.hasPrefix("REINDEX") { return "verify-index-built" }
    if command == "VACUUM" || command == "ANALYZE" { return "autovacuum-tuning" }
    if command == "VACUUM FULL" || command == "CLUSTER" { return "table-bloat" }
    if command.hasPrefix("COPY") { return "bulk-load" }
    return command == "BASE BACKUP" ? "backup-wal-archiving" : "monitoring"
  }
}

extension Screen {
  /// The server stops giving out ids 3 million before they meet (access/transam/varsup.c, multixact.c).
  private static let stop = 2_147_483_647 - 3_000_000

  mutating func judgeAges() {
    guard let databases, !databases.isEmpty else { return }
    for database in databases {
      judge(database, "transaction ids", database.transactions, freezing: database.freezeAge)
      judge(database, "multixact ids", database.multixacts, freezing: database.multixactFreezeAge)
    }
    if !findings.contains(where: { $0.rule == Now.wraparound.rule }) {
      let oldest = databases.map { max($0.transactions, $0.multixacts) }.max() ?? 0
      fine.append("wraparound \(Quantity.percent(Double(oldest) / Double(Screen.stop)))")
    }
  }

  /// Autovacuum begins at its freeze age and should be done long before twice that; 1.6 thousand millions is where
  /// VACUUM's failsafe begins (vacuum_failsafe_age, 14 on).
  private mutating func judge(_ database: DatabaseAge, _ what: String, _ age: Int, freezing: Int) {
    let isUrgent = age >= 1_600_000_000
    guard isUrgent || age >= min(max(2 * freezing, 500_000_000), 1_200_000_000) else { return }
    findings.append(
      Finding(
        Now.wraparound, on: DatabaseObject(.database, name: database.name),
        "database \(SQLName.quoted(database.name)): \(what) \(age / 1_000_000) million old; writes stop in "
          + "\(max(0, Screen.stop - age) / 1_000_000) million", severity: isUrgent ? .error : nil,
        evidence: [
          Fact("age", .int(age)), Fact("of", .text(what)), Fact("left", .int(max(0, Screen.stop - age))),
          Fact("freeze_max_age", .int(freezing)),
        ], weight: Double(age)))
  }

  mutating func judgeOperations() {
    for operation in operations ?? [] {
      var words = "pid \(operation.pid) \(operation.command)"
      if !operation.object.isEmpty { words += " of \(operation.object)" }
      if let phase = operation.phase { words += ", \(phase)" }
      if let done = operation.done, let total = operation.total, total > 0 {
        words += " \(Quantity.percent(min(1, Double(done) / Double(total))))"
      }
      if let seconds = operation.seconds { words += ", for \(Quantity.pretty(seconds: seconds))" }
      if operation.isToPreventWraparound { words += " (prevents wraparound: leave it running)" }
      findings.append(
        Finding(
          Now.operation.explained(by: operation.entry), on: DatabaseObject(.session, name: String(operation.pid)),
          words,
          evidence: [
            Fact("command", .text(operation.command)), Fact("object", .text(operation.object)),
            Fact("phase", Value(operation.phase)), Fact("done", Value(operation.done)),
            Fact("total", Value(operation.total)), Fact("seconds", Value(operation.seconds)),
          ], weight: Double(operation.seconds ?? 0)))
    }
    if operations?.isEmpty ?? false { fine.append("no maintenance runs") }
  }
}
