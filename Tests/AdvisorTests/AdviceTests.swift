import Medic
import Postgres
import Sandbox
import Testing

@testable import Advisor

/// Statements with one right answer each. The advised index is really made, and the planner's own cost must fall.
@Suite(.serialized) struct AdviceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let statement: String
    let indexes: [String]
    /// The cost with the indexes made is at most this share of the cost before.
    var share = 0.5

    init(_ statement: String, _ indexes: String..., share: Double = 0.5) {
      self.statement = statement
      self.indexes = indexes
      self.share = share
    }

    var testDescription: String { statement }
  }

  static let cases: [Case] = [
    Case("SELECT * FROM orders WHERE customer_id = 42", "(customer_id)"),
    Case(
      "SELECT * FROM orders WHERE customer_id = 42 AND placed_at >= '2025-01-05' AND placed_at < '2025-01-06'",
      "(customer_id, placed_at)", share: 0.1),
    Case(
      "SELECT * FROM orders WHERE customer_id = 42 ORDER BY placed_at DESC LIMIT 5", "(customer_id, placed_at)",
      share: 0.1),
    Case(
      "SELECT * FROM orders ORDER BY shipped_at DESC NULLS LAST LIMIT 10", "(shipped_at DESC NULLS LAST)", share: 0.01),
    Case("SELECT * FROM orders ORDER BY total, placed_at DESC LIMIT 10", "(total, placed_at DESC)", share: 0.05),
    Case("SELECT * FROM orders WHERE customer_id IN (3, 5, 9)", "(customer_id)"),
    Case(
      "SELECT * FROM orders WHERE shipped_at IS NULL AND customer_id = 9", "(customer_id) WHERE shipped_at IS NULL",
      share: 0.1),
    Case(
      "SELECT * FROM orders WHERE status = 'open' ORDER BY placed_at LIMIT 10", "(placed_at) WHERE status = 'open'",
      share: 0.1),
    Case("SELECT * FROM customer WHERE lower(email) = 'user5@example.com'", "(lower(email))", share: 0.1),
    Case("SELECT * FROM customer WHERE email LIKE 'User1234%'", "(email text_pattern_ops)", share: 0.6),
    Case("SELECT * FROM customer WHERE profile @> '{\"visits\": 5}'", "USING gin (profile jsonb_path_ops)", share: 0.3),
    Case("SELECT * FROM customer WHERE tags @> ARRAY['t17']", "USING gin (tags)", share: 0.5),
    Case("SELECT * FROM customer WHERE (profile ->> 'visits') = '12'", "((profile ->> 'visits'))", share: 0.5),
    Case(
      "SELECT * FROM orders WHERE customer_id = 5 OR total = 7", "(customer_id)", "(total)"),
    Case("SELECT max(placed_at) FROM orders WHERE customer_id = 7", "(customer_id, placed_at)", share: 0.05),
    Case(
      "SELECT * FROM customer AS c JOIN orders AS o ON o.customer_id = c.id WHERE c.email = 'User7@Example.com'",
      "(customer_id)", "(email)"),
    Case("WITH o AS (SELECT * FROM orders) SELECT * FROM o AS x WHERE x.customer_id = 3", "(customer_id)"),
    Case("SELECT * FROM recent WHERE buyer = 3", "(customer_id)"),
    Case(
      "SELECT * FROM (SELECT * FROM orders UNION ALL SELECT * FROM orders) AS u WHERE u.customer_id = 3",
      "(customer_id)"),
    Case(
      "SELECT c.id FROM customer AS c WHERE c.id < 20 AND EXISTS (SELECT 1 FROM orders AS o WHERE o.customer_id = c.id AND o.total = 3)",
      "(total) INCLUDE (customer_id)", share: 0.1),
    Case("SELECT * FROM event WHERE id = 7", "(id)", share: 0.1),
    Case("UPDATE orders SET note = 'x' WHERE customer_id = 77 AND total = 76", "(total, customer_id)", share: 0.1),
    Case("DELETE FROM \"Mixed Case\" AS m WHERE m.\"Customer Id\" = 5", "(\"Customer Id\")"),
  ]

  private static func holds(_ test: Case, _ lab: borrowing Lab) throws {
    let report = try lab.advise(test.statement)
    #expect(report.indexes == test.indexes.sorted(), "\(report.summary)")
    #expect(report.notAssessed.isEmpty)
    let before = try lab.cost(test.statement)
    try lab.apply(report)
    let after = try lab.cost(test.statement)
    #expect(after <= before * test.share, "\(before) → \(after)")
    try lab.undo(report)
    #expect(try lab.connection.rows("SELECT 1 FROM pg_catalog.pg_class WHERE relname ~ '^index_'").isEmpty)
    for finding in report.findings { #expect(finding["cost_before"] != nil && finding["est_size_bytes"] != nil) }
  }

  @Test func theModelIsRight() throws {
    let lab = try Lab.made("advise_model")
    for test in Self.cases { try Self.holds(test, lab) }
    let report = try lab.advise(Self.cases[0].statement)
    #expect(report.findings.first?["method"] == "estimated by a model")
    #expect(report.notes.contains { $0.contains("HypoPG is not installed") })
  }

  @Test func hypopgIsRight() throws {
    let lab = try Lab.made("advise_hypopg", extensions: ["hypopg"])
    guard try Lab.hasAvailable("hypopg", lab.connection) else { return }
    for test in Self.cases { try Self.holds(test, lab) }
    let report = try lab.advise(Self.cases[0].statement)
    #expect(report.findings.first?["method"] == "HypoPG")
    #expect(try lab.connection.rows("SELECT * FROM hypopg_list_indexes").isEmpty)
  }

  /// The recorded workload of the demo: what is planted there is found, keyed lookups are left alone.
  @Test func theDemosWorkloadIsServed() throws {
    let parameters = try SharedCluster.demo().connectionParameters(database: "demo")
    let connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    let report = try Lab.advise(connection, nil)
    let found = report.findings.map { "\($0.object.displayName) \($0["index"]?.text ?? "")" }
    #expect(found.contains { $0.hasPrefix("shop.orders (customer_id") })
    #expect(found.contains { $0.hasPrefix("shop.order_line (product_id") })
    #expect(found.contains("shop.orders (status, placed_at)"))
    #expect(found.contains("shop.customer USING gin (profile jsonb_path_ops)"))
    #expect(!found.contains { $0.contains("(id)") || $0.contains("(email)") || $0.contains("(order_id)") }, "\(found)")
    #expect(report.notAssessed.isEmpty)
    #expect(report.notes.contains { $0.contains("pg_trgm") })
  }

  @Test func patternsInsideATextNeedTrigrams() throws {
    let lab = try Lab.made("advise_trigrams")
    let statement = "SELECT * FROM customer WHERE name ILIKE '%c4ca42%'"
    let without = try lab.advise(statement)
    #expect(without.findings.isEmpty)
    #expect(without.summary.contains("pg_trgm"))
    guard try Lab.hasAvailable("pg_trgm", lab.connection) else { return }
    try lab.connection.execute("CREATE EXTENSION pg_trgm")
    try Self.holds(Case(statement, "USING gin (name public.gin_trgm_ops)"), lab)
  }
}
