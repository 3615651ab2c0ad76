/// Blocks that rows fill when they are put one after the other, as VACUUM FULL does.
///
/// A block takes a row while the row, its line pointer and the fillfactor's reserve still fit, and takes 291 at most.
struct HeapPacking {
  /// Full blocks.
  private(set) var full = 0
  /// Bytes on them.
  private var filled = 0
  /// Bytes and rows on the block that isn't full yet.
  private var used = 0
  private var rows = 0
  private let capacity: Int
  private let reserve: Int

  init(_ lengths: some Sequence<Int>, blockSize: Int, fillFactor: Int) {
    capacity = blockSize - 24
    reserve = blockSize * (100 - fillFactor) / 100
    let mostRows = capacity / 28
    for length in lengths {
      if rows > 0 && (used + length + 4 + reserve > capacity || rows >= mostRows) {
        full += 1
        filled += used
        used = 0
        rows = 0
      }
      used += length + 4
      rows += 1
    }
  }

  /// Whole blocks.
  var blocks: Int { full + (rows > 0 ? 1 : 0) }

  /// Whole blocks and the part of the last one that it would be if rows like these went on: wide rows never fill one to
  /// its end.
  var exact: Double {
    let whole = full == 0 ? Double(capacity - reserve) : Double(filled) / Double(full)
    return Double(full) + min(1, Double(used) / max(1, whole))
  }
}
