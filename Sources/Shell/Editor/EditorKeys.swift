import CShims
import Glibc

/// A key that terminals send as an escape sequence.
///
/// libedit gets it as one free character (a C1 control, which nobody types), so that ESC alone means ESC at once
/// even where a key map waits after it (vi).
enum SpecialKey: UInt32, CaseIterable, Sendable {
  case up = 0x80
  case down, right, left, home, end, delete, wordLeft, wordRight, pageUp, pageDown, insert, deleteWord
  case paste
  /// What Up and Down come to outside a text of several lines.
  case previousEntry, nextEntry
  /// Nothing happens, but the line is painted.
  case refresh

  /// The key of a sequence, as VT, xterm, rxvt and the Linux console send it, without the leading ESC.
  init?(sequence: String) {
    switch sequence {
    case "[A", "OA": self = .up
    case "[B", "OB": self = .down
    case "[C", "OC": self = .right
    case "[D", "OD": self = .left
    case "[H", "OH", "[1~", "[7~": self = .home
    case "[F", "OF", "[4~", "[8~": self = .end
    case "[2~": self = .insert
    case "[3~": self = .delete
    case "[5~": self = .pageUp
    case "[6~": self = .pageDown
    case "[1;5C", "[1;3C", "[5C", "Oc", "[1;9C": self = .wordRight
    case "[1;5D", "[1;3D", "[5D", "Od", "[1;9D": self = .wordLeft
    case "[3;5~", "[3;3~": self = .deleteWord
    case "[200~": self = .paste
    default: return nil
    }
  }
}

/// Reads keys from the terminal, one byte at a time so that whatever runs next finds the rest of what was typed.
struct EditorKeys {
  enum Event: Equatable {
    case character(UInt32)
    case special(SpecialKey)
    /// An escape sequence that a user's file binds by its bytes, without its ESC.
    case sequence([UInt8])
    case pasted([UInt8])
    case signal
    /// The other descriptor can be read.
    case other
    case end
  }

  let descriptor: Int32
  let encoding: TerminalText
  /// Sequences bound in a user's file that aren't `SpecialKey`s.
  var boundSequences: Set<String> = []
  private var waiting: [Event] = []

  init(descriptor: Int32, encoding: TerminalText) {
    self.descriptor = descriptor
    self.encoding = encoding
  }

  /// Makes `event` the next one.
  mutating func putBack(_ event: Event) { waiting.append(event) }
  mutating func dropPutBack() { waiting = [] }

  /// Whether more can be read without waiting.
  var isWaiting: Bool {
    !waiting.isEmpty || shim_editor_wait(descriptor, -1, 0) & Int32(shim_ready_input.rawValue) != 0
  }

  /// The next key; waits for it, for a signal, or for `other` to become readable.
  mutating func next(other: Int32 = -1) -> Event {
    if let event = waiting.popLast() { return event }
    let ready = shim_editor_wait(descriptor, other, -1)
    if ready & Int32(shim_ready_signal.rawValue) != 0 { return .signal }
    guard ready & Int32(shim_ready_input.rawValue) != 0 else { return .other }
    guard let first = byte() else { return .end }
    if first == 0x1b { return escape() }
    if first < 0x80 { return .character(UInt32(first)) }
    var bytes = [first]
    while bytes.count < encoding.length(of: first), let more = byte(within: 100) { bytes.append(more) }
    let scalars = encoding.decode(bytes)
    for scalar in scalars.dropFirst().reversed() { putBack(.character(scalar)) }
    guard let scalar = scalars.first, !(0x80..<0xA0).contains(scalar) else { return .special(.refresh) }
    return .character(scalar)
  }

  /// One byte that is there or comes within some milliseconds.
  private func byte(within milliseconds: Int32) -> UInt8? {
    guard shim_editor_wait(descriptor, -1, milliseconds) & Int32(shim_ready_input.rawValue) != 0 else { return nil }
    return byte()
  }

  private func byte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(descriptor, &byte, 1)
      if count == 1 { return byte }
      if count < 0, shim_errno() == EINTR || shim_errno() == EAGAIN { continue }
      return nil
    }
  }

  /// What follows ESC: nothing for 25 ms is the key itself.
  private mutating func escape() -> Event {
    guard let second = byte(within: 25) else { return .character(0x1b) }
    guard second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else {
      putBack(.character(UInt32(second)))
      return .character(0x1b)
    }
    var sequence = [second]
    while let next = byte(within: 25) {
      sequence.append(next)
      if next >= 0x40, next < 0x7f, !(next == UInt8(ascii: "[") && sequence.count == 2) { break }
      if sequence.count > 32 { break }
    }
    if sequence.count == 1 {
      putBack(.character(UInt32(second)))
      return .character(0x1b)
    }
    let text = String(decoding: sequence, as: UTF8.self)
    switch SpecialKey(sequence: text) {
    case .paste: return .pasted(pastedBytes())
    case let key?: return .special(key)
    case nil: return boundSequences.contains(text) ? .sequence(sequence) : .special(.refresh)
    }
  }

  /// The bytes up to the end mark of a bracketed paste.
  private func pastedBytes() -> [UInt8] {
    let mark = Array("\u{1b}[201~".utf8)
    var bytes: [UInt8] = []
    while let next = byte(within: 2000) {
      bytes.append(next)
      if next == UInt8(ascii: "~"), bytes.suffix(mark.count).elementsEqual(mark) {
        bytes.removeLast(mark.count)
        break
      }
    }
    return bytes
  }
}
