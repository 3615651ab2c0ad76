import Printing

/// How a character of the line is shown.
enum TextStyle: UInt8, Sendable {
  case plain, keyword, string, comment, number, variable, command, match, unbalanced, hint

  /// The terminal's attribute codes (SGR).
  var code: String {
    switch self {
    case .plain: "0"
    case .keyword: "1;34"
    case .string: "32"
    case .comment: "90"
    case .number: "36"
    case .variable: "35"
    case .command: "1;36"
    case .match: "1;4"
    case .unbalanced: "31"
    case .hint: "90"
    }
  }
}

/// One character on the screen, with what combines with it.
struct ScreenCell: Equatable {
  var scalar: UInt32
  var combining: [UInt32] = []
  var width: Int
  var style: TextStyle

  /// Columns that a character takes: psql's widths, tabs to the next multiple of eight, `^X` for a control character.
  static func width(of scalar: UInt32, at column: Int) -> Int {
    switch scalar {
    case 9: 8 - column % 8
    case 0..<32, 127: 2
    case 32..<127: 1
    case 0xDC80...0xDCFF: 1
    case 0x80..<0xA0: 0
    default: displayWidth(of: TerminalText.utf8.encode([scalar]))
    }
  }
}

/// The line as rows of the screen, and where its cursor stands.
struct ScreenLayout: Equatable {
  struct Row: Equatable {
    var cells: [ScreenCell] = []
    /// The column where the row's first cell stands: the prompt's end in the first row.
    var start = 0
    /// The text goes on in the next row because the row was full.
    var wraps = false

    var end: Int { start + cells.reduce(0) { $0 + $1.width } }
  }

  private(set) var rows: [Row]
  private(set) var cursorRow = 0
  private(set) var cursorColumn = 0

  /// Lays out `text` from column `start` on. `styles` may be shorter than the text.
  init(_ text: [UInt32], styles: [TextStyle], cursor: Int, start: Int, width: Int) {
    var row = Row(start: start)
    var column = start
    var done: [Row] = []
    for (index, scalar) in text.enumerated() {
      if index == cursor { (cursorRow, cursorColumn) = (done.count, column) }
      if scalar == 10 {
        done.append(row)
        row = Row()
        column = 0
        continue
      }
      let size = ScreenCell.width(of: scalar, at: column)
      if size == 0, !row.cells.isEmpty {
        row.cells[row.cells.count - 1].combining.append(scalar)
        continue
      }
      if column + size > width {
        row.wraps = true
        done.append(row)
        row = Row()
        if index == cursor { (cursorRow, cursorColumn) = (done.count, 0) }
        column = 0
      }
      let style = index < styles.count ? styles[index] : .plain
      row.cells.append(ScreenCell(scalar: scalar, width: size, style: style))
      column += size
    }
    if column >= width {
      row.wraps = true
      done.append(row)
      row = Row()
      column = 0
    }
    done.append(row)
    rows = done
    if cursor >= text.count { (cursorRow, cursorColumn) = (done.count - 1, column) }
  }

  /// Rows above the cursor once a terminal has rewrapped what was laid out for another width.
  func rowsAboveCursor(rewrappedTo width: Int) -> Int {
    var total = 0
    var length = 0
    for (index, row) in rows.enumerated() {
      if index == cursorRow { return total + (length + cursorColumn) / max(width, 1) }
      length += row.end
      if !row.wraps {
        total += max(1, (length + width - 1) / max(width, 1))
        length = 0
      }
    }
    return total
  }
}
