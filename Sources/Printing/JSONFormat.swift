/// An array of objects, a row a line: `json`.
///
/// Numbers, booleans and JSON values are written as such, NULL as null, all else as strings. Only rows are printed: title,
/// footer, NULL display and `numericlocale` don't matter.
enum JSONFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    if job.part.isFirst { sink.append("[") }
    let objects = JSONObjects(job, onOneLine: false, sink)
    let cells = objects.makeCells()
    defer { cells.deallocate() }
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { break }
      sink.append(job.part.priorRows + row == 0 ? "\n" : ",\n")
      objects.write(row, cells)
    }
    if job.part.isLast { sink.append(job.part.priorRows + job.rowCount == 0 ? "]\n" : "\n]\n") }
  }
}

/// An object a line: `jsonl`.
enum JSONLinesFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let objects = JSONObjects(job, onOneLine: true, sink)
    let cells = objects.makeCells()
    defer { cells.deallocate() }
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { break }
      objects.write(row, cells)
      sink.append(0x0A)
    }
  }
}

/// Writes rows as JSON objects.
struct JSONObjects {
  private let job: Job
  private let sink: ByteSink
  private let values: JSONValues
  private let kinds: [Column.Kind]
  /// The keys with quotes, colon, and what precedes them.
  private let keys: [[UInt8]]

  init(_ job: Job, onOneLine: Bool, _ sink: ByteSink) {
    self.job = job
    self.sink = sink
    values = JSONValues(sink, job.options.encoding, onOneLine: onOneLine)
    kinds = job.columns.map(\.kind)
    let memory = ByteSink()
    let strings = JSONValues(memory, job.options.encoding, onOneLine: onOneLine)
    // The names as they came: `job.columns` has them without their invalid bytes.
    keys = job.source.columns.enumerated().map { place, column in
      memory.removeAll()
      memory.append(place == 0 ? "{" : ",")
      column.name.withUnsafeBufferPointer { strings.string($0) }
      memory.append(":")
      return memory.bytes
    }
  }

  func makeCells() -> UnsafeMutableBufferPointer<Cell> {
    let cells = UnsafeMutableBufferPointer<Cell>.allocate(capacity: kinds.count)
    cells.initialize(repeating: .null)
    return cells
  }

  @inline(__always)
  func write(_ row: Int, _ cells: UnsafeMutableBufferPointer<Cell>) {
    job.source.fill(cells, row: row)
    if keys.isEmpty { sink.append("{") }
    for place in kinds.indices {
      sink.append(keys[place])
      if cells[place].isNull {
        sink.append("null")
      } else {
        values.value(cells[place].bytes, kinds[place])
      }
    }
    sink.append("}")
  }
}
