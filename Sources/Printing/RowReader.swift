/// Reads rows the way the text formats show them: NULL as `\pset null` says, numbers with the locale's separators, and
/// without the bytes that aren't valid in the encoding.
struct RowReader: ~Copyable {
  let cells: UnsafeMutableBufferPointer<Cell>
  private let source: any RowSource
  private let null: Scratch
  private let validates: Bool
  private let rightAligned: [Int]
  private let numberFormat: NumberFormat
  private let changed: [Scratch]

  init(_ job: Job) {
    source = job.source
    cells = .allocate(capacity: job.columns.count)
    cells.initialize(repeating: .null)
    null = Scratch()
    validates = job.options.encoding == .utf8
    null.set(validates ? ValidText.cleaned(job.options.null.bytes) : job.options.null.bytes)
    numberFormat = job.options.numberFormat
    rightAligned = job.options.numericLocale ? job.columns.indices.filter { job.columns[$0].alignsRight } : []
    changed = job.columns.map { _ in Scratch() }
  }

  deinit { cells.deallocate() }

  /// Makes `cells` those of row `row`; they last until the next call.
  @inline(__always)
  func read(_ row: Int) {
    source.fill(cells, row: row)
    if !rightAligned.isEmpty { adjustNumbers() }
    for column in cells.indices {
      if cells[column].isNull {
        cells[column].bytes = null.bytes
      } else if validates && !ByteScan.isASCII(cells[column].bytes) {
        dropInvalidBytes(column)
      }
    }
  }

  private func adjustNumbers() {
    for column in rightAligned where !cells[column].isNull {
      if let text = numberFormat.adjusted(cells[column].bytes) { replace(column, by: text) }
    }
  }

  private func dropInvalidBytes(_ column: Int) {
    if let text = ValidText.cleaned(cells[column].bytes) { replace(column, by: text) }
  }

  private func replace(_ column: Int, by text: [UInt8]) {
    changed[column].set(text)
    cells[column].bytes = changed[column].bytes
  }
}

/// A text of ours at an address that stays until the next one is set.
private final class Scratch {
  private var storage = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 0)
  private var count = 0

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: storage.prefix(count)) }

  func set(_ text: [UInt8]) {
    if storage.count < text.count {
      storage.deallocate()
      storage = .allocate(capacity: text.count * 2)
    }
    _ = storage.update(from: text)
    count = text.count
  }

  deinit { storage.deallocate() }
}
