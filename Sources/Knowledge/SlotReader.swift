/// Reads and checks values for the slots of one entry, and works out the defaults.
struct SlotReader {
  let entry: Entry
  private(set) var values: [String: ResolvedValue] = [:]
  /// What was done beyond the asked, such as a name cut to length.
  private(set) var notes: [String] = []

  /// - Parameter names: the slots to fill; nil for all.
  init(
    _ entry: Entry, _ given: [String: SlotValue], only names: [String]? = nil, catalog: (any SlotSource)? = nil
  ) throws(FillError) {
    self.entry = entry
    if let unknown = given.keys.sorted().first(where: { entry.slot(named: $0) == nil }) {
      throw .unknownSlot(entry: entry.id, name: unknown, known: entry.slots)
    }
    for (name, value) in given.sorted(by: { $0.key < $1.key }) {
      guard let slot = entry.slot(named: name) else { continue }
      if slot.isOptional, value == .text("") { continue }
      values[name] = try Self.read(value, for: slot)
    }
    // a default may name slots that come later in the list: go round until nothing more can be worked out
    var waiting = entry.slots.filter { values[$0.name] == nil }
    while true {
      var left: [Slot] = []
      for slot in waiting {
        if let value = try defaultValue(of: slot, catalog) { values[slot.name] = value } else { left.append(slot) }
      }
      if left.count == waiting.count { break }
      waiting = left
    }
    let missing = waiting.filter { !$0.isOptional && names?.contains($0.name) != false }.map(\.name)
    guard missing.isEmpty else { throw .missing(entry: entry.id, names: missing, known: entry.slots) }
    for slot in entry.slots {
      guard let home = slot.home, case .relation(var name)? = values[slot.name] else { continue }
      if name.schema == nil, case .relation(let neighbour)? = values[home] { name.schema = neighbour.schema }
      values[slot.name] = slot.type == .index ? .newIndex(name) : .relation(name)
    }
  }

  private mutating func defaultValue(of slot: Slot, _ catalog: (any SlotSource)?) throws(FillError) -> ResolvedValue? {
    guard let text = slot.defaultText else { return nil }
    if slot.defaultsFromCatalog {
      guard let catalog, let query = SlotQuery(for: slot) else { return nil }
      var given: [String: String] = [:]
      for name in query.parameters {
        guard let value = values[name] else { return nil }
        given[name] = value.text
      }
      guard let first = catalog.candidates(for: slot, query, given: given).first else { return nil }
      return try Self.read(.text(first), for: slot)
    }
    guard text.utf8.contains(UInt8(ascii: "<")) else { return try Self.read(.text(text), for: slot) }
    guard var name = expand(text) else { return nil }
    if name.utf8.count > SQLQuoting.maximumNameBytes {
      name = Self.shortened(name)
      notes.append(
        "\(slot.name): the name was cut to \(SQLQuoting.maximumNameBytes) bytes, with a check sum at its end: \(name)")
    }
    return try Self.read(.name(QualifiedName(name)), for: slot)
  }

  /// `index_<table>_on_<columns>[[_and_<more>]]` with the values put in; nil while one is missing outside `[[ ]]`.
  func expand(_ text: String) -> String? {
    var out = ""
    var optional: String?
    var isComplete = true
    for part in Template(text, language: "ruby").parts {
      var piece = ""
      switch part {
      case .text(let text): piece = text
      case .open:
        optional = ""
        isComplete = true
        continue
      case .close:
        if isComplete { out += optional ?? "" }
        optional = nil
        continue
      case .ruby(let name), .sql(let name, _, _):
        guard let value = values[name] else {
          if optional == nil { return nil }
          isComplete = false
          continue
        }
        piece = value.forName
      }
      if optional == nil { out += piece } else { optional? += piece }
    }
    return out
  }

  /// A name that fits, still different for different long names: its first bytes, cut between characters, and a check
  /// sum.
  static func shortened(_ name: String) -> String {
    var sum: UInt32 = 2_166_136_261  // FNV-1a
    for byte in name.utf8 { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
    let digits = String(sum, radix: 16)
    let tail = "_" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
    let bytes = Array(name.utf8)
    var end = min(SQLQuoting.maximumNameBytes - tail.utf8.count, bytes.count)
    while end > 0, end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return string(bytes[..<end]) + tail
  }

  static func read(_ value: SlotValue, for slot: Slot) throws(FillError) -> ResolvedValue {
    func invalid(_ text: String, _ reason: String) -> FillError { .invalid(slot: slot, value: text, reason: reason) }
    switch value {
    case .name(let name):
      switch slot.type.shape {
      case .relation: return .relation(name)
      case .name: return .name(name.name)
      case .keys: return .keys([IndexKey(name: name.name)])
      case .literal: return .literal(name.sql)
      case .sql where slot.type == .type: return .sql(name.sql)
      default: throw invalid(name.sql, "is a name, which doesn't fit here")
      }
    case .names(let names):
      if slot.type.shape == .keys {
        guard !names.isEmpty else { throw invalid("", "is empty: at least one column is needed") }
        return .keys(names.map(IndexKey.init(name:)))
      }
      guard names.count == 1 else { throw invalid(names.joined(separator: ", "), "is more than one name") }
      return try read(.name(QualifiedName(names[0])), for: slot)
    case .text(let text):
      guard !text.utf8.contains(0) else { throw invalid(text, "holds a zero byte") }
      return try read(text, for: slot)
    }
  }

  private static func read(_ text: String, for slot: Slot) throws(FillError) -> ResolvedValue {
    func invalid(_ reason: String) -> FillError { .invalid(slot: slot, value: text, reason: reason) }
    switch slot.type.shape {
    case .relation:
      guard let name = QualifiedName(parsing: text) else {
        throw invalid("can't be read as a name: name, schema.name, or \"Quoted Name\"")
      }
      for part in [name.schema, name.name] {
        if let part, part.utf8.count > SQLQuoting.maximumNameBytes {
          throw invalid("has \(part.utf8.count) bytes; a name has \(SQLQuoting.maximumNameBytes) at most")
        }
      }
      return .relation(name)
    case .name:
      guard let name = QualifiedName(parsing: text), name.schema == nil else {
        throw invalid("can't be read as one name")
      }
      guard name.name.utf8.count <= SQLQuoting.maximumNameBytes else {
        throw invalid("has \(name.name.utf8.count) bytes; a name has \(SQLQuoting.maximumNameBytes) at most")
      }
      return .name(name.name)
    case .keys:
      guard let keys = IndexKey.list(text), !keys.isEmpty else {
        throw invalid("can't be read as a list of columns: a, b DESC, lower(c)")
      }
      return .keys(keys)
    case .sql:
      let text = String(trimmed(text))
      guard !text.isEmpty else { throw invalid("is empty") }
      if slot.type == .indexdef {
        // the columns of a definition stand in parentheses, so the look is the same
        guard let definition = SQLFragment.concurrently(text) else { throw invalid("isn't a CREATE INDEX statement") }
        if let fault = SQLFragment.fault(definition) { throw invalid(fault) }
        return .sql(definition)
      }
      if let fault = SQLFragment.fault(text) { throw invalid(fault) }
      return .sql(text)
    case .literal:
      if slot.type == .choice, !slot.choices.contains(text) {
        throw invalid("is none of \(slot.choices.joined(separator: ", "))")
      }
      return .literal(text)
    case .number:
      guard let number = Int(text), number >= 0, !text.hasPrefix("+") else { throw invalid("is no whole number") }
      return .number(String(number))
    }
  }
}
