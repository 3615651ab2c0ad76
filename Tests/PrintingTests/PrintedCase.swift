import Printing

/// A table printed with some settings: by psql, and by us.
struct PrintedCase {
  var name: String
  /// `\pset` calls, in order.
  var settings: [Setting]
  var table: CaseTable
  /// Rows that are printed at a time, as with FETCH_COUNT.
  var chunk = 0

  struct Setting {
    var name: String
    var value: ByteString?

    init(_ name: String, _ value: ByteString?) {
      self.name = name
      self.value = value
    }

    /// As it is typed.
    var command: ByteString {
      "\\pset \(name)" + (value.map { " " + PrintedCase.quoted($0) } ?? "") + "\n"
    }
  }

  /// A text as an argument of psql's commands.
  static func quoted(_ text: ByteString) -> ByteString {
    "'" + ByteString(bytes: text.bytes.flatMap(escaped)) + "'"
  }

  /// What our printer makes of it.
  func printed() throws -> [UInt8] {
    var options = PrintOptions()
    for setting in settings { _ = try options.set(setting.name, to: setting.value, psqlOnly: false) }
    let sink = ByteSink()
    if chunk == 0 {
      print(table.source, options, to: sink)
    } else {
      var printed = 0
      var isLast = false
      while !isLast {
        // psql knows that it has come to the end when it gets less than it asked for.
        let rows = min(chunk, table.rowCount - printed)
        isLast = rows < chunk
        let part = Part(
          isFirst: printed == 0, isLast: isLast, priorRows: printed, throughPager: !isLast || printed > 0)
        print(table.slice(printed..<(printed + rows)).source, options, part: part, to: sink)
        printed += rows
      }
    }
    return sink.bytes
  }

  /// The commands that make psql print it.
  var script: ByteString {
    var script: ByteString = ""
    for setting in settings { script += setting.command }
    if chunk > 0 { script += "\\set FETCH_COUNT \(chunk)\n" }
    return script + table.query + ";\n"
  }

  /// A byte within the quotes of a psql argument or of an `E''` string.
  static func escaped(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "\n"): Array("\\n".utf8)
    case UInt8(ascii: "\r"): Array("\\r".utf8)
    case UInt8(ascii: "\t"): Array("\\t".utf8)
    case UInt8(ascii: "\\"): Array("\\\\".utf8)
    case UInt8(ascii: "'"): Array("''".utf8)
    default: [byte]
    }
  }
}

/// A table that can be printed, and asked from a server.
struct CaseTable {
  var name: String
  /// Headings; those of numbers begin with `#`, which is left out.
  var headings: [String]
  var rows: [[String?]]
  /// Rows of a table without columns.
  var emptyRows = 0

  init(_ name: String, _ headings: [String], _ rows: [[String?]], emptyRows: Int = 0) {
    self.name = name
    self.headings = headings
    self.rows = rows
    self.emptyRows = emptyRows
  }

  var rowCount: Int { headings.isEmpty ? emptyRows : rows.count }

  func slice(_ range: Range<Int>) -> CaseTable {
    CaseTable(name, headings, headings.isEmpty ? [] : Array(rows[range]), emptyRows: range.count)
  }

  var source: any RowSource {
    headings.isEmpty ? NoColumns(rowCount: emptyRows) : Table(columns: columns, rows: rows) as any RowSource
  }

  var columns: [Column] {
    headings.map { $0.hasPrefix("#") ? .number(String($0.dropFirst())) : Column($0) }
  }

  var query: ByteString {
    if headings.isEmpty { return "SELECT FROM generate_series(1, \(emptyRows))" }
    let names = columns.map { "\"" + String(decoding: $0.name, as: UTF8.self).replacing("\"", with: "\"\"") + "\"" }
    let list = names.joined(separator: ", ")
    let nothing = zip(columns, names).map { "NULL::\($0.alignsRight ? "numeric" : "text") AS \($1)" }
    if rows.isEmpty { return ByteString("SELECT " + nothing.joined(separator: ", ") + " WHERE false") }
    let values = rows.map { row in
      let cells = zip(columns, row).map { column, cell -> String in
        let type = column.alignsRight ? "numeric" : "text"
        guard let cell else { return "NULL::\(type)" }
        return "E'" + String(decoding: cell.utf8.flatMap(PrintedCase.escaped), as: UTF8.self) + "'::\(type)"
      }
      return "(" + cells.joined(separator: ", ") + ")"
    }
    return ByteString("SELECT * FROM (VALUES " + values.joined(separator: ", ") + ") AS t(\(list))")
  }
}

/// What `SELECT FROM t` returns: rows without columns.
private struct NoColumns: RowSource {
  let columns: [Column] = []
  let rowCount: Int

  func fill(_ cells: UnsafeMutableBufferPointer<Cell>, row: Int) {}
}
