/// A place in a page that the reader fills: `name:type{filter}?=default`.
///
/// `?` marks one that may stay empty. A filter narrows what is offered (`{type=jsonb}`); `{in=table}` is a new thing
/// beside the one in that slot: it gets its schema.
///
/// A default is a plain value (`5s`), an expression over other slots
/// (`index_<table>_on_<columns>`), or one of the words in `catalogDefaults`, which stand for a look into the catalog.
public struct Slot: Sendable, Equatable, CustomStringConvertible {
  public let name: String
  public let type: SlotType
  public let filter: String?
  public let isOptional: Bool
  public let defaultText: String?
  /// The allowed values of a `choice[…]`.
  public let choices: [String]

  /// Defaults that only a server can answer.
  static let catalogDefaults: Set<String> = [
    "confrelid", "current_month", "from_most_common_vals", "from_pg_stat_statements", "idle_longest", "inactive",
    "indexdef", "invalid_ones", "jsonb_keys", "largest", "last_of_schema_migrations", "root_blocker", "unvalidated",
    "application_name", "column_type",
  ]

  /// The slot in whose schema a new thing is made.
  var home: String? { filter.flatMap { $0.hasPrefix("in=") ? String($0.dropFirst(3)) : nil } }

  /// Whether the default has to be looked up on a server.
  public var defaultsFromCatalog: Bool { defaultText.map(Self.catalogDefaults.contains) ?? false }

  init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let name = String(text[..<colon])
    guard let first = name.utf8.first, isIdentifierStart(first), name.utf8.allSatisfy(isIdentifierPart) else {
      return nil
    }
    var rest = text[text.index(after: colon)...]
    var defaultText: String?
    if let equals = Slot.endOfType(rest) {
      defaultText = String(rest[rest.index(after: equals)...])
      rest = rest[..<equals]
    }
    let isOptional = rest.last == "?"
    if isOptional { rest = rest.dropLast() }
    var filter: String?
    if rest.last == "}", let open = rest.firstIndex(of: "{") {
      filter = String(rest[rest.index(after: open)...].dropLast())
      rest = rest[..<open]
    }
    var choices: [String] = []
    if rest.last == "]", let open = rest.firstIndex(of: "[") {
      choices = rest[rest.index(after: open)...].dropLast().split(separator: ",").map { String(trimmed($0)) }
      rest = rest[..<open]
    }
    guard let type = SlotType(rawValue: String(rest)), (type == .choice) == !choices.isEmpty else { return nil }
    if type == .choice, let value = defaultText, !choices.contains(value) { return nil }
    self.name = name
    self.type = type
    self.filter = filter
    self.isOptional = isOptional
    self.defaultText = defaultText
    self.choices = choices
  }

  /// The `=` that ends the type: one outside braces, since a filter may hold one of its own.
  private static func endOfType(_ text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      switch text[index] {
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case "=" where depth == 0: return index
      default: break
      }
    }
    return nil
  }

  /// As written in a page and in messages.
  public var description: String {
    var text = "\(name):\(type.rawValue)"
    if !choices.isEmpty { text += "[\(choices.joined(separator: ","))]" }
    if let filter { text += "{\(filter)}" }
    if isOptional { text += "?" }
    if let defaultText { text += "=\(defaultText)" }
    return text
  }
}

/// What a slot holds, which decides how a value is read, quoted and suggested.
public enum SlotType: String, Sendable, CaseIterable {
  // relations and other things in a schema
  case table, parent, index, sequence, matview, `enum`
  // names inside a table
  case column, columns, constraint
  // names of the whole server or database
  case role, database, tablespace, schema, slot
  // a new name, an access method, an operator class, a text search configuration
  case ident, am, opclass, tsconfig
  // SQL text that is put in as it is, after a look that it can't leave its place
  case type, expr, indexdef
  // plain values
  case text, value, int, pid, interval, date, timestamp, choice

  /// How a value of the type is read and written.
  enum Shape { case relation, name, keys, sql, literal, number }

  var shape: Shape {
    switch self {
    case .table, .parent, .index, .sequence, .matview, .enum, .opclass: .relation
    case .column, .constraint, .role, .database, .tablespace, .schema, .ident, .am, .tsconfig: .name
    case .columns: .keys
    case .type, .expr, .indexdef: .sql
    case .slot, .text, .value, .interval, .date, .timestamp, .choice: .literal
    case .int, .pid: .number
    }
  }
}
