import Medic
import Postgres

/// Tells which expressions are immutable, so that they can be indexed. What isn't certain counts as not immutable.
struct Volatility: Sendable {
  private var known: [String: Bool] = [:]

  /// $1 name, $2 schemas to look in, $3 types of the arguments (0: any). Of several that fit the exact one decides,
  /// else all must agree.
  private static let function = """
    SELECT pg_catalog.bool_and(f.immutable) FILTER (WHERE f.exact) AS exact, pg_catalog.bool_and(f.immutable) AS every
    FROM (
      SELECT p.provolatile = 'i' AS immutable, p.pronargs = pg_catalog.cardinality($3::oid[]) AND (
        SELECT pg_catalog.bool_and(a.type = 0 OR a.type = p.proargtypes[a.place - 1]
          OR (a.type = 1043 AND p.proargtypes[a.place - 1] = 25))
        FROM pg_catalog.unnest($3::oid[]) WITH ORDINALITY AS a (type, place)) AS exact
      FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
      WHERE p.proname = $1 AND n.nspname = ANY ($2::text[]) AND p.prokind = 'f'
        AND pg_catalog.cardinality($3::oid[]) BETWEEN p.pronargs - p.pronargdefaults AND p.pronargs
    ) AS f
    """

  private static let operation = """
    SELECT pg_catalog.bool_and(f.immutable) FILTER (WHERE f.exact) AS exact, pg_catalog.bool_and(f.immutable) AS every
    FROM (
      SELECT p.provolatile = 'i' AS immutable,
        ($3::oid[])[1] IN (0, o.oprleft) AND ($3::oid[])[2] IN (0, o.oprright) AS exact
      FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_namespace AS n ON n.oid = o.oprnamespace
      JOIN pg_catalog.pg_proc AS p ON p.oid = o.oprcode
      WHERE o.oprname = $1 AND n.nspname = ANY ($2::text[]) AND (o.oprleft = 0) = (($3::oid[])[1] = 4294967295)
    ) AS f
    """

  /// A cast between the types in $1: by a function, by the same bits, or by text form.
  private static let cast = """
    SELECT CASE
      WHEN ($1::oid[])[1] = ($1::oid[])[2] THEN true
      WHEN c.castmethod = 'b' THEN true
      WHEN c.castmethod = 'f' THEN (SELECT p.provolatile = 'i' FROM pg_catalog.pg_proc AS p WHERE p.oid = c.castfunc)
      ELSE (SELECT pg_catalog.bool_and(p.provolatile = 'i') FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_proc AS p ON p.oid = CASE WHEN t.oid = ($1::oid[])[1] THEN t.typoutput ELSE t.typinput END
        WHERE t.oid IN (($1::oid[])[1], ($1::oid[])[2])) END AS exact
    FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_cast AS c
      ON c.castsource = ($1::oid[])[1] AND c.casttarget = ($1::oid[])[2]
    """

  /// Whether an expression over the columns of one table is immutable.
  mutating func isImmutable(
    _ expression: Expression, _ table: TableFacts, _ frame: PlannerFrame, _ connection: borrowing Connection,
    _ limits: Limits
  ) throws(PostgresError) -> Bool {
    guard let sql = expression.sql, !expression.hasParameters else { return false }
    let name = "\(table.id) \(sql)"
    if let answer = known[name] { return answer }
    let answer: Bool
    do {
      answer = try connection.inspect(limits) { (connection) throws(PostgresError) in
        try Volatility.check(expression, table, frame, connection)
      }
    } catch {
      guard connection.isAlive else { throw error }
      answer = false
    }
    known[name] = answer
    return answer
  }

  private static func check(
    _ expression: Expression, _ table: TableFacts, _ frame: PlannerFrame, _ connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    switch expression {
    case .column, .constant: return true
    case .call(let schema, let name, let arguments):
      for argument in arguments where try !check(argument, table, frame, connection) { return false }
      let types = try types(arguments, table, frame, connection)
      return try ask(
        function, [name, ArrayText.write(schema.map { [$0] } ?? frame.schemas), ArrayText.write(types)], connection)
    case .operation(let schema, let name, let left, let right):
      for part in [left, right].compactMap({ $0 }) where try !check(part, table, frame, connection) { return false }
      let types = try types([left, right].compactMap { $0 }, table, frame, connection)
      return try ask(
        operation,
        [
          name, ArrayText.write(schema.map { [$0] } ?? frame.schemas),
          ArrayText.write(left == nil ? ["4294967295"] + types : types),
        ],
        connection)
    case .cast(let inner, _):
      guard try check(inner, table, frame, connection) else { return false }
      if inner.constant != nil, case .constant(.text)? = Optional(inner) {
        // A literal is read when the index is made; whether its input function is immutable decides.
        let target = try types([expression], table, frame, connection)
        return try ask(cast, [ArrayText.write(["25"] + target)], connection)
      }
      return try ask(cast, [ArrayText.write(try types([inner, expression], table, frame, connection))], connection)
    case .coalesce(let parts):
      for part in parts where try !check(part, table, frame, connection) { return false }
      return true
    case .parameter, .list, .moment, .either, .other: return false
    }
  }

  /// The types of expressions, as the server resolves them; "0" for a bare literal, which fits itself to the others.
  private static func types(
    _ expressions: [Expression], _ table: TableFacts, _ frame: PlannerFrame, _ connection: borrowing Connection
  ) throws(PostgresError) -> [String?] {
    let texts = expressions.compactMap { $0.sql }
    guard texts.count == expressions.count, !texts.isEmpty else { return [] }
    try frame.enter(connection)
    try connection.prepare("", "SELECT \(texts.joined(separator: ", ")) FROM \(table.displayName)")
    let described = try connection.describePrepared("")
    _ = try connection.rows("SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)")
    return expressions.enumerated().map { place, expression in
      if case .constant(.text) = expression { return "0" }
      return String(described.typeOID(place))
    }
  }

  private static func ask(
    _ query: String, _ parameters: [String?], _ connection: borrowing Connection
  ) throws(PostgresError) -> Bool {
    guard let row = try connection.rows(query, parameters).first else { return false }
    return (row["exact"] ?? row["every"]) == "t"
  }
}
