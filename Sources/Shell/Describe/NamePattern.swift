import Postgres

/// An object name pattern as `\d` and its kin take it (manual, "psql", Patterns): `table`, `schema.table`,
/// `database.schema.table`, with `*` and `?`, regular expressions, and double quotes around what is meant literally.
struct NamePattern: Sendable, Equatable {
  /// The database that was named, folded but with nothing else done to it; nil where none was.
  let database: String?
  /// A regular expression without its anchors; nil where no schema was named.
  let schema: String?
  /// A regular expression without its anchors.
  let name: String
  /// How many dots divide the pattern into parts.
  let dots: Int

  /// Reads a pattern. `parts` is how many the name of such an object can have: 1 for a role, 2 (the database first)
  /// for a schema, 3 for a relation. Parts in front of those are only counted. With `isLiteral`, as for operators, only
  /// `*` and `?` have a meaning and other regular expression characters stand for themselves.
  init(_ text: String, parts: Int = 3, isLiteral: Bool = false) {
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

/// What in the catalogs a pattern is held against.
struct NameTarget: Sendable {
  /// Columns or expressions, such as `c.relname`.
  let name: String
  /// A second name that will do, such as a type's SQL name.
  let otherName: String?
  let schema: String?
  /// True for what is found without naming its schema, such as `pg_catalog.pg_table_is_visible(c.oid)`.
  let visible: String?
  /// How many parts a full name has, the database included; 1 for objects of the whole cluster.
  let parts: Int

  /// An object in a schema.
  init(_ name: String, or otherName: String? = nil, schema: String?, visible: String?) {
    (self.name, self.otherName, self.schema, self.visible, parts) = (name, otherName, schema, visible, 3)
  }

  /// An object of the cluster (`parts` 1), or of the database (2) but in no schema.
  init(_ name: String, parts: Int) {
    (self.name, self.parts, otherName, schema, visible) = (name, parts, nil, nil, nil)
  }
}

/// The conditions of a catalog query, and the values of its parameters.
struct CatalogFilter: Sendable {
  private(set) var conditions: [String] = []
  private(set) var parameters: [String?] = []

  /// The WHERE clause, empty where everything is wanted.
  var clause: String { conditions.isEmpty ? "" : "\nWHERE " + conditions.joined(separator: "\n  AND ") }

  mutating func require(_ condition: String?) {
    if let condition { conditions.append(condition) }
  }

  /// Makes `value` a parameter and gives its place (`$1`).
  mutating func bind(_ value: String) -> String {
    parameters.append(value)
    return "$\(parameters.count)"
  }

  /// Requires what `pattern` asks of `target`; without a pattern, that the object is visible.
  mutating func match(_ pattern: NamePattern?, _ target: NameTarget) {
    for condition in matching(pattern, target) { require(condition) }
  }

  /// The conditions under which `target` matches.
  mutating func matching(_ pattern: NamePattern?, _ target: NameTarget) -> [String] {
    var found: [String] = []
    if let name = pattern?.name, name != ".*" {
      let test = comparison(with: name)
      found.append(target.otherName.map { "(\(target.name) \(test) OR \($0) \(test))" } ?? "\(target.name) \(test)")
    }
    if let schema = pattern?.schema, let column = target.schema {
      if schema != ".*" { found.append("\(column) \(comparison(with: schema))") }
    } else if let visible = target.visible {
      found.append(visible)
    }
    return found
  }

  private mutating func comparison(with regex: String) -> String {
    "OPERATOR(pg_catalog.~) \(bind("^(\(regex))$"))::pg_catalog.text COLLATE pg_catalog.default"
  }
}

extension Session {
  /// Reads a pattern for an object with names of `parts` parts; nil for no text.
  ///
  /// Reports and throws what psql says of too many dots and of other databases than the connected one.
  func pattern(
    _ text: String?, parts: Int, isLiteral: Bool = false
  ) throws(CommandError) -> NamePattern? {
    guard let text else { return nil }
    let pattern = NamePattern(text, parts: parts, isLiteral: isLiteral)
    guard pattern.dots < parts else {
      throw failed("improper qualified name (too many dotted names): \(text)")
    }
    if pattern.dots > 0, pattern.dots == parts - 1 {
      guard let connected = connection?.database else {
        throw failed("You are currently not connected to a database.")
      }
      // psql 15 takes no database for a name of two parts, not even the connected one
      guard parts > 2, connected == pattern.database else {
        throw failed("cross-database references are not implemented: \(text)")
      }
    }
    return pattern
  }
}
