import CShims
import Glibc

@testable import Shell

/// A terminal's screen: obeys the sequences that the editor sends, and wraps as terminals do.
struct TerminalModel {
  private(set) var rows: [[String]] = [[]]
  private(set) var row = 0
  private(set) var column = 0
  private(set) var bells = 0
  private(set) var modes: Set<String> = []
  /// Escape sequences that it does not know.
  private(set) var strange: [String] = []
  let width: Int
  private var wrapsNext = false

  init(width: Int) { self.width = width }

  /// Rows without trailing blanks.
  var text: [String] {
    rows.map { row in
      var row = row
      while row.last == " " { row.removeLast() }
      return row.joined()
    }
  }

  mutating func feed(_ bytes: [UInt8]) {
    var rest = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\r":
        column = 0
        wrapsNext = false
      case "\n":
        lineFeed()
      case "\u{8}":
        column = max(column - (wrapsNext ? 0 : 1), 0)
        wrapsNext = false
      case "\u{7}": bells += 1
      case "\u{1b}":
        var sequence = ""
        while let next = rest.popFirst() {
          sequence.unicodeScalars.append(next)
          if next != "[", ("\u{40}"..."\u{7e}").contains(next) { break }
        }
        obey(sequence)
      default: put(scalar)
      }
    }
  }

  private mutating func lineFeed() {
    row += 1
    wrapsNext = false
    while rows.count <= row { rows.append([]) }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let size = ScreenCell.width(of: scalar.value, at: column)
    if size == 0 {
      let place = wrapsNext ? column : column - 1
      if place >= 0, place < rows[row].count { rows[row][place].unicodeScalars.append(scalar) }
      return
    }
    if wrapsNext || column + size > width {
      lineFeed()
      column = 0
    }
    while rows[row].count < column + size { rows[row].append(" ") }
    rows[row][column] = String(scalar)
    if size == 2 { rows[row][column + 1] = "" }
    if column + size >= width {
      column = width - 1
      wrapsNext = true
    } else {
      column += size
    }
  }

  private mutating func obey(_ sequence: String) {
    guard sequence.hasPrefix("["), let final = sequence.last else { return strange.append(sequence) }
    let argument = sequence.dropFirst().dropLast()
    let count = Int(argument) ?? 1
    switch final {
    case "A": row = max(row - count, 0)
    case "B": row = min(row + count, rows.count - 1)
    case "C": column = min(column + count, width - 1)
    case "D": column = max(column - count, 0)
    case "K": rows[row].removeSubrange(min(column, rows[row].count)...)
    case "J":
      if argument == "2" {
        rows = [[]]
      } else {
        rows[row].removeSubrange(min(column, rows[row].count)...)
        rows.removeSubrange((row + 1)...)
      }
    case "H": (row, column) = (0, 0)
    case "m": break
    case "h": modes.insert(String(argument))
    case "l": modes.remove(String(argument))
    default: strange.append(sequence)
    }
    if final != "m" { wrapsNext = false }
  }
}

/// A person at a pseudo-terminal: types, and looks at what came back.
final class Typist {
  let master: Int32
  let terminal: Int32
  private(set) var output: [UInt8] = []

  init?(columns: UInt16 = 80, rows: UInt16 = 24) {
    var ends: (master: Int32, terminal: Int32) = (-1, -1)
    guard shim_terminal_pair(&ends.master, &ends.terminal) else { return nil }
    (master, terminal) = ends
    resize(columns: columns, rows: rows)
  }

  deinit {
    close(master)
    close(terminal)
  }

  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(master, $0.baseAddress.map { $0 + start }, min(bytes.count - start, 1024))
      }
      if count <= 0 { return }
      start += count
      drain(0)
    }
  }

  /// Reads what the editor wrote, until it is silent for some milliseconds.
  func drain(_ milliseconds: Int32) {
    var piece = [UInt8](repeating: 0, count: 4096)
    var poll = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    while Glibc.poll(&poll, 1, milliseconds) > 0 {
      let count = read(master, &piece, piece.count)
      if count <= 0 { return }
      output += piece[..<count]
    }
  }

  /// Keys typed ahead arrive as they are, without the line discipline's own editing.
  func makeRaw() {
    var modes = termios()
    tcgetattr(terminal, &modes)
    modes.c_lflag &= ~tcflag_t(ICANON | ECHO)
    modes.c_iflag &= ~tcflag_t(ICRNL | IXON)
    tcsetattr(terminal, TCSANOW, &modes)
  }

  func clearOutput() { output = [] }

  func screen(width: Int = 80) -> TerminalModel {
    var model = TerminalModel(width: width)
    model.feed(output)
    return model
  }
}
