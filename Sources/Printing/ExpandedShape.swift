/// How wide headings and values are in expanded output.
struct ExpandedShape {
  let border: Int
  /// Columns of the widest heading, and for the widest value.
  let headingWidth: Int
  private(set) var valueWidth: Int
  /// Some heading has several lines, so that marks need room.
  let marksHeadings: Bool
  /// Some value has several lines, or is wrapped.
  private(set) var marksValues: Bool
  /// What the longest `-[ RECORD n ]-` of this part needs.
  private let recordLine: Int

  init(_ job: Job) {
    let encoding = job.options.encoding
    border = min(Int(job.options.border), 2)
    let digits = job.rowCount == 0 ? 0 : String(job.rowCount).utf8.count
    // psql 16 and later, given another width for that line, let it stick out in the aligned format.
    let sticksOut = job.options.expandedHeaderWidth != .full && job.options.format == .aligned
    recordLine = job.options.tuplesOnly || sticksOut ? 0 : [9, 12, 15][border] + digits
    let headings = job.columns.map { $0.name.withUnsafeBufferPointer { extent(of: $0, encoding) } }
    headingWidth = headings.map(\.width).max() ?? 0
    marksHeadings = headings.contains { $0.lines > 1 }
    var widest = 0
    var severalLines = false
    let rows = job.rows()
    for row in 0..<job.rowCount {
      rows.read(row)
      for cell in rows.cells {
        let plain = plainWidth(of: cell.bytes, encoding)
        if plain >= 0 {
          if plain > widest { widest = plain }
        } else {
          let extent = extent(of: cell.bytes, encoding)
          widest = max(widest, extent.width)
          if extent.lines > 1 { severalLines = true }
        }
      }
    }
    valueWidth = widest
    marksValues = severalLines
  }

  /// Whether marks of headings stand left of them, in a column of their own, in narrow borders.
  private func marksLeft(_ style: LineStyle) -> Bool { border < 2 && marksHeadings && !style.marksRight }

  /// The columns of the heading part in the line above a record.
  func recordHeadingWidth(_ style: LineStyle) -> Int { headingWidth + (marksLeft(style) ? 1 : 0) }

  /// Widens the values to the line above a record, and narrows them to a target width, 0 for none.
  mutating func fit(target: Int, _ style: LineStyle) {
    // Lines, blanks and marks beside heading and value.
    var edges = [1, 3, 7][border]
    if marksLeft(style) || (border == 0 && marksHeadings) { edges += 1 }
    if border < 2 && marksValues && style.marksRight { edges += 1 }
    while true {
      let natural = max(headingWidth + edges + valueWidth, recordLine)
      var total = natural
      if target > 0 && target < natural {
        // At least three columns of value.
        total = max(target, headingWidth + edges + 3, recordLine)
      }
      let width = total - headingWidth - edges
      // Wrapping takes a column for the marks, which may not be there yet.
      if width < valueWidth && !marksValues && border < 2 && style.marksRight {
        marksValues = true
        edges += 1
      } else {
        valueWidth = width
        return
      }
    }
  }
}
