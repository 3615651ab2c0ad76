import Postgres

/// The tables that may be worth a look, told from the catalog before any is opened.
struct Candidates {
  /// One table with its TOAST table; sizes in bytes, nil where the catalog doesn't know and nobody may be asked.
  struct Table: Sendable {
    let id: Int
    let toastID: Int?
    var size: Int?
    var toastSize: Int?
    /// Of its biggest index, 0 below 64 kB.
    let indexSize: Int

    var weight: Int { max(size ?? 0, toastSize ?? 0, indexSize) }
  }

  /// Tables in scope that aren't surely small. `relpages` is from the last VACUUM or ANALYZE, so that it says nothing
  /// where rows were written since, or where it is 0: nobody has counted yet. A small table may have a big index.
  static let query = Query(
    from: 12,
    """
    SELECT c.oid AS id, t.oid AS toast_id, c.relpages AS pages, t.relpages AS toast_pages, i.pages AS index_pages,
      c.relpages = 0 OR pg_catalog.pg_stat_get_mod_since_analyze(c.oid) > 0 AS is_stale,
      t.relpages = 0 OR pg_catalog.pg_stat_get_tuples_inserted(t.oid) > 0 AS is_toast_stale,
      c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery() AS is_absent
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class AS t ON t.oid = c.reltoastrelid
    LEFT JOIN (
      SELECT i.indrelid, pg_catalog.max(x.relpages) AS pages
      FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
      WHERE x.relpages >= (SELECT 65536 / pg_catalog.current_setting('block_size')::int)
      GROUP BY i.indrelid
    ) AS i ON i.indrelid = c.oid
    WHERE c.relkind IN ('r', 'm')
      AND (c.relpages >= 8 OR c.relpages = 0 OR pg_catalog.pg_stat_get_mod_since_analyze(c.oid) > 0
        OR t.relpages >= 8 OR t.relpages = 0 OR pg_catalog.pg_stat_get_tuples_inserted(t.oid) > 0 OR i.pages >= 8)
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    ORDER BY c.relpages DESC, n.nspname, c.relname
    """)

  /// Of files in $1, each opened for a moment.
  static let sizes = """
    SELECT u.id, pg_catalog.pg_relation_size(u.id) AS bytes FROM pg_catalog.unnest($1::oid[]) AS u (id)
    """

  private(set) var tables: [Table]
  private let stale: Set<Int>

  init(_ rows: [Row], blockSize: Int) {
    var stale: Set<Int> = []
    tables = rows.map { row in
      let id = row.int("id") ?? 0
      let toastID = row.int("toast_id")
      // An unlogged table has no file on a standby: its size says nothing.
      if row.flag("is_absent") { return Table(id: id, toastID: nil, size: nil, toastSize: nil, indexSize: 0) }
      if row.flag("is_stale") { stale.insert(id) }
      if let toastID, row.flag("is_toast_stale") { stale.insert(toastID) }
      return Table(
        id: id, toastID: toastID, size: row.flag("is_stale") ? nil : (row.int("pages") ?? 0) * blockSize,
        toastSize: row.flag("is_toast_stale") ? nil : (row.int("toast_pages") ?? 0) * blockSize,
        indexSize: (row.int("index_pages") ?? 0) * blockSize)
    }
    self.stale = stale
  }

  /// Asks for the sizes that the catalog doesn't know, leaving locked relations out.
  mutating func measure(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, locks: [Int: ExclusiveLock]
  ) throws(PostgresError) {
    let asked = stale.filter { locks[$0] == nil }.sorted()
    var sizes: [Int: Int] = [:]
    var parts = stride(from: 0, to: asked.count, by: 1000).map { asked[$0..<min(asked.count, $0 + 1000)] }
    while let part = parts.popLast(), !part.isEmpty, inquiry.lockTimeouts < 10 {
      // Somebody has locked one meanwhile: the halves are asked, until that one is left over.
      var trial = inquiry
      let rows = try trial.attempt(connection, for: BloatCheck.table.rule) { (connection) throws(PostgresError) in
        try connection.rows(Self.sizes, [ArrayText.write(part)])
      }
      inquiry.lockTimeouts = trial.lockTimeouts
      if let rows {
        for row in rows { sizes[row.int("id") ?? 0] = row.int("bytes") }
      } else if part.count > 1 {
        let middle = part.startIndex + part.count / 2
        parts += [part[..<middle], part[middle...]]
      }
    }
    for place in tables.indices {
      if tables[place].size == nil { tables[place].size = sizes[tables[place].id] }
      if let toast = tables[place].toastID, tables[place].toastSize == nil { tables[place].toastSize = sizes[toast] }
    }
  }

  /// Bytes of tables and TOAST tables, as far as they are known.
  var sizes: [Int: Int] {
    var sizes: [Int: Int] = [:]
    for table in tables {
      sizes[table.id] = table.size
      if let toast = table.toastID { sizes[toast] = table.toastSize }
    }
    return sizes
  }

  /// Relations to look at, each table followed by its TOAST table: the heaviest `limit` tables, and those whose size
  /// nobody could tell; and how many of 64 kB or more were left out.
  func chosen(limit: Int) -> (ids: [Int], cut: Int) {
    let known = tables.filter { $0.weight >= 65536 }.sorted { ($0.weight, $1.id) > ($1.weight, $0.id) }
    let unknown = tables.filter { $0.weight < 65536 && $0.size == nil }
    let ids = (known.prefix(limit) + unknown).flatMap { table -> [Int] in
      let hasTable = max(table.size ?? 65536, table.indexSize) >= 65536
      let toast = table.toastID.flatMap { table.toastSize.map { $0 >= 65536 } ?? false ? $0 : nil }
      return (hasTable ? [table.id] : []) + (toast.map { [$0] } ?? [])
    }
    return (ids, max(0, known.count - limit))
  }
}
