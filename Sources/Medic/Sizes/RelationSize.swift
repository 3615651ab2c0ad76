import Postgres

/// A table with what hangs on it, measured by the catalog's page counts or by its files.
struct RelationSize: Sendable {
  let id: Int
  let schema: String
  let name: String
  /// `pg_class.relkind`: r, m, p or t.
  let kind: String
  /// The partitioned table at the top, for a partition at any depth.
  let rootID: Int?
  let toastIDs: [Int]
  let indexes: [Part]
  let rows: Rows
  /// By the counters, zero where they don't reach (a standby).
  private let liveRows: Int
  private(set) var heapBytes: Int
  private(set) var toastBytes: Int
  private(set) var indexBytes: [Int]
  /// Read from the files rather than from the catalog.
  private(set) var isExact = false

  struct Part: Sendable, Equatable {
    let id: Int
    let name: String
  }

  /// What is known of the number of rows.
  enum Rows: Sendable, Equatable {
    case estimate(Int)
    /// Neither VACUUM nor ANALYZE has ever counted them.
    case neverCounted

    var value: Value {
      switch self {
      case .estimate(let rows): .int(rows)
      case .neverCounted: "never analysed"
      }
    }
  }

  /// Tables with their TOAST and indexes, without opening one. A partition knows its top.
  ///
  /// relpages is a 32-bit number without a sign that is shown with one: from 16 TB on it is negative.
  static let query = Query(
    from: 11,
    """
    WITH RECURSIVE tree (id, root) AS (
      SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent AND p.relkind = 'p' AND NOT p.relispartition
      UNION ALL
      SELECT i.inhrelid, t.root FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.id
    ), indexes AS (
      SELECT i.indrelid AS table_id, pg_catalog.array_agg(c.oid ORDER BY c.oid) AS ids,
        pg_catalog.array_agg(c.relname::text ORDER BY c.oid) AS names,
        pg_catalog.array_agg(c.relpages ORDER BY c.oid) AS pages
      FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
      GROUP BY i.indrelid
    )
    SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, c.relkind AS kind, t.root,
      c.relpages AS pages, c.reltuples::float8 AS rows, pg_catalog.pg_stat_get_live_tuples(c.oid) AS live_rows,
      w.oid AS toast_id, w.relpages AS toast_pages, wx.ids AS toast_index_ids, wx.pages AS toast_index_pages,
      x.ids AS index_ids, x.names AS index_names, x.pages AS index_pages
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN tree AS t ON t.id = c.oid
    LEFT JOIN pg_catalog.pg_class AS r ON r.oid = t.root
    LEFT JOIN pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
    LEFT JOIN pg_catalog.pg_class AS w ON w.oid = c.reltoastrelid
    LEFT JOIN indexes AS x ON x.table_id = c.oid
    LEFT JOIN indexes AS wx ON wx.table_id = w.oid
    WHERE c.relkind IN ('r', 'm', 'p')
      AND (\(Scope.condition(schema: "n.nspname", name: "c.relname"))
        OR r.oid IS NOT NULL AND \(Scope.condition(schema: "rn.nspname", name: "r.relname")))
    ORDER BY n.nspname, c.relname
    """)

  /// The bytes of relations, all forks. It opens them: only for relations that nobody has locked.
  static let exactQuery = """
    SELECT o.id, pg_catalog.sum(pg_catalog.pg_relation_size(o.id, f.fork))::bigint AS bytes
    FROM pg_catalog.unnest($1::oid[]) AS o (id)
    CROSS JOIN pg_catalog.unnest('{main,fsm,vm,init}'::text[]) AS f (fork)
    GROUP BY o.id
    ORDER BY o.id
    """

  init(_ row: Row, blockSize: Int) {
    func bytes(_ pages: Int?) -> Int {
      let pages = pages ?? 0
      return (pages < 0 ? pages + 4_294_967_296 : pages) * blockSize
    }
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    kind = row.text("kind")
    rootID = row.int("root")
    toastIDs = [row.int("toast_id")].compactMap { $0 } + row.ints("toast_index_ids")
    indexes = zip(row.ints("index_ids"), row.list("index_names")).map { Part(id: $0, name: $1) }
    heapBytes = bytes(row.int("pages"))
    toastBytes = bytes(row.int("toast_pages")) + row.ints("toast_index_pages").reduce(0) { $0 + bytes($1) }
    indexBytes = row.ints("index_pages").map { bytes($0) }
    liveRows = row.int("live_rows") ?? 0
    // −1 is "never" from 14 on; 13 has no word for it but zero pages.
    let counted = row.double("rows") ?? -1
    let isCounted = counted > 0 || (counted == 0 && (heapBytes > 0 || liveRows == 0))
    rows = isCounted ? .estimate(Int(counted)) : .neverCounted
  }

  var bytes: Int { indexBytes.reduce(heapBytes + toastBytes) { $0 + $1 } }
  var hasStorage: Bool { kind != "p" }
  var partIDs: [Int] { [id] + toastIDs + indexes.map { $0.id } }
  var displayName: String { SQLName.qualified(schema, name) }

  /// How big it may well be: page counts are as old as the last VACUUM or ANALYZE, and zero before the first, while
  /// rows are counted as they come. (Forty bytes are a short row with its header.)
  var likelyBytes: Int { max(bytes, liveRows.multipliedReportingOverflow(by: 40).partialValue) }

  mutating func measure(_ exact: [Int: Int]) {
    guard let heap = exact[id] else { return }
    heapBytes = heap
    toastBytes = toastIDs.reduce(0) { $0 + (exact[$1] ?? 0) }
    indexBytes = indexes.map { exact[$0.id] ?? 0 }
    isExact = true
  }
}
