import Postgres

/// A btree's bloat from a sample of its pages, by pageinspect, which only superusers may call.
struct BTreeSampler {
  let index: IndexLayout
  let seed: Int
  /// The schema of pageinspect.
  let `extension`: String
  let blockSize: Int
  let threshold: Double
  let major: Int

  /// Page kinds, and for leaves the entries grouped by key: how long an entry is and how many rows the key has there.
  ///
  /// A leaf that isn't the last begins with its high key, which is no entry; dead entries are gone after a rebuild.
  /// `base` is the entry without its list of rows.
  private var sql: String {
    let schema = SQLName.quoted(`extension`)
    let block = major >= 14 ? "b.block" : "b.block::int"
    return """
      SELECT b.block, p.type, i.bases, i.counts
      FROM pg_catalog.unnest($2::bigint[]) AS b (block)
      CROSS JOIN LATERAL \(schema).bt_page_stats($1::oid::pg_catalog.regclass::text, \(block)) AS p
      LEFT JOIN LATERAL (
        SELECT pg_catalog.array_agg(g.base) AS bases, pg_catalog.array_agg(g.count) AS counts FROM (
          SELECT pg_catalog.min(CASE WHEN x.tids IS NULL THEN x.itemlen
              ELSE (x.itemlen - 6 * pg_catalog.cardinality(x.tids)) / 8 * 8 END) AS base,
            pg_catalog.sum(coalesce(pg_catalog.cardinality(x.tids), 1)) AS count
          FROM \(schema).bt_page_items($1::oid::pg_catalog.regclass::text, \(block)) AS x
          WHERE p.type = 'l' AND NOT coalesce(x.dead, false) AND NOT (x.itemoffset = 1 AND p.btpo_next <> 0)
          GROUP BY x.data, x.nulls, CASE WHEN $3::boolean THEN 0 ELSE x.itemoffset END
        ) AS g
      ) AS i ON true
      ORDER BY b.block
      """
  }

  func sample(_ connection: borrowing Connection) throws(PostgresError) -> BloatEstimate? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(index.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let mergesEqual = index.mayDeduplicate && !index.isUnique
    var estimate: BloatEstimate?
    for count in [64, 256, 1024] {
      // Block 0 is the metapage.
      let blocks = BlockSample.blocks(count, of: total - 1, seed: seed).map { $0 + 1 }
      let rows = try connection.rows(
        sql, [String(index.id), ArrayText.write(blocks), mergesEqual ? "true" : "false"])
      let found = self.estimate(rows, total, mergesEqual: mergesEqual)
      estimate = found
      if blocks.count >= total - 1 || !found.isVague(threshold) { break }
    }
    return estimate
  }

  private func estimate(_ rows: [Row], _ total: Int, mergesEqual: Bool) -> BloatEstimate {
    let pages = BTreePages(blockSize: blockSize, fillFactor: index.fillFactor)
    // Deleted and empty pages go altogether; inner pages are built anew for the leaves that are left.
    let leaves = rows.filter { $0["type"] != "i" && $0["type"] != "r" }
    var entryBytes = 0.0
    let filled = leaves.map { row -> Double in
      let entries = zip(row.ints("bases"), row.ints("counts"))
      let bytes = entries.reduce(0) { sum, entry in
        sum + (mergesEqual ? pages.postingBytes(base: entry.0, count: entry.1) : (entry.0 + 4) * entry.1)
      }
      let count = entries.reduce(0) { $0 + (mergesEqual ? 1 : $1.1) }
      // A key with many rows has many lists.
      let entry = min(Double(bytes) / Double(max(1, count)), Double(pages.longestPosting))
      entryBytes = max(entryBytes, entries.map { Double($0.0) }.max() ?? 0)
      return Double(bytes) / pages.capacity(entry: entry)
    }
    let (mean, bar) = BlockSample.mean(filled, of: total - 1)
    let leafShare = Double(leaves.count) / Double(max(1, rows.count))
    let needed = pages.whole(leaves: mean * Double(total - 1) * leafShare, key: entryBytes)
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total), bar: bar + 0.01,
      method: rows.count >= total - 1 ? "all \(total) pages" : "\(rows.count) of \(total) pages", confidence: .high)
  }
}
