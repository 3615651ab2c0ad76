#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which blocks are looked at: one at random in each of equal stretches, the same ones every time.
///
/// One block a stretch has a tenth of the error of as many blocks drawn freely, where empty blocks come in runs (64
/// blocks, 30 % empty in one run: mean error 0.005 against 0.044).
enum BlockSample {
  /// `count` blocks of `0..<total` (all of them when there are no more), ascending. `seed` is the file's number.
  static func blocks(_ count: Int, of total: Int, seed: Int) -> [Int] {
    guard total > count, count > 0 else { return Array(0..<max(0, total)) }
    var random = SplitMix(seed: UInt64(truncatingIfNeeded: seed) &* 0x1000_0001_b3 ^ UInt64(truncatingIfNeeded: total))
    return (0..<count).map { stretch in
      let start = stretch * total / count
      let end = (stretch + 1) * total / count
      return start + Int(random.next() % UInt64(max(1, end - start)))
    }
  }

  private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }

  /// Mean of values taken one a stretch, and the half-width of its 95 % interval.
  ///
  /// The variance within stretches is had from neighbours, which differ less than any two when the value runs along the
  /// file; blocks that were not looked at are what is uncertain.
  static func mean(_ values: [Double], of total: Int) -> (mean: Double, bar: Double) {
    let count = Double(values.count)
    guard values.count > 1 else { return (values.first ?? 0, values.count < total ? 1 : 0) }
    let mean = values.reduce(0, +) / count
    let differences = zip(values, values.dropFirst()).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let variance = differences / (2 * (count - 1)) / count
    let unseen = max(0, 1 - count / Double(max(total, values.count)))
    return (mean, 1.96 * (variance * unseen).squareRoot())
  }
}

/// Blocks that rows fill when they are put one after the other, as a rebuild does.
enum Packing {
  /// Whole blocks and the filled part of the last one.
  static func blocks(_ lengths: some Sequence<Int>, blockSize: Int, fillFactor: Int) -> Double {
    let reserve = blockSize * (100 - fillFactor) / 100
    let capacity = blockSize - 24
    let mostRows = capacity / 28
    var full = 0
    var filled = 0
    var used = 0
    var rows = 0
    for length in lengths {
      // A block takes a row while the row, its line pointer and the reserve still fit.
      if rows > 0 && (used + length + 4 + reserve > capacity || rows >= mostRows) {
        full += 1
        filled += used
        used = 0
        rows = 0
      }
      used += length + 4
      rows += 1
    }
    // The last block is as far filled as it would be if rows like these went on: wide rows never fill one to its end.
    let whole = full == 0 ? Double(capacity - reserve) : Double(filled) / Double(full)
    return Double(full) + min(1, Double(used) / max(1, whole))
  }
}
