import Postgres

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A btree's bloat by calculation, where its pages can't be read: rows times the width of the keys, against its size.
///
/// Coarser than a sample: widths are averages, equal keys are known only by the planner's statistics.
struct BTreeEstimate {
  let index: IndexLayout
  let blockSize: Int
  /// Rows of the table, as just sampled.
  let tableRows: Double

  /// The width of a `name` column, 64 bytes, says nothing about its keys, which end with the text.
  private var bar: Double { index.keys.contains { $0.length == -2 } ? 0.25 : 0.12 }

  /// Statistics of the columns that this role may see. Without a row for a column nothing can be said about it.
  static let statistics = """
    SELECT s.attname AS name, s.avg_width, s.null_frac, s.n_distinct FROM pg_catalog.pg_stats AS s
    WHERE s.schemaname = $1::name AND s.tablename = $2::name AND NOT s.inherited
    """

  /// nil when the index is smaller than 64 kB. Throws `.usage` with the reason when it can't be estimated.
  func estimate(_ connection: borrowing Connection) throws(PostgresError) -> BloatEstimate? {
    let size = try connection.rows("SELECT pg_catalog.pg_relation_size($1::oid) AS bytes", [String(index.id)])
    let total = (size.first?.int("bytes") ?? 0) / blockSize
    guard total * blockSize >= 65536 else { return nil }
    if index.isPartial && (index.rows ?? 0) <= 0 { throw .usage("how many rows a partial index has is not known") }
    let ofTable = try connection.rows(Self.statistics, [index.schema, index.table])
    let ofIndex = try connection.rows(Self.statistics, [index.schema, index.name])
    var end = 0
    var hasNulls = false
    var distinct = 1.0
    for key in index.keys {
      let source = key.isExpression ? ofIndex : ofTable
      let row = source.first { $0["name"] == key.name }
      guard key.length > 0 && key.isNotNull || row != nil else {
        throw .usage("no statistics of \(SQLName.quoted(key.name)): ANALYZE, or a superuser with pageinspect")
      }
      let nulls = row?.double("null_frac") ?? 0
      hasNulls = hasNulls || nulls > 0
      let width = key.length > 0 ? Double(key.length) : Double(row?.int("avg_width") ?? 8) + 1
      // Short varlenas stand at no alignment.
      let alignment = key.length > 0 || width > 127 ? key.alignment : 1
      end = (end + alignment - 1) / alignment * alignment + Int((width * (1 - nulls)).rounded(.up))
      let values = row?.double("n_distinct") ?? -1
      distinct *= values < 0 ? -values * tableRows : values
    }
    let base = (8 + (hasNulls ? 8 : 0) + end + 7) / 8 * 8
    let rows = index.isPartial ? Double(index.rows ?? 0) : tableRows
    let pages = BTreePages(blockSize: blockSize, fillFactor: index.fillFactor)
    var bytes = rows * Double(base + 4)
    if index.mayDeduplicate && !index.isUnique {
      let keys = max(1, min(rows, distinct))
      bytes = keys * Double(pages.postingBytes(base: base, count: max(1, Int((rows / keys).rounded()))))
    }
    let leaves = bytes / pages.capacity(entry: Double(base + 4))
    let needed = pages.whole(leaves: leaves, key: Double(base))
    return BloatEstimate(
      size: total, share: 1 - needed / Double(total), bar: bar, method: "estimate from statistics",
      confidence: .low)
  }
}
