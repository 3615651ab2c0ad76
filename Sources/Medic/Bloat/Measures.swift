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
      ? """
      SELECT s.table_len AS bytes, s.tuple_count AS rows, s.tuple_len AS live, s.dead_tuple_count AS dead
      FROM \(schema).pgstattuple($1::oid) AS s
      """
      : """
      SELECT s.table_len AS bytes, s.approx_tuple_count AS rows, s.approx_tuple_len AS live,
        s.dead_tuple_count AS dead
      FROM \(schema).pgstattuple_approx($1::oid) AS s
      """
    guard let row = try connection.rows(sql, [String(table.id)]).first else { return nil }
    let total = (row.int("bytes") ?? 0) / blockSize
    let rows = row.double("rows") ?? 0
    let dead = row.double("dead") ?? 0
    let count = RowCount(
      rows: rows, bar: exact ? 0 : rows * 0.03, dead: rows + dead > 0 ? dead / (rows + dead) : 0)
    guard total * blockSize >= 65536 else { return HeapSampler.Answer(estimate: nil, count: count) }
    // The mean row, at its alignment, as often as it fits a block.
    let length = rows > 0 ? Int((row.double("live") ?? 0) / rows) : 0
    let perBlock = Double(
      max(1, (blockSize - 24 - blockSize * (100 - table.fillFactor) / 100) / ((length + 7) / 8 * 8 + 4)))
    // Rows of very different lengths pack worse than their mean does.
    let bar = (exact ? 0.01 : 0.03) + (length > 500 ? 0.05 : 0)
    let estimate = BloatEstimate(
      size: total, share: 1 - rows / perBlock / Double(total), bar: bar,
      method: exact ? "pgstattuple" : "pgstattuple_approx", confidence: exact ? .high : .medium,
      blocksRead: exact ? total : nil)
    return HeapSampler.Answer(estimate: estimate, count: count)
  }

  /// A btree, GiST or hash index, all of it read; nil for one of less than 64 kB.
  func index(
    _ index: IndexLayout, count: RowCount?, blockSize: Int, _ connection: borrowing Connection
  ) throws(PostgresError) -> BloatEstimate? {
    guard let schema = pgstattuple.map({ SQLName.quoted($0) }) else { return nil }
    let sql: String
    switch index.method {
    case "btree":
      sql = """
        SELECT s.index_size AS bytes, s.leaf_pages, s.internal_pages, s.avg_leaf_density AS density
        FROM \(schema).pgstatindex($1::oid) AS s
        """
    case "gist":
      sql = """
        SELECT s.table_len AS bytes, s.free_percent + s.dead_tuple_percent AS free
        FROM \(schema).pgstattuple($1::oid) AS s
        """
    case "hash":
      sql = """
        SELECT pg_catalog.pg_relation_size($1::oid) AS bytes, s.overflow_pages, s.live_items, s.dead_items
        FROM \(schema).pgstathashindex($1::oid) AS s
        """
    default: return nil
    }
    guard let row = try connection.rows(sql, [String(index.id)]).first else { return nil }
    let total = (row.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let (needed, bar, method) =
      switch index.method {
      case "btree": bTree(row, index, count)
      case "hash": hash(row, count, blockSize)
      // What a build leaves free differs with the data: see PageSampler.
      default: ((1 - (row.double("free") ?? 0) / 100) / 0.63 * Double(total), 0.25 * Double(total), "pgstattuple")
      }
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total), bar: (index.method == "btree" ? 0.03 : 0.1) + bar / Double(total),
      method: method,
      confidence: index.method == "btree" ? .medium : .low, blocksRead: total)
  }

  /// Pages that a build would fill, and how far that may be wrong.
  private func bTree(_ row: Row, _ index: IndexLayout, _ count: RowCount?) -> (Double, Double, String) {
    let leaves = row.double("leaf_pages") ?? 0
    let density = row.double("density") ?? 0
    // Without a filled leaf there is no density. Entries of dead rows look like others, if they have entries at all.
    let dead = count?.dead ?? 0
    let filled = leaves * (density.isFinite ? density : 0) / Double(index.fillFactor ?? 90) * (1 - dead)
    let inner = leaves > 0 ? (row.double("internal_pages") ?? 0) * min(1, filled / leaves) : 0
    // How many equal keys a build would merge isn't told.
    let merging = index.mergesEqual ? 0.05 : 0
    return (filled > 0 ? 1 + max(1, filled) + max(1, inner) : 1, (dead + merging) * filled, "pgstatindex")
  }

  /// A build makes as many buckets as the rows need at 75 % each, in steps; what doesn't fit goes to further pages.
  private func hash(_ row: Row, _ count: RowCount?, _ blockSize: Int) -> (Double, Double, String) {
    let entries = (row.double("live_items") ?? 0)
    let rows = min(entries, count?.rows ?? entries)
    let buckets = Self.buckets(Int(rows) / max(1, blockSize * 3 / 4 / 20))
    let share = entries > 0 ? rows / (entries + (row.double("dead_items") ?? 0)) : 0
    let overflow = (row.double("overflow_pages") ?? 0) * share
    return (Double(buckets + 2) + overflow, 0.12 * Double(buckets) + 0.5 * overflow, "pgstathashindex")
  }

  /// The next number of buckets that the server makes: powers of two up to 512, then quarters of the way to the next.
  static func buckets(_ wanted: Int) -> Int {
    var power = 2
    while power < wanted && power < 1 << 40 { power *= 2 }
    guard power > 512 else { return power }
    let step = power / 8
    return (wanted + step - 1) / step * step
  }
}
