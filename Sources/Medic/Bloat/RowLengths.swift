/// SQL that tells how long each row of some blocks would be after a rebuild.
///
/// The header of 23 bytes, the bitmap of nulls, the values; rows too long for a quarter of a block have their biggest
/// values out of line, those of MAIN only where the row would fill more than a block without.
struct RowLengths: Sendable {
  private let table: TableLayout
  private let blockSize: Int
  private let layout: ValueLayout
  let rows: BlockRows

  init(_ table: TableLayout, blockSize: Int, major: Int) {
    self.table = table
    self.blockSize = blockSize
    let stored = table.columns.filter { $0.isStored }
    layout = ValueLayout(
      values: stored.map {
        ValueLayout.Value(
          source: "t.\(SQLName.quoted($0.name))", length: $0.length, alignment: $0.alignment, storage: $0.storage,
          isNotNull: $0.isNotNull)
      }, major: major)
    rows = BlockRows(
      source: table.source, columns: stored.map { SQLName.quoted($0.name) }, major: major, blockSize: blockSize)
  }

  /// Rows: block, lengths of its visible rows, each rounded up to 8.
  func sql(_ relation: String) -> String {
    let measured = "SELECT \(BlockRows.block) AS block\(layout.measures) FROM \(relation) AS t OFFSET 0"
    let summed = "SELECT s.*, \(header) + \(layout.end()) AS length FROM (\(measured)) AS s OFFSET 0"
    guard table.hasTOAST, !movable.isEmpty else {
      return aggregate("s.length", from: summed)
    }
    let cut = "SELECT s.*, CASE WHEN s.length > \(threshold) THEN (\(cut)) END AS cut FROM (\(summed)) AS s OFFSET 0"
    let out = "\(header) + \(layout.end { isMovable($0) ? "\(rank($0)) >= s.cut" : nil })"
    return aggregate("CASE WHEN s.cut IS NULL THEN s.length ELSE \(out) END", from: cut)
  }

  private func aggregate(_ length: String, from: String) -> String {
    """
    SELECT s.block, pg_catalog.array_agg(((\(length)) + 7) & ~7) AS lengths FROM (\(from)) AS s
    GROUP BY s.block ORDER BY s.block
    """
  }

  /// 23 bytes, and a bit a column where a value is null, rounded up to 8. A rebuild stores null for a dropped column.
  private var header: String {
    let withNulls = (23 + (table.columns.count + 7) / 8 + 7) / 8 * 8
    if layout.values.count < table.columns.count || withNulls == 24 { return "\(withNulls)" }
    return layout.hasNulls.map { "CASE WHEN \($0) THEN \(withNulls) ELSE 24 END" } ?? "24"
  }

  // MARK: Out of line

  /// A row may be that long before its values are moved: a quarter of a block.
  private var threshold: Int { (blockSize - 40) / 4 / 8 * 8 }
  /// A row that has values of MAIN, the whole of a block.
  private var mainTarget: Int { (blockSize - 32) / 8 * 8 }
  private static let pointer = 18

  private func isMovable(_ place: Int) -> Bool {
    let value = layout.values[place]
    return value.length == -1 && value.storage != "p"
  }

  private var movable: [Int] { layout.values.indices.filter { isMovable($0) } }

  /// What goes first has the higher rank: MAIN last, else the bigger, of equals the one that stands first.
  private func rank(_ place: Int) -> String {
    let ofStorage = layout.values[place].storage == "m" ? 0 : 1 << 42
    return "(\(ofStorage) + pg_catalog.abs(s.v\(place))::bigint * 2048 + \(2047 - place))"
  }

  /// The lowest rank that is moved. Values of up to 24 bytes would gain nothing.
  private var cut: String {
    """
    SELECT pg_catalog.min(v.rank) FROM (
      SELECT m.rank, s.length - coalesce(pg_catalog.sum(m.rank % \(1 << 42) / 2048 - \(Self.pointer))
        OVER (ORDER BY m.rank DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
      FROM pg_catalog.unnest(ARRAY[\(movable.map { rank($0) }.joined(separator: ", "))]) AS m (rank)
      WHERE m.rank % \(1 << 42) / 2048 > 24
    ) AS v WHERE v.before > CASE WHEN v.rank < \(1 << 42) THEN \(mainTarget) ELSE \(table.toastTarget ?? threshold) END
    """
  }
}
