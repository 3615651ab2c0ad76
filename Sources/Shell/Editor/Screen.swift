/// Paints the prompt and the line on a terminal, sending only what changed.
///
/// On a terminal without escape sequences the line is one row that scrolls sideways, moved over by backspaces.
struct Screen {
  let encoding: TerminalText
  /// The terminal understands escape sequences.
  let hasEscapes: Bool
  var columns = 80
  var lines = 24
  /// What waits to be written.
  private(set) var output: [UInt8] = []

  private var shown: ScreenLayout.Rows?
  private var prompt = EditorPrompt("")
  private var row = 0
  private var column = 0
  private var style = TextStyle.plain

  init(encoding: TerminalText, hasEscapes: Bool) {
    self.encoding = encoding
    self.hasEscapes = hasEscapes
  }

  mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }

  /// The next paint starts on a fresh line.
  mutating func forget() { shown = nil }

  // MARK: Painting

  /// Shows `text` behind `prompt`, with its cursor.
  mutating func paint(_ prompt: EditorPrompt, _ text: [UInt32], styles: [TextStyle], cursor: Int) {
    if !hasEscapes { return paintPlainly(prompt, text, cursor: cursor) }
    let promptEnd = prompt.end(width: columns)
    let layout = ScreenLayout(text, styles: styles, cursor: cursor, start: promptEnd.column, width: columns)
    let window = layout.window(lines - promptEnd.row)
    if let shown, self.prompt == prompt, shown.first == window.first {
      update(from: shown, to: window)
    } else {
      erase()
      self.prompt = prompt
      paintAll(window, promptEnd)
    }
    setStyle(.plain)
    move(to: window.cursorRow, window.cursorColumn)
    shown = window
  }

  private mutating func paintAll(_ window: ScreenLayout.Rows, _ promptEnd: (row: Int, column: Int)) {
    row = 0
    column = 0
    if window.first == 0 {
      output.append(contentsOf: prompt.above)
      output.append(contentsOf: prompt.bytes)
      if promptEnd.row > 0, promptEnd.column == 0 { write(" \r") }
      column = promptEnd.column
    }
    for (index, line) in window.rows.enumerated() {
      if index > 0 { startRow(index, after: window.rows[index - 1]) }
      put(line.cells[...])
    }
  }

  private mutating func update(from old: ScreenLayout.Rows, to new: ScreenLayout.Rows) {
    for (index, line) in new.rows.enumerated() {
      let before = index < old.rows.count ? old.rows[index] : nil
      if let before, before.cells == line.cells { continue }
      let oldCells = before?.cells ?? []
      let same = zip(oldCells, line.cells).prefix { $0 == $1 }.count
      let place = line.start + line.cells[..<same].reduce(0) { $0 + $1.width }
      if index > 0, same == 0, row == index - 1 {
        startRow(index, after: new.rows[index - 1])
      } else {
        move(to: index, place)
      }
      put(line.cells[same...])
      if let before, before.end > line.end {
        setStyle(.plain)
        if line.end < columns { write("\u{1b}[K") }
      }
    }
    if old.rows.count > new.rows.count {
      setStyle(.plain)
      move(to: new.rows.count, 0)
      write("\u{1b}[J")
    }
  }

  /// Goes to the start of a row below the present one; a full row is left by writing on, so that the terminal
  /// knows the two as one line.
  private mutating func startRow(_ index: Int, after previous: ScreenLayout.Row) {
    if previous.wraps, row == index - 1, column >= columns {
      setStyle(.plain)
      write(" \r")
      row = index
      column = 0
    } else {
      move(to: index, 0)
    }
  }

  private mutating func put(_ cells: ArraySlice<ScreenCell>) {
    for cell in cells {
      setStyle(cell.style)
      put(cell)
    }
  }

  private mutating func put(_ cell: ScreenCell) {
    switch cell.scalar {
    case 9: output.append(contentsOf: [UInt8](repeating: 32, count: cell.width))
    case 0..<32: output.append(contentsOf: [UInt8(ascii: "^"), UInt8(cell.scalar) + 64])
    case 127: write("^?")
    case 0xDC80...0xDCFF: write("?")
    default: encoding.append(cell.scalar, to: &output)
    }
    for scalar in cell.combining where scalar >= 0xA0 { encoding.append(scalar, to: &output) }
    column += cell.width
  }

  private mutating func setStyle(_ new: TextStyle) {
    guard new != style, hasEscapes else { return }
    style = new
    write(new == .plain ? "\u{1b}[0m" : "\u{1b}[0;\(new.code)m")
  }

  private mutating func move(to newRow: Int, _ newColumn: Int) {
    if column >= columns {
      write("\r")
      column = 0
    }
    if newRow < row {
      write("\u{1b}[\(row - newRow)A")
    } else if newRow > row {
      write(String(repeating: "\n", count: newRow - row) + "\r")
      column = 0
    }
    row = newRow
    if newColumn == column { return }
    if newColumn == 0 {
      write("\r")
    } else if newColumn > column {
      write("\u{1b}[\(newColumn - column)C")
    } else if column - newColumn < 4 {
      write(String(repeating: "\u{8}", count: column - newColumn))
    } else {
      write("\u{1b}[\(column - newColumn)D")
    }
    column = newColumn
  }

  // MARK: Leaving and coming back

  /// Takes the line from the screen; the cursor is where the prompt began.
  mutating func erase() {
    guard let old = shown else { return }
    shown = nil
    if !hasEscapes { return write("\r\n") }
    let above = old.first == 0 ? prompt.rowsAbove + prompt.end(width: columns).row : 0
    move(to: 0, 0)
    if above > 0 { write("\u{1b}[\(above)A") }
    write("\r\u{1b}[J")
  }

  /// Puts the cursor below the line, which stays.
  mutating func leave() {
    if let old = shown, hasEscapes { move(to: old.rows.count - 1, old.rows.last?.end ?? 0) }
    write("\r\n")
    shown = nil
  }

  /// The terminal has another size: what is shown was rewrapped, so it is painted anew.
  mutating func resize(columns: Int, lines: Int) {
    defer {
      self.columns = max(columns, 2)
      self.lines = max(lines, 1)
    }
    guard let old = shown, hasEscapes, columns != self.columns else { return }
    let promptRows = old.first == 0 ? prompt.rowsAbove + prompt.end(width: columns).row : 0
    let above = min(old.layout.rowsAboveCursor(rewrappedTo: columns) - old.first, lines - 1) + promptRows
    if above > 0 { write("\u{1b}[\(above)A") }
    write("\r\u{1b}[J")
    shown = nil
  }

  // MARK: Without escape sequences

  private var plainCells: [ScreenCell] = []
  private var plainCursor = 0

  private mutating func paintPlainly(_ prompt: EditorPrompt, _ text: [UInt32], cursor: Int) {
    let promptWidth = prompt.end(width: Int.max / 2).column
    if shown == nil || self.prompt != prompt {
      if shown != nil { write("\r\n") }
      output.append(contentsOf: prompt.above)
      output.append(contentsOf: prompt.bytes)
      self.prompt = prompt
      plainCells = []
      plainCursor = 0
    }
    let visible = max(columns - promptWidth - 1, 8)
    // In pages of half a width, so that a long line does not move at every key.
    let page = max(visible / 2, 1)
    let first = cursor < visible ? 0 : (cursor - visible) / page * page + page
    let cells = text.dropFirst(first).prefix(visible).map { scalar -> ScreenCell in
      let isControl = scalar < 32 || scalar == 127
      return ScreenCell(
        scalar: isControl ? 32 : scalar, width: isControl ? 1 : max(ScreenCell.width(of: scalar, at: 0), 1),
        style: .plain)
    }
    let same = zip(plainCells, cells).prefix { $0 == $1 }.count
    let tail = plainCells.dropFirst(same).reduce(0) { $0 + $1.width }
    if same < max(cells.count, plainCells.count) {
      movePlainly(to: same, in: plainCells)
      for cell in cells[same...] { put(cell) }
      let blank = tail - cells[same...].reduce(0) { $0 + $1.width }
      if blank > 0 { write(String(repeating: " ", count: blank) + String(repeating: "\u{8}", count: blank)) }
      plainCells = cells
      plainCursor = cells.count
    }
    movePlainly(to: min(cursor - first, cells.count), in: cells)
    shown = ScreenLayout([], styles: [], cursor: 0, start: 0, width: columns).window(lines)
  }

  private mutating func movePlainly(to target: Int, in cells: [ScreenCell]) {
    if target < plainCursor {
      let back = cells[target..<min(plainCursor, cells.count)].reduce(0) { $0 + $1.width }
      write(String(repeating: "\u{8}", count: back))
    } else if target > plainCursor {
      for cell in cells[plainCursor..<target] { put(cell) }
    }
    plainCursor = target
  }
}

extension ScreenLayout {
  /// The rows that fit on the screen.
  struct Rows {
    let layout: ScreenLayout
    /// The first row shown; the prompt is seen when it is 0.
    let first: Int
    let rows: [Row]
    var cursorRow: Int { layout.cursorRow - first }
    var cursorColumn: Int { layout.cursorColumn }
  }

  /// At most `height` rows, the cursor's among them.
  func window(_ height: Int) -> Rows {
    let height = max(height, 1)
    guard rows.count > height else { return Rows(layout: self, first: 0, rows: rows) }
    let first = min(max(cursorRow - height / 2, 0), rows.count - height)
    return Rows(layout: self, first: first, rows: Array(rows[first..<(first + height)]))
  }
}
