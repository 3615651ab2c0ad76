import Postgres

/// A btree's bloat by the keys of a sample of its table's rows, where its own pages can't be read.
///
/// The keys are measured in the blocks that were read for the table, so that nothing else is read and no statistics are
/// needed. How many rows share a key is what a sample tells least: that is in the error bar.
struct KeySampler {
  let index: IndexLayout
  let table: TableLayout
  let count: RowCount
  let blockSize: Int
  let major: Int

  private var packing: BTreePacking {
    BTreePacking(
      blockSize: blockSize, fillFactor: index.fillFactor, mergesEqual: index.mergesEqual)
  }

  /// Expressions and predicate, asked for when the table is known not to be locked.
  static let definitions = """
    SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
      (SELECT pg_catalog.array_agg(pg_catalog.pg_get_indexdef(i.indexrelid, n.number, false) ORDER BY n.number)
        FROM pg_catalog.generate_series(1, i.indnatts) AS n (number)) AS keys
    FROM pg_catalog.pg_index AS i WHERE i.indexrelid = $1::oid
    """

  /// nil when the index is smaller than 64 kB. Throws `.usage` with the reason when it can't be estimated.
  func estimate(_ connection: borrowing Connection) throws(PostgresError) -> BloatEstimate? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(index.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    let (sources, predicate) = try definition(connection)
    let rows = try blocks.rows(connection, count.blocks) { sql($0, sources, predicate) }
    return estimate(KeyGroups(rows), total)
  }

  /// Keys and predicate as SQL. Throws `.usage` where it would run somebody's own function with this role's rights: an
  /// expression's, or a type's that tells equal keys.
  private func definition(
    _ connection: borrowing Connection
  ) throws(PostgresError) -> (sources: [String], predicate: String?) {
    let isComputed = index.isPartial || index.keys.contains { $0.isExpression }
    guard index.isBuiltIn || !isComputed && !packing.mergesEqual else {
      throw .usage("its keys need functions that aren't the server's own: a superuser with pageinspect, or pgstattuple")
    }
    var sources = index.keys.map { "t.\(SQLName.quoted($0.name))" }
    var predicate: String?
    if isComputed {
      let row = try connection.rows(Self.definitions, [String(index.id)]).first
      predicate = row?["predicate"]
      for (place, text) in (row?.list("keys") ?? []).enumerated() where sources.indices.contains(place) {
        if index.keys[place].isExpression { sources[place] = "(\(text))" }
      }
    }
    return (sources, predicate)
  }

  private var blocks: BlockRows {
    let columns = table.columns.filter { index.tableColumns.contains($0.number) }.map { SQLName.quoted($0.name) }
    return BlockRows(source: table.source, columns: columns, major: major, blockSize: blockSize)
  }

  /// The rows that a partial index should hold, by those of the sample that fit its predicate.
  func partialCount(_ connection: borrowing Connection) throws(PostgresError) -> RowCount? {
    guard index.isBuiltIn, let predicate = try definition(connection).predicate else { return nil }
    let rows = try blocks.rows(connection, count.blocks) {
      "SELECT pg_catalog.count(*) AS rows FROM \($0) AS t WHERE \(predicate)"
    }
    let fitting = Double(rows.reduce(0) { $0 + ($1.int("rows") ?? 0) })
    let factor = count.seen == 0 ? 0 : max(1, count.rows / Double(count.seen))
    let ofSample = factor > 1 ? 1.96 * fitting.squareRoot() * factor : 0
    return RowCount(rows: fitting * factor, bar: ofSample + count.bar * fitting / Double(max(1, count.seen)))
  }

  /// Groups of equal keys in the sample: length of the entry, rows, blocks they are on, and how many such groups.
  private func sql(_ relation: String, _ sources: [String], _ predicate: String?) -> String {
    let values = zip(index.keys, sources).map { key, source in
      ValueLayout.Value(
        source: source, length: key.length, alignment: key.alignment, storage: key.storage, isNotNull: key.isNotNull,
        isComputed: key.isExpression)
    }
    let layout = ValueLayout(values: values, major: major)
    let header = layout.hasNulls.map { "CASE WHEN \($0) THEN 16 ELSE 8 END" } ?? "8"
    let named = packing.mergesEqual ? sources.enumerated().map { ", \($0.element) AS k\($0.offset)" }.joined() : ""
    let keys = packing.mergesEqual ? sources.indices.map { ", s.k\($0)" }.joined() : ", s.number"
    return """
      SELECT g.base, g.rows, g.blocks, pg_catalog.count(*) AS number FROM (
        SELECT s.base, pg_catalog.count(*) AS rows, pg_catalog.count(DISTINCT s.block) AS blocks FROM (
          SELECT s.*, ((\(header) + \(layout.end()) + 7) & ~7) AS base FROM (
            SELECT \(BlockRows.block) AS block, t.ctid AS number\(layout.measures)\(named) FROM \(relation) AS t
            \(predicate.map { "WHERE \($0)" } ?? "") OFFSET 0
          ) AS s OFFSET 0
        ) AS s GROUP BY s.base\(keys)
      ) AS g GROUP BY g.base, g.rows, g.blocks ORDER BY g.base, g.rows, g.blocks
      """
  }

