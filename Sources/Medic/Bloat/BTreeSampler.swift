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
  /// Rows that the index should hold, as just sampled; nil where that isn't known.
  let count: RowCount?
  let clock: SampleClock

  private var packing: BTreePacking {
    BTreePacking(
      blockSize: blockSize, fillFactor: index.fillFactor, mergesEqual: index.mergesEqual)
  }

  /// Page kinds, the length of the high key, and for leaves how many keys there are of a length and a number of rows.
  ///
  /// A leaf that isn't the last begins with its high key, which is no entry; dead entries are gone after a rebuild.
  /// `base` is the entry without its list of rows.
  private var sql: String {
    let schema = SQLName.quoted(`extension`)
    let block = major >= 14 ? "b.block" : "b.block::int"
    return """
      SELECT b.block, p.type, i.pivot, i.bases, i.counts, i.numbers
      FROM pg_catalog.unnest($2::bigint[]) AS b (block)
      CROSS JOIN LATERAL \(schema).bt_page_stats($1::oid::pg_catalog.regclass::text, \(block)) AS p
      LEFT JOIN LATERAL (
        SELECT pg_catalog.max(k.pivot) AS pivot, pg_catalog.array_agg(k.base ORDER BY k.base, k.count)
            FILTER (WHERE k.count > 0) AS bases,
          pg_catalog.array_agg(k.count ORDER BY k.base, k.count) FILTER (WHERE k.count > 0) AS counts,
          pg_catalog.array_agg(k.number ORDER BY k.base, k.count) FILTER (WHERE k.count > 0) AS numbers
        FROM (
          SELECT g.base, g.count, pg_catalog.max(g.pivot) AS pivot, pg_catalog.count(*) AS number FROM (
            SELECT pg_catalog.min(CASE WHEN x.tids IS NULL THEN x.itemlen
                ELSE (x.itemlen - 6 * pg_catalog.cardinality(x.tids)) / 8 * 8 END) AS base,
              pg_catalog.sum(CASE WHEN x.itemoffset = 1 AND p.btpo_next <> 0 OR coalesce(x.dead, false) THEN 0
                ELSE coalesce(pg_catalog.cardinality(x.tids), 1) END) AS count,
              pg_catalog.max(CASE WHEN x.itemoffset = 1 AND p.btpo_next <> 0 THEN x.itemlen END) AS pivot
            FROM \(schema).bt_page_items($1::oid::pg_catalog.regclass::text, \(block)) AS x
            WHERE p.type = 'l'
            GROUP BY x.data, x.nulls, x.itemoffset = 1 AND p.btpo_next <> 0,
              CASE WHEN $3::boolean THEN 0 ELSE x.itemoffset END
          ) AS g GROUP BY g.base, g.count
        ) AS k
      ) AS i ON true
      ORDER BY b.block
      """
  }

  /// One page, as far as it matters for a rebuild.
  private struct Page {
    let isInner: Bool
    let pivot: Int?
    let groups: [BTreePacking.Group]
    let rows: Double

    init(_ row: Row, _ random: inout Random) {
      isInner = row["type"] == "i" || row["type"] == "r"
      pivot = row.int("pivot")
      let (bases, counts, numbers) = (row.ints("bases"), row.ints("counts"), row.ints("numbers"))
      var groups: [BTreePacking.Group] = []
      for ((base, count), number) in zip(zip(bases, counts), numbers) {
        groups += repeatElement(BTreePacking.Group(base: base, rows: count), count: min(max(0, number), 1 << 16))
      }
      // Their order on the page isn't asked for; any but one by length packs them as well as that.
      if numbers.count > 1 {
        for place in groups.indices.reversed() { groups.swapAt(place, random.next(below: place + 1)) }
      }
      self.groups = groups
      rows = Double(groups.reduce(0) { $0 + $1.rows })
    }
  }

  func sample(_ connection: borrowing Connection) throws(PostgresError) -> BloatEstimate? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(index.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    var random = Random(seed: UInt64(truncatingIfNeeded: seed))
    var seen: [Int: Page] = [:]
    var estimate: BloatEstimate?
    for stage in BlockSample.stages {
      // Block 0 is the metapage.
      let blocks = BlockSample.blocks(stage, of: total - 1, seed: seed).map { $0 + 1 }
      let new = blocks.filter { seen[$0] == nil }
      let mergesEqual = packing.mergesEqual ? "true" : "false"
      for row in try connection.rows(sql, [String(index.id), ArrayText.write(new), mergesEqual]) {
        if let block = row.int("block") { seen[block] = Page(row, &random) }
      }
      let found = self.estimate(blocks.compactMap { seen[$0] }, total)
      estimate = found
      if blocks.count >= total - 1 || !found.isVague(threshold) || !clock.allowsMore { break }
    }
    return estimate
  }

  /// The groups after each row is left with the same chance. A list that gets shorter keeps its key.
  private static func thinned(
    _ groups: [BTreePacking.Group], to share: Double, _ random: inout Random
  ) -> [BTreePacking.Group] {
    groups.compactMap { group in
      var rows = Int((Double(group.rows) * share).rounded())
      if group.rows <= 64 {
        rows = (0..<group.rows).reduce(0) { sum, _ in
          sum + (Double(random.next(below: 1 << 20)) < share * Double(1 << 20) ? 1 : 0)
        }
      }
      return rows > 0 ? BTreePacking.Group(base: group.base, rows: rows) : nil
    }
  }

  private func estimate(_ pages: [Page], _ total: Int) -> BloatEstimate {
    let isWhole = pages.count >= total - 1
    let leaves = pages.filter { !$0.isInner }
    let pivots = leaves.compactMap { $0.pivot }
    let pivot = pivots.isEmpty ? 16 : Double(pivots.reduce(0, +)) / Double(pivots.count)
    // Few inner pages are in the sample, or none: their number follows from the leaves better than from those.
    let innerShare = packing.innerShare(pivot: pivot)
    let seenShare = Double(pages.count - leaves.count) / Double(max(1, pages.count))
    let population =
      isWhole ? leaves.count : Int(Double(total - 1) * (1 - (innerShare < 0.03 ? innerShare : seenShare)))

    // Entries of rows that are deleted but not vacuumed yet look like all others; a rebuild leaves them out.
    let (rows, rowsBar) = BlockSample.mean(leaves.map { $0.rows }, of: population)
    let entries = rows * Double(population)
    var live = 1.0
    var liveBar = 0.0
    if let count, entries - rowsBar * Double(population) - count.bar > count.rows * 1.005, entries > 0 {
      live = count.rows / entries
      liveBar = count.bar / max(1, count.rows)
    }
    var random = Random(seed: UInt64(truncatingIfNeeded: seed))
    let groups = leaves.map { live < 1 ? Self.thinned($0.groups, to: live, &random) : $0.groups }

    let packed = packing.leaves(groups.lazy.joined())
    let bytes = groups.map { packing.leaves($0).bytes }
    let all = bytes.reduce(0, +)
    let filled = bytes.map { all == 0 ? 0 : Double($0) * packed.exact / Double(all) }
    let (mean, bar) = BlockSample.mean(filled, of: population)
    var needed = isWhole ? Double(packed.whole) : mean * Double(population)
    let sampleBar = mean > 0 ? bar / mean : 0
    let relativeBar = (sampleBar * sampleBar + liveBar * liveBar).squareRoot()
    needed = packing.whole(leaves: needed, pivot: pivot)
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total),
      bar: relativeBar * needed / Double(total) + (isWhole ? 0.005 + 1 / Double(total) : 0.01),
      method: isWhole ? "all \(total) pages" : "\(pages.count) of \(total) pages", confidence: .high,
      blocksRead: pages.count)
  }
}
