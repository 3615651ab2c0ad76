import Medic
import Postgres
import SQLText

/// Asks the server for plans, with indexes that don't exist if HypoPG can pretend them. Nothing is ever executed.
struct Planner: Sendable {
  let frame: PlannerFrame
  let limits: Limits
  let major: Int
  /// Where HypoPG's functions are; nil where it isn't installed.
  let hypopgSchema: String?
  /// How many plans were asked for.
  private(set) var calls = 0
  /// Pretended indexes that the user's session had before; they are not ours to drop.
  var own: Set<String> = []

  private static let name = "pgmedic_advise"

  init(frame: PlannerFrame, limits: Limits, major: Int, hypopgSchema: String?) {
    self.frame = frame
    self.limits = limits
    self.major = major
    self.hypopgSchema = hypopgSchema
  }

  /// What came of asking: a plan, or the server's reason for giving none.
  typealias Answer = Swift.Result<Plan, PostgresError>

  /// The plan of one statement, with `definitions` (texts of CREATE INDEX) as hypothetical indexes.
  ///
  /// The pretended indexes are dropped in the same transaction, also when planning fails: they would outlive a
  /// rollback, and behind a pooler nobody could find them again. Throws only when the connection is lost.
  mutating func plan(
    _ text: String, parameters: Int, with definitions: [String] = [], parallel: Bool = true,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> Answer {
    calls += 1
    let hypothetical = HypotheticalIndexes(schema: hypopgSchema)
    let before = frame
    let (name, major) = (Self.name, major)
    do {
      return try connection.inspect(limits) { (connection) throws(PostgresError) -> Answer in
        try before.enter(connection, parallel: parallel)
        let made = try hypothetical.make(definitions, connection)
        _ = try connection.execute("SAVEPOINT pgmedic_plan")
        var isPrepared = false
        let answer: Answer
        do throws(PostgresError) {
          answer = .success(
            Plan(
              try Self.explain(text, parameters: parameters, name: name, major: major, &isPrepared, connection),
              hypothetical: Dictionary(made.map { ($0.id, $0.definition) }) { first, _ in first }))
        } catch {
          guard connection.isAlive else { throw error }
          _ = try connection.execute("ROLLBACK TO SAVEPOINT pgmedic_plan")
          answer = .failure(error)
        }
        if isPrepared { _ = try connection.execute("DEALLOCATE \(name)") }
        try hypothetical.drop(made.map { $0.id }, connection)
        return answer
      }
    } catch {
      guard connection.isAlive else { throw error }
      if !definitions.isEmpty { sweep(connection) }
      return .failure(error)
    }
  }

  /// Drops whatever pretended index is left of ours, in a transaction of its own. Returns how many there were.
  @discardableResult
  func sweep(_ connection: borrowing Connection) -> Int {
    let hypothetical = HypotheticalIndexes(schema: hypopgSchema)
    let own = own
    let dropped = try? connection.inspect(limits) { (connection) throws(PostgresError) -> Int in
      let left = try hypothetical.list(connection).subtracting(own)
      try hypothetical.drop(left.sorted(), connection)
      return left.count
    }
    return dropped ?? 0
  }

  /// EXPLAIN over the extended protocol, which takes one statement only: text that holds a second one is refused by
  /// the server, not executed.
  private static func explain(
    _ text: String, parameters: Int, name: String, major: Int, _ isPrepared: inout Bool,
    _ connection: borrowing Connection
  ) throws(PostgresError) -> JSONValue {
    let options = "FORMAT JSON, VERBOSE"
    let result: Result
    if parameters == 0 {
      result = try connection.query("/* pgmedic */ EXPLAIN (\(options)) \(text)")
    } else if major >= 16 {
      // PREPARE by protocol proves that it is one statement; GENERIC_PLAN needs the simple protocol.
      try connection.prepare("", text)
      result = try connection.execute("/* pgmedic */ EXPLAIN (\(options), GENERIC_PLAN) \(text)")
    } else {
      _ = try connection.query("/* pgmedic */ PREPARE \(name) AS \(text)")
      isPrepared = true
      let nulls = [String](repeating: "NULL", count: parameters).joined(separator: ", ")
      // The NULLs would prune every partition when the plan is shown.
      _ = try connection.execute("SET LOCAL enable_partition_pruning = off")
      result = try connection.query("/* pgmedic */ EXPLAIN (\(options)) EXECUTE \(name)(\(nulls))")
    }
    var json = ""
    for row in 0..<result.rowCount { json += (result.string(row: row, column: 0) ?? "") + "\n" }
    do throws(JSONError) {
      return try JSONValue(parsing: json, depth: 2048)
    } catch {
      throw .usage("the plan could not be read: \(error)")
    }
  }
}

/// HypoPG's indexes: made for one plan and dropped one by one, so that the session's own stay.
struct HypotheticalIndexes: Sendable {
  let schema: String?

  func make(
    _ definitions: [String], _ connection: borrowing Connection
  ) throws(PostgresError) -> [(id: String, definition: String)] {
    guard let schema, !definitions.isEmpty else { return [] }
    let rows = try connection.rows(
      """
      SELECT h.indexrelid AS id, d.definition
      FROM pg_catalog.unnest($1::pg_catalog.text[]) AS d (definition)
      CROSS JOIN LATERAL \(SQLName.quoted(schema)).hypopg_create_index(d.definition) AS h
      """, [ArrayText.write(definitions)])
    return rows.map { ($0.text("id"), $0.text("definition")) }
  }

  func drop(_ ids: [String], _ connection: borrowing Connection) throws(PostgresError) {
    guard let schema, !ids.isEmpty else { return }
    _ = try connection.rows(
      "SELECT \(SQLName.quoted(schema)).hypopg_drop_index(i.id) FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS i (id)",
      [ArrayText.write(ids)])
  }

  /// The pretended indexes that the session has now.
  func list(_ connection: borrowing Connection) throws(PostgresError) -> Set<String> {
    guard let schema else { return [] }
    return Set(
      try connection.rows("SELECT h.indexrelid AS id FROM \(SQLName.quoted(schema)).hypopg() AS h").map {
        $0.text("id")
      })
  }
}
