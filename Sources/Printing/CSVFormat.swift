/// psql's `csv`: RFC 4180 but for the end of lines, which is a newline; no title, no footer.
enum CSVFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let csv = CSVWriter(job.options.csvFieldSeparator, sink)
    let expanded = job.options.expanded == .on
    if job.part.isFirst && !job.options.tuplesOnly && !expanded {
      for (place, column) in job.columns.enumerated() {
        if place > 0 { sink.append(csv.separator) }
        column.name.withUnsafeBufferPointer { csv.field($0) }
      }
      sink.append(0x0A)
    }
    guard !job.columns.isEmpty else { return }
    let names = job.columns.map { csv.quoted($0.name) + [csv.separator] }
    let rows = job.rows()
    for row in 0..<job.rowCount {
      guard sink.wantsMore else { return }
      rows.read(row)
      for place in rows.cells.indices {
        if expanded {
          sink.append(names[place])
        } else if place > 0 {
          sink.append(csv.separator)
        }
        csv.field(rows.cells[place].bytes)
        if expanded { sink.append(0x0A) }
      }
      if !expanded { sink.append(0x0A) }
    }
  }
}

/// Quotes what CSV can't hold bare.
struct CSVWriter {
  let separator: UInt8
  private let sink: ByteSink
  /// A separator that could be part of `\.` has every value quoted.
  private let quotesAll: Bool

  init(_ separator: UInt8, _ sink: ByteSink) {
    self.separator = separator
    self.sink = sink
    quotesAll = separator == UInt8(ascii: "\\") || separator == UInt8(ascii: ".")
  }

  @inline(__always)
  func field(_ bytes: UnsafeBufferPointer<UInt8>) {
    if quotesAll || ByteScan.needsQuotes(bytes, separator: separator) || isEndMarker(bytes) {
      quote(bytes)
    } else {
      sink.append(bytes)
    }
  }

  func quoted(_ bytes: [UInt8]) -> [UInt8] {
    let memory = ByteSink()
    bytes.withUnsafeBufferPointer { CSVWriter(separator, memory).field($0) }
    return memory.bytes
  }

  /// `\.` ends the data of COPY.
  @inline(__always)
  private func isEndMarker(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count == 2 && bytes[0] == UInt8(ascii: "\\") && bytes[1] == UInt8(ascii: ".")
  }

  private func quote(_ bytes: UnsafeBufferPointer<UInt8>) {
    sink.append(0x22)
    for part in bytes.split(separator: 0x22, omittingEmptySubsequences: false).enumerated() {
      if part.offset > 0 { sink.append("\"\"") }
      sink.append(UnsafeBufferPointer(rebasing: part.element))
    }
    sink.append(0x22)
  }
}
