import SQLText

/// A statement that is to be explained, and what running it would do, by its parse tree.
struct PlannedStatement: Sendable {
  /// Without the semicolons and blanks around it.
  let text: String
  let effect: Effect

  enum Effect: Sendable, Equatable {
    case reads
    /// It writes, or nobody knows; why it is taken so.
    case writes(String)
  }

  /// Why a text can't be explained.
  struct Refusal: Error, Sendable, Equatable { let reason: String }

  init(_ text: String, standardStrings: Bool) throws(Refusal) {
    var end = text[...]
    while let last = end.last, last.isWhitespace || last == ";" { end.removeLast() }
    self.text = String(end.drop { $0.isWhitespace })
    let count = Self.statementCount(self.text, standardStrings)
    guard count == 1 else {
      throw Refusal(
        reason: count == 0
          ? "there is no statement in it" : "these are \(count) statements: give one")
    }
    let words = firstKeywords(of: Array(self.text.utf8), atMost: 2)
    if words.first == "EXPLAIN" {
      throw Refusal(reason: "give the statement itself, without EXPLAIN")
    }
    if let tree = try? ParseTree.parse(self.text), let statements = tree["stmts"]?.array,
      let statement = statements.first?["stmt"]
    {
      guard statements.count == 1 else {
        throw Refusal(reason: "these are \(statements.count) statements: give one")
      }
      effect = try Self.effect(of: statement, words)
    } else {
      // The grammar here is of one version: what it doesn't know, a newer server may.
      if let first = words.first, !Self.planned.contains(first) { throw Self.utility(words) }
      effect = .writes(
        "its text is not understood here (the grammar is PostgreSQL \(ParseTree.grammarVersion)'s)")
    }
  }

  private static let planned: Set<String> = [
    "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "EXECUTE", "CREATE",
    "DECLARE",
  ]

  private static func utility(_ words: [String]) -> Refusal {
    let name = words.joined(separator: " ")
    return Refusal(
      reason:
        "\(name.isEmpty ? "this" : name) is a command without a plan: only queries and changes have one"
    )
  }

  private static func effect(of statement: JSONValue, _ words: [String]) throws(Refusal) -> Effect {
    guard let kind = statement.object?.members.first?.key else { throw utility(words) }
    switch kind {
    case "SelectStmt":
      if let change = changes(in: statement) { return .writes("it has \(change) in it") }
      return .reads
    case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt":
      return .writes(words.first == "WITH" ? "a change" : words.first ?? "a change")
    case "CreateTableAsStmt": return .writes("it makes a table")
    case "ExecuteStmt": return .writes("what is behind a prepared statement is not known here")
    default: throw utility(words)
    }
  }

  /// What in a SELECT changes or locks something: data-modifying CTEs, INTO, FOR UPDATE.
  private static func changes(in value: JSONValue) -> String? {
    switch value {
    case .array(let elements): return elements.lazy.compactMap { changes(in: $0) }.first
    case .object(let object):
      for member in object.members {
        switch member.key {
        case "InsertStmt": return "INSERT"
        case "UpdateStmt": return "UPDATE"
        case "DeleteStmt": return "DELETE"
        case "MergeStmt": return "MERGE"
        case "intoClause": return "INTO"
        case "lockingClause": return "FOR UPDATE or its like"
        default: break
        }
        if let found = changes(in: member.value) { return found }
      }
      return nil
    default: return nil
    }
  }

  /// Statements as psql would send them.
  private static func statementCount(_ text: String, _ standardStrings: Bool) -> Int {
    var scanner = Scanner(standardStrings: standardStrings)
    var query: [UInt8] = []
    var count = 0
    func finish() {
      if query.contains(where: { $0 != UInt8(ascii: ";") && $0 > UInt8(ascii: " ") }) { count += 1 }
      query.removeAll()
    }
    scanner.feed(Array(text.utf8))
    while case .semicolon = scanner.next(appendingTo: &query, variables: NoVariables()) { finish() }
    finish()
    return count
  }
}
