import Postgres

/// A pattern as in psql's `\d`: `billing.inv*`, `"Order"`, `public.*`.
///
/// Letters fold to lower case outside double quotes; `*` is any run of characters, `?` any one, a dot parts schema from
/// name, other regular-expression characters keep their meaning, and everything in quotes is literal. Without a schema
/// a pattern means that name in every schema. The regular expressions are bound as parameters, never put into SQL.
public struct Pattern: Sendable, Equatable {
  /// Anchored POSIX regular expression for the schema, nil for any.
  public let schema: String?
  /// Anchored POSIX regular expression for the name, nil for any.
  public let name: String?
  /// What the user wrote.
  public let text: String

  /// Throws when there are more parts than a database, a schema and a name, or the database isn't this one.
  public init(_ text: String, database: String? = nil) throws(OptionError) {
    self.text = text
    let pattern = NamePattern(text)
    guard pattern.dots <= 2 else {
      throw OptionError(message: "improper qualified name (too many dotted names): \(text)", hint: nil)
    }
    if let named = pattern.database, let database, named != database {
      throw OptionError(message: "cross-database references are not implemented: \(text)", hint: nil)
    }
    name = Pattern.anchored(pattern.name)
    schema = pattern.schema.flatMap { Pattern.anchored($0) }
  }

  private static func anchored(_ expression: String) -> String? {
    expression.isEmpty || expression == ".*" ? nil : "^(\(expression))$"
  }
}

/// Which objects an examination looks at: those that match one of the patterns, system objects only when asked for.
public struct Scope: Sendable {
  public var patterns: [Pattern]
  /// `S`: system schemas, too.
  public var includesSystem: Bool

  public init(_ patterns: [Pattern] = [], includesSystem: Bool = false) {
    self.patterns = patterns
    self.includesSystem = includesSystem
  }

  /// A condition over a schema's name and an object's name, or the names of an object and of the table that it belongs
  /// to. It reads $1 to $3, which are `parameters`. Other sessions' temporary objects can't be read, so none are.
  static func condition(schema: String, name: String, orName other: String? = nil) -> String {
    condition(schema: schema) + " AND " + condition(ofSchema: schema, name: name, orName: other)
  }

  /// The part of it that reads the schema's name alone ($3), for a query that asks once for each schema.
  static func condition(schema: String) -> String {
    """
    ($3::boolean OR (\(schema) <> 'pg_catalog' AND \(schema) <> 'information_schema' AND \(schema) !~ '^pg_toast'))
        AND \(schema) !~ '^pg_(toast_)?temp_'
    """
  }

  /// The part of it that reads the patterns ($1 and $2); without any the planner leaves it out.
  static func condition(ofSchema schema: String, name: String, orName other: String? = nil) -> String {
    let alternative = other.map { " OR \($0)::text ~ pattern.name" } ?? ""
    return """
      ($1::text[] IS NULL OR EXISTS (
            SELECT FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[]))
              AS pattern (schema, name)
            WHERE (pattern.schema IS NULL OR \(schema)::text ~ pattern.schema)
              AND (pattern.name IS NULL OR \(name)::text ~ pattern.name\(alternative))))
      """
  }

  /// The values of $1 (schema patterns), $2 (name patterns) and $3 (system schemas, too).
  var parameters: [String?] {
    let system = includesSystem ? "true" : "false"
    if patterns.isEmpty { return [nil, nil, system] }
    return [ArrayText.write(patterns.map { $0.schema }), ArrayText.write(patterns.map { $0.name }), system]
  }
}
