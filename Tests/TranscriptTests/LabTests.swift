import Glibc
import Sandbox
import Testing

/// The incidents of `\lab`: each is provoked on a server of its own, cured by its playbook, and not to be "cured" by
/// breaking something.
@Suite struct LabTests {
  /// A server and the incident on it.
  private final class Stage {
    let cluster: Cluster
    private(set) var incident: Incident

    init(_ id: String) throws {
      cluster = try Cluster.start(ClusterOptions(prefix: "pgmedic-lab-\(getpid())"))
      incident = try Incident(try #require(Labs.named(id)), on: cluster)
    }

    /// Runs commands with the built program in the incident's database, or on its standby.
    @discardableResult
    func run(_ commands: String..., onStandby: Bool = false) throws -> Program.Outcome {
      let parameters = onStandby ? try #require(incident.standbyParameters) : incident.connectionParameters
      var program = Program.on(parameters)
      // a cure that hangs shall fail
      program.environment["PGOPTIONS"] = "-c lock_timeout=20s"
      return program.run(["-X", "-q", "-A", "-t"] + commands.flatMap { ["-c", $0] })
    }

    /// Starts over.
    func reset() throws {
      incident.end()
      incident = try Incident(incident.lab, on: cluster)
    }

    /// What a wrong cure is judged; then it starts over.
    func lost(by commands: String..., onStandby: Bool = false) throws -> String {
      for command in commands {
        let outcome = try run(command, onStandby: onStandby)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      // an ended session is there for a moment longer
      for _ in 0..<100 where incident.verdict().lost.isEmpty { usleep(20_000) }
      let lost = incident.verdict().lost.joined(separator: "; ")
      try reset()
      return lost
    }

    /// Goes through the playbook without being asked, and looks what the server says of it.
    func play(_ arguments: String, onStandby: Bool = false) async throws {
      #expect(!incident.verdict().remains.isEmpty)
      #expect(incident.verdict().lost.isEmpty)
      while !incident.isRipe { try await Task.sleep(for: .milliseconds(100)) }
      let outcome = try run("\\play (confirm=on) \(incident.lab.id) \(arguments)", onStandby: onStandby)
      #expect(outcome.errors == "")
      #expect(outcome.output.hasSuffix("\(incident.lab.id): all checks hold.\n"))
      #expect(incident.verdict() == Verdict())
    }
  }

  @Test func aFailedMigrationLeavesAnInvalidIndex() async throws {
    let stage = try Stage("migration-failed-midway")
    // the framework's rollback, which undoes the migration before
    #expect(
      try stage.lost(
        by: "ALTER TABLE orders DROP COLUMN channel; DELETE FROM schema_migrations WHERE version = '20260401190000'")
        == "the migration before it, with the column channel, has been undone")
    #expect(
      try stage.lost(
        by: "DELETE FROM orders WHERE number IN (SELECT number FROM orders GROUP BY 1 HAVING count(*) > 1)"
      )
      .hasSuffix(" orders are gone; of each one had to stay"))
    #expect(
      try stage.lost(
        by: "UPDATE pg_index SET indisvalid = true, indisready = true WHERE indexrelid = 'orders_number_key'::regclass"
      )
      .contains("changed by hand"))
    #expect(try stage.lost(by: "DROP TABLE orders") == "the table orders is gone")
    try await stage.play("table=orders")
  }

  @Test func aForgottenTransactionHoldsUpEverybody() async throws {
    let stage = try Stage("lock-timeout-index")
    let ended = try stage.lost(
      by: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'lab'")
    #expect(ended.contains("billing's transaction is gone") && ended.contains("web-1 was ended"))
    #expect(
      try stage.lost(by: "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'web-2'")
        .contains("web-2 got no answer"))
    try await stage.play("table=tickets")
  }

  @Test func temporaryFilesFillTheVolume() async throws {
    let stage: Stage
    do {
      stage = try Stage("disk-full")
    } catch SandboxError.cannotMake(_, let reason) {
      // where the system lets nobody make a volume, the lab says so
      #expect(reason.contains("namespaces"))
      return
    }
    #expect(try stage.lost(by: "DROP TABLE payments") == "the table payments is gone")
    #expect(
      try stage.lost(by: "DELETE FROM orders WHERE id % 2 = 0").contains("rows of orders are gone"))
    // what is archived elsewhere may go
    try stage.run("DROP TABLE orders_2019")
    #expect(stage.incident.verdict().isCured)
    try stage.reset()
    let spiller = try stage.run(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'quarterly-report'"
    ).output.filter { $0.isNumber }
    try await stage.play("pid=\(spiller)")
  }

  @Test func rowsBreakNewConstraints() async throws {
    let stage = try Stage("constraint-violation")
    #expect(
      try stage.lost(by: "DELETE FROM books WHERE author_id > 500 OR author_id IS NULL OR isbn IS NULL")
        .contains("books that had to stay are gone"))
    #expect(try stage.lost(by: "DELETE FROM books WHERE author_id > 500").hasSuffix("were deleted without a copy"))
    #expect(
      try stage.lost(by: "UPDATE books SET author_id = 1 WHERE author_id IS NULL AND isbn IS NOT NULL")
        .hasSuffix("anonymous books have been given an author"))
    // the constraint off is no cure
    try stage.run("ALTER TABLE books DROP CONSTRAINT books_author_id_fkey, DROP CONSTRAINT books_isbn_present")
    #expect(stage.incident.verdict().remains.contains("books has no validated foreign key to authors"))
    try stage.reset()
    try await stage.play("table=books column=author_id parent=authors null_column=isbn fill=unknown")
  }

  @Test func aNewIndexLuresThePlanner() async throws {
    let stage = try Stage("plan-regression")
    // statistics were right: that alone changes nothing
    try stage.run("ANALYZE parcels")
    #expect(!stage.incident.verdict().isCured)
    #expect(
      try stage.lost(by: "ALTER DATABASE lab SET enable_indexscan = off").contains("enable_indexscan off"))
    #expect(
      try stage.lost(by: "DROP INDEX parcels_created_at, parcels_customer_id")
        == "other customers' pages read the whole table now")
    // another way than the playbook's
    try stage.run("CREATE INDEX CONCURRENTLY ON parcels (customer_id, created_at)")
    #expect(stage.incident.verdict().isCured)
    try stage.reset()
    try await stage.play("table=parcels index=parcels_created_at")
  }

  @Test func aStandbyWaitsToBeResumed() async throws {
    let stage = try Stage("replication-lag")
    #expect(
      try stage.lost(
        by: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dashboard'",
        onStandby: true) == "the dashboard's session on the standby was ended")
    #expect(
      try stage.lost(by: "SELECT pg_promote()", onStandby: true)
        == "the standby has been promoted: there is none any more")
    try await stage.play("", onStandby: true)
    let primary = try stage.run("\\play (confirm=on) replication-lag replica=walreceiver")
    #expect(primary.errors == "" && primary.output.hasSuffix("replication-lag: all checks hold.\n"))
  }

  @Test func aPoolHoldsEverySlot() async throws {
    let stage = try Stage("connection-exhaustion")
    let ended = try stage.lost(
      by: "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename ^@ 'lab_' AND pid <> pg_backend_pid()")
    #expect(ended.contains("checkout-1's work was ended") && ended.contains("report-1's work was ended"))
    #expect(
      try stage.lost(
        by: "ALTER ROLE lab_web NOLOGIN",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pool'"
      ).contains("lab_web can't connect any more"))
    let refused = Program.on(
      stage.cluster.connectionParameters(database: "lab", user: "lab_web").map { (keyword: $0.0, value: $0.1) }
    ).run(["-X", "-c", "SELECT 1"])
    #expect(refused.code == 2 && refused.errors.contains("remaining connection slots are reserved"))
    // the line for a person is for a person's screen only
    #expect(!refused.errors.contains("hint:"))
    try await stage.play("role=lab_web idle_for=1s")
  }

  /// The seed decides the figures, and nothing else does.
  @Test func theSameSeedGivesTheSameFigures() throws {
    let cluster = try Cluster.start(ClusterOptions(prefix: "pgmedic-lab-\(getpid())"))
    let lab = try #require(Labs.named("constraint-violation"))
    func complaint(_ seed: Int) throws -> [String] {
      let incident = try Incident(lab, on: cluster, seed: seed)
      defer { incident.end() }
      return incident.verdict().remains
    }
    let first = try complaint(1)
    #expect(try complaint(1) == first)
    #expect(try complaint(2) != first)
  }

  @Test func theCommandLeadsThroughAnIncident() throws {
    let outcome = Program().run(
      [
        "--sandbox", "-X", "-A", "-t", "-c", "\\lab", "-c", "\\lab check", "-c",
        "\\lab (seed=3) migration-failed-midway",
        "-c", "\\lab hint", "-c", "\\lab check", "-c", "\\play (confirm=on) migration-failed-midway table=orders", "-c",
        "\\lab check", "-c", "\\lab reset", "-c", "DROP TABLE orders", "-c", "\\lab check", "-c", "\\lab stop", "-c",
        "SELECT count(*) FROM pg_database WHERE datname = 'lab'", "-c", "\\lab nosuch",
      ], together: true)
    let output = outcome.output
    var rest = output[...]
    for text in [
      "migration-failed-midway|", "no lab is going on", "Hint 1 of 3:", "Still there:",
      "- orders has an invalid index: orders_number_key", "Cured, and everything that must stay is there.",
      "connected to database \"demo\"", "Broken, what must stay:", "- the table orders is gone", "\n0\n",
      "there is no lab \"nosuch\"",
    ] {
      let found = rest.firstRange(of: text)
      #expect(found != nil, "\(text)")
      if let found { rest = rest[found.upperBound...] }
    }
  }

  @Test func thereAreLabsInASandboxOnly() throws {
    let program = Program.on(try SharedCluster.empty().connectionParameters(database: "postgres"))
    let outcome = program.run(["-X", "-c", "\\lab lock-timeout-index"])
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("only in a sandbox: pgmedic --sandbox"))
    #expect(try SharedCluster.empty().run("SELECT count(*) FROM pg_database WHERE datname = 'lab'") == ["0"])
  }
}
