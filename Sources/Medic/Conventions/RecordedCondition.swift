import SQLText

/// A condition on a column, as far as the rules about the workload ask: read from a statement's parse tree.
struct RecordedCondition: Hashable, Sendable {
  enum Use: Hashable, Sendable {
    /// Compared in lower or upper case: `lower(email) = $1`.
    case folded
    /// The document as a whole: `data @> $1`, `data ? $1`.
    case document
    /// Something taken out of the document: `data ->> $1 = $2`.
    case extracted
  }

  let schema: String?
  let table: String
  let column: String
  let use: Use
  /// The function or operator that says so.
  let word: String

  /// The conditions in WHERE and ON of all parts of a statement; nil when the text can't be parsed.
  static func all(in statement: String) -> Set<RecordedCondition>? {
    guard let tree = try? ParseTree.parse(statement) else { return nil }
    var reader = ConditionReader()
    reader.read(tree, in: [], isCondition: false)
    return reader.found
  }
}

/// Walks a parse tree with the tables that are in scope at each place.
private struct ConditionReader {
  struct Table {
    let alias: String
    let schema: String?
    let name: String
  }

  var found: Set<RecordedCondition> = []

  private static let documentOperators: Set<String> = ["@>", "?", "?|", "?&", "@?", "@@"]
  private static let extractions: Set<String> = ["->", "->>", "#>", "#>>"]
  private static let comparisons: Set<String> = [
    "=", "<", ">", "<=", ">=", "~~", "~~*", "@>", "?", "?|", "?&", "BETWEEN",
  ]

  mutating func read(_ value: JSONValue, in scopes: [[Table]], isCondition: Bool) {
    if let elements = value.array {
      for element in elements { read(element, in: scopes, isCondition: isCondition) }
      return
    }
    for member in value.object?.members ?? [] {
      switch member.key {
      case "SelectStmt", "UpdateStmt", "DeleteStmt":
        read(members: member.value, in: scopes + [Self.tables(of: member.value)])
      case "larg", "rarg":
        // The sides of a UNION stand there without their type's name.
        read(members: member.value, in: scopes.dropLast() + [Self.tables(of: member.value)])
      case "A_Expr" where isCondition:
        note(member.value, in: scopes)
        read(member.value, in: scopes, isCondition: true)
      default: read(member.value, in: scopes, isCondition: isCondition || member.key == "quals")
      }
    }
  }

  private mutating func read(members statement: JSONValue, in scopes: [[Table]]) {
    for member in statement.object?.members ?? [] {
      let inner = JSONValue.object(JSONObject([member]))
      read(inner, in: scopes, isCondition: member.key == "whereClause")
    }
  }

  /// The tables that FROM, UPDATE, DELETE and USING name; a name that WITH defines is no table.
  private static func tables(of statement: JSONValue) -> [Table] {
    let with = (statement["withClause"]?["ctes"]?.array ?? []).compactMap {
      $0["CommonTableExpr"]?["ctename"]?.string
    }
    var tables: [Table] = []
    func add(_ range: JSONValue?) {
      guard let range, let name = range["relname"]?.string else { return }
      let schema = range["schemaname"]?.string
      if schema == nil, with.contains(name) { return }
      tables.append(Table(alias: range["alias"]?["aliasname"]?.string ?? name, schema: schema, name: name))
    }
    func visit(_ item: JSONValue?) {
      add(item?["RangeVar"])
      if let join = item?["JoinExpr"] {
        visit(join["larg"])
        visit(join["rarg"])
      }
    }
    add(statement["relation"])
    for clause in ["fromClause", "usingClause"] { statement[clause]?.array?.forEach { visit($0) } }
    return tables
  }

  private mutating func note(_ expression: JSONValue, in scopes: [[Table]]) {
    let name = expression["name"]?.array?.last?["String"]?["sval"]?.string ?? ""
    let (left, right) = (expression["lexpr"], expression["rexpr"])
    if Self.documentOperators.contains(name), let column = left?["ColumnRef"] {
      add(column, .document, name, in: scopes)
    }
    if name == "<@", let column = right?["ColumnRef"] { add(column, .document, "@>", in: scopes) }
    guard Self.comparisons.contains(name) || name == "<@" else { return }
    for side in [left, right] { compared(side, in: scopes) }
  }

  /// One side of a comparison: a folded column, or something taken out of one.
  private mutating func compared(_ side: JSONValue?, in scopes: [[Table]]) {
    var side = side
    while let cast = side?["TypeCast"] { side = cast["arg"] }
    if let call = side?["FuncCall"], let name = call["funcname"]?.array?.last?["String"]?["sval"]?.string,
      name == "lower" || name == "upper"
    {
      var argument = call["args"]?[0]
      while let cast = argument?["TypeCast"] { argument = cast["arg"] }
      if let column = argument?["ColumnRef"] { add(column, .folded, name, in: scopes) }
    } else if let subscripted = side?["A_Indirection"] {
      if let column = subscripted["arg"]?["ColumnRef"] { add(column, .extracted, "[]", in: scopes) }
    } else if let word = Self.extraction(side) {
      var inner = side
      while let next = inner, Self.extraction(next) != nil { inner = next["A_Expr"]?["lexpr"] }
      if let column = inner?["ColumnRef"] { add(column, .extracted, word, in: scopes) }
    }
  }

  private static func extraction(_ value: JSONValue?) -> String? {
    let name = value?["A_Expr"]?["name"]?.array?.last?["String"]?["sval"]?.string
    return name.flatMap { extractions.contains($0) ? $0 : nil }
  }

  /// A column without a table's name may be of any table of the innermost scope that has some; the catalog tells.
  private mutating func add(
    _ reference: JSONValue, _ use: RecordedCondition.Use, _ word: String, in scopes: [[Table]]
  ) {
    let names = (reference["fields"]?.array ?? []).compactMap { $0["String"]?["sval"]?.string }
    guard let column = names.last else { return }
    let candidates: [Table]
    if names.count > 1 {
      let alias = names[names.count - 2]
      candidates = scopes.reversed().lazy.compactMap { $0.first { $0.alias == alias } }.first.map { [$0] } ?? []
    } else {
      candidates = scopes.last { !$0.isEmpty } ?? []
    }
    for table in candidates {
      found.insert(
        RecordedCondition(schema: table.schema, table: table.name, column: column, use: use, word: word))
    }
  }
}
