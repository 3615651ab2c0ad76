import Postgres

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
