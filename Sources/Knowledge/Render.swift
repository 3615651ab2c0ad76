/// Shows an entry on a terminal. What is to be done at once comes first: the first 24 lines are enough to begin.
///
/// - Parameters:
///   - width: columns of the terminal; words are wrapped, SQL is not.
///   - colour: bold headings and coloured marks by ANSI sequences. Control characters of a page never get through.
public func render(_ entry: Entry, width: Int = 80, colour: Bool = false) -> String {
  var page = RenderedPage(width: min(max(width, 40), 120), colour: colour)
  page.add(entry)
  for addition in entry.additions {
    page.blank()
    page.rule("extends \(entry.id)")
    page.add(addition)
  }
  return page.text
}

private struct RenderedPage {
  let width: Int
  let colour: Bool
  private var lines: [String] = []

  init(width: Int, colour: Bool) {
    self.width = width
    self.colour = colour
  }

  var text: String { lines.joined(separator: "\n") + "\n" }

  private func style(_ text: String, _ code: String) -> String { colour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }

  mutating func blank() { if lines.last?.isEmpty == false { lines.append("") } }

  mutating func rule(_ text: String) {
    lines.append(style("-- \(text) " + String(repeating: "-", count: max(3, width - columns(text) - 4)), "2"))
  }

  mutating func add(_ entry: Entry) {
    let facts = ([entry.kind.rawValue] + entry.sqlstates).joined(separator: " ")
    let title = clean(entry.title)
    let gap = width - columns(title) - columns(facts)
    if gap >= 2 {
      lines.append(style(title, "1") + String(repeating: " ", count: gap) + style(facts, "2"))
    } else {
      lines += wrap(title, first: "", rest: "").map { style($0, "1") }
      lines.append(style(facts, "2"))
    }
    if case .user(let path) = entry.origin { lines.append(style(clean(path), "2")) }
    lines += wrap(entry.summary, first: "", rest: "")
    for section in entry.sections {
      add(section)
    }
    blank()
    if !entry.slots.isEmpty {
      lines += wrap("Slots: " + entry.slots.map(\.description).joined(separator: "  "), first: "", rest: "  ")
    }
    if !entry.links.isEmpty { lines += wrap("See also: " + entry.links.joined(separator: ", "), first: "", rest: "  ") }
  }

  private mutating func add(_ section: Section) {
    if !section.title.isEmpty {
      blank()
      lines.append(style(clean(section.title), "1;36"))
    }
    var last: Block?
    for block in section.blocks {
      if let last, !isTight(last, block) { blank() }
      switch block {
      case .heading(let text): lines.append(style(clean(text), "1"))
      case .paragraph(let text): lines += wrap(text, first: "", rest: "")
      case .item(let mark, let depth, let text):
        let indent = String(repeating: " ", count: 2 + min(depth, 4) * 2)
        lines += wrap(
          text, first: indent + mark + " ", rest: indent + String(repeating: " ", count: mark.utf8.count + 1))
      case .lines(let rows): addTable(rows)
      case .code(_, let mark, let text): addCode(mark, text)
      }
      last = block
    }
  }

  /// Blocks between which no line is left free.
  private func isTight(_ a: Block, _ b: Block) -> Bool {
    switch (a, b) {
    case (.item, .item), (.heading, _): true
    case (.paragraph, .item), (.paragraph, .code), (.item, .code): true
    default: false
    }
  }

  private mutating func addCode(_ mark: String?, _ text: String) {
    let (label, code) =
      switch mark.flatMap(Step.Kind.init(rawValue:)) {
      case .read: ("read", "32")
      case .write: ("change", "33")
      case .confirm: ("confirm", "31")
      case .outside: ("outside SQL", "35")
      case .up: ("template", "33")
      case .down: ("undo", "33")
      case .verify: ("verify", "32")
      case .rails: ("Rails", "33")
      case nil: ("", "")
      }
    if !label.isEmpty { lines.append("  " + style("[\(label)]", code)) }
    for line in Knowledge.lines(of: text) { lines.append("    " + clean(String(line))) }
  }

