/// Reads `pg_node_tree` text as far as it must be understood: which columns an index's predicate says are not null.
///
/// `pg_get_expr` would print the predicate as SQL but waits behind an ACCESS EXCLUSIVE lock of the table; the stored
/// tree is plain data.
enum PredicateTree {
  /// The attribute numbers when the predicate says only that columns are not null (one, or several joined by AND);
  /// nil when it says anything else.
  static func notNullColumns(_ text: String) -> Set<Int>? {
    var reader = Reader(text)
    guard let node = reader.value() else { return nil }
    return notNullColumns(node)
  }

  private static func notNullColumns(_ node: Node) -> Set<Int>? {
    guard case .node(let type, let fields) = node else { return nil }
    switch type {
    case "NULLTEST":
      guard fields["nulltesttype"] == .atom("1"), case .node("VAR", let column)? = fields["arg"],
        case .atom(let number)? = column["varattno"], let attribute = Int(number), attribute > 0
      else { return nil }
      return [attribute]
    case "BOOLEXPR":
      guard fields["boolop"] == .atom("and"), case .list(let arguments)? = fields["args"] else { return nil }
      var columns: Set<Int> = []
      for argument in arguments {
        guard let found = notNullColumns(argument) else { return nil }
        columns.formUnion(found)
      }
      return columns
    default: return nil
    }
  }

  /// The elements of a list of trees, `({…} {…})`, as texts.
  static func elements(_ text: String) -> [String] {
    var elements: [String] = []
    var element: [UInt8] = []
    var depth = 0
    var isEscaped = false
    for byte in text.utf8.dropFirst().dropLast() {
      let isBracket = !isEscaped && (byte == UInt8(ascii: "{") || byte == UInt8(ascii: "("))
      let isClosing = !isEscaped && (byte == UInt8(ascii: "}") || byte == UInt8(ascii: ")"))
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      if isBracket { depth += 1 }
      if depth > 0 { element.append(byte) }
      if isClosing {
        depth -= 1
        if depth == 0 {
          elements.append(String(decoding: element, as: UTF8.self))
          element = []
        }
      }
    }
    return elements
  }

  /// The tree's text without source positions, so that two expressions can be compared.
  static func withoutLocations(_ text: String) -> String {
    var words: [Substring] = []
    var skipsNext = false
    for word in text.split(separator: " ") {
      if skipsNext {
        skipsNext = false
        // The closing brackets behind a position belong to the structure.
        words.append(word.drop { $0.isNumber || $0 == "-" })
      } else if word == ":location" {
        skipsNext = true
      } else {
        words.append(word)
      }
    }
    return words.joined(separator: " ")
  }

  indirect enum Node: Equatable {
    case node(String, [String: Node])
    case list([Node])
    case atom(String)
  }

  private struct Reader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func value() -> Node? {
      skipBlanks()
      // A predicate as deep as this isn't a list of null tests.
      guard depth < 100, position < bytes.count else { return nil }
      depth += 1
      defer { depth -= 1 }
      switch bytes[position] {
      case UInt8(ascii: "{"): return node()
      case UInt8(ascii: "("): return list()
      case UInt8(ascii: "}"), UInt8(ascii: ")"): return nil
      default: return .atom(word())
      }
    }

    private mutating func node() -> Node? {
      position += 1
      let type = word()
      var fields: [String: Node] = [:]
      var name: String?
      while true {
        skipBlanks()
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: "}") {
          position += 1
          return .node(type, fields)
        }
        if bytes[position] == UInt8(ascii: ":") {
          position += 1
          name = word()
        } else {
          guard let value = value() else { return nil }
          // A field may have several values (`constvalue 4 [ 3 0 0 0 ]`): the first is enough here.
          if let field = name, fields[field] == nil { fields[field] = value }
        }
      }
    }

    private mutating func list() -> Node? {
      position += 1
      var elements: [Node] = []
      while true {
        skipBlanks()
        guard position < bytes.count else { return nil }
        if bytes[position] == UInt8(ascii: ")") {
          position += 1
          return .list(elements)
        }
        guard let element = value() else { return nil }
        elements.append(element)
      }
    }

    private mutating func skipBlanks() {
      while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a { position += 1 }
    }

    private mutating func word() -> String {
      let start = position
      while position < bytes.count, !" \n(){}".utf8.contains(bytes[position]) {
        if bytes[position] == UInt8(ascii: "\\") { position += 1 }
        position += 1
      }
      return String(decoding: bytes[start..<min(position, bytes.count)], as: UTF8.self)
    }
  }
}
