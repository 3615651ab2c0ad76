#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a scan costs in the planner's units, by the server's settings.
///
/// The shape of the planner's own estimate (`src/backend/optimizer/path/costsize.c` and `utils/adt/selfuncs.c` describe
/// it): pages read in random order, fewer where the index follows the table's order, and a little for each row. Where
/// a table is read many times, as inside a nested loop, pages read before are found in the cache.
struct CostModel: Sendable {
  let settings: PlannerSettings

  struct Heap: Sendable {
    let rows: Double
    let pages: Double
  }

  /// An index scan, plain or by a bitmap, whichever is cheaper.
  struct Scan: Sendable {
    let startup: Double
    let total: Double
    /// Rows come in the order of the index.
    let isOrdered: Bool
  }

  /// - Parameters:
  ///   - share: of the table's rows that the index conditions select.
  ///   - conditions: how many conditions the index checks; `filters`: how many the heap row is checked for.
  ///   - correlation: between the order of the first key and that of the table.
  ///   - visible: the share of heap pages that needn't be visited, since all that is read is in the index.
  ///   - loops: how often the scan is repeated with other values.
  func indexScan(
    _ size: IndexSize, heap: Heap, share: Double, conditions: Int, filters: Int, correlation: Double,
    visible: Double = 0, loops: Double = 1
  ) -> Scan {
    let rows = max(1, share * heap.rows)
    let entries = min(size.entries, rows)
    let leaves = max(1, (entries / size.entries * size.leafPages).rounded(.up))
    let descent =
      (log2(max(size.entries, 2))).rounded(.up) * settings.operation + (size.height + 1) * 50 * settings.operation
    let leafCost = pagesFetched(leaves, of: size.pages, loops: loops) * settings.randomPage
    let perEntry = settings.indexTuple + Double(conditions) * settings.operation
    let index = descent + leafCost + entries * perEntry
    let perRow = settings.tuple + Double(filters) * settings.operation
    let scattered = fetched(rows, of: heap.pages, loops: loops) * settings.randomPage
    let inOrder = settings.randomPage + max(0, (share * heap.pages).rounded(.up) - 1) * settings.sequentialPage
    let squared = correlation * correlation
    var heapCost = loops > 1 ? scattered : scattered + squared * (min(inOrder, scattered) - scattered)
    heapCost *= 1 - visible
    return Scan(startup: descent, total: index + heapCost + rows * perRow, isOrdered: true)
  }

  /// The index tells all pages first, which are then read in the table's order.
  func bitmapScan(
    _ size: IndexSize, heap: Heap, share: Double, conditions: Int, filters: Int, loops: Double = 1
  ) -> Scan {
    let rows = max(1, share * heap.rows)
    let entries = min(size.entries, rows)
    let leaves = max(1, (entries / size.entries * size.leafPages).rounded(.up))
    let descent =
      (log2(max(size.entries, 2))).rounded(.up) * settings.operation + (size.height + 1) * 50 * settings.operation
    let index =
      descent + pagesFetched(leaves, of: size.pages, loops: loops) * settings.randomPage
      + entries * (settings.indexTuple + Double(conditions) * settings.operation) + 0.1 * settings.operation * entries
    let pages = min(heap.pages, max(1, 2 * heap.pages * rows / (2 * heap.pages + rows)))
    let perPage =
      pages >= 2
      ? settings.randomPage - (settings.randomPage - settings.sequentialPage)
        * (pages / max(heap.pages, 1)).squareRoot()
      : settings.randomPage
    let total = index + pages * perPage + rows * (settings.tuple + Double(conditions + filters) * settings.operation)
    return Scan(startup: index, total: total, isOrdered: false)
  }

  /// BRIN gives whole ranges of 128 pages.
  func blockRangeScan(_ size: IndexSize, heap: Heap, share: Double, filters: Int) -> Scan {
    let pages = min(heap.pages, max(1, (share * heap.pages / 128).rounded(.up) + 1) * 128)
    let rows = heap.rows * pages / max(heap.pages, 1)
    let index = size.pages * settings.sequentialPage + heap.pages / 128 * settings.operation
    let perPage =
      settings.randomPage
      - (settings.randomPage - settings.sequentialPage) * (pages / max(heap.pages, 1)).squareRoot()
    return Scan(
      startup: index, total: index + pages * perPage + rows * (settings.tuple + Double(filters) * settings.operation),
      isOrdered: false)
  }

  /// Pages of a heap that so many rows lie on (Mackert and Lohman's estimate, as the manual's planner chapter has it),
  /// a share of each of `loops` repetitions.
  private func fetched(_ rows: Double, of pages: Double, loops: Double) -> Double {
    let total = max(pages, 1)
    let wanted = rows * loops
    let cache = max(settings.cachePages, 1)
    let read: Double
    if total <= cache {
      read = min(total, 2 * total * wanted / (2 * total + wanted))
    } else {
      let limit = 2 * total * cache / (2 * total - cache)
      read =
        wanted <= limit ? 2 * total * wanted / (2 * total + wanted) : cache + (wanted - limit) * (total - cache) / total
    }
    return max(read.rounded(.up) / max(loops, 1), loops > 1 ? 0 : 1)
  }

  private func pagesFetched(_ leaves: Double, of pages: Double, loops: Double) -> Double {
    loops > 1 ? fetched(leaves, of: pages, loops: loops) : leaves
  }

  /// What an entry more costs each time that a row is written: the way down the tree, and a share of a page written
  /// later, since pages that take many entries are written once.
  func writeCost(_ size: IndexSize, method: String) -> Double {
    let descent =
      (log2(max(size.entries, 2))).rounded(.up) * settings.operation + (size.height + 1) * 50 * settings.operation
    let page = settings.randomPage * 0.25
    switch method {
    case "gin", "gist": return 4 * (descent + page)
    case "brin": return 0.05 * page
    default: return descent + page
    }
  }
}
