import Postgres

/// GIN, GiST, SP-GiST and BRIN by the free space of a sample of pages, which pageinspect tells superusers.
///
/// Coarse: what a build leaves free depends on the data. Measured on 15 over indexes of many kinds, fresh from a build:
/// GIN 37 to 66 %, GiST 15 to 55 %, SP-GiST 11 to 30 %.
struct PageSampler {
  let index: IndexLayout
  let seed: Int
  /// The schema of pageinspect.
  let `extension`: String
  let blockSize: Int
  let threshold: Double
  let major: Int

  /// The share of a page that a build fills.
  private static let filled = ["gin": 0.51, "gist": 0.63, "spgist": 0.82, "brin": 0.9]
  private static let bar = 0.25

  static func covers(_ method: String) -> Bool { filled[method] != nil }

  private func page(_ block: String) -> String {
    "\(SQLName.quoted(`extension`)).get_raw_page($1::oid::pg_catalog.regclass::text, \(block))"
  }

  private var sql: String {
    let block = major >= 14 ? "b.block" : "b.block::int"
    return """
      SELECT b.block, h.upper - h.lower AS free, h.special - 24 AS room
      FROM pg_catalog.unnest($2::bigint[]) AS b (block)
      CROSS JOIN LATERAL \(SQLName.quoted(`extension`)).page_header(\(page(block))) AS h
      ORDER BY b.block
      """
  }

  /// nil for an index of less than 64 kB.
  func sample(_ connection: borrowing Connection) throws(PostgresError) -> BloatEstimate? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(index.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let blocks = BlockSample.blocks(BlockRows.most, of: total - 1, seed: seed).map { $0 + 1 }
    let rows = try connection.rows(sql, [String(index.id), ArrayText.write(blocks)])
    let used = rows.map { row -> Double in
      let room = Double(max(1, row.int("room") ?? 1))
      return max(0, 1 - (row.double("free") ?? 0) / room)
    }
    let (mean, bar) = BlockSample.mean(used, of: total - 1)
    let needed = mean / (Self.filled[index.method] ?? 1)
    var method = "free space of \(rows.count) of \(total) pages"
    if index.method == "gin", let pending = try pendingPages(connection), pending > 0 {
      method += ", \(Quantity.count(pending, "page")) of pending entries"
    }
    return BloatEstimate(
      size: total, share: 1 - needed, bar: min(0.5, Self.bar + bar), method: method, confidence: .low,
      blocksRead: rows.count)
  }

  /// Pages of entries that wait to be put into the tree: searches read them one after the other.
  private func pendingPages(_ connection: borrowing Connection) throws(PostgresError) -> Int? {
    let sql = """
      SELECT m.n_pending_pages AS pages
      FROM \(SQLName.quoted(`extension`)).gin_metapage_info(\(page("0"))) AS m
      """
    return try connection.rows(sql, [String(index.id)]).first?.int("pages")
  }
}
