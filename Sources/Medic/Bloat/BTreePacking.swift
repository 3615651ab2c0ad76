/// The arithmetic of a btree as a build makes it.
struct BTreePacking: Sendable {
  /// Rows with one key that a leaf or a table holds: the key's plain entry takes `base` bytes, rounded up to 8.
  struct Group: Sendable, Equatable {
    let base: Int
    let rows: Int
  }

  let blockSize: Int
  /// Equal keys share posting lists.
  let mergesEqual: Bool
  /// Bytes of entries and line pointers that a leaf takes before it is full: all but headers, the line pointer of the
  /// high key, and the fillfactor's reserve.
  private let leafCapacity: Int

  init(blockSize: Int, fillFactor: Int?, mergesEqual: Bool) {
    self.blockSize = blockSize
    self.mergesEqual = mergesEqual
    leafCapacity = blockSize - 48 - blockSize * (100 - (fillFactor ?? 90)) / 100
  }

  /// The biggest posting list that a build makes.
  private var longestPosting: Int { (blockSize / 10 / 8 * 8 - 4) / 8 * 8 }

  /// Bytes of the entries, with their line pointers, that `rows` rows with one key take, and their number.
  func entries(base: Int, rows: Double) -> (bytes: Double, number: Double) {
    let most = Double(max(1, (longestPosting - base) / 6))
    if !mergesEqual || rows <= 1 || most == 1 { return (Double(base + 4) * rows, rows) }
    if rows >= most { return (Double(posting(base, Int(most)) + 4) * rows / most, rows / most) }
    // Between whole numbers of rows as between their neighbours.
    let few = Int(rows)
    let bytes =
      Double(posting(base, few)) * (Double(few + 1) - rows) + Double(posting(base, few + 1)) * (rows - Double(few))
    return (bytes + 4, 1)
  }

  /// Leaves that so many bytes fill, in entries of a mean length.
  func leaves(bytes: Double, entry: Double, base: Double) -> Double {
    guard bytes > 0 else { return 0 }
    let isUniform = entry == base + 4
    let capacity = Double(leafCapacity)
    let filled =
      isUniform && entry == entry.rounded()
      ? (capacity / entry).rounded(.down) * entry
      : capacity - (base + 4) + entry / 2
    return bytes / max(entry, filled)
  }

  /// Bytes of a posting list of `rows` rows.
  private func posting(_ base: Int, _ rows: Int) -> Int { rows == 1 ? base : (base + 6 * rows + 7) / 8 * 8 }

  /// Leaves that groups fill in their order, as far as the last one is filled, and bytes of their entries.
  func leaves(_ groups: some Sequence<Group>) -> (exact: Double, whole: Int, bytes: Int) {
    var full = 0
    var filled = 0
    var used = 0
    var entries = 0
    var last = (size: 0, extra: 0)
    var all = 0
    func add(_ size: Int, extra: Int) {
      // Full, the leaf gives its last entry to the next one; a posting list that is to become its high key shrinks to
      // the key. Without that, an entry must fit, with room for a row's address in the high key.
      let isFull = entries >= 2 && used - last.extra > leafCapacity
      let doesNotFit = entries >= 1 && blockSize - 48 - used < size + 8
      if isFull || doesNotFit {
        full += 1
        filled += used - last.size - 4
        used = last.size + 4
        entries = 1
      }
      used += size + 4
      entries += 1
      last = (size, extra)
      all += size + 4
    }
    for group in groups {
      var rest = group.rows
      let most = mergesEqual ? max(1, (longestPosting - group.base) / 6) : 1
      while rest > 0 {
        let rows = min(rest, most)
        let size = posting(group.base, rows)
        add(size, extra: size - group.base)
        rest -= rows
      }
    }
    let whole = full == 0 ? Double(leafCapacity) : Double(filled) / Double(full)
    return (Double(full) + min(1, Double(used) / max(1, whole)), full + (entries > 0 ? 1 : 0), all)
  }

  /// All pages of a tree with so many leaves: the metapage, and inner pages filled to 70 %, with an entry a page below;
  /// `pivot` is the length of those. Of an index without rows the metapage is all that is left.
  func whole(leaves: Double, pivot: Double) -> Double {
    guard leaves > 0 else { return 1 }
    let capacity = Double(blockSize - 48 - blockSize * 30 / 100)
    // The first entry of an inner page has no key.
    let fanOut = max(2, 1 + ((capacity - 12) / (pivot + 4)).rounded(.down))
    var level = max(1, leaves)
    var total = 1 + level
    while level > 1 {
      level = (level / fanOut).rounded(.up)
      total += level
    }
    return total
  }

  /// Inner pages of a grown tree for each of its leaves: splits leave them two thirds full.
  func innerShare(pivot: Double) -> Double { min(0.5, (pivot + 4) / (0.67 * Double(blockSize - 48))) }
}
