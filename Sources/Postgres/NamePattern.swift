/// An object name pattern as `\d` and its kin take it (manual, "psql", Patterns): `table`, `schema.table`,
/// `database.schema.table`, with `*` and `?`, regular expressions, and double quotes around what is meant literally.
public struct NamePattern: Sendable, Equatable {
  /// The database that was named, folded but with nothing else done to it; nil where none was.
  public let database: String?
  /// A regular expression without its anchors; nil where no schema was named.
  public let schema: String?
  /// A regular expression without its anchors.
  public let name: String
  /// How many dots divide the pattern into parts.
  public let dots: Int

  /// Reads a pattern. `parts` is how many the name of such an object can have: 1 for a role, 2 (the database first)
  /// for a schema, 3 for a relation. Parts in front of those are only counted. With `isLiteral`, as for operators, only
  /// `*` and `?` have a meaning and other regular expression characters stand for themselves.
  public init(_ text: String, parts: Int = 3, isLiteral: Bool = false) {
    var reader = Reader(text, divides: parts > 1, isLiteral: isLiteral)
    while let next = reader.next { reader.take(next) }
    reader.endPart()
    dots = reader.dots
    name = reader.parts.last?.regex ?? ""
    let before = reader.parts.dropLast()
    schema = parts > 2 ? before.last?.regex : nil
    database = before.count == parts - 1 ? before.first?.literal : nil
  }

  /// Goes through the text once, keeping each part both as a regular expression and as it stands.
  private struct Reader {
    private var rest: Substring.UnicodeScalarView
    private var isQuoted = false
    private var regex = ""
    private var literal = ""
    var parts: [(regex: String, literal: String)] = []

    /// Dots that aren't quoted, whether they divide or not.
    var dots = 0
    private let divides: Bool
    private let isLiteral: Bool

    init(_ text: String, divides: Bool, isLiteral: Bool) {
      rest = Substring(text).unicodeScalars
      self.divides = divides
      self.isLiteral = isLiteral
    }

    var next: Unicode.Scalar? { rest.first }

    mutating func take(_ scalar: Unicode.Scalar) {
      rest.removeFirst()
      switch scalar {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        add("\"")
      case "\"": isQuoted.toggle()
      case "$": add("$", as: "\\$")
      case "." where !isQuoted:
        dots += 1
        if divides { endPart() } else { add(".") }
      case "*" where !isQuoted: add("*", as: ".*")
      case "?" where !isQuoted: add("?", as: ".")
      case "[" where !isQuoted && !isLiteral && rest.first == "]": add("[", as: "\\[")
      case "|", "*", "+", "?", "(", ")", "[", "]", "{", "}", ".", "^", "\\":
        add(scalar, as: isQuoted || isLiteral ? "\\\(scalar)" : nil)
      case "A"..."Z" where !isQuoted: add(Unicode.Scalar(UInt8(scalar.value) | 0x20))
      default: add(scalar)
      }
    }

    private mutating func add(_ scalar: Unicode.Scalar, as pattern: String? = nil) {
      literal.unicodeScalars.append(scalar)
      if let pattern { regex += pattern } else { regex.unicodeScalars.append(scalar) }
    }

    mutating func endPart() {
      parts.append((regex, literal))
      (regex, literal) = ("", "")
    }
  }
}
