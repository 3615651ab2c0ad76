/// The widths of characters by pages of 256, made of `WidthTables` when the first one beyond Latin is met.
enum WidthPages {
  /// For each page the width that all of its characters have, or 3 if they differ.
  private static let pages: [UInt8] = {
    var pages = [UInt8](repeating: 1, count: 0x1100)
    for (ranges, width) in [(WidthTables.combining, UInt8(0)), (WidthTables.wide, UInt8(2))] {
      for range in ranges {
        for page in Int(range.first >> 8)...Int(range.last >> 8) {
          let isWhole = range.first <= UInt32(page) << 8 && range.last >= UInt32(page) << 8 | 0xFF
          pages[page] = isWhole ? width : 3
        }
      }
    }
    return pages
  }()

  /// The columns of a printable character up to U+10FFFF.
  static func width(of code: UInt32) -> Int {
    let width = pages[Int(code >> 8)]
    if width < 3 { return Int(width) }
    if WidthTables.combining.contains(code: code) { return 0 }
    return WidthTables.wide.contains(code: code) ? 2 : 1
  }
}

extension [(first: UInt32, last: UInt32)] {
  fileprivate func contains(code: UInt32) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if code > self[middle].last {
        low = middle + 1
      } else if code < self[middle].first {
        high = middle
      } else {
        return true
      }
    }
    return false
  }
}
