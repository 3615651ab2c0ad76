import CLibEdit
import CShims
import Glibc

/// The editor functions of ours, which keys are bound to by name.
enum EditorFunctions {
  static let all: [(name: String, function: shim_editor_function)] = [
    ("pgmedic-accept", { handle, _ in with(handle) { $0.accept() } }),
    ("pgmedic-complete", { handle, _ in with(handle) { $0.complete() } }),
    ("pgmedic-paste", { handle, _ in with(handle) { $0.insertPaste() ? $0.accept() : CC_REFRESH } }),
    ("pgmedic-search", { handle, _ in with(handle) { $0.searchHistory() } }),
    ("pgmedic-up", { handle, _ in with(handle) { $0.moveUp() } }),
    ("pgmedic-down", { handle, _ in with(handle) { $0.moveDown() } }),
    ("pgmedic-line-start", { handle, _ in with(handle) { $0.moveToLineStart() } }),
    ("pgmedic-line-end", { handle, _ in with(handle) { $0.moveToLineEnd() } }),
    ("pgmedic-refresh", { _, _ in UInt8(CC_REFRESH) }),
    ("pgmedic-clear", { handle, _ in with(handle) { $0.clearScreen() } }),
    (
      "pgmedic-newline",
      { handle, _ in
        with(handle) {
          $0.insert([10]); return CC_REFRESH
        }
      }
    ),
  ]

  private static func with(_ handle: OpaquePointer?, _ body: (LineEditor) -> Int32) -> UInt8 {
    guard let handle, let editor = LineEditor.of(handle) else { return UInt8(CC_ERROR) }
    return UInt8(truncatingIfNeeded: body(editor))
  }
}

extension LineEditor {
  fileprivate func accept() -> Int32 {
    finish(.line(text))
    return CC_NEWLINE
  }

  /// Up and Down move inside a text of several lines, and beyond it through the history.
  fileprivate func moveUp() -> Int32 {
    let before = text.prefix(cursor)
    guard let end = before.lastIndex(of: 10) else {
      keys.putBack(.special(.previousEntry))
      return CC_NORM
    }
    let start = (before[..<end].lastIndex(of: 10) ?? -1) + 1
    cursor = min(start + (cursor - end - 1), end)
    return CC_REFRESH
  }

  fileprivate func moveDown() -> Int32 {
    let text = text
    guard let end = text[cursor...].firstIndex(of: 10) else {
      keys.putBack(.special(.nextEntry))
      return CC_NORM
    }
    let start = (text[..<cursor].lastIndex(of: 10) ?? -1) + 1
    let last = text[(end + 1)...].firstIndex(of: 10) ?? text.count
    cursor = min(end + 1 + (cursor - start), last)
    return CC_REFRESH
  }

  fileprivate func moveToLineStart() -> Int32 {
    cursor = (text.prefix(cursor).lastIndex(of: 10) ?? -1) + 1
    return CC_REFRESH
  }

  fileprivate func moveToLineEnd() -> Int32 {
    let text = text
    cursor = text[cursor...].firstIndex(of: 10) ?? text.count
    return CC_REFRESH
  }

  fileprivate func clearScreen() -> Int32 {
    clear()
    return CC_REFRESH
  }

  /// Completes the word before the cursor; a second time in a row shows what it could become.
  fileprivate func complete() -> Int32 {
    let isAgain = isCompletingAgain()
    let before = text.prefix(cursor)
    let after = string(text.dropFirst(cursor))
    guard let found = assistance.complete(string(before), after), let first = found.candidates.first else {
      return CC_ERROR
    }
    let typed = string(before.suffix(found.typedCount))
    if found.candidates.count == 1 {
      var new = first.text + first.suffix
      if !first.suffix.isEmpty, after.hasPrefix(first.suffix) { new = first.text }
      deleteBackward(found.typedCount)
      insert(new.unicodeScalars.map(\.value))
      return CC_REFRESH
    }
    let common = Completion.commonPrefix(of: found.candidates.map(\.text))
    if common.unicodeScalars.count >= typed.unicodeScalars.count, common != typed, !common.isEmpty {
      deleteBackward(found.typedCount)
      insert(common.unicodeScalars.map(\.value))
      return CC_REFRESH_BEEP
    }
    if isAgain { showCandidates(found.candidates.map(\.display)) }
    return isAgain ? CC_REFRESH : CC_REFRESH_BEEP
  }

  private func showCandidates(_ names: [String]) {
    if names.count > 100 {
      writeBelow("Display all \(names.count) possibilities? (y or n) ")
      let answer = nextEvent {}
      writeOn("\r\n")
      guard answer == .character(UInt32(ascii: "y")) || answer == .character(UInt32(ascii: " ")) else { return }
      writeOn(CandidateList.columns(names, width: columns))
    } else {
      writeBelow(CandidateList.columns(names, width: columns))
    }
  }
}

extension UInt32 {
  fileprivate init(ascii scalar: Unicode.Scalar) { self = scalar.value }
}

/// Names side by side, as `ls` prints them: sorted down the columns.
enum CandidateList {
  static func columns(_ names: [String], width: Int) -> String {
    let widths = names.map { $0.unicodeScalars.reduce(0) { $0 + ScreenCell.width(of: $1.value, at: 0) } }
    let cell = (widths.max() ?? 0) + 2
    let across = max(width / cell, 1)
    let down = (names.count + across - 1) / across
    var text = ""
    for row in 0..<down {
      var index = row
      while index < names.count {
        text += names[index]
        index += down
        if index < names.count { text += String(repeating: " ", count: cell - widths[index - down]) }
      }
      text += "\r\n"
    }
    return text
  }
}
