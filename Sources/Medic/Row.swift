import Postgres

/// One row of a query's answer, read by the names of its columns.
public struct Row: Sendable {
  private let names: [String: Int]
  private let cells: [String?]

  init(names: [String: Int], cells: [String?]) {
    self.names = names
    self.cells = cells
  }

  /// The text of a column, nil for NULL and for a column that isn't there.
  public subscript(_ column: String) -> String? {
    guard let index = names[column], cells.indices.contains(index) else { return nil }
    return cells[index]
  }

  public func text(_ column: String) -> String { self[column] ?? "" }
  public func int(_ column: String) -> Int? { self[column].flatMap { Int($0) } }
  public func double(_ column: String) -> Double? { self[column].flatMap { Double($0) } }
  public func flag(_ column: String) -> Bool { self[column] == "t" }
  /// A one-dimensional array; NULL elements are left out.
  public func list(_ column: String) -> [String] { self[column].map { ArrayText.read($0).compactMap { $0 } } ?? [] }
  public func optionalList(_ column: String) -> [String?] { self[column].map { ArrayText.read($0) } ?? [] }
  public func ints(_ column: String) -> [Int] { self[column].map { ArrayText.readNumbers($0) } ?? [] }
}

extension Row {
  /// All rows of a result.
  static func all(of result: borrowing Result) -> [Row] {
    var names: [String: Int] = [:]
    for column in 0..<result.columnCount {
      if let name = result.columnName(column) { names[name] = column }
    }
    let reader = result.reader
    let columns = 0..<result.columnCount
    return (0..<result.rowCount).map { row in
      let cells = columns.map { column in
        reader.cell(row: row, column: column).map { String(decoding: $0, as: UTF8.self) }
      }
      return Row(names: names, cells: cells)
    }
  }
}
