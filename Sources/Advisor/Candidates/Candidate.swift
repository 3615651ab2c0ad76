import Medic

/// An index that could be made.
struct Candidate: Hashable, Sendable {
  struct Key: Hashable, Sendable {
    /// A quoted column, a call, or an expression in parentheses.
    let sql: String
    /// Columns inside.
    let columns: [String]
    var isColumn: Bool
    var isDescending = false
    var nullsFirst = false
    var opclass: String?

    /// A column or call as it is, anything else in parentheses.
    static func sql(of expression: Expression) -> String {
      let sql = expression.sql ?? ""
      switch expression {
      case .column, .call, .coalesce: return sql
      default: return sql.hasPrefix("(") ? sql : "(\(sql))"
      }
    }

    /// With direction and NULLS where they aren't the default ones.
    var definition: String {
      var text = sql
      if let opclass { text += " \(opclass)" }
      if isDescending { text += " DESC" }
      if nullsFirst != isDescending { text += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
      return text
    }
  }

  let table: Int
  let schema: String
  let tableName: String
  var method = "btree"
  var keys: [Key]
  /// The first so many keys are compared for equality: among them the order is free.
  var equalities = 0
  var included: [String] = []
  var predicate: String?
  /// The share of rows that the predicate lets through.
  var share = 1.0

  var keyList: String { keys.map { $0.definition }.joined(separator: ", ") }

  /// What follows the table's name in CREATE INDEX.
  var tail: String {
    let using = method == "btree" ? "" : "USING \(SQLName.quoted(method)) "
    let include = included.isEmpty ? "" : " INCLUDE (\(SQLName.list(included)))"
    return "\(using)(\(keyList))\(include)\(predicate.map { " WHERE \($0)" } ?? "")"
  }

  /// For HypoPG, which needs no name.
  var hypotheticalDefinition: String { "CREATE INDEX ON \(SQLName.qualified(schema, tableName)) \(tail)" }

  /// btree, BRIN, hash and bloom are what HypoPG can pretend.
  var canBePretended: Bool { ["btree", "brin", "hash"].contains(method) }

  static func == (left: Candidate, right: Candidate) -> Bool {
    left.table == right.table && left.tail == right.tail
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(table)
    hasher.combine(tail)
  }

  /// Whether an index that is there (or chosen already) does all that this one would.
  func isServed(by index: ExistingIndex) -> Bool {
    guard index.isValid, index.method == method, keys.count <= index.keys.count, included.isEmpty else { return false }
    if let other = index.predicate, Candidate.normalized(other) != predicate.map({ Candidate.normalized($0) }) {
      return false
    }
    let own = keys.map { Candidate.normalized($0.sql) }
    let theirs = index.keys.map { Candidate.normalized($0) }
    guard Set(own.prefix(equalities)) == Set(theirs.prefix(equalities)),
      Array(own.dropFirst(equalities)) == Array(theirs[..<own.count].dropFirst(equalities))
    else { return false }
    for (position, key) in keys.enumerated() where index.opclasses.indices.contains(position) {
      if (key.opclass ?? "") != (index.opclasses[position] ?? "") && position >= equalities { return false }
    }
    // Directions count from the first key that isn't pinned; all may be the other way round.
    let own2 = keys.dropFirst(equalities).map { [$0.isDescending, $0.nullsFirst] }
    let theirs2 = keys.indices.dropFirst(equalities).map { position in
      [
        index.descending.indices.contains(position) && index.descending[position],
        index.nullsFirst.indices.contains(position) && index.nullsFirst[position],
      ]
    }
    return own2 == theirs2 || own2 == theirs2.map { $0.map { !$0 } } || own2.count <= 1
  }

  /// Expressions as the server prints them and as users write them differ in casts of constants, blanks, parentheses.
  static func normalized(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let character = rest.first {
      if rest.hasPrefix("::") {
        rest = rest.dropFirst(2).drop { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "[" || $0 == "]" }
        continue
      }
      if !character.isWhitespace && character != "(" && character != ")" { result.append(character) }
      rest = rest.dropFirst()
    }
    return result
  }
}
