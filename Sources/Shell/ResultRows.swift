import Postgres
import Printing

/// The rows of a live result, printed without copying. It must not outlive the result.
struct ResultRows: RowSource {
  let columns: [Column]
  let rowCount: Int
  private let reader: ResultReader

  init(_ result: borrowing Result) {
    rowCount = result.rowCount
    reader = result.reader
    columns = (0..<result.columnCount).map { column in
      let kind = Column.Kind(typeOID: result.typeOID(column))
      return Column(
        name: Array((result.columnName(column) ?? "").utf8), alignsRight: alignsRight(result.typeOID(column)),
        kind: kind)
    }
  }

  func fill(_ cells: UnsafeMutableBufferPointer<Cell>, row: Int) {
    for column in 0..<columns.count {
      if let bytes = reader.cell(row: row, column: column) {
        cells[column] = Cell(bytes)
      } else {
        cells[column] = .null
      }
    }
  }
}

/// psql's rule: numbers, oids, transaction ids and money stand right.
func alignsRight(_ type: UInt32) -> Bool {
  switch type {
  case 20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069: true
  default: false
  }
}

extension Column.Kind {
  /// What a value of a type is in JSON: by pg_type's fixed oids.
  init(typeOID: UInt32) {
    switch typeOID {
    case 20, 21, 23, 26, 28, 29, 700, 701, 1700, 5069: self = .number
    case 16: self = .boolean
    case 114, 3802: self = .json
    default: self = .text
    }
  }
}
