/// A value for a slot: as somebody typed it, or in parts, as a finding or the catalog gives it.
public enum SlotValue: Sendable, Equatable, ExpressibleByStringLiteral {
  /// Typed text, read by the slot's type: names as SQL reads them (`Hosts` is hosts, `"Hosts"` is Hosts).
  case text(String)
  /// A name exactly as it is in the catalog.
  case name(QualifiedName)
  /// Column names exactly as they are in the catalog.
  case names([String])

  public init(stringLiteral value: String) { self = .text(value) }

  /// A relation exactly as it is in the catalog.
  public static func relation(_ schema: String?, _ name: String) -> SlotValue {
    .name(QualifiedName(schema: schema, name))
  }
}

/// A slot's value, read and checked: it can be written in any of the forms a template asks for.
enum ResolvedValue: Equatable {
  case relation(QualifiedName)
  /// A new index, in the schema of its table: SQL that makes it, and Rails, want the name alone.
  case newIndex(QualifiedName)
  case name(String)
  case keys([IndexKey])
  case sql(String)
  case literal(String)
  case number(String)

  /// As psql's variable would hold it, and as it is shown to the reader.
  var text: String {
    switch self {
    case .relation(let name), .newIndex(let name): name.sql
    case .name(let name), .sql(let name), .literal(let name), .number(let name): name
    case .keys(let keys): keys.map(\.sql).joined(separator: ", ")
    }
  }

  func sql(_ form: Template.Form) -> String {
    switch (form, self) {
    case (.literal, _): SQLQuoting.literal(text)
    case (_, .name(let name)): SQLQuoting.identifier(name)
    case (.identifier, .relation(let name)), (.identifier, .newIndex(let name)): SQLQuoting.identifier(name.name)
    case (.identifier, _): SQLQuoting.identifier(text)
    case (.bare, _): text
    }
  }

  /// As a literal in Ruby, in the form that Rails' migration methods take.
  var ruby: String {
    switch self {
    case .relation(let name):
      if name.schema == nil, rubyIsWord(name.name) { return ":\(name.name)" }
      let parts = [name.schema, name.name].compactMap { $0 }.map { part in
        rubyIsWord(part)
          ? part : "\"" + string(part.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }) + "\""
      }
      return rubyString(parts.joined(separator: "."))
    case .newIndex(let name): return rubyString(name.name)
    case .name(let name): return rubyIsWord(name) ? ":\(name)" : rubyString(name)
    case .keys(let keys):
      // Rails takes names as symbols, and anything more as the text of the column list
      guard keys.allSatisfy({ $0.plainName.map(rubyIsWord) == true }) else { return rubyString(text) }
      let symbols = keys.map { ":\($0.sqlName ?? "")" }
      return symbols.count == 1 ? symbols[0] : "[\(symbols.joined(separator: ", "))]"
    case .sql(let text), .literal(let text): return rubyString(text)
    case .number(let digits): return digits
    }
  }

  /// As a part of a name: `status_and_last_seen`.
  var forName: String {
    switch self {
    case .relation(let name), .newIndex(let name): name.name
    case .keys(let keys): keys.map(\.forName).joined(separator: "_and_")
    case .name(let name): name
    case .sql(let text), .literal(let text), .number(let text): asWord(text)
    }
  }

  var isEmpty: Bool {
    if case .keys(let keys) = self { return keys.isEmpty }
    return text.isEmpty
  }
}

/// One key of an index: a column or an expression, with what follows it (`DESC`, an operator class).
struct IndexKey: Equatable {
  /// The column's name as in the catalog, or nil for an expression.
  var sqlName: String?
  var expression: String
  var options: String

  /// The name, where there is nothing but a name.
  var plainName: String? { options.isEmpty ? sqlName : nil }

  var sql: String {
    let key = sqlName.map(SQLQuoting.identifier) ?? expression
    return options.isEmpty ? key : "\(key) \(options)"
  }

  var forName: String { sqlName ?? asWord(expression) }

  init(name: String) { self.init(sqlName: name, expression: "", options: "") }

  private init(sqlName: String?, expression: String, options: String) {
    self.sqlName = sqlName
    self.expression = expression
    self.options = options
  }

  /// Reads `status`, `"Status" DESC NULLS LAST`, `lower(email) text_pattern_ops`, `(a + b)`.
  init?(parsing text: String) {
    let text = String(trimmed(text))
    guard !text.isEmpty else { return nil }
    var scanner = NameScanner(text)
    if let name = scanner.name(), scanner.rest.first != UInt8(ascii: "("), scanner.rest.first != UInt8(ascii: ".") {
      let options = string(scanner.rest)
      // what follows a column is words: no parentheses, no operators
      guard options.utf8.allSatisfy({ isIdentifierPart($0) || isBlank($0) || $0 == 0x22 || $0 == 0x2e || $0 >= 0x80 })
      else {
        return nil
      }
      self.init(sqlName: name, expression: "", options: options)
    } else {
      guard SQLFragment.fault(text) == nil else { return nil }
      self.init(sqlName: nil, expression: text, options: "")
    }
  }

  /// Reads a list with commas between the keys; nil if one of them can't be read.
  static func list(_ text: String) -> [IndexKey]? {
    var keys: [IndexKey] = []
    guard let parts = SQLFragment.splitAtCommas(text) else { return nil }
    for part in parts {
      guard let key = IndexKey(parsing: part) else { return nil }
      keys.append(key)
    }
    return keys
  }
}

/// Letters, digits and single underscores: what is left of any text as a part of a name.
func asWord(_ text: String) -> String {
  var bytes: [UInt8] = []
  for byte in text.utf8 {
    if isIdentifierPart(byte) {
      bytes.append(lowercased(byte))
    } else if let last = bytes.last, last != UInt8(ascii: "_") {
      bytes.append(UInt8(ascii: "_"))
    }
  }
  while bytes.last == UInt8(ascii: "_") { bytes.removeLast() }
  return string(bytes)
}

func rubyIsWord(_ text: String) -> Bool {
  guard let first = text.utf8.first else { return false }
  return isIdentifierStart(first) && text.utf8.allSatisfy(isIdentifierPart)
}

/// A double-quoted Ruby string without interpolation.
func rubyString(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "#": out += "\\#"
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case "\r": out += "\\r"
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
