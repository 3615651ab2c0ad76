import Postgres
import Printing

/// Rows copied out of the connection's results, so that they can be printed in pieces.
final class HeldRows: RowSource {
  /// Bytes held before a result streams, and printed at a time after that.
  static let limit = 2 << 20

  let columns: [Column]
  private var store = Store()

  init(_ shape: ResultRows) { columns = shape.columns }

  var rowCount: Int { store.rowCount }
  var byteCount: Int { store.byteCount + store.endCount * MemoryLayout<Int>.stride }

  /// Copies the one row of `result`.
  func append(_ result: borrowing Result) { store.append(result.reader, columnCount: columns.count) }

  func removeAll() { store.removeAll() }

  /// The bytes move only in `append`, never while rows are being printed.
  func fill(_ cells: UnsafeMutableBufferPointer<Cell>, row: Int) {
    let first = row * columns.count
    var start = first == 0 ? 0 : store.end(first - 1)
    for column in 0..<columns.count {
      let mark = store.ends[first + column]
      if mark < 0 {
        cells[column] = .null
      } else {
        cells[column] = Cell(UnsafeBufferPointer(start: store.bytes + start, count: mark - start))
        start = mark
      }
    }
  }
}

/// The values one after the other, and where each ends. Raw memory, since a row is copied for each that streams.
private struct Store: ~Copyable {
  private(set) var bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 12)
  private var capacity = 1 << 12
  private(set) var byteCount = 0
  /// Ends of the cells in `bytes`; for NULL the complement of where it would end.
  private(set) var ends = UnsafeMutablePointer<Int>.allocate(capacity: 64)
  private var endCapacity = 64
  private(set) var endCount = 0
  private(set) var rowCount = 0

  deinit {
    bytes.deallocate()
    ends.deallocate()
  }

  mutating func append(_ reader: ResultReader, columnCount: Int) {
    if endCount + columnCount > endCapacity { growEnds(to: endCount + columnCount) }
    for column in 0..<columnCount {
      guard let cell = reader.cell(row: 0, column: column) else {
        ends[endCount] = ~byteCount
        endCount += 1
        continue
      }
      if byteCount + cell.count > capacity { growBytes(to: byteCount + cell.count) }
      if let from = cell.baseAddress, cell.count > 0 { (bytes + byteCount).update(from: from, count: cell.count) }
      byteCount += cell.count
      ends[endCount] = byteCount
      endCount += 1
    }
    rowCount += 1
  }

  func end(_ index: Int) -> Int { ends[index] < 0 ? ~ends[index] : ends[index] }

  mutating func removeAll() {
    byteCount = 0
    endCount = 0
    rowCount = 0
  }

  private mutating func growBytes(to needed: Int) {
    capacity = max(needed, capacity * 2)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: byteCount)
    bytes.deallocate()
    bytes = larger
  }

  private mutating func growEnds(to needed: Int) {
    endCapacity = max(needed, endCapacity * 2)
    let larger = UnsafeMutablePointer<Int>.allocate(capacity: endCapacity)
    larger.update(from: ends, count: endCount)
    ends.deallocate()
    ends = larger
  }
}
