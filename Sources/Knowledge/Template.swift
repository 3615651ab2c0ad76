/// A block's text, cut into what stays and what a slot fills.
struct Template {
  enum Part: Equatable {
    case text(String)
    /// `:x`, `:'x'`, `:"x"`; inside a dollar-quoted text, its tag.
    case sql(String, Form, dollarTag: String?)
    /// `<x>` in Ruby.
    case ruby(String)
    /// `[[` and `]]`.
    case open, close

    var slot: String? {
      switch self {
      case .sql(let name, _, _), .ruby(let name): name
      case .text, .open, .close: nil
      }
    }
  }

  enum Form { case bare, literal, identifier }

  private(set) var parts: [Part] = []
  private var text: [UInt8] = []

  /// Words in `<…>` that are no slots.
  static let rubyWords: Set<String> = ["Class", "rails", "up", "down"]

  init(_ source: String, language: String) {
    if language == "ruby" {
      // a squiggly heredoc of SQL is SQL, all around it is Ruby
      var sql: [Substring]?
      for line in lines(of: source) {
        if sql != nil {
          if trimmed(line) == "SQL" {
            readSQL(sql.map { $0.map { $0 + "\n" }.joined() } ?? "")
            sql = nil
            readRuby(line + "\n")
          } else {
            sql?.append(line)
          }
        } else {
          readRuby(line + "\n")
          if position(of: "<<~'SQL'".utf8, in: Array(line.utf8)) != nil { sql = [] }
        }
      }
      if let sql { readSQL(sql.map { $0 + "\n" }.joined()) }
      if text.last == 0x0a { text.removeLast() }
    } else if language == "sql" {
      readSQL(source)
    } else {
      text = Array(source.utf8)
    }
    flush()
  }

  private mutating func flush() {
    if !text.isEmpty { parts.append(.text(string(text))) }
    text = []
  }

  private mutating func add(_ part: Part) {
    flush()
    parts.append(part)
  }

  private mutating func readRuby(_ source: String) {
    let bytes = Array(source.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "<") {
        let name = bytes[(index + 1)...].prefix(while: isIdentifierPart)
        let end = index + 1 + name.count
        if !name.isEmpty, end < bytes.count, bytes[end] == UInt8(ascii: ">") {
          add(.ruby(string(name)))
          index = end + 1
          continue
        }
      }
      if Self.isPair(bytes, index, "[") { add(.open); index += 2; continue }
      if Self.isPair(bytes, index, "]") { add(.close); index += 2; continue }
      text.append(bytes[index])
      index += 1
    }
  }

  private static func isPair(_ bytes: [UInt8], _ index: Int, _ byte: Unicode.Scalar) -> Bool {
    index + 1 < bytes.count && bytes[index] == UInt8(ascii: byte) && bytes[index + 1] == UInt8(ascii: byte)
  }

  private mutating func readSQL(_ source: String) {
    let bytes = Array(source.utf8)
    var index = 0
    var dollarTag: String?
    while index < bytes.count {
      let byte = bytes[index]
      if let end = Self.endOfQuotedPart(bytes, index) {
        text.append(contentsOf: bytes[index..<end])
        index = end
        continue
      }
      if byte == UInt8(ascii: "$"), let tag = Self.dollarTag(bytes, index) {
        if dollarTag == nil { dollarTag = tag } else if dollarTag == tag { dollarTag = nil }
        text.append(contentsOf: Array(tag.utf8))
        index += tag.utf8.count
        continue
      }
      if Self.isPair(bytes, index, "[") { add(.open); index += 2; continue }
      if Self.isPair(bytes, index, "]") { add(.close); index += 2; continue }
      if byte == UInt8(ascii: ":"), index == 0 || bytes[index - 1] != byte,
        let (name, form, end) = Self.variable(bytes, index)
      {
        add(.sql(name, form, dollarTag: dollarTag))
        index = end
        continue
      }
      text.append(byte)
      index += 1
    }
  }

  /// The end of a comment, a string or a quoted name that begins here.
  private static func endOfQuotedPart(_ bytes: [UInt8], _ start: Int) -> Int? {
    let next: UInt8? = start + 1 < bytes.count ? bytes[start + 1] : nil
    switch (bytes[start], next) {
    case (UInt8(ascii: "-"), UInt8(ascii: "-")):
      return bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      return position(of: "*/".utf8, in: bytes, from: start + 2).map { $0 + 2 } ?? bytes.count
    case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _):
      return bytes[(start + 1)...].firstIndex(of: bytes[start]).map { $0 + 1 } ?? bytes.count
    default: return nil
    }
  }

  private static func dollarTag(_ bytes: [UInt8], _ start: Int) -> String? {
    let name = bytes[(start + 1)...].prefix(while: isIdentifierPart)
    let end = start + 1 + name.count
    guard end < bytes.count, bytes[end] == UInt8(ascii: "$"), name.first.map(isDigit) != true else { return nil }
    return string(bytes[start...end])
  }

  private static func variable(_ bytes: [UInt8], _ colon: Int) -> (String, Form, Int)? {
    guard colon + 1 < bytes.count else { return nil }
    let quote = bytes[colon + 1]
    let quoted = quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    let start = quoted ? colon + 2 : colon + 1
    guard start < bytes.count, isIdentifierStart(bytes[start]) else { return nil }
    let name = bytes[start...].prefix(while: isIdentifierPart)
    let end = start + name.count
    guard quoted else { return (string(name), .bare, end) }
    guard end < bytes.count, bytes[end] == quote else { return nil }
    return (string(name), quote == UInt8(ascii: "'") ? .literal : .identifier, end + 1)
  }

  /// What a page's author got wrong: variables that are no slots, forms that the slot's type doesn't have.
  func faults(slots: [Slot], isTemplate: Bool, isForEach: Bool = false) -> [String] {
    var faults: [String] = []
    var depth = 0
    for part in parts {
      switch part {
      case .text: break
      case .open, .close:
        depth += part == .open ? 1 : -1
        if !isTemplate { faults.append("[[ ]] is for up, down, verify and rails only") }
        if depth < 0 || depth > 1 { faults.append("[[ and ]] don't pair, or are nested") }
      case .ruby(let name):
        if !Self.rubyWords.contains(name), !slots.contains(where: { $0.name == name }) {
          faults.append("<\(name)> is no slot of the page")
        }
      case .sql(let name, let form, let tag):
        if isForEach, Partition.words.contains(name) { continue }
        guard let slot = slots.first(where: { $0.name == name }) else {
          faults.append(":\(name) is no slot of the page")
          continue
        }
        if !isTemplate, tag != nil { faults.append(":\(name) is inside dollar quotes, where psql doesn't look") }
        let fits =
          switch (slot.type.shape, form) {
          case (.keys, .identifier), (.sql, .identifier), (.number, .identifier): false
          case (.literal, .identifier): false
          case (.literal, .bare): slot.type == .choice
          default: true
          }
        if !fits { faults.append(":\(name) can't be written in this form, since it is a \(slot.type.rawValue)") }
      }
    }
    if depth != 0 { faults.append("[[ and ]] don't pair, or are nested") }
    return faults
  }
}
