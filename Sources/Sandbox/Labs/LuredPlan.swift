/// A new index that looks cheaper for ORDER BY … LIMIT, and is walked almost to its end.
struct LuredPlan: Lab {
  let id = "plan-regression"
  let title = "A page that was quick takes a hundred times as long since yesterday"
  let situation = """
    Customer 42 complains: the page of their first parcels has become slow. It runs

    SELECT id, label FROM parcels WHERE customer_id = 42
    ORDER BY created_at LIMIT 10

    Yesterday's release added the index parcels_created_at, "for a report that may come". Nothing else has changed, and \
    the data are the same. Other customers' pages, which look parcels up by customer, are as quick as ever.

    Make the page quick again for good, not for one session.
    """
  let hints = [
    "EXPLAIN (ANALYZE, BUFFERS) of the query: how many buffers, and how many rows are thrown away by a filter?",
    "The planner walks parcels_created_at hoping to meet ten rows of customer 42 soon; they are all at its far end. The "
      + "estimate is right, so ANALYZE changes nothing.",
    "Either drop the index that lures (DROP INDEX CONCURRENTLY parcels_created_at), or give the query the one that it "
      + "wants: CREATE INDEX CONCURRENTLY ON parcels (customer_id, created_at).",
  ]

  private func parcels(_ scene: Scene) -> Int { scene.figure("parcels", in: 50000...60000) }
  private let page = "SELECT id, label FROM parcels WHERE customer_id = 42 ORDER BY created_at LIMIT 10"
  /// Eleven before the new index, some 1300 with it, each measured.
  private let most = 100

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    try scene.makeRoles("lab_app")
    let count = parcels(scene)
    // a session of its own: what it has counted must have arrived before VACUUM counts anew
    try scene.link().run(
      """
      CREATE TABLE parcels (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id int NOT NULL,
        created_at timestamptz NOT NULL, label text NOT NULL) WITH (autovacuum_enabled = off);
      INSERT INTO parcels (customer_id, created_at, label)
      SELECT CASE WHEN i > \(count - 400) THEN 42 ELSE 101 + i * 7919::bigint % 150 END,
        timestamptz '2025-01-01 00:00+00' + i * interval '1 minute', repeat(md5(i::text), 3)
      FROM generate_series(1, \(count)) i;
      CREATE INDEX parcels_customer_id ON parcels (customer_id)
      """)
    let server = try scene.link()
    try server.run("VACUUM ANALYZE parcels")
    let before = try buffers(of: page, scene)
    guard before <= most else {
      throw .statement(page, message: "the incident did not come about: it reads \(before) buffers already")
    }
    try server.run("CREATE INDEX parcels_created_at ON parcels (created_at)")
    let after = try buffers(of: page, scene)
    guard after > most else {
      throw .statement(page, message: "the incident did not come about: it reads \(after) buffers only")
    }
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    guard try server.says("to_regclass('parcels') IS NOT NULL") else {
      verdict.keeps(false, "the table parcels is gone")
      return verdict
    }
    let gone = try parcels(scene) - server.count("SELECT count(*) FROM parcels")
    verdict.keeps(gone <= 0, "\(gone) parcels are gone")
    verdict.keeps(
      try server.says(
        "EXISTS (SELECT FROM pg_index WHERE indrelid = 'parcels'::regclass AND indisprimary AND indisvalid)"),
      "the primary key of parcels is gone")
    let app = try Link(socketDirectory: scene.socketDirectory, database: Scene.database, user: "lab_app")
    let off = try app.run(
      "SELECT name FROM pg_settings WHERE name ^@ 'enable_' AND reset_val = 'off' AND boot_val = 'on'")
    verdict.keeps(off.isEmpty, "the planner may not choose freely any more: \(off.joined(separator: ", ")) off")
    let read = try buffers(of: page, scene)
    verdict.wants(read <= most, "customer 42's page reads \(read) buffers")
    // a customer's rows lie all over the table: by an index some 350 of its pages are read, else all of them
    let others = try server.run("EXPLAIN SELECT id, label FROM parcels WHERE customer_id = 107").joined()
    verdict.keeps(!others.contains("Seq Scan"), "other customers' pages read the whole table now")
    return verdict
  }

  /// The buffers that a query reads when the application runs it.
  private func buffers(of query: String, _ scene: Scene) throws(SandboxError) -> Int {
    let app = try Link(socketDirectory: scene.socketDirectory, database: Scene.database, user: "lab_app")
    let plan = try app.run("EXPLAIN (ANALYZE, BUFFERS, TIMING off) \(query)")
    guard let line = plan.first(where: { $0.contains("Buffers: shared") }) else { return 0 }
    return line.split(separator: " ").reduce(0) { sum, word in
      guard word.hasPrefix("hit=") || word.hasPrefix("read=") else { return sum }
      return sum + (word.split(separator: "=").last.flatMap { Int($0) } ?? 0)
    }
  }
}
