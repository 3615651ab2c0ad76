/// How wide the columns of an aligned table are.
struct AlignedShape {
  struct Column {
    /// Of the widest line in heading and values.
    var natural: Int
    /// What the column gets: less than `natural` where values are wrapped.
    var width: Int
    var heading: Int
    /// The mean width of the values, rounded down.
    var average: Int
    var alignsRight: Bool
  }

  private(set) var columns: [Column]
  /// Of the tallest heading.
  private(set) var headingLines = 0
  /// Columns for borders and blanks between columns.
  private let edges: Int

  /// The border that is drawn: there is none beyond 2.
  let border: Int

  init(_ job: Job) {
    let encoding = job.options.encoding
    border = min(Int(job.options.border), 2)
    let count = job.columns.count
    edges =
      switch border {
      case 0: count
      case 1: max(0, count * 3 - 1)
      default: count * 3 + 1
      }
    columns = []
    for column in job.columns {
      let heading = column.name.withUnsafeBufferPointer { extent(of: $0, encoding) }
      headingLines = max(headingLines, heading.lines)
      columns.append(
        Column(
          natural: heading.width, width: heading.width, heading: heading.width, average: 0,
          alignsRight: column.alignsRight))
    }
    measureValues(job, encoding)
  }

  private mutating func measureValues(_ job: Job, _ encoding: TextEncoding) {
    let count = columns.count
    guard count > 0, job.rowCount > 0 else { return }
    let widest = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    let total = UnsafeMutableBufferPointer<Int>.allocate(capacity: count)
    widest.initialize(repeating: 0)
    total.initialize(repeating: 0)
    defer {
      widest.deallocate()
      total.deallocate()
    }
    let rows = job.rows()
    for row in 0..<job.rowCount {
      rows.read(row)
      for column in 0..<count {
        var width = plainWidth(of: rows.cells[column].bytes, encoding)
        if width < 0 { width = extent(of: rows.cells[column].bytes, encoding).width }
        total[column] += width
        if width > widest[column] { widest[column] = width }
      }
    }
    for column in 0..<count {
      columns[column].natural = max(columns[column].natural, widest[column])
      columns[column].width = columns[column].natural
      columns[column].average = total[column] / job.rowCount
    }
  }

  /// The columns that the table takes.
  var totalWidth: Int { columns.reduce(edges) { $0 + $1.width } }

  /// What it would take if values were never wider than their heading.
  var headingWidth: Int { columns.reduce(edges) { $0 + $1.heading } }

  /// Whether the table is wider than the target, 0 for none.
  func exceeds(_ target: Int) -> Bool { target > 0 && (target < headingWidth || target < totalWidth) }

  /// Narrows columns for the wrapped format until the table fits the target, unless the headings alone don't.
  ///
  /// As in psql it is the column with the greatest ratio of width to average that loses, one column of the terminal at
  /// a time; wide ones are a bit handicapped; none becomes narrower than its heading.
  mutating func wrap(to target: Int) {
    guard target > 0, target >= headingWidth else { return }
    var total = totalWidth
    while total > target {
      var worst = -1
      var worstRatio = 0.0
      for (place, column) in columns.enumerated() where column.average > 0 && column.width > column.heading {
        let ratio = Double(column.width) / Double(column.average) + Double(column.natural) * 0.01
        if ratio > worstRatio {
          worst = place
          worstRatio = ratio
        }
      }
      guard worst >= 0 else { break }
      columns[worst].width -= 1
      total -= 1
    }
  }
}