  private func estimate(_ groups: KeyGroups, _ total: Int) -> BloatEstimate {
    let factor = count.seen == 0 ? 0 : max(1, count.rows / Double(count.seen))
    let packing = packing
    func pages(_ spread: KeyGroups.Spread) -> Double {
      let all = groups.entries(packing, factor: factor, spread)
      guard all.number > 0 else { return 1 }
      let leaves = packing.leaves(bytes: all.bytes, entry: all.bytes / all.number, base: all.base)
      return packing.whole(leaves: leaves.rounded(.up), pivot: all.base)
    }
    let needed = pages(.likely)
    // Few rows of a partial index in the sample tell little.
    let seen = Double(groups.rows)
    let ofRows =
      (count.rows > 0 ? count.bar / count.rows : 0)
      + (index.isPartial && factor > 1 ? 1.96 / max(1, seen).squareRoot() : 0)
    let ofKeys = packing.mergesEqual && factor > 1 ? (pages(.fewest) - pages(.most)) / 2 : 0
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total),
      bar: 0.03 + (ofRows * needed + max(0, ofKeys)) / Double(total), method: "keys of \(groups.rows) sampled rows",
      confidence: .medium, blocksRead: 0)
  }
}

/// Equal keys among the rows of a sample, and what they say about all rows.
struct KeyGroups: Sendable {
  /// How many rows there are to a key: the most likely number, or the ends of what the sample leaves open.
  enum Spread: Sendable { case likely, fewest, most }

  private struct Group {
    let base: Int
    let rows: Int
    let blocks: Int
    let number: Int
  }

  private let groups: [Group]
  /// Rows of the sample that the index holds.
  let rows: Int

  init(_ rows: [Row]) {
    groups = rows.map {
      Group(
        base: $0.int("base") ?? 16, rows: $0.int("rows") ?? 1, blocks: $0.int("blocks") ?? 1,
        number: $0.int("number") ?? 0)
    }
    self.rows = groups.reduce(0) { $0 + $1.rows * $1.number }
  }

  /// Entries of the whole index, which has `factor` times the rows of the sample.
  ///
  /// A key that comes often in the sample comes as much more often in the table. Where equal keys stand in one block,
  /// the table is in their order and the block holds them all. Of the others, the number of pairs tells how many rows
  /// there are to a key (the estimator of Haas and Stokes that ANALYZE uses, too).
  func entries(
    _ packing: BTreePacking, factor: Double, _ spread: Spread
  ) -> (bytes: Double, number: Double, base: Double) {
    let repeated = groups.filter { $0.rows > 1 }
    let together = repeated.filter { $0.blocks == 1 }.reduce(0) { $0 + $1.rows * $1.number }
    let isOrdered = 2 * together > repeated.reduce(0) { $0 + $1.rows * $1.number }
    let rare = isOrdered ? [] : groups.filter { $0.rows < 3 }
    let seldom = rare.isEmpty ? 1 : Self.rowsPerKey(rare, factor: factor, spread)
    var (bytes, number, bases, all) = (0.0, 0.0, 0.0, 0.0)
    for group in groups {
      let weight = Double(group.rows * group.number) * factor
      let perKey: Double
      if factor == 1 {
        perKey = Double(group.rows)
      } else if isOrdered {
        perKey = group.blocks == 1 ? Double(group.rows) : Double(group.rows) * factor
      } else {
        perKey = group.rows < 3 ? seldom : Double(group.rows) * factor
      }
      let entries = packing.entries(base: group.base, rows: perKey)
      bytes += entries.bytes * weight / max(1, perKey)
      number += entries.number * weight / max(1, perKey)
      bases += Double(group.base) * weight
      all += weight
    }
    return (bytes, number, all > 0 ? bases / all : 16)
  }

  private static func rowsPerKey(_ groups: [Group], factor: Double, _ spread: Spread) -> Double {
    let rows = Double(groups.reduce(0) { $0 + $1.rows * $1.number })
    let keys = Double(groups.reduce(0) { $0 + $1.number })
    let once = Double(groups.filter { $0.rows == 1 }.reduce(0) { $0 + $1.number })
    guard rows > 0 else { return 1 }
    let distinct = rows * keys / max(1, rows - once + once / factor)
    let likely = max(1, rows * factor / max(1, distinct))
    // Pairs that the sample has for each row more to a key.
    let sensitivity = rows / factor / 2
    let extra = likely - 1
    switch spread {
    case .likely: return likely
    case .fewest: return 1 + max(0, extra - 2 * (extra / max(sensitivity, 1e-9)).squareRoot())
    case .most: return 1 + extra + 2 * (max(extra, 1 / max(sensitivity, 1e-9)) / max(sensitivity, 1e-9)).squareRoot()
    }
  }
}
