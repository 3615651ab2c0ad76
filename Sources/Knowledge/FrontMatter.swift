/// The head of a page, between two lines of `---`:
///
///     ---
///     id: disk-full
///     kind: playbook
///     title: Disk space exhausted
///     summary: …
///     synonyms: [out of space, "volume full, nothing works"]
///     ---
///
/// `key: value` or `key: [a, b]`; a list may go over several lines up to its `]`; an item in double quotes may hold
/// commas and brackets. Nothing else of YAML is understood, and a key that isn't known is a fault.
struct FrontMatter {
  private(set) var values: [String: [String]] = [:]
  private(set) var places: [String: Int] = [:]
  /// The line on which the body begins, from 1.
  private(set) var bodyLine = 1

  static let keys: Set<String> = [
    "id", "kind", "title", "summary", "subject", "synonyms", "questions", "symptoms", "messages", "sqlstates", "slots",
    "versions", "links",
    "irreversible",
  ]
  static let lists: Set<String> = ["synonyms", "questions", "symptoms", "messages", "sqlstates", "slots", "links"]

  init(_ lines: [Substring], path: String) throws(PageProblem) {
    func problem(_ index: Int, _ what: String) -> PageProblem { PageProblem(path: path, line: index + 1, what: what) }
    guard lines.first == "---" else {
      throw problem(0, "a page begins with a line of three dashes and its front matter")
    }
    var index = 1
    while true {
      guard index < lines.count else {
        throw problem(lines.count - 1, "the front matter has no end: no second line of ---")
      }
      let line = lines[index]
      if line == "---" { break }
      defer { index += 1 }
      if trimmed(line).isEmpty { continue }
      guard let colon = line.firstIndex(of: ":") else { throw problem(index, "expected \"key: value\"") }
      let key = String(trimmed(line[..<colon]))
      guard Self.keys.contains(key) else {
        throw problem(index, "unknown key \"\(key)\"; known are \(Self.keys.sorted().joined(separator: ", "))")
      }
      guard values[key] == nil else { throw problem(index, "\"\(key)\" is there twice") }
      places[key] = index + 1
      var value = String(trimmed(line[line.index(after: colon)...]))
      guard Self.lists.contains(key) else {
        if value.isEmpty { throw problem(index, "\"\(key)\" has no value") }
        if value.utf8.count >= 2, value.first == "\"", value.last == "\"" {
          value = String(value.dropFirst().dropLast())
        }
        values[key] = [value]
        continue
      }
      guard value.first == "[" else { throw problem(index, "\"\(key)\" takes a list: [a, b]") }
      let start = index
      while true {
        switch Self.items(value) {
        case .items(let items):
          if let empty = items.firstIndex(of: "") {
            throw problem(start, "item \(empty + 1) of \"\(key)\" is empty")
          }
          values[key] = items
        case .trailing(let rest): throw problem(index, "\"\(rest)\" after the end of the list")
        case .open:
          index += 1
          guard index < lines.count, lines[index] != "---" else {
            throw problem(start, "the list of \"\(key)\" has no \"]\"")
          }
          value += " " + trimmed(lines[index])
          continue
        }
        break
      }
    }
    bodyLine = index + 2
  }

  private enum List { case items([String]), trailing(String), open }

  /// Reads `[a, "b, c", d:choice[x,y]]`.
  private static func items(_ text: String) -> List {
    var items: [String] = []
    var current: [UInt8] = []
    var depth = 0
    var quoted = false
    var escaped = false
    let bytes = Array(text.utf8)
    func finish() -> String {
      let item = String(trimmed(string(current)))
      return item
    }
    for (index, byte) in bytes.enumerated().dropFirst() {
      if escaped {
        current.append(byte)
        escaped = false
        continue
      }
      switch byte {
      case UInt8(ascii: "\\") where quoted: escaped = true
      case UInt8(ascii: "\""):
        quoted.toggle()
      case _ where quoted: current.append(byte)
      case UInt8(ascii: "]") where depth == 0:
        let rest = trimmed(string(bytes[(index + 1)...]))
        guard rest.isEmpty else { return .trailing(String(rest)) }
        let last = finish()
        if !(last.isEmpty && items.isEmpty) { items.append(last) }
        return .items(items)
      case UInt8(ascii: ",") where depth == 0:
        items.append(finish())
        current = []
      default:
        if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
        current.append(byte)
      }
    }
    return .open
  }
}

