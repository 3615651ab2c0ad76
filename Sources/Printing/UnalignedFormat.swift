/// psql's `unaligned`: values with separators between them, as they are.
enum UnalignedFormat: FormatWriter {
  static func write(_ job: Job, to sink: ByteSink) {
    let separators = Separators(job.options)
    if job.options.expanded == .on {
      writeExpanded(job, separators, to: sink)
    } else {
      writeRows(job, separators, to: sink)
    }
  }

  private struct Separators {
    let field: [UInt8]
    let record: [UInt8]
    /// What ends the last record: a newline whatever the separator, but for a zero byte.
    let last: [UInt8]

    init(_ options: PrintOptions) {
      field = options.fieldSeparatorZero ? [0] : options.fieldSeparator.bytes
      record = options.recordSeparatorZero ? [0] : options.recordSeparator.bytes
      last = options.recordSeparatorZero ? [0] : [0x0A]
    }
  }

  private static func writeRows(_ job: Job, _ separators: Separators, to sink: ByteSink) {
    // Whether something precedes that the next record must be separated from.
    var follows = !job.part.isFirst
    if job.part.isFirst {
      if let title = job.title {
        sink.append(title)
        sink.append(separators.record)
      }
      if !job.options.tuplesOnly {
        for (place, column) in job.columns.enumerated() {
          if place > 0 { sink.append(separators.field) }
          sink.append(column.name)
        }
        follows = true
      }
    }
    if !job.columns.isEmpty {
      let rows = job.rows()
      for row in 0..<job.rowCount {
        if follows { sink.append(separators.record) }
        guard sink.wantsMore else {
          follows = false
          break
        }
        rows.read(row)
        sink.append(rows.cells, separatedBy: separators.field)
        follows = true
      }
    }
    guard job.part.isLast else { return }
    if !job.options.tuplesOnly && !sink.isInterrupted {
      for footer in job.footers {
        if follows { sink.append(separators.record) }
        sink.append(footer)
        follows = true
      }
    }
    if follows { sink.append(separators.last) }
  }

  private static func writeExpanded(_ job: Job, _ separators: Separators, to sink: ByteSink) {
    var follows = !job.part.isFirst
    if job.part.isFirst, let title = job.title {
      sink.append(title)
      follows = true
    }
    if !job.columns.isEmpty {
      let names = job.columns.map { $0.name + separators.field }
      let rows = job.rows()
      for row in 0..<job.rowCount {
        if follows {
          sink.append(separators.record)
          sink.append(separators.record)
        }
        guard sink.wantsMore else {
          follows = false
          break
        }
        rows.read(row)
        for (place, name) in names.enumerated() {
          if place > 0 { sink.append(separators.record) }
          sink.append(name)
          sink.append(rows.cells[place].bytes)
        }
        follows = true
      }
    }
    guard job.part.isLast else { return }
    if !job.options.tuplesOnly && !job.options.footers.isEmpty && !sink.isInterrupted {
      sink.append(separators.record)
      for footer in job.options.footers {
        sink.append(separators.record)
        sink.append(footer)
      }
      follows = true
    }
    if follows { sink.append(separators.last) }
  }
}

extension ByteSink {
  /// Writes the values of a row: one reservation for all of them.
  @inline(__always)
  func append(_ cells: UnsafeMutableBufferPointer<Cell>, separatedBy separator: [UInt8]) {
    separator.withUnsafeBufferPointer { separator in
      var room = 16
      for cell in cells { room += cell.bytes.count + separator.count + 16 }
      var end = reserve(room)
      writeBytes(cells[0].bytes, at: &end)
      for place in 1..<cells.count {
        writeBytes(separator, at: &end)
        writeBytes(cells[place].bytes, at: &end)
      }
      commit(upTo: end)
    }
  }
}
