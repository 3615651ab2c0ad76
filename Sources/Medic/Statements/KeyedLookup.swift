import SQLText

/// What a statement's text says about how it is meant, by its parse tree.
enum StatementShape {
  /// `SELECT … FROM one_table WHERE column = $1 …`: what a program asks that has a key in its hand. Not a queue's
  /// `FOR UPDATE`, not a list of keys at once.
  static func isKeyedLookup(_ text: String) -> Bool {
    guard let tree = try? ParseTree.parse(text), let statements = tree["stmts"]?.array,
      statements.count == 1,
      let select = statements.first?["stmt"]?["SelectStmt"], select["lockingClause"] == nil,
      let from = select["fromClause"]?.array, from.count == 1, from.first?["RangeVar"] != nil,
      let condition = select["whereClause"]
    else { return false }
    return conjuncts(condition).contains { isKeyEquality($0) }
  }

  private static func conjuncts(_ condition: JSONValue) -> [JSONValue] {
    guard let list = condition["BoolExpr"], list["boolop"]?.string == "AND_EXPR" else {
      return [condition]
    }
    return (list["args"]?.array ?? []).flatMap { conjuncts($0) }
  }

  private static func isKeyEquality(_ condition: JSONValue) -> Bool {
    guard let operation = condition["A_Expr"], operation["kind"]?.string == "AEXPR_OP",
      operation["name"]?.array?.last?["String"]?["sval"]?.string == "=",
      let left = operation["lexpr"],
      let right = operation["rexpr"]
    else { return false }
    return (isColumn(left) && isValue(right)) || (isColumn(right) && isValue(left))
  }

  private static func isColumn(_ expression: JSONValue) -> Bool { expression["ColumnRef"] != nil }

  private static func isValue(_ expression: JSONValue) -> Bool {
    if let cast = expression["TypeCast"] { return cast["arg"].map { isValue($0) } ?? false }
    return expression["ParamRef"] != nil || expression["A_Const"] != nil
  }

  /// Statements that the planner has nothing to do with: COPY, VACUUM, COMMIT, ….
  static func isUtility(_ text: String) -> Bool {
    let planned = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE"]
    guard let first = firstKeywords(of: Array(text.utf8), atMost: 1).first else {
      return !text.hasPrefix("(")
    }
    return !planned.contains(first)
  }

  /// The text on one line, without the white space that lays it out.
  static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
  }

  /// The same, cut for a message.
  static func brief(_ text: String, _ length: Int = 60) -> String {
    let line = oneLine(text)
    return line.count > length ? line.prefix(length - 1) + "…" : line
  }
}
