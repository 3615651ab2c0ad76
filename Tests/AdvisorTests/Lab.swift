import Medic
import Postgres
import Sandbox

@testable import Advisor

/// A database with tables that have one right answer to each question, on the tests' server.
struct Lab: ~Copyable {
  let connection: Connection
  let name: String

  private init(_ name: String, _ connection: consuming Connection) {
    self.name = name
    self.connection = connection
  }

  /// A new one, with `extensions` as far as the server has them.
  static func made(_ name: String, extensions: [String] = []) throws -> Lab {
    let parameters = try SharedCluster.empty().freshDatabase(named: name)
    let lab = Lab(name, try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) }))
    // Without waiting for its WAL a commit isn't known to be safe at once, and VACUUM marks no page as all visible.
    try lab.connection.execute("SET synchronous_commit = on")
    for statement in Lab.schema { try lab.connection.execute(statement) }
    try lab.connection.execute("RESET synchronous_commit")
    for one in extensions where try Lab.hasAvailable(one, lab.connection) {
      try lab.connection.execute("CREATE EXTENSION \(one)")
    }
    return lab
  }

  static func hasAvailable(_ name: String, _ connection: borrowing Connection) throws -> Bool {
    try !connection.rows("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = $1", [name]).isEmpty
  }

  /// Another session in the same database.
  func connect(user: String? = nil) throws -> Connection {
    let parameters = try SharedCluster.empty().connectionParameters(database: name, user: user)
    return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  func advise(_ text: String?, _ written: [(name: String, value: String)] = []) throws -> Report {
    try Lab.advise(connection, text, written)
  }

  static func advise(
    _ connection: borrowing Connection, _ text: String?, _ written: [(name: String, value: String)] = []
  ) throws -> Report {
    let options = try Options(written, for: Advise.allOptions)
    return try Advise().report(connection, Request(options: options, text: text))
  }

  /// The planner's cost of a statement as things are.
  func cost(_ text: String) throws -> Double {
    let line = try connection.rows("EXPLAIN \(text)").first?["QUERY PLAN"] ?? ""
    guard let start = line.firstRange(of: ".."), let end = line.firstRange(of: " rows=") else { return -1 }
    return Double(line[start.upperBound..<end.lowerBound]) ?? -1
  }

  /// Makes what is advised, one statement at a time, and analyzes, so that expressions have statistics.
  func apply(_ report: Report) throws {
    for finding in report.findings {
      for statement in finding.remedy?.sql ?? [] { try connection.execute(statement) }
    }
    try connection.execute("ANALYZE orders; ANALYZE customer; ANALYZE \"Mixed Case\"; ANALYZE event")
  }

  func undo(_ report: Report) throws {
    for finding in report.findings {
      for statement in finding.remedy?.undo ?? [] { try connection.execute(statement) }
    }
  }

  private static let schema = [
    """
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL,
      status text NOT NULL, total numeric(10, 2), placed_at timestamptz NOT NULL, shipped_at timestamptz, note text);
    INSERT INTO orders (customer_id, status, total, placed_at, shipped_at, note)
    SELECT 1 + i * 7919::bigint % 400, CASE WHEN i % 50 = 0 THEN 'open' WHEN i % 3 = 0 THEN 'paid' ELSE 'shipped' END,
      i % 1000, timestamptz '2025-01-01 00:00+00' + (i * 37 % 20000) * interval '1 minute',
      CASE WHEN i % 60 > 0 THEN timestamptz '2025-02-01 00:00+00' + (i * 41 % 20000) * interval '1 minute' END, md5(i::text)
    FROM generate_series(1, 20000) i
    """,
    """
    CREATE TABLE customer (id bigint PRIMARY KEY, email text NOT NULL, name text, profile jsonb, tags text[], age int);
    INSERT INTO customer SELECT i, 'User' || (i * 7919 % 20011) || '@Example.com', 'name ' || md5(i::text),
      jsonb_build_object('plan', i % 5, 'visits', i % 997), ARRAY['t' || i % 300, 'u' || i % 7], i % 90
    FROM generate_series(1, 20000) i
    """,
    """
    CREATE TABLE "Mixed Case" ("Id" bigint PRIMARY KEY, "Customer Id" bigint, "order" int, pad text);
    INSERT INTO "Mixed Case" SELECT i, i % 5000, i % 3, repeat('x', 40) FROM generate_series(1, 20000) i
    """,
    "CREATE TABLE tiny (id int, a int); INSERT INTO tiny SELECT i, i FROM generate_series(1, 500) i",
    """
    CREATE VIEW recent AS SELECT o.customer_id AS buyer, o.total, o.status, o.placed_at, o.shipped_at, o.note
    FROM orders AS o WHERE o.total IS NOT NULL
    """,
    "CREATE FUNCTION folded(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT lower($1)'",
    """
    CREATE TABLE event (id bigint, at timestamptz NOT NULL, value float8, kind int) PARTITION BY RANGE (at);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2025-02-01 00:00+00');
    CREATE TABLE event_2 PARTITION OF event FOR VALUES FROM ('2025-02-01 00:00+00') TO ('2025-03-01 00:00+00');
    INSERT INTO event SELECT i, timestamptz '2025-01-01 00:00+00' + i * interval '2 minutes', i, i % 9
    FROM generate_series(1, 40000) i
    """,
    "VACUUM ANALYZE event", "VACUUM ANALYZE orders", "VACUUM ANALYZE customer", "VACUUM ANALYZE \"Mixed Case\"",
    "VACUUM ANALYZE tiny",
  ]
}

extension Report {
  /// What is advised, without the table, in order.
  var indexes: [String] { findings.map { $0["index"]?.text ?? "" }.sorted() }
}
