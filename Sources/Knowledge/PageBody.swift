/// The body of a page, read: sections for showing, steps for running, and what is wrong in it.
struct PageBody {
  private(set) var sections: [Section] = []
  private(set) var steps: [Step] = []
  private(set) var faults: [PageProblem] = []

  private let entry: Entry
  private var heading: String?
  /// The words since the last heading or block: they explain the block that comes next.
  private var words: [String] = []
  private var paragraph: [String] = []
  private var item: (mark: String, depth: Int)?

  init(_ entry: Entry) {
    self.entry = entry
    let lines = lines(of: entry.body)
    var index = 0
    while index < lines.count {
      let line = lines[index]
      if line.hasPrefix("```") {
        index = readBlock(lines, at: index)
      } else {
        read(line)
      }
      index += 1
    }
    flush()
  }

  private mutating func fault(_ index: Int, _ what: String) {
    let path = if case .user(let path) = entry.origin { path } else { "\(entry.id).md" }
    faults.append(PageProblem(path: path, line: entry.bodyLine + index, what: what))
  }

  private mutating func append(_ block: Block) {
    if sections.isEmpty { sections.append(Section(title: "", blocks: [])) }
    sections[sections.count - 1].blocks.append(block)
  }

  private mutating func flush() {
    guard !paragraph.isEmpty else { return }
    let text = paragraph.joined(separator: " ")
    if let item {
      append(.item(mark: item.mark, depth: item.depth, text))
      words.append("\(item.mark) \(text)")
    } else {
      append(.paragraph(text))
      words.append(text)
    }
    paragraph = []
    item = nil
  }

  private mutating func read(_ line: Substring) {
    let text = trimmed(line)
    if line.hasPrefix("## ") {
      flush()
      endReading()
      sections.append(Section(title: String(trimmed(line.dropFirst(3))), blocks: []))
      heading = nil
    } else if line.hasPrefix("### ") {
      flush()
      endReading()
      heading = String(trimmed(line.dropFirst(4)))
      append(.heading(heading ?? ""))
    } else if text.isEmpty {
      flush()
    } else if text.hasPrefix("|") {
      flush()
      if case .lines(var rows)? = sections.last?.blocks.last {
        rows.append(String(text))
        sections[sections.count - 1].blocks.removeLast()
        append(.lines(rows))
      } else {
        append(.lines([String(text)]))
      }
    } else if let mark = Self.mark(text) {
      flush()
      item = (mark, (line.utf8.count - text.utf8.count) / 2)
      paragraph = [String(trimmed(text.dropFirst(mark.count)))]
    } else {
      paragraph.append(String(text))
    }
  }

  /// `-` or `12.` at the beginning of a list item.
  private static func mark(_ text: Substring) -> String? {
    if text.hasPrefix("- ") { return "-" }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard !digits.isEmpty, digits.count <= 2, text.dropFirst(digits.count).hasPrefix(". ") else { return nil }
    return digits + "."
  }

  /// The words after the last block of a heading belong to it.
  private mutating func endReading() {
    if !words.isEmpty, let last = steps.indices.last, steps[last].reading.isEmpty, readingIsOpen {
      steps[last].reading = words.joined(separator: "\n")
    }
    words = []
    readingIsOpen = false
  }
  private var readingIsOpen = false

  /// Reads a fenced block; returns the index of its last line.
  private mutating func readBlock(_ lines: [Substring], at start: Int) -> Int {
    flush()
    guard let end = lines[(start + 1)...].firstIndex(where: { trimmed($0) == "```" }) else {
      fault(start, "the block has no end: no line of ``` after it")
      return lines.count
    }
    let text = lines[(start + 1)..<end].joined(separator: "\n")
    let info = BlockInfo(lines[start].dropFirst(3))
    append(.code(language: info.language, mark: info.mark, text))
    guard let mark = info.mark else { return end }
    guard let kind = Step.Kind(rawValue: mark) else {
      let known = Step.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      fault(start, "unknown mark \"\(mark)\"; known are \(known)")
      return end
    }
    for what in info.faults { fault(start, what) }
    // between two blocks under one heading the words explain the second
    let explanation = words.joined(separator: "\n")
    words = []
    readingIsOpen = true
    let step = Step(
      kind: kind, language: info.language, section: sections.last?.title ?? "",
      title: heading ?? sections.last?.title ?? entry.title, explanation: explanation, reading: "", sql: text,
      expects: info.expects, versions: info.versions, place: info.place, needs: info.values["needs"],
      canRunInTransaction: info.values["tx"] != "no", repeats: info.values["repeat"] != nil,
      relation: info.each == nil ? info.relation : .partitioned, each: info.each, name: info.values["name"],
      line: entry.bodyLine + start)
    steps.append(step)
    let template = Template(text, language: info.language)
    for what in template.faults(
      slots: entry.slots, isTemplate: kind.isTemplate, isForEach: info.each != nil)
    { fault(start, what) }
    return end
  }
}

/// The info string of a fenced block.
struct BlockInfo {
  let language: String
  let mark: String?
  private(set) var values: [String: String] = [:]
  private(set) var faults: [String] = []
  private(set) var expects: Step.Expectation?
  private(set) var versions = VersionRange.all
  private(set) var place = Step.Place.any
  private(set) var relation: Step.Relation?
  private(set) var each: Step.Each?

  init(_ text: Substring) {
    var words = Self.words(text)
    language = words.isEmpty ? "" : words.removeFirst()
    mark = words.first.map { $0.contains("=") } == false ? words.removeFirst() : nil
    for word in words {
      guard let equals = word.firstIndex(of: "=") else {
        faults.append("\"\(word)\" isn't key=value")
        continue
      }
      values[String(word[..<equals])] = String(word[word.index(after: equals)...])
    }
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      switch key {
      case "expect":
        switch value {
        case "none": expects = Step.Expectation.none
        case "rows": expects = .rows
        case "true": expects = .true
        default: faults.append("expect is none, rows or true, not \"\(value)\"")
        }
      case "versions":
        if let range = VersionRange(value) {
          versions = range
        } else {
          faults.append("\"\(value)\" is no range of versions")
        }
      case "on":
        if let known = Step.Place(rawValue: value) {
          place = known
        } else {
          faults.append("on is primary, standby or any")
        }
      case "relation":
        relation = Step.Relation(rawValue: value)
        if relation == nil { faults.append("relation is plain or partitioned") }
      case "each":
        each = Step.Each(rawValue: value)
        if each == nil { faults.append("each is branch or leaf") }
      case "tx": if value != "no" { faults.append("tx can only be \"no\"") }
      case "repeat": if value != "rows" { faults.append("repeat can only be \"rows\": while it changes rows") }
      case "needs", "name": break
      default:
        faults.append(
          "unknown attribute \"\(key)\"; known are each, expect, name, needs, on, relation, repeat, tx, versions")
      }
    }
  }

  private static func words(_ text: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var quoted = false
    for character in text {
      if character == "\"" { quoted.toggle(); continue }
      if character.isWhitespace, !quoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
