import SQLText

/// One statement whose cost counts, and how often it is executed.
struct WorkloadStatement: Sendable {
  enum Kind: Sendable { case select, insert, update, delete, merge }

  /// Position in the workload, from 1: what reports call it.
  let number: Int
  /// The text without semicolon.
  let text: String
  let tree: JSONValue
  let kind: Kind
  /// How often, over the time that the workload was recorded; 1 where nobody has said.
  let calls: Double
  /// Milliseconds an execution took, where they were measured.
  let meanTime: Double?
  /// Rows an execution returned or changed, where they were counted.
  let meanRows: Double?
  /// The highest `$n`.
  let parameterCount: Int

  /// An INSERT of many rows that came once or twice.
  var isBulkLoad: Bool { kind == .insert && calls <= 2 && (meanRows ?? 0) >= 1000 }

  /// The text in one line, cut to about this many characters.
  func excerpt(_ limit: Int = 80) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count <= limit ? words : String(words.prefix(limit - 1)) + "…"
  }
}

/// What is to be judged, and what was left out of it.
struct Workload: Sendable {
  enum Source: Sendable, Equatable { case statement, file(String), recorded }

  let source: Source
  var statements: [WorkloadStatement] = []
  /// Why statements were left out, with their number.
  var leftOut: [(reason: String, count: Int)] = []
  /// Statements that might have counted but could not be read, with the reason.
  var unreadable: [(text: String, reason: String)] = []
  /// The recorded times began then (seconds ago); nil when unknown.
  var seconds: Double?

  init(_ source: Source) { self.source = source }

  mutating func leaveOut(_ reason: String, _ count: Int = 1) {
    if let index = leftOut.firstIndex(where: { $0.reason == reason }) {
      leftOut[index].count += count
    } else {
      leftOut.append((reason, count))
    }
  }

  /// Takes a statement in, or says why not: text that the parser can't read is kept apart, commands that no index
  /// helps are counted.
  mutating func add(_ text: String, calls: Double, meanTime: Double? = nil, meanRows: Double? = nil) {
    let tree: JSONValue
    do throws(ParseError) {
      tree = try ParseTree.parse(text)
    } catch {
      unreadable.append((text, "\(error.message) (by the grammar of \(ParseTree.grammarVersion))"))
      return
    }
    let parsed = tree["stmts"]?.array ?? []
    guard parsed.count == 1, let statement = parsed.first?["stmt"] else {
      if parsed.count > 1 { unreadable.append((text, "is more than one statement")) }
      return
    }
    guard let node = statement.node, let kind = Workload.kind(of: node) else {
      leaveOut("commands that an index can't help")
      return
    }
    var planned = text
    var plannedTree = statement
    if meanRows != nil || statement.highestParameter > 0 {
      planned = Repair.repaired(text, statement, meanRows: meanRows)
      if planned != text, let tree = try? ParseTree.parse(planned), let again = tree["stmts"]?[0]?["stmt"] {
        plannedTree = again
      } else {
        planned = text
      }
    }
    statements.append(
      WorkloadStatement(
        number: statements.count + 1, text: planned, tree: plannedTree, kind: kind, calls: calls, meanTime: meanTime,
        meanRows: meanRows, parameterCount: plannedTree.highestParameter))
  }

  private static func kind(of node: (kind: String, fields: JSONValue)) -> WorkloadStatement.Kind? {
    switch node.kind {
    case "SelectStmt": .select
    case "InsertStmt": .insert
    case "UpdateStmt": .update
    case "DeleteStmt": .delete
    case "MergeStmt": .merge
    default: nil
    }
  }
}
