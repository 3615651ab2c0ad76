import Postgres

/// What the extensions that measure storage say, where they are installed and this role may call them.
struct Measures: Sendable {
  /// Schemas of the extensions, nil where they aren't installed.
  let pgstattuple: String?
  let pageinspect: String?
  /// pg_stat_scan_tables, or EXECUTE granted.
  let mayScan: Bool

  static let query = Query(
    from: 11,
    """
    SELECT e.extname AS name, n.nspname AS schema,
      coalesce((SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(p.oid, 'EXECUTE'))
        AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_proc AS p ON p.oid = d.objid
        WHERE d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
          AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass), false) AS may_call
    FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname IN ('pgstattuple', 'pageinspect')
    """)

  init(_ rows: [Row]) {
    let tuple = rows.first { $0["name"] == "pgstattuple" }
    pgstattuple = tuple?["schema"]
    pageinspect = rows.first { $0["name"] == "pageinspect" }?["schema"]
    mayScan = tuple?.flag("may_call") ?? false
  }

  /// The heap's live bytes against its size: the whole table is read (`exact`), or what the visibility map doesn't
  /// vouch for.
  func table(
    _ table: TableLayout, exact: Bool, blockSize: Int, _ connection: borrowing Connection
  ) throws(PostgresError) -> HeapSampler.Answer? {
    guard let schema = pgstattuple.map({ SQLName.quoted($0) }) else { return nil }
    let sql =
      exact
      ? "SELECT s.table_len AS bytes, s.tuple_count AS rows, s.tuple_len AS live FROM \(schema).pgstattuple($1::oid) AS s"
      : """
      SELECT s.table_len AS bytes, s.approx_tuple_count AS rows, s.approx_tuple_len AS live
      FROM \(schema).pgstattuple_approx($1::oid) AS s
      """
    guard let row = try connection.rows(sql, [String(table.id)]).first else { return nil }
    let total = (row.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    // The mean row, at its alignment, as often as it fits a block.
    let rows = row.double("rows") ?? 0
    let length = rows > 0 ? Int((row.double("live") ?? 0) / rows) : 0
    let perBlock = Double(
      max(1, (blockSize - 24 - blockSize * (100 - table.fillFactor) / 100) / ((length + 7) / 8 * 8 + 4)))
    // Rows of very different lengths pack worse than their mean does.
    let bar = (exact ? 0.01 : 0.03) + (length > 500 ? 0.05 : 0)
    let estimate = BloatEstimate(
      size: total, share: 1 - rows / perBlock / Double(total), bar: bar,
      method: exact ? "pgstattuple" : "pgstattuple_approx", confidence: exact ? .high : .medium)
    return HeapSampler.Answer(estimate: estimate, rows: rows)
  }

  /// A btree's leaves, all of them read.
  func btree(
    _ index: IndexLayout, blockSize: Int, _ connection: borrowing Connection
  ) throws(PostgresError) -> BloatEstimate? {
    guard let schema = pgstattuple.map({ SQLName.quoted($0) }) else { return nil }
    let sql = """
      SELECT s.index_size AS bytes, s.leaf_pages AS leaves, s.avg_leaf_density AS density
      FROM \(schema).pgstatindex($1::oid) AS s
      """
    guard let row = try connection.rows(sql, [String(index.id)]).first else { return nil }
    let total = (row.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let density = row.double("density") ?? 0
    // Without a filled leaf there is no density.
    let needed = Double(row.int("leaves") ?? 0) * (density.isFinite ? density : 0) / Double(index.fillFactor ?? 90)
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total), bar: index.mayDeduplicate && !index.isUnique ? 0.08 : 0.03,
      method: "pgstatindex", confidence: .medium)
  }

  /// The free space of a GiST or hash index. What a build would leave free differs with the data, so the bar is wide.
  func other(
    _ index: IndexLayout, blockSize: Int, _ connection: borrowing Connection
  ) throws(PostgresError) -> BloatEstimate? {
    guard let schema = pgstattuple.map({ SQLName.quoted($0) }) else { return nil }
    let sql: String
    switch index.method {
    case "gist":
      sql =
        "SELECT s.table_len AS bytes, s.free_percent + s.dead_tuple_percent AS free FROM \(schema).pgstattuple($1::oid) AS s"
    case "hash":
      sql = """
        SELECT pg_catalog.pg_relation_size($1::oid) AS bytes, s.free_percent AS free
        FROM \(schema).pgstathashindex($1::oid) AS s
        """
    default: return nil
    }
    guard let row = try connection.rows(sql, [String(index.id)]).first else { return nil }
    let total = (row.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    // A build leaves about a quarter free.
    let free = (row.double("free") ?? 0) / 100
    return BloatEstimate(
      size: total, share: (free - 0.25) / 0.75, bar: 0.15, method: "free space by pgstattuple", confidence: .low)
  }
}
