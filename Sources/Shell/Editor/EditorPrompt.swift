/// A prompt: its bytes, and the room that it takes.
///
/// Parts between \001 and \002 (psql's `%[` … `%]`) are sent to the terminal but take no room.
struct EditorPrompt: Equatable {
  /// The lines before the last one, which are written once.
  let above: [UInt8]
  /// The last line, where typing starts.
  let bytes: [UInt8]
  /// Visible characters of the last line.
  let visible: [UInt32]

  init(_ text: String, _ encoding: TerminalText = .utf8) {
    var lines: [(bytes: [UInt8], visible: [UInt8])] = [([], [])]
    var isHidden = false
    for byte in text.utf8 {
      switch byte {
      case 1: isHidden = true
      case 2: isHidden = false
      case UInt8(ascii: "\n") where !isHidden: lines.append(([], []))
      default:
        lines[lines.count - 1].bytes.append(byte)
        if !isHidden { lines[lines.count - 1].visible.append(byte) }
      }
    }
    above = Array(lines.dropLast().map { $0.bytes + Array("\r\n".utf8) }.joined())
    bytes = lines.last?.bytes ?? []
    visible = encoding.decode(lines.last?.visible ?? [])
  }

  var rowsAbove: Int { above.count { $0 == UInt8(ascii: "\n") } }

  /// Where the cursor is after the last line: rows below its first one, and column.
  func end(width: Int) -> (row: Int, column: Int) {
    var column = 0
    var row = 0
    for scalar in visible {
      let size = ScreenCell.width(of: scalar, at: column)
      if column + size > width {
        row += 1
        column = 0
      }
      column += size
    }
    return column >= width ? (row + 1, 0) : (row, column)
  }
}
