import Medic
import Postgres
import Testing

@testable import Advisor

/// What must not be advised, and what can't be judged and has to be said.
@Suite(.serialized) struct RestraintTests {
  @Test func nothingIsAdvisedWhereNothingHelps() throws {
    let lab = try Lab.made("advise_nothing", extensions: ["hypopg"])
    let cases: [(statement: String, reason: String)] = [
      ("SELECT * FROM orders WHERE status = 'shipped'", "too many rows"),
      ("SELECT * FROM orders WHERE total >= 0", "too many rows"),
      ("SELECT * FROM orders WHERE id = 5", "orders_pkey is there already"),
      ("SELECT * FROM tiny WHERE a = 5", "tiny (3 pages)"),
      ("SELECT id FROM customer WHERE folded(email) = 'x'", "not immutable"),
      ("SELECT id FROM orders WHERE placed_at::date = '2025-01-02'", "not immutable"),
      ("SELECT id FROM customer WHERE age = 5.5", "casts the column"),
      ("SELECT count(*) FROM orders", "no condition, join or order"),
      ("SELECT 1", "no condition, join or order"),
    ]
    for (statement, reason) in cases {
      let report = try lab.advise(statement)
      #expect(report.findings.isEmpty, "\(statement): \(report.indexes)")
      #expect(report.summary.contains(reason), "\(statement): \(report.summary)")
      #expect(report.notAssessed.isEmpty, "\(statement)")
    }
  }

  @Test func writersCanCostMoreThanReadersGain() throws {
    let lab = try Lab.made("advise_writes")
    func workload(_ inserts: Int) -> String {
      """
      -- calls: \(inserts)
      INSERT INTO orders (customer_id, status, placed_at) VALUES (1, 'open', now());
      SELECT * FROM orders WHERE customer_id = 42;
      """
    }
    #expect(try lab.advise(workload(1)).indexes == ["(customer_id)"])
    let report = try lab.advise(workload(1_000_000))
    #expect(report.findings.isEmpty)
    #expect(report.summary == "no index is advised: none would help enough")
    let rejected = report.figures.first { $0.name == "not_advised" }
    guard case .table(_, let rows)? = rejected?.content else {
      Issue.record("no figure of what was not advised")
      return
    }
    #expect(rows.contains { $0.last == "writes would cost more than reads gain" })
  }

  @Test func budgetAndNumberLimitTheSet() throws {
    let lab = try Lab.made("advise_budget")
    let workload = """
      -- calls: 100
      SELECT * FROM orders WHERE customer_id = 42;
      SELECT * FROM orders WHERE total = 42;
      """
    #expect(try lab.advise(workload).indexes == ["(customer_id)", "(total)"])
    #expect(try lab.advise(workload, [("max", "1")]).indexes == ["(customer_id)"])
    #expect(try lab.advise(workload, [("budget", "300kB")]).indexes == ["(customer_id)"])
    #expect(try lab.advise(workload, [("budget", "8kB")]).findings.isEmpty)
  }

  @Test func oneIndexServesSeveralStatements() throws {
    let lab = try Lab.made("advise_shared")
    let report = try lab.advise(
      """
      SELECT * FROM orders WHERE customer_id = 42 AND placed_at > '2025-01-14';
      SELECT * FROM orders WHERE customer_id = 43 ORDER BY placed_at DESC LIMIT 3;
      SELECT * FROM orders WHERE customer_id = 44;
      """)
    #expect(report.indexes == ["(customer_id, placed_at)"])
    #expect(report.findings.first?["statements"] == "1, 2, 3")
  }

  @Test func whatCannotBeJudgedIsSaid() throws {
    let lab = try Lab.made("advise_unjudged")
    let unparsable = try lab.advise("SELEC 1 FROM orders")
    #expect(unparsable.notAssessed.count == 1)
    #expect(unparsable.notAssessed.first?.reason.contains("syntax error") == true)
    let unknown = try lab.advise("SELECT * FROM nowhere WHERE a = 1")
    #expect(unknown.notAssessed.first?.reason.contains("relation \"nowhere\" does not exist") == true)
    for command in ["VACUUM orders", "CREATE INDEX ON orders (total)", "SET work_mem = '1MB'"] {
      let report = try lab.advise(command)
      #expect(report.findings.isEmpty)
      #expect(report.summary == "no statement to judge: commands that an index can't help")
    }
    let recorded = try lab.advise(nil)
    #expect(recorded.notAssessed.first?.reason.contains("CREATE EXTENSION pg_stat_statements") == true)
    #expect(throws: PostgresError.self) { try lab.advise("SELECT 1", [("verify", "on")]) }
    #expect(throws: PostgresError.self) { try lab.advise(nil, [("file", "/nonexistent")]) }
  }

