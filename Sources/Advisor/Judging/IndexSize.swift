#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How large an index would be: entries by the columns' average widths, pages filled to 90 %, repeated keys stored once
/// (btree deduplicates from 13 on, up to a third of a page of row pointers a key).
struct IndexSize: Sendable {
  /// Entries, with one for each row that the predicate lets through.
  let entries: Double
  /// Pages of the lowest level.
  let leafPages: Double
  let pages: Double
  /// Levels above the leaves.
  let height: Double
  let bytes: Double

  init(
    _ candidate: Candidate, of table: TableFacts?, rows: Double? = nil, pages heapPages: Double? = nil, pageSize: Double
  ) {
    let rows = max(rows ?? table?.rows ?? 1, 1)
    let entries = max(1, rows * candidate.share)
    let widths = candidate.keys.map { IndexSize.width($0, table) }
    let included = candidate.included.map { table?.column($0)?.statistics?.width ?? 16 }.reduce(0, +)
    let usable = (pageSize - 40) * 0.9
    switch candidate.method {
    case "brin":
      let ranges = ((heapPages ?? table?.pages ?? 1) / 128).rounded(.up)
      leafPages = max(1, (ranges * Double(16 + 2 * widths.reduce(0, +)) / usable).rounded(.up))
      self.pages = leafPages + 2
      height = 0
    case "gin":
      // Some pointers of two bytes for each item of each row; an item has no statistics here.
      leafPages = max(1, (entries * Double(max(widths.reduce(0, +), 16)) * 0.35 / usable).rounded(.up))
      self.pages = leafPages * 1.1 + 2
      height = 1
    case "hash":
      leafPages = max(1, (entries * 20 / ((pageSize - 40) * 0.75)).rounded(.up))
      self.pages = leafPages * 1.3 + 2
      height = 0
    default:
      let key = Double(IndexSize.aligned(widths.reduce(0, +) + included))
      let plain = entries * (8 + key + 4)
      // Keys that come again and again are stored once with a list of six-byte pointers.
      let distinct = candidate.included.isEmpty ? min(entries, IndexSize.distinct(candidate, table, rows)) : entries
      let perKey = entries / max(distinct, 1)
      let listsPerKey = max(1, (perKey * 6 / (pageSize / 6)).rounded(.up))
      let folded = distinct * listsPerKey * (8 + key + 4) + entries * 6
      leafPages = max(1, ((perKey > 1.5 ? min(plain, folded) : plain) / usable).rounded(.up))
      let fanout = max(2, usable / (12 + key))
      height = max(0, (log(leafPages) / log(fanout)).rounded(.up))
      self.pages = leafPages * (1 + 1 / fanout) + 1 + height
    }
    self.entries = entries
    bytes = self.pages.rounded(.up) * pageSize
  }

  private static func width(_ key: Candidate.Key, _ table: TableFacts?) -> Int {
    key.columns.map { table?.column($0)?.statistics?.width ?? 16 }.reduce(0, +)
  }

  private static func aligned(_ width: Int) -> Int { (width + 7) / 8 * 8 }

  /// Different keys, at most the product of the columns' own.
  private static func distinct(_ candidate: Candidate, _ table: TableFacts?, _ rows: Double) -> Double {
    candidate.keys.reduce(1.0) { product, key in
      let own = key.columns.map { table?.column($0)?.distinct(ofRows: rows) ?? 200 }.max() ?? 200
      return product * own
    }
  }
}
