/// Colours a statement while it is typed: keywords, strings, comments, numbers, variables, parentheses that don't match.
enum Highlighter {
  /// Styles for the characters of `line`, which goes on the statement `before`. `cursor` is -1 for a line that is done.
  static func styles(_ line: [UInt32], cursor: Int, after before: [UInt8]) -> [TextStyle] {
    if before.count > 20_000 { return [] }
    let earlier = before.isEmpty ? [] : TerminalText.utf8.decode(before) + [10]
    var painter = StatementPainter(earlier + line)
    painter.run()
    painter.markParentheses(at: cursor < 0 ? -1 : earlier.count + cursor)
    return Array(painter.styles.dropFirst(earlier.count))
  }
}

/// Walks over a text in the lexer's states and gives each character its style.
private struct StatementPainter {
  private let text: [UInt32]
  private(set) var styles: [TextStyle]
  private var open: [Int] = []
  private var pairs: [Int: Int] = [:]

  init(_ text: [UInt32]) {
    self.text = text
    styles = [TextStyle](repeating: .plain, count: text.count)
  }

  mutating func run() {
    var place = 0
    while let here = at(place) {
      let end: Int
      switch here {
      case "'": end = quoted(from: place, escapes: isEscapeString(before: place))
      case "\"": end = closing("\"", after: place)
      case "-" where at(place + 1) == "-":
        end = text[place...].firstIndex(of: 10) ?? text.count
        paint(place..<end, .comment)
      case "/" where at(place + 1) == "*": end = commentEnd(from: place)
      case "$": end = dollarQuoteEnd(from: place) ?? place + 1
      case ":" where at(place + 1) == ":": end = place + 2
      case ":": end = variableEnd(from: place)
      case "\\": end = commandEnd(from: place)
      case "(":
        open.append(place)
        end = place + 1
      case ")":
        if let start = open.popLast() {
          (pairs[start], pairs[place]) = (place, start)
        } else {
          styles[place] = .unbalanced
        }
        end = place + 1
      case "0"..."9":
        end = run(from: place) { isWord($0) || $0 == "." }
        paint(place..<end, .number)
      case let other where isWord(other):
        end = run(from: place, isWord)
        if isKeyword(place..<end) { paint(place..<end, .keyword) }
      default: end = place + 1
      }
      place = max(end, place + 1)
    }
  }

  /// The parenthesis before the cursor and its partner stand out.
  mutating func markParentheses(at cursor: Int) {
    guard cursor > 0, let other = pairs[cursor - 1] else { return }
    styles[cursor - 1] = .match
    styles[other] = .match
  }

  // MARK: Pieces

  private mutating func quoted(from start: Int, escapes: Bool) -> Int {
    var place = start + 1
    while let here = at(place) {
      if here == "\\", escapes {
        place += 1
      } else if here == "'" {
        if at(place + 1) == "'" { place += 1 } else { break }
      }
      place += 1
    }
    let end = min(place + 1, text.count)
    paint(start..<end, .string)
    return end
  }

  private mutating func dollarQuoteEnd(from start: Int) -> Int? {
    let tagEnd = run(from: start + 1) { isWord($0) && $0 != "$" }
    guard at(tagEnd) == "$", !(at(start + 1).map { ("0"..."9").contains($0) } ?? false) else { return nil }
    let tag = Array(text[start...tagEnd])
    var place = tagEnd + 1
    while place + tag.count <= text.count, !text[place..<(place + tag.count)].elementsEqual(tag) { place += 1 }
    let end = min(place + tag.count, text.count)
    paint(start..<end, .string)
    return end
  }

  private mutating func commentEnd(from start: Int) -> Int {
    var depth = 0
    var place = start
    while place < text.count {
      if at(place) == "/", at(place + 1) == "*" {
        depth += 1
        place += 2
      } else if at(place) == "*", at(place + 1) == "/" {
        depth -= 1
        place += 2
        if depth == 0 { break }
      } else {
        place += 1
      }
    }
    let end = min(place, text.count)
    paint(start..<end, .comment)
    return end
  }

  private mutating func variableEnd(from start: Int) -> Int {
    var end = start + 1
    if let quote = at(end), quote == "'" || quote == "\"" {
      end = run(from: end + 1, isWord)
      if at(end) == quote { end += 1 }
    } else {
      end = run(from: end, isWord)
    }
    if end > start + 1 { paint(start..<end, .variable) }
    return end
  }

  private mutating func commandEnd(from start: Int) -> Int {
    let end = run(from: start + 1) { $0 != " " && $0 != "\t" && $0 != "\n" && $0 != "\\" && $0 != "(" }
    paint(start..<max(end, start + 1), .command)
    // Arguments follow other rules than SQL: only strings and variables stand out.
    var place = end
    while let here = at(place), here != "\n" {
      switch here {
      case "'": place = quoted(from: place, escapes: true)
      case ":" where at(place + 1) == ":": place += 2
      case ":": place = max(variableEnd(from: place), place + 1)
      case "\\": return at(place + 1) == "\\" ? place + 2 : place
      default: place += 1
      }
    }
    return place
  }

  private mutating func closing(_ quote: Unicode.Scalar, after start: Int) -> Int {
    var place = start + 1
    while let here = at(place), here != quote { place += 1 }
    return min(place + 1, text.count)
  }

  private mutating func paint(_ range: Range<Int>, _ style: TextStyle) {
    for place in range where styles.indices.contains(place) { styles[place] = style }
  }

  // MARK: Characters

  private func at(_ place: Int) -> Unicode.Scalar? {
    text.indices.contains(place) ? Unicode.Scalar(text[place]) ?? "\u{FFFD}" : nil
  }

  private func run(from start: Int, _ belongs: (Unicode.Scalar) -> Bool) -> Int {
    var place = start
    while let here = at(place), belongs(here) { place += 1 }
    return place
  }

  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "$": true
    default: scalar.value >= 0x80
    }
  }

  private func isEscapeString(before place: Int) -> Bool {
    guard let letter = at(place - 1), letter == "e" || letter == "E" else { return false }
    return !(at(place - 2).map(isWord) ?? false)
  }

  private func isKeyword(_ range: Range<Int>) -> Bool {
    if at(range.lowerBound - 1) == "." { return false }
    guard range.count <= SQLKeywords.longest else { return false }
    return SQLKeywords.all.contains(
      String(String.UnicodeScalarView(text[range].compactMap(Unicode.Scalar.init))).lowercased())
  }
}