  @Test func aPlainRoleIsToldWhatItMayNot() throws {
    let lab = try Lab.made("advise_plain")
    try lab.connection.execute(
      """
      DO $$ BEGIN CREATE ROLE advise_plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      GRANT SELECT ON customer TO advise_plain
      """)
    let session = try lab.connect(user: "advise_plain")
    let refused = try Lab.advise(session, "SELECT * FROM orders WHERE customer_id = 42")
    #expect(refused.findings.isEmpty)
    #expect(refused.notAssessed.first?.reason.contains("permission denied for table orders") == true)
    let allowed = try Lab.advise(session, "SELECT id FROM customer WHERE email = 'x'")
    #expect(allowed.indexes == ["(email)"])
    #expect(allowed.rights == "plain role")
  }

  @Test func aLockedTableIsSkipped() throws {
    let lab = try Lab.made("advise_locked")
    let other = try lab.connect()
    try other.execute("BEGIN; LOCK TABLE orders")
    let report = try lab.advise("SELECT * FROM orders WHERE customer_id = 42; SELECT * FROM customer WHERE email = 'x'")
    #expect(report.indexes == ["(email)"])
    #expect(report.notAssessed.contains { $0.reason.contains("locked by another session") })
  }

  @Test func parametersArePlannedGenerically() throws {
    let lab = try Lab.made("advise_parameters", extensions: ["hypopg"])
    let report = try lab.advise("SELECT * FROM orders WHERE customer_id = $1 AND placed_at > $2")
    #expect(report.indexes == ["(customer_id, placed_at)"])
    #expect(report.notAssessed.isEmpty)
    #expect(try lab.connection.rows("SELECT name FROM pg_catalog.pg_prepared_statements").isEmpty)
    // A second statement is no statement of ours to send.
    let two = try lab.advise("SELECT * FROM orders WHERE note = $1 AND placed_at > now() - interval $2")
    #expect(two.notAssessed.isEmpty)
    #expect(two.indexes == ["(note)"])
  }

  @Test func nothingIsExecutedAndNothingLeft() throws {
    let lab = try Lab.made("advise_harmless", extensions: ["hypopg"])
    let hasHypoPG = try Lab.hasAvailable("hypopg", lab.connection)
    if hasHypoPG {
      try lab.connection.execute("SELECT hypopg_create_index('CREATE INDEX ON tiny (a)')")
    }
    try lab.connection.execute("SET search_path = public; SET work_mem = '5MB'")
    let text = """
      DELETE FROM orders WHERE customer_id = 42; UPDATE orders SET note = 'gone' WHERE total = 5;
      WITH d AS (DELETE FROM customer WHERE age = 3 RETURNING id) SELECT * FROM d; SELECT 1/0 FROM orders WHERE note = 'x'
      """
    let before = try state(lab)
    let report = try lab.advise(text)
    #expect(report.findings.contains { $0["index"] == "(customer_id)" })
    #expect(try state(lab) == before)
    if hasHypoPG {
      #expect(try lab.connection.rows("SELECT * FROM hypopg_list_indexes").count == 1)
      #expect(report.notes.contains { $0.contains("1 hypothetical index of this session") })
    }
    // Inside a transaction of the user's, too, which stays as it was.
    try lab.connection.execute("BEGIN; CREATE TABLE mine AS SELECT * FROM orders")
    let inside = try lab.advise("SELECT * FROM orders WHERE customer_id = 42")
    #expect(inside.indexes == ["(customer_id)"])
    #expect(lab.connection.transactionStatus == .inTransaction)
    #expect(try lab.connection.rows("SELECT 1 FROM mine LIMIT 1").count == 1)
    try lab.connection.execute("ROLLBACK")
  }

  private func state(_ lab: borrowing Lab) throws -> [String] {
    let row = try lab.connection.rows(
      """
      SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM customer) AS customers,
        (SELECT count(*) FROM orders WHERE note = 'gone') AS gone, current_setting('search_path') AS path,
        current_setting('work_mem') AS mem, current_setting('plan_cache_mode') AS mode,
        (SELECT count(*) FROM pg_prepared_statements) AS prepared
      """
    ).first
    return ["orders", "customers", "gone", "path", "mem", "mode", "prepared"].map { row?.text($0) ?? "" }
  }
}