  /// A table with its columns aligned, the last one wrapped; a list where the columns are too wide.
  private mutating func addTable(_ rows: [String]) {
    let cells = rows.map { row in
      row.split(separator: "|").map { cell in words(String(trimmed(cell))).map(\.0).joined(separator: " ") }
    }.filter { row in !row.allSatisfy { $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":") } } }
    let count = cells.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in cells.map { $0.count > column ? columns($0[column]) : 0 }.max() ?? 0 }
    guard widths.dropLast().reduce(0, { $0 + $1 + 2 }) <= width / 2 + 10 else {
      // too wide for columns: a list
      for row in cells.dropFirst() {
        lines += wrap(
          "\(row.first ?? ""): \(row.dropFirst().joined(separator: "; "))", first: "  - ", rest: "    ")
      }
      return
    }
    for row in cells {
      var line = " "
      for (column, cell) in row.dropLast().enumerated() {
        line += " " + cell + String(repeating: " ", count: widths[column] - columns(cell) + 1)
      }
      let start = widths.dropLast().reduce(2) { $0 + $1 + 2 }
      let rest = String(repeating: " ", count: start + 16 <= width ? start : 4)
      lines += wrap(row.last ?? "", first: line + " ", rest: rest)
    }
  }

  /// Words on lines that fit, with Markdown's marks for links, emphasis and code turned into plain or coloured text.
  private func wrap(_ text: String, first: String, rest: String) -> [String] {
    var lines: [String] = []
    var line = first
    var used = columns(first)
    var isEmpty = true
    for (word, isCode) in words(text) {
      let size = columns(word)
      if !isEmpty, used + 1 + size > width {
        lines.append(line)
        line = rest
        used = columns(rest)
        isEmpty = true
      }
      if !isEmpty {
        line += " "
        used += 1
      }
      line += isCode ? style(word, "36") : word
      used += size
      isEmpty = false
    }
    return lines + [line]
  }

  private func words(_ source: String) -> [(String, isCode: Bool)] {
    var words: [(String, Bool)] = []
    var inCode = false
    for raw in withoutLinks(clean(source)).split(separator: " ") {
      var word = ""
      var hasCode = inCode
      for character in raw {
        if character == "`" {
          inCode.toggle()
          hasCode = hasCode || inCode
        } else {
          word.append(character)
        }
      }
      if !hasCode {
        while let place = word.range("**") { word.removeSubrange(place) }
        // *stress*, but not a * alone
        if word.utf8.count > 1, word.first == "*" { word.removeFirst() }
        if word.utf8.count > 1, let star = word.lastIndex(of: "*"), word[star...].utf8.count <= 2 {
          word.remove(at: star)
        }
      }
      words.append((word, hasCode))
    }
    return words
  }

  /// `[words](id.md)` as `words (id)`, or as the words alone where they are the id.
  private func withoutLinks(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let middle = rest.range("]("), let open = rest[..<middle.lowerBound].lastIndex(of: "["),
      let close = rest[middle.upperBound...].firstIndex(of: ")")
    {
      let words = rest[rest.index(after: open)..<middle.lowerBound]
      var target = rest[middle.upperBound..<close]
      if target.hasSuffix(".md") { target = target.dropLast(3) }
      out += rest[..<open] + words + (words == target ? "" : " (\(target))")
      rest = rest[rest.index(after: close)...]
    }
    return out + rest
  }

  /// Without control characters, which a page could use to write anywhere on the screen.
  private func clean(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: out.append(contentsOf: "  ".unicodeScalars)
      case 0..<0x20, 0x7f..<0xa0, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: continue
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private func columns(_ text: String) -> Int { text.unicodeScalars.count }
}

extension StringProtocol {
  fileprivate func range(_ mark: String) -> Range<Index>? {
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(mark) { return index..<self.index(index, offsetBy: mark.count) }
      index = self.index(after: index)
    }
    return nil
  }
}
