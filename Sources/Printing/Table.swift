/// A table in memory, for what is not a result of the server: findings, lists of meta-commands.
public struct Table: RowSource {
  public let columns: [Column]
  public let rowCount: Int
  private let storage: Storage

  /// A row shorter than the columns is filled up with NULL; values beyond the columns are dropped.
  @_disfavoredOverload
  public init(columns: [Column], rows: [[[UInt8]?]]) {
    self.columns = columns
    rowCount = rows.count
    let byteCount = rows.reduce(0) { $0 + $1.prefix(columns.count).reduce(0) { $0 + ($1?.count ?? 0) } }
    storage = Storage(cellCount: rows.count * columns.count, byteCount: byteCount)
    var free = storage.bytes[...]
    for (row, values) in rows.enumerated() {
      for (column, value) in values.prefix(columns.count).enumerated() {
        guard let value else { continue }
        let place = UnsafeMutableBufferPointer(rebasing: free.prefix(value.count))
        _ = place.initialize(from: value)
        storage.cells[row * columns.count + column] = Cell(UnsafeBufferPointer(place))
        free = free.dropFirst(value.count)
      }
    }
  }

  /// A row shorter than the columns is filled up with NULL; values beyond the columns are dropped.
  public init(columns: [Column], rows: [[String?]]) {
    self.init(columns: columns, rows: rows.map { $0.map { $0.map { Array($0.utf8) } } } as [[[UInt8]?]])
  }

  public func fill(_ cells: UnsafeMutableBufferPointer<Cell>, row: Int) {
    let first = row * columns.count
    for column in columns.indices { cells[column] = storage.cells[first + column] }
  }

  /// The values one after the other, at an address that doesn't move, and where each is.
  private final class Storage {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    let cells: UnsafeMutableBufferPointer<Cell>

    init(cellCount: Int, byteCount: Int) {
      bytes = .allocate(capacity: byteCount)
      cells = .allocate(capacity: cellCount)
      cells.initialize(repeating: .null)
    }

    deinit {
      bytes.deallocate()
      cells.deallocate()
    }
  }
}
