/// Names and literals as the server writes them, so that whatever is put into SQL text stays one name or one literal.
public enum SQLQuoting {
  /// Bytes that a name may have (NAMEDATALEN − 1); the server cuts what is longer with no more than a NOTICE.
  public static let maximumNameBytes = 63

  /// A name as `quote_ident` writes it: bare where that is safe, in double quotes otherwise.
  public static func identifier(_ name: String) -> String {
    var isPlain = false
    if let first = name.utf8.first, first >= 0x61 && first <= 0x7a || first == UInt8(ascii: "_") {
      isPlain = name.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7a) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }
    if isPlain, !keywordsThatNeedQuotes.contains(Substring(name)) { return name }
    return "\"" + string(name.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }) + "\""
  }

  /// A value as `quote_literal` writes it: with a backslash in it as `E'…'`, which reads the same under every setting.
  public static func literal(_ value: String) -> String {
    var bytes: [UInt8] = []
    var escaped = false
    for byte in value.utf8 {
      if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { bytes.append(byte) }
      escaped = escaped || byte == UInt8(ascii: "\\")
      bytes.append(byte)
    }
    return (escaped ? "E'" : "'") + string(bytes) + "'"
  }
}

/// A name that may have its schema before it.
public struct QualifiedName: Sendable, Equatable, CustomStringConvertible {
  public var schema: String?
  public var name: String

  public init(schema: String? = nil, _ name: String) {
    self.schema = schema
    self.name = name
  }

  /// As SQL and as `regclass` read it: quoted where needed.
  public var sql: String { (schema.map { SQLQuoting.identifier($0) + "." } ?? "") + SQLQuoting.identifier(name) }
  public var description: String { sql }

  /// Reads a name as SQL does: unquoted parts become lower case, `""` in quotes is one quote. Nil if it is anything
  /// else.
  public init?(parsing text: String) {
    var scanner = NameScanner(text)
    guard let first = scanner.name() else { return nil }
    guard scanner.take(UInt8(ascii: ".")) else {
      guard scanner.atEnd else { return nil }
      self.init(first)
      return
    }
    guard let second = scanner.name(), scanner.atEnd else { return nil }
    self.init(schema: first, second)
  }
}

/// Reads names, as SQL writes them, off the front of a text.
struct NameScanner {
  private(set) var rest: ArraySlice<UInt8>

  init(_ text: String) {
    rest = Array(text.utf8)[...]
    skipBlanks()
  }

  var atEnd: Bool { rest.isEmpty }

  mutating func skipBlanks() { rest = rest.drop(while: isBlank) }

  mutating func take(_ byte: UInt8) -> Bool {
    guard rest.first == byte else { return false }
    rest.removeFirst()
    skipBlanks()
    return true
  }

  /// The next name, unquoted.
  mutating func name() -> String? {
    if rest.first == UInt8(ascii: "\"") {
      var bytes: [UInt8] = []
      var text = rest.dropFirst()
      while let byte = text.popFirst() {
        if byte == UInt8(ascii: "\"") {
          guard text.first == byte else {
            guard !bytes.isEmpty else { return nil }
            rest = text
            skipBlanks()
            return string(bytes)
          }
          text.removeFirst()
        }
        if byte == 0 { return nil }
        bytes.append(byte)
      }
      return nil
    }
    guard let first = rest.first, isIdentifierStart(first) || first >= 0x80 else { return nil }
    let word = rest.prefix { isIdentifierPart($0) || $0 >= 0x80 || $0 == UInt8(ascii: "$") }
    rest = rest.dropFirst(word.count)
    skipBlanks()
    return string(word.map(lowercased))
  }
}