extension Entry {
  /// Reads one page.
  ///
  /// - Parameters:
  ///   - text: the whole file.
  ///   - path: how messages name it.
  ///   - name: the file's name without its ending: the id, where the page gives none.
  init(_ text: String, path: String, name: String, origin: Origin) throws(PageProblem) {
    let (headText, bodyText) = Self.parts(of: text)
    let head = try FrontMatter(lines(of: headText), path: path)
    func problem(_ key: String, _ what: String) -> PageProblem {
      PageProblem(path: path, line: head.places[key] ?? 1, what: what)
    }
    func required(_ key: String) throws(PageProblem) -> String {
      guard let value = head.values[key]?.first else { throw problem(key, "\"\(key)\" is missing") }
      return value
    }
    id = head.values["id"]?.first ?? name
    guard !id.isEmpty, id.utf8.allSatisfy({ isIdentifierPart($0) || $0 == UInt8(ascii: "-") }), id == id.lowercased()
    else {
      throw problem("id", "an id is made of lower-case letters, digits and dashes, not \"\(id)\"")
    }
    let kindText = try required("kind")
    guard let kind = Kind(rawValue: kindText) else {
      let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw problem("kind", "unknown kind \"\(kindText)\"; known are \(known)")
    }
    self.kind = kind
    title = try required("title")
    summary = try required("summary")
    subject = head.values["subject"]?.first ?? ""
    synonyms = head.values["synonyms"] ?? []
    questions = head.values["questions"] ?? []
    symptoms = head.values["symptoms"] ?? []
    messages = (head.values["messages"] ?? []).map(MessagePattern.init)
    if let empty = messages.first(where: { $0.specificity < 8 }) {
      throw problem("messages", "message pattern \"\(empty.text)\" is too short to tell one error from another")
    }
    sqlstates = head.values["sqlstates"] ?? []
    if let wrong = sqlstates.first(where: { !Condition.hasForm($0) }) {
      throw problem("sqlstates", "\"\(wrong)\" is no SQLSTATE: five digits and capital letters")
    }
    var slots: [Slot] = []
    for text in head.values["slots"] ?? [] {
      guard let slot = Slot(text) else {
        throw problem("slots", "slot \"\(text)\" isn't name:type=default of a known type")
      }
      guard !slots.contains(where: { $0.name == slot.name }) else {
        throw problem("slots", "slot \"\(slot.name)\" is there twice")
      }
      slots.append(slot)
    }
    self.slots = slots
    if let text = head.values["versions"]?.first {
      guard let range = VersionRange(text) else {
        throw problem("versions", "versions are 13+, 13-17 or 15, not \"\(text)\"")
      }
      versions = range
    } else {
      versions = .all
    }
    links = head.values["links"] ?? []
    irreversible = head.values["irreversible"]?.first
    body = bodyText
    bodyLine = head.bodyLine
    self.origin = origin
  }

  /// The text up to the second line of `---`, and what follows it; lines end in LF alone.
  private static func parts(of text: String) -> (head: String, body: String) {
    var text = text
    return text.withUTF8 { bytes in
      if bytes.contains(0x0d) {
        let plain = lines(of: String(decoding: bytes, as: UTF8.self)).joined(separator: "\n")
        return parts(of: plain)
      }
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
        if start > 0, bytes[start..<end].elementsEqual("---".utf8) {
          var last = bytes.count
          while last > end, isBlank(bytes[last - 1]) { last -= 1 }
          let body = bytes[min(end + 1, last)..<last]
          return (String(decoding: bytes[..<end], as: UTF8.self), String(decoding: body, as: UTF8.self))
        }
        start = end + 1
      }
      return (String(decoding: bytes, as: UTF8.self), "")
    }
  }
}
