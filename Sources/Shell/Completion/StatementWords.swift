/// A statement up to the cursor as words: what completion looks at.
///
/// A name with its dots and quotes is one word, so is a string. What stands in closed parentheses is one word `()`, so
/// that lists don't matter; an open one is the word `(` with what follows it. A semicolon begins anew.
struct StatementWords {
  /// The words before the one under the cursor.
  private(set) var words: [String] = []
  /// The word under the cursor, as typed so far; empty after a blank or an operator.
  private(set) var current = ""
  /// The backslash command that the cursor is in: its text from the backslash on.
  private(set) var command: String?
  /// The cursor is inside a comment or a dollar-quoted text, where nothing is completed.
  private(set) var isOpaque = false
  /// The last statement's text, without what came before it.
  private(set) var statement: [UInt8] = []

  private let text: [UInt8]
  private var place = 0

  init(_ source: String) {
    text = Array(source.utf8)
    var start = 0
    while place < text.count {
      let from = place
      let byte = text[place]
      switch byte {
      case 9...13, 32:
        place += 1
        current = ""
        continue
      case UInt8(ascii: "-") where next == UInt8(ascii: "-"): skipLine()
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"): skipComment()
      case UInt8(ascii: "$") where isDollarQuote: skipDollarQuote()
      case UInt8(ascii: "\\") where next == UInt8(ascii: ";"):
        place += 2
        words.removeAll()
        start = place
        continue
      case UInt8(ascii: "\\"):
        if takeCommand() { return }
        continue
      case UInt8(ascii: ";"):
        place += 1
        words.removeAll()
        current = ""
        start = place
        continue
      case UInt8(ascii: ")"):
        place += 1
        closeParenthesis()
        continue
      default: takeWord()
      }
      let word = String(decoding: text[from..<place], as: UTF8.self)
      let isWord = StatementWords.beginsWord(byte)
      if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "$"), !isWord {
        if isOpaque { break }
        if place - from > 1 { continue }  // a comment or a quoted text is over
      }
      if place == text.count, isWord { current = word } else { words.append(word) }
    }
    statement = Array(text[min(start, text.count)...])
  }

  private var next: UInt8? { place + 1 < text.count ? text[place + 1] : nil }

  /// Whether a word may begin so that it could be going on at the cursor.
  private static func beginsWord(_ byte: UInt8) -> Bool {
    isName(byte) || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ":")
  }

  static func isName(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || (0x30...0x39).contains(byte)
      || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }

  // MARK: Pieces

  private mutating func takeWord() {
    let first = text[place]
    if first == UInt8(ascii: ":"), next == UInt8(ascii: ":") {
      place += 2
      return
    }
    if first == UInt8(ascii: ":") {
      place += 1
      if place < text.count, text[place] == UInt8(ascii: "'") || text[place] == UInt8(ascii: "\"") {
        skipQuoted(text[place], escapes: false)
      } else {
        while place < text.count, StatementWords.isName(text[place]) { place += 1 }
      }
      return
    }
    guard StatementWords.beginsWord(first) else {
      place += 1
      return
    }
    while place < text.count {
      let byte = text[place]
      if StatementWords.isName(byte) || byte == UInt8(ascii: ".") {
        place += 1
      } else if byte == UInt8(ascii: "\"") {
        skipQuoted(byte, escapes: false)
      } else if byte == UInt8(ascii: "'") {
        let letter = place > 0 ? text[place - 1] : 0
        skipQuoted(byte, escapes: letter | 0x20 == UInt8(ascii: "e"))
        return
      } else {
        return
      }
    }
  }

  private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
    place += 1
    while place < text.count {
      let byte = text[place]
      place += 1
      if escapes, byte == UInt8(ascii: "\\") {
        place = min(place + 1, text.count)
      } else if byte == quote {
        guard place < text.count, text[place] == quote else { return }
        place += 1
      }
    }
  }

  private mutating func skipLine() {
    while place < text.count, text[place] != 10 { place += 1 }
    isOpaque = place == text.count
    current = ""
  }

  private mutating func skipComment() {
    var depth = 0
    while place < text.count {
      if text[place] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        depth += 1
        place += 2
      } else if text[place] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
        depth -= 1
        place += 2
        if depth == 0 { return }
      } else {
        place += 1
      }
    }
    isOpaque = true
  }

  private var isDollarQuote: Bool { dollarTag != nil }

  private var dollarTag: ArraySlice<UInt8>? {
    var end = place + 1
    while end < text.count, StatementWords.isName(text[end]), text[end] != UInt8(ascii: "$") { end += 1 }
    guard end < text.count, text[end] == UInt8(ascii: "$") else { return nil }
    if end > place + 1, (0x30...0x39).contains(text[place + 1]) { return nil }
    return text[place...end]
  }

  private mutating func skipDollarQuote() {
    guard let tag = dollarTag else { return }
    var end = tag.endIndex
    while end + tag.count <= text.count {
      if text[end..<(end + tag.count)].elementsEqual(tag) {
        place = end + tag.count
        return
      }
      end += 1
    }
    place = text.count
    isOpaque = true
  }

  /// A command ends at its line's end or at `\\`; whether the cursor is in it.
  private mutating func takeCommand() -> Bool {
    let start = place
    place += 1
    while place < text.count, text[place] != 10 {
      if text[place] == UInt8(ascii: "\\"), next == UInt8(ascii: "\\"), place > start + 1 {
        place += 2
        return false
      }
      if text[place] == UInt8(ascii: "\\"), place > start + 1, isUnquoted(start..<place) { return false }
      place += 1
    }
    guard place == text.count else { return false }
    command = String(decoding: text[start...], as: UTF8.self)
    return true
  }

  private func isUnquoted(_ range: Range<Int>) -> Bool { text[range].count { $0 == UInt8(ascii: "'") } % 2 == 0 }

  private mutating func closeParenthesis() {
    current = ""
    if let open = words.lastIndex(of: "(") {
      words.removeSubrange(open...)
      words.append("()")
    } else {
      words.append(")")
    }
  }
}
