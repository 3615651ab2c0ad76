import Postgres
import Printing

/// `\crosstabview`'s arguments as typed: numbers or names of the columns for the rows' headings, the columns'
/// headings, the cells and the order of the columns.
struct CrosstabRequest: Sendable {
  var columns: [String]
}

/// A result turned round: one row for each value of a column, one column for each value of another.
struct Crosstab {
  private let result: ResultReader
  private let rowCount: Int
  private let names: [[UInt8]]
  private let shapes: [Column]

  /// Columns of the result: where the rows' and columns' headings, the cells, and the columns' ranks come from.
  private let (vertical, horizontal, data): (Int, Int, Int)
  private let rank: Int?

  /// psql's limit, the server's for the columns of a table.
  private static let maximumColumns = 1600

  /// Throws psql's message where the result doesn't fit the request. It must not outlive the result.
  init(_ result: borrowing Result, _ request: CrosstabRequest) throws(CommandError) {
    let rows = ResultRows(result)
    self.result = result.reader
    rowCount = rows.rowCount
    shapes = rows.columns
    names = shapes.map(\.name)
    guard names.count >= 3 else { throw .message("\\crosstabview: query must return at least three columns") }
    let wanted = request.columns
    vertical = wanted.count > 0 ? try Self.index(of: wanted[0], in: names) : 0
    horizontal = wanted.count > 1 ? try Self.index(of: wanted[1], in: names) : 1
    guard vertical != horizontal else {
      throw .message("\\crosstabview: vertical and horizontal headers must be different columns")
    }
    if wanted.count > 2 {
      data = try Self.index(of: wanted[2], in: names)
    } else {
      guard names.count == 3 else {
        throw .message("\\crosstabview: data column must be specified when query returns more than three columns")
      }
      let (vertical, horizontal) = (vertical, horizontal)
      data = names.indices.first { $0 != vertical && $0 != horizontal } ?? 2
    }
    rank = wanted.count > 3 ? try Self.index(of: wanted[3], in: names) : nil
  }

  /// A column by its number from 1, or by its name, which is an SQL identifier.
  private static func index(of text: String, in names: [[UInt8]]) throws(CommandError) -> Int {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      let number = Int(text) ?? Int.max
      guard number >= 1, number <= names.count else {
        throw .message("\\crosstabview: column number \(text) is out of range 1..\(names.count)")
      }
      return number - 1
    }
    let name = identifier(text)
    let found = names.indices.filter { names[$0] == name }
    guard let first = found.first else {
      throw .message("\\crosstabview: column name not found: \"\(String(decoding: name, as: UTF8.self))\"")
    }
    guard found.count == 1 else {
      throw .message("\\crosstabview: ambiguous column name: \"\(String(decoding: name, as: UTF8.self))\"")
    }
    return first
  }

  /// Takes away the double quotes and makes what stands outside them lower case.
  private static func identifier(_ text: String) -> [UInt8] {
    var name: [UInt8] = []
    var isQuoted = false
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      if byte == UInt8(ascii: "\"") {
        if isQuoted, bytes.first == byte {
          name.append(byte)
          bytes.removeFirst()
        } else {
          isQuoted.toggle()
        }
      } else {
        name.append(!isQuoted && (0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
      }
    }
    return name
  }

  /// The table. Throws psql's message where two values fall into one cell or there are too many columns.
  func table(_ options: PrintOptions) throws(CommandError) -> Table {
    var rows = Headings()
    var columns = Headings()
    var places: [(row: Int, column: Int)] = []
    places.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      let place = (rows.place(of: bytes(row, vertical)), columns.place(of: bytes(row, horizontal)))
      guard columns.values.count <= Self.maximumColumns else {
        throw .message("\\crosstabview: maximum number of columns (\(Self.maximumColumns)) exceeded")
      }
      if place.1 == columns.ranks.count { columns.ranks.append(rank.flatMap { self.rankValue(row, $0) } ?? 0) }
      places.append(place)
    }
    let order = columns.order(isRanked: rank != nil)
    var isTaken = [Bool](repeating: false, count: rows.values.count * order.count)
    // psql's formats show a cell without a value as empty, a NULL by \pset null; JSON has only null for both
    let missing: [UInt8]? = options.format == .json || options.format == .jsonl ? nil : []
    var cells: [[[UInt8]?]] = rows.values.map { [$0] + Array(repeating: missing, count: order.count) }
    for (row, place) in places.enumerated() {
      let column = order[place.column]
      guard !isTaken[place.row * order.count + column] else {
        let (left, top) = (rows.values[place.row], columns.values[place.column])
        throw .message(
          "\\crosstabview: query result contains multiple data values for row \"\(shown(left, options))\", "
            + "column \"\(shown(top, options))\"")
      }
      isTaken[place.row * order.count + column] = true
      cells[place.row][column + 1] = bytes(row, data)
    }
    var headings = [Column](repeating: shapes[data], count: order.count)
    for (place, value) in columns.values.enumerated() { headings[order[place]].name = value ?? options.null.bytes }
    return Table(columns: [shapes[vertical]] + headings, rows: cells)
  }

  private func bytes(_ row: Int, _ column: Int) -> [UInt8]? { result.cell(row: row, column: column).map { Array($0) } }

  /// The integer that says where a column goes; nil, like 0, for what is no integer.
  private func rankValue(_ row: Int, _ column: Int) -> Int32? {
    bytes(row, column).flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
  }

  private func shown(_ value: [UInt8]?, _ options: PrintOptions) -> String {
    if let value { return String(decoding: value, as: UTF8.self) }
    return options.null.isEmpty ? "(null)" : options.null.description
  }
}

/// Distinct values in the order in which they first appear.
private struct Headings {
  private(set) var values: [[UInt8]?] = []
  /// What each is sorted by, where that was asked for.
  var ranks: [Int32] = []
  private var places: [[UInt8]?: Int] = [:]

  mutating func place(of value: [UInt8]?) -> Int {
    if let known = places[value] { return known }
    places[value] = values.count
    values.append(value)
    return values.count - 1
  }

  /// For each value the place at which it is shown.
  func order(isRanked: Bool) -> [Int] {
    guard isRanked else { return Array(values.indices) }
    let sorted = values.indices.sorted { (ranks[$0], $0) < (ranks[$1], $1) }
    var order = [Int](repeating: 0, count: values.count)
    for (shownAt, place) in sorted.enumerated() { order[place] = shownAt }
    return order
  }
}
