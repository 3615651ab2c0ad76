/// DDL behind a transaction that somebody forgot, and everybody else behind the DDL.
struct LockQueue: Lab {
  let id = "lock-timeout-index"
  let title = "An index build gave up, and now every query on one table hangs"
  let situation = """
    The migration of "tickets" first failed with "canceling statement due to lock timeout" while it built an index. It \
    went on with its next statement, an ALTER TABLE, which doesn't come back. Since then the web site's queries on \
    "tickets" hang as well, one after the other.

    Billing has a transaction open on "invoices": an hour of work that nobody wants to do again. The web site's queries \
    have to get their answers.

    Get "tickets" going again, and leave nothing half-built behind.
    """
  let hints = [
    "Who waits, and for whom? \\locks draws it; pg_blocking_pids() tells for each waiting session. The one to look at "
      + "blocks somebody and waits for nobody.",
    "The root is idle in transaction: it has forgotten its COMMIT, and cancelling does nothing to it. Those who wait in "
      + "the middle are victims.",
    "pg_terminate_backend() on that one session. Then look for what the failed build left: SELECT indexrelid::regclass "
      + "FROM pg_index WHERE NOT indisvalid; DROP INDEX CONCURRENTLY.",
  ]
  let ripeAfter = 11

  private func tickets(_ scene: Scene) -> Int { scene.figure("tickets", in: 8000...12000) }

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    try scene.makeRoles("lab_support", "lab_billing", "lab_web", "lab_migrator")
    try scene.link().run(
      """
      CREATE TABLE tickets (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, subject text NOT NULL);
      INSERT INTO tickets (status, subject)
      SELECT (ARRAY['open', 'waiting', 'closed', 'closed'])[1 + i % 4], 'ticket ' || i
      FROM generate_series(1, \(tickets(scene))) i;
      ALTER TABLE tickets OWNER TO lab_migrator;
      GRANT ALL ON tickets TO PUBLIC;
      CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric(10, 2) NOT NULL)
      """)
    let root = try scene.enter("support-desk", as: "lab_support")
    try root.run("BEGIN; UPDATE tickets SET status = 'claimed' WHERE id = 17")
    let innocent = try scene.enter("billing", as: "lab_billing")
    try innocent.run("BEGIN; INSERT INTO invoices (amount) SELECT i FROM generate_series(1, 500) i")
    let migration = try scene.enter("migration", as: "lab_migrator")
    try migration.run("SET lock_timeout = '200ms'")
    try migration.fails("CREATE INDEX CONCURRENTLY tickets_status ON tickets (status)", with: "55P03")
    try migration.run("SET lock_timeout = 0")
    try migration.send("ALTER TABLE tickets ADD COLUMN due date")
    try scene.wait(for: "the ALTER TABLE waits", Self.waiting(at: 1))
    let readers = scene.figure("readers", in: 3...6)
    for number in 1...readers {
      try scene.enter("web-\(number)", as: "lab_web").send("SELECT count(*) FROM tickets WHERE status = 'open'")
    }
    try scene.wait(for: "readers wait", Self.waiting(at: readers + 1))
  }

  private static func waiting(at least: Int) -> String {
    "SELECT count(*) >= \(least) FROM pg_stat_activity WHERE datname = 'lab' AND wait_event_type = 'Lock'"
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    for player in scene.players {
      switch player.name {
      case "support-desk", "migration": break
      case "billing":
        let state = try player.state(server)
        verdict.keeps(
          state == "idle in transaction",
          "billing's transaction is gone: nothing waited for it" + (state.map { " (it is \($0) now)" } ?? ""))
      default:
        let isThere = try player.state(server) != nil
        verdict.keeps(isThere, "the web site's session \(player.name) was ended: it only waited")
        if isThere, let failure = try player.failure(server) {
          verdict.keeps(false, "the query of \(player.name) got no answer: \(failure.prefix { $0 != "\n" })")
        }
      }
    }
    guard try server.says("to_regclass('tickets') IS NOT NULL") else {
      verdict.keeps(false, "the table tickets is gone")
      return verdict
    }
    let waiting = try server.count(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = 'lab' AND wait_event_type = 'Lock'")
    verdict.wants(waiting == 0, "\(waiting) sessions wait for a lock")
    let invalid = try server.run(
      "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'tickets'::regclass AND NOT indisvalid ORDER BY 1")
    verdict.wants(invalid.isEmpty, "tickets has an invalid index: \(invalid.joined(separator: ", "))")
    // counting reads the table, and would wait behind what still waits
    if waiting == 0 {
      let gone = try tickets(scene) - server.count("SELECT count(*) FROM tickets")
      verdict.keeps(gone <= 0, "\(gone) tickets are gone")
    }
    return verdict
  }
}
