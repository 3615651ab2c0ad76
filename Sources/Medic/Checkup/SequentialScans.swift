import Postgres

/// Large tables that are read whole again and again: what each scan read, times how often, by the server's counters.
///
/// The counters don't tell whether a scan needed most of what it read: then it is right. So nothing is surer than
/// "medium", a few scans a day (reports, backups, index builds are counted, too) are no finding, nor are scans that stop
/// early.
struct SequentialScans: Examination {
  static let name = "scans"
  static let manual = Manual("find large tables that are read whole again and again", details: "")

  static let card = Card(
    "seq-scan-large", severity: .warning, in: .statements, entry: "check-seq-scans",
    summary: "large tables that are read whole again and again")
  static let rules = [card]

  static let options = [Option("min_size", .size, default: "10MB", "leave smaller tables out")]

  /// Reads fewer than these are somebody's report.
  private static let fewestScans = 10
  private static let fewestADay = 2

  static let query = Query(
    from: 11,
    """
    SELECT s.id, s.schema, s.name, s.scans, s.rows_read, s.rows, s.pages,
      (SELECT pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid)) FROM pg_catalog.pg_index AS i
        WHERE i.indrelid = s.id)::bigint AS index_scans
    FROM (
      SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, pg_catalog.pg_stat_get_numscans(c.oid) AS scans,
        pg_catalog.pg_stat_get_tuples_returned(c.oid) AS rows_read, c.relpages AS pages,
        greatest(c.reltuples::bigint, pg_catalog.pg_stat_get_live_tuples(c.oid), 1) AS rows
      FROM pg_catalog.pg_class AS c
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'm') AND (c.relpages >= $4::bigint OR c.relpages = 0)
        AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    ) AS s
    WHERE s.scans >= $5::bigint AND s.rows_read / nullif(s.scans, 0) >= greatest(10000, s.rows / 20)
    ORDER BY s.schema, s.name
    """)

  static let examples: [Example] = [
    // never analysed
    .finds(
      "public.fresh", committed: true,
      in: """
        CREATE TABLE fresh WITH (autovacuum_enabled = off) AS
          SELECT i AS id, repeat('x', 400) AS v FROM generate_series(1, 30000) i;
        DO $$ BEGIN FOR i IN 1..20 LOOP PERFORM count(*) FROM fresh WHERE id = i; END LOOP; END $$;
        """),
    .finds(
      "public.big", committed: true,
      in: """
        CREATE TABLE big AS SELECT i AS id, repeat('x', 400) AS v FROM generate_series(1, 30000) i;
        ANALYZE big;
        DO $$ BEGIN FOR i IN 1..20 LOOP PERFORM count(*) FROM big WHERE id = i; END LOOP; END $$;
        """),
    // scans that stop at their first row; a small table however often; a large one twice
    .clean(
      """
      CREATE TABLE big AS SELECT i AS id, repeat('x', 400) AS v FROM generate_series(1, 30000) i;
      CREATE TABLE small AS SELECT i AS id FROM generate_series(1, 20000) i;
      CREATE TABLE twice AS SELECT i AS id, repeat('x', 400) AS v FROM generate_series(1, 30000) i;
      ANALYZE;
      DO $$ BEGIN FOR i IN 1..20 LOOP PERFORM id FROM big LIMIT 1; END LOOP; END $$;
      DO $$ BEGIN FOR i IN 1..20 LOOP PERFORM count(*) FROM small; END LOOP; END $$;
      DO $$ BEGIN FOR i IN 1..2 LOOP PERFORM count(*) FROM twice; END LOOP; END $$;
      """, committed: true),
  ]

  func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rule = Self.card.rule
    if inquiry.server.isStandby {
      let reason = "scans are counted on the primary only: ask it"
      inquiry.notAssessed.append(NotAssessed(rule, nil, reason))
      return
    }
    let minimum = inquiry.options.integer("min_size") ?? 10_485_760
    let pages = String(max(1, minimum / inquiry.server.blockSize))
    let parameters = inquiry.request.scope.parameters + [pages, String(Self.fewestScans)]
    guard
      let window = try EvidenceWindow.read(connection, &inquiry, for: rule),
      let rows = try inquiry.read(connection, [Self.query], parameters, for: rule)
    else { return }
    let days = Double(window.seconds) / 86400
    inquiry.window = window.window
    inquiry.scope =
      "scans of tables over \(Quantity.pretty(bytes: minimum)) in \(Quantity.pretty(seconds: window.seconds))"
    let locks = try Locks.read(connection, &inquiry, for: rule)
    for row in rows where Double(row.int("scans") ?? 0) >= days * Double(Self.fewestADay) {
      guard let size = try size(row, locks, connection, &inquiry), size >= minimum else { continue }
      inquiry.findings.append(finding(row, size: size, days: days))
    }
    let count = inquiry.findings.count
    inquiry.summary =
      count == 0
      ? "no large table is read whole again and again"
      : "\(Quantity.count(count, "large table")) read whole again and again"
  }

  /// Bytes by the catalog, or, where nobody has counted the pages yet, by the file, which a lock may forbid to open; nil
  /// where that can't be had.
  private func size(
    _ row: Row, _ locks: [Int: ExclusiveLock], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> Int? {
    if let pages = row.int("pages"), pages > 0 {
      let (bytes, overflow) = pages.multipliedReportingOverflow(by: inquiry.server.blockSize)
      return overflow ? Int.max : bytes
    }
    let table = DatabaseObject(.table, schema: row.text("schema"), name: row.text("name"))
    if let lock = locks[row.int("id") ?? 0] {
      inquiry.notAssessed.append(NotAssessed(Self.card.rule, table, "skipped: \(lock.words)"))
      return nil
    }
    let id = row.text("id")
    return try inquiry.attempt(connection, for: Self.card.rule, on: table) { (connection) throws(PostgresError) in
      try connection.rows(Self.exactSize, [id]).first?.int("bytes") ?? 0
    }
  }

  static let exactSize = "SELECT pg_catalog.pg_relation_size($1::oid) AS bytes"

  private func finding(_ row: Row, size: Int, days: Double) -> Finding {
    let scans = max(1, row.int("scans") ?? 1)
    let read = row.int("rows_read") ?? 0
    let rows = max(1, row.int("rows") ?? 1)
    let bytesRead = Double(size) * Double(read) / Double(rows)
    let total = Int(min(bytesRead, 1e18))
    let isHeavy = bytesRead / max(1, days) >= 1_073_741_824
    return Finding(
      Self.card, on: DatabaseObject(.table, schema: row.text("schema"), name: row.text("name")),
      "\(Quantity.pretty(bytes: size)), read by \(scans) sequential scans of \(read / scans) rows each, about "
        + "\(Quantity.pretty(bytes: total)) in all",
      severity: isHeavy ? nil : .info,
      evidence: [
        Fact("sequential_scans", .int(scans)), Fact("rows_per_scan", .int(read / scans)), Fact("rows", .int(rows)),
        Fact("size_bytes", .int(size)), Fact("read_bytes", .int(total)),
        Fact("index_scans", Value(row.int("index_scans"))),
      ],
      confidence: days < 1 ? .low : .medium, weight: bytesRead)
  }
}
