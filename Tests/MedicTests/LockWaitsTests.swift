import Postgres
import Sandbox
import Testing

@testable import Medic

/// Real sessions that wait for each other, on a server of the suite's own. Its remedies are applied: whom they promise to
/// free goes on, and nobody else is touched.
@Suite(.serialized) struct LockWaitsTests {
  private static let server = Swift.Result { try OwnServer(["max_prepared_transactions": "4"]) }

  /// A session with its name, which may have a statement under way.
  final class Party {
    let connection: Connection
    var pid: Int { Int(connection.backendPID) }
    var name: String { String(pid) }

    init(_ name: String, user: String = "postgres", database: String = "postgres") throws {
      var parameters = try LockWaitsTests.server.get().cluster.connectionParameters(database: database, user: user)
      parameters.append((keyword: "application_name", value: name))
      connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
    }

    func run(_ sql: String) throws { try connection.execute(sql) }

    /// Sends a statement and doesn't wait for it.
    func send(_ sql: String) throws { try connection.send(Array(sql.utf8)) }

    /// The SQLSTATE of what was sent, nil when it succeeded.
    func outcome() -> String? {
      var state: String?
      while let result = connection.nextResult() {
        if result.isError { state = result.serverError.sqlState }
      }
      return state
    }

    /// Whether it is still connected and in order.
    var isThere: Bool { (try? connection.execute("SELECT 1")) != nil }
  }

  private func admin() throws -> Party {
    let party = try Party("admin")
    try party.run(
      """
      DROP TABLE IF EXISTS orders, items;
      CREATE TABLE orders (id int PRIMARY KEY, v int); INSERT INTO orders VALUES (1, 0), (2, 0);
      CREATE TABLE items (id int)
      """)
    return party
  }

  /// Until a condition on pg_locks or pg_stat_activity holds.
  private func until(_ condition: String, _ admin: Party) throws {
    for _ in 0..<500 {
      if try admin.connection.rows("SELECT \(condition) AS holds").first?.flag("holds") ?? false { return }
      try admin.run("SELECT pg_sleep(0.01)")
    }
    Issue.record("never: \(condition)")
  }

  private func sendAndWait(_ party: Party, _ sql: String, _ admin: Party) throws {
    try party.send(sql)
    try until("EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pid = \(party.pid))", admin)
  }

  private func roots(_ report: Report) -> [String] {
    report.findings.filter { $0.rule == "lock-root-blocker" }.map { $0.object.name }
  }

  /// The rows of the figure by pid.
  private func waits(_ report: Report) -> [String: [String: Value]] {
    guard case .table(let columns, let rows)? = report.figures.first(where: { $0.name == "waits" })?.content else {
      return [:]
    }
    return Dictionary(
      rows.map { row in (row.first?.text ?? "", Dictionary(zip(columns, row)) { first, _ in first }) }
    ) { first, _ in first }
  }

  private func tree(_ report: Report) -> [String] {
    guard case .lines(let lines)? = report.figures.first(where: { $0.name == "tree" })?.content else { return [] }
    return lines
  }

  @Test func theModesConflictAsTheServerSays() throws {
    let (holder, other) = (try admin(), try Party("other"))
    for rank in 1...8 {
      let held = try #require(LockMode(rawValue: rank))
      try holder.run("BEGIN; LOCK TABLE items IN \(held.words) MODE")
      for otherRank in 1...8 {
        let wanted = try #require(LockMode(rawValue: otherRank))
        try other.run("BEGIN")
        let isRefused = (try? other.run("LOCK TABLE items IN \(wanted.words) MODE NOWAIT")) == nil
        try other.run("ROLLBACK")
        #expect(held.conflicts(with: wanted) == isRefused, "\(held) \(wanted)")
      }
      try holder.run("ROLLBACK")
    }
  }

  @Test func nobodyWaits() throws {
    let report = try LockWaits.look(try admin().connection)
    #expect(report.findings.isEmpty)
    #expect(report.notAssessed.isEmpty)
    #expect(report.summary == "nobody waits for a lock")
  }

  @Test func aChainHasOneRoot() throws {
    let admin = try admin()
    let (first, second, third) = (try Party("first"), try Party("second"), try Party("third"))
    try first.run("BEGIN; UPDATE orders SET v = 1 WHERE id = 1")
    try second.run("BEGIN; UPDATE orders SET v = 2 WHERE id = 2")
    try sendAndWait(second, "UPDATE orders SET v = 2 WHERE id = 1", admin)
    try sendAndWait(third, "UPDATE orders SET v = 3 WHERE id = 2", admin)
    let report = try LockWaits.look(admin.connection)
    #expect(roots(report) == [first.name])
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1)
    #expect(finding.object.kind == .session)
    #expect(finding.entry == "idle-in-transaction")
    #expect(finding["waiters"] == 2 && finding["frees"] == 2)
    #expect(finding["waiting"] == .text([second.pid, third.pid].sorted().map { String($0) }.joined(separator: ", ")))
    #expect(finding["holds"] == "row (0,1) of public.orders")
    #expect(finding["ended_by"] == "terminate")
    #expect(finding.message.hasSuffix("terminating it frees 2"))
    let rows = waits(report)
    #expect(rows[second.name]?["held_by"] == .text(first.name))
    #expect(rows[third.name]?["held_by"] == .text(second.name))
    #expect(rows[third.name]?["roots"] == .text(first.name))
    #expect(rows[third.name]?["object"] == "row (0,2) of public.orders")
    #expect(rows[third.name]?["wait_seconds"] != nil)
    let lines = tree(report)
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("\(first.name)  idle in transaction"))
    #expect(lines[0].contains("[app=first user=postgres]"))
    #expect(lines[1].hasPrefix("│  transaction open"))
    #expect(lines[2].hasPrefix("└─ \(second.name) waits"))
    #expect(lines[3].hasPrefix("   └─ \(third.name) waits"))

    #expect(try admin.connection.rows(try #require(finding.remedy).sql[0]).count == 1)
    #expect(second.outcome() == nil)
    try second.run("COMMIT")
    #expect(third.outcome() == nil)
    #expect(!first.isThere && second.isThere && third.isThere)
    #expect(try LockWaits.look(admin.connection).findings.isEmpty)
  }

  /// The reader that queues behind DDL holds nothing that blocks anybody, though the next DDL queues behind it, too.
  @Test func anInnocentReaderIsNoRoot() throws {
    let admin = try admin()
    let (holder, change) = (try Party("report"), try Party("ddl"))
    let (reader, second) = (try Party("reader"), try Party("ddl2"))
    try holder.run("BEGIN; SELECT * FROM orders")
    try sendAndWait(change, "ALTER TABLE orders ADD w int", admin)
    try sendAndWait(reader, "SELECT * FROM orders", admin)
    try sendAndWait(second, "ALTER TABLE orders ADD u int", admin)
    let report = try LockWaits.look(admin.connection)
    #expect(roots(report) == [holder.name])
    #expect(!report.findings.contains { $0.object.name == reader.name || $0.object.name == second.name })
    let rows = waits(report)
    #expect(rows[reader.name]?["held_by"] == "")
    #expect(rows[reader.name]?["queued_behind"] == .text(change.name))
    #expect(rows[reader.name]?["roots"] == .text(holder.name))
    #expect(rows[second.name]?["held_by"] == .text(holder.name))
    #expect(
      Set((rows[second.name]?["queued_behind"]?.text ?? "").split(separator: ", ").map { String($0) })
        == [change.name, reader.name])
    let head = try #require(report.findings.first { $0.rule == "lock-queue-head" })
    #expect(head.object.name == change.name)
    // The second DDL conflicts with the holder, and the reader then queues behind it.
    #expect(head["ended_by"] == "cancel")
    _ = try admin.connection.rows("SELECT pg_cancel_backend(\(second.pid))")
    #expect(second.outcome() == "57014")
    let again = try LockWaits.look(admin.connection)
    let only = try #require(again.findings.first { $0.rule == "lock-queue-head" })
    #expect(only["frees"] == 1)
    #expect(only.message.hasSuffix("1 session only queues behind it: cancelling it frees 1"))
    #expect(try admin.connection.rows(try #require(only.remedy).sql[0]).count == 1)
    #expect(change.outcome() == "57014")
    #expect(reader.outcome() == nil)
    #expect(holder.isThere && change.isThere)
    #expect(holder.connection.transactionStatus == .inTransaction)
  }

  @Test func aPreparedTransactionIsARoot() throws {
    let admin = try admin()
    try admin.run("BEGIN; LOCK TABLE items IN SHARE MODE; PREPARE TRANSACTION 'it''s'")
    try admin.run("BEGIN; LOCK TABLE orders IN SHARE MODE; PREPARE TRANSACTION 'other'")
    defer { _ = try? admin.run("ROLLBACK PREPARED 'other'") }
    let writer = try Party("writer")
    try sendAndWait(writer, "INSERT INTO items VALUES (1)", admin)
    try admin.run("DROP ROLE IF EXISTS lock_plain; CREATE ROLE lock_plain LOGIN")
    let plain = try LockWaits.look(try Party("plain", user: "lock_plain").connection)
    #expect(roots(plain) == ["it's"])
    #expect(plain.findings.first?.remedy == nil)
    #expect(plain.findings.first?.message.contains("takes role postgres or a superuser") == true)
    let report = try LockWaits.look(admin.connection)
    #expect(roots(report) == ["it's"])
    let finding = try #require(report.findings.first)
    #expect(finding["gid"] == "it's" && finding["owner"] == "postgres")
    #expect(finding.entry == "orphaned-prepared-transactions")
    #expect(waits(report)[writer.name]?["held_by"] == "prepared transaction 'it''s'")
    try admin.run(try #require(finding.remedy).sql[0])
    #expect(writer.outcome() == nil)
  }

  @Test func ofTwoRootsNeitherFreesAlone() throws {
    let admin = try admin()
    let (one, two) = (try Party("one"), try Party("two"))
    let (change, other) = (try Party("ddl"), try Party("other"))
    try one.run("BEGIN; SELECT * FROM orders")
    try two.run("BEGIN; SELECT * FROM orders; LOCK TABLE items")
    try sendAndWait(change, "ALTER TABLE orders ADD w int", admin)
    try sendAndWait(other, "SELECT * FROM items", admin)
    let report = try LockWaits.look(admin.connection)
    #expect(Set(roots(report)) == [one.name, two.name])
    let findings = Dictionary(report.findings.map { ($0.object.name, $0) }) { first, _ in first }
    #expect(findings[one.name]?["frees"] == 0)
    #expect(findings[one.name]?["waiters"] == 1)
    #expect(findings[two.name]?["frees"] == 1)
    #expect(findings[two.name]?["waiters"] == 2)
    #expect(findings[two.name]?.message.hasSuffix("frees 1 of 2, the others wait for somebody else, too") == true)
    try two.run("COMMIT")
    #expect(other.outcome() == nil)
    try one.run("COMMIT")
    #expect(change.outcome() == nil)
  }

  @Test func advisoryLocksAreNamedByTheirKeys() throws {
    let admin = try admin()
    let (holder, waiter, pair) = (try Party("holder"), try Party("waiter"), try Party("pair"))
    try holder.run("SELECT pg_advisory_lock(-42), pg_advisory_lock(7, -8)")
    try sendAndWait(waiter, "SELECT pg_advisory_lock(-42)", admin)
    try sendAndWait(pair, "SELECT pg_advisory_lock(7, -8)", admin)
    let report = try LockWaits.look(admin.connection)
    #expect(waits(report)[waiter.name]?["object"] == "advisory lock -42")
    #expect(waits(report)[pair.name]?["object"] == "advisory lock (7, -8)")
    let finding = try #require(report.findings.first)
    #expect(roots(report) == [holder.name])
    // An idle session holds it: cancelling would do nothing.
    #expect(finding["ended_by"] == "terminate")
    #expect(finding["state"] == "idle")
    let elsewhere = try LockWaits.look(try Party("elsewhere", database: "template1").connection)
    #expect(waits(elsewhere)[waiter.name]?["object"] == "advisory lock -42 of database postgres")
    // Once it works in a transaction, the remedy no longer means it.
    try holder.run("BEGIN")
    #expect(try admin.connection.rows(try #require(finding.remedy).sql[0]).isEmpty)
    try holder.run("ROLLBACK; SELECT pg_advisory_unlock_all()")
    #expect(waiter.outcome() == nil && pair.outcome() == nil)
  }

  /// COPY that waits for its client doesn't hear a cancel, which the server itself shows.
  @Test func aSessionThatWaitsForItsClientMustBeTerminated() throws {
    let admin = try admin()
    let (copy, waiter) = (try Party("copy"), try Party("waiter"))
    try copy.run("BEGIN; LOCK TABLE items")
    try copy.send("COPY items FROM STDIN")
    try until("EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(copy.pid) AND wait_event_type = 'Client')", admin)
    try until("(SELECT state = 'active' FROM pg_stat_activity WHERE pid = \(copy.pid))", admin)
    try sendAndWait(waiter, "SELECT * FROM items", admin)
    let finding = try #require(try LockWaits.look(admin.connection).findings.first)
    #expect(finding["ended_by"] == "terminate")
    _ = try admin.connection.rows("SELECT pg_cancel_backend(\(copy.pid))")
    try admin.run("SELECT pg_sleep(0.1)")
    #expect(roots(try LockWaits.look(admin.connection)) == [copy.name])
    #expect(try admin.connection.rows(try #require(finding.remedy).sql[0]).count == 1)
    #expect(waiter.outcome() == nil)
  }

  @Test func aCircleIsShownOnce() throws {
    let admin = try admin()
    let (one, two) = (try Party("one"), try Party("two"))
    for party in [one, two] { try party.run("SET deadlock_timeout = '1h'") }
    try one.run("BEGIN; UPDATE orders SET v = 1 WHERE id = 1")
    try two.run("BEGIN; UPDATE orders SET v = 1 WHERE id = 2")
    try sendAndWait(one, "UPDATE orders SET v = 1 WHERE id = 2", admin)
    try sendAndWait(two, "UPDATE orders SET v = 1 WHERE id = 1", admin)
    let report = try LockWaits.look(admin.connection)
    #expect(report.findings.map { $0.rule } == ["lock-deadlock"])
    #expect(report.findings.first?.entry == "deadlock")
    #expect(tree(report).filter { $0.contains(" waits ") }.count == 2)
    #expect(report.summary.hasSuffix("in a circle"))
    _ = try admin.connection.rows("SELECT pg_cancel_backend(\(one.pid))")
    #expect(one.outcome() == "57014")
    #expect(two.outcome() == nil)
  }

  @Test func yourOwnTransactionIsCalledSo() throws {
    let admin = try admin()
    let (own, waiter) = (try Party("own"), try Party("waiter"))
    try own.run("BEGIN; LOCK TABLE items")
    try sendAndWait(waiter, "SELECT * FROM items", admin)
    var request = Request(options: .standard(for: LockWaits.allOptions))
    request.userPID = own.connection.backendPID
    let finding = try #require(try LockWaits().report(admin.connection, request).findings.first)
    #expect(finding.remedy == nil)
    #expect(finding.message.hasSuffix("COMMIT or ROLLBACK in your own session frees 1"))
    // From inside that very transaction it looks the same but for the name.
    #expect(roots(try LockWaits.look(own.connection)) == [own.name])
    #expect(own.connection.transactionStatus == .inTransaction)
    try own.run("COMMIT")
    #expect(waiter.outcome() == nil)
  }

  @Test func rightsDecideWhatIsSeenAndOffered() throws {
    let admin = try admin()
    try admin.run(
      """
      DROP ROLE IF EXISTS lock_owner, lock_plain, lock_monitor, lock_signal;
      CREATE ROLE lock_owner LOGIN; CREATE ROLE lock_plain LOGIN; CREATE ROLE lock_monitor LOGIN IN ROLE pg_monitor;
      CREATE ROLE lock_signal LOGIN IN ROLE pg_monitor, pg_signal_backend;
      GRANT ALL ON items TO lock_owner
      """)
    let (holder, waiter) = (try Party("holder", user: "lock_owner"), try Party("waiter"))
    try holder.run("BEGIN; LOCK TABLE items IN EXCLUSIVE MODE")
    try sendAndWait(waiter, "INSERT INTO items VALUES (1)", admin)
    func look(_ user: String) throws -> Report { try LockWaits.look(try Party("look", user: user).connection) }
    let plain = try look("lock_plain")
    #expect(roots(plain) == [holder.name])
    #expect(plain.findings.first?.remedy == nil)
    #expect(plain.findings.first?.message.contains("hidden from this role (needs pg_monitor)") == true)
    #expect(plain.notAssessed.map { $0.rule } == ["commit-waits-for-standby", "lock-root-blocker"])
    let monitor = try look("lock_monitor")
    #expect(monitor.findings.first?.remedy == nil)
    #expect(monitor.notAssessed.isEmpty)
    #expect(
      monitor.findings.first?.message.hasSuffix(
        "terminating it takes a superuser, pg_signal_backend or role lock_owner")
        == true)
    let remedy = try #require(try look("lock_signal").findings.first?.remedy)
    let signaller = try Party("signaller", user: "lock_signal")
    #expect(try signaller.connection.rows(remedy.sql[0]).count == 1)
    #expect(waiter.outcome() == nil)
    // A superuser's session is out of its reach.
    let (boss, blocked) = (try Party("boss"), try Party("blocked"))
    try boss.run("BEGIN; LOCK TABLE items")
    try sendAndWait(blocked, "SELECT * FROM items", admin)
    #expect(try look("lock_signal").findings.first?.remedy == nil)
    try boss.run("COMMIT")
    #expect(blocked.outcome() == nil)
  }

  @Test func commitsThatHangOnAStandbyAreShown() throws {
    let admin = try admin()
    try admin.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    try admin.run("SELECT pg_reload_conf()")
    defer {
      _ = try? admin.run("ALTER SYSTEM RESET synchronous_standby_names")
      _ = try? admin.run("SELECT pg_reload_conf()")
    }
    try until("current_setting('synchronous_standby_names') = 'nobody'", admin)
    let writer = try Party("writer")
    try writer.run("SET synchronous_commit = on")
    try writer.send("INSERT INTO items VALUES (1)")
    try until("EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(writer.pid) AND wait_event = 'SyncRep')", admin)
    let report = try LockWaits.look(admin.connection)
    let finding = try #require(report.findings.first)
    #expect(finding.rule == "commit-waits-for-standby" && finding.severity == .error)
    #expect(finding["pids"] == .text(writer.name))
    #expect(finding["synchronous_standby_names"] == "nobody")
    #expect(report.summary == "nobody waits for a lock; 1 commit hangs on a synchronous standby")
    let now = try Now.look(admin.connection)
    #expect(now.findings.contains { $0.rule == "commit-waits-for-standby" })
    let remedy = try #require(finding.remedy)
    for statement in remedy.sql { try admin.run(statement) }
    #expect(writer.outcome() == nil)
    #expect(try LockWaits.look(admin.connection).findings.isEmpty)
    for statement in remedy.undo { try admin.run(statement) }
    try until("current_setting('synchronous_standby_names') = 'nobody'", admin)
  }

  /// What a relation of another database is can't be told, only where it is.
  @Test func relationsOfOtherDatabasesAreNamedByTheirDatabase() throws {
    let admin = try admin()
    let (holder, waiter) = (try Party("holder"), try Party("waiter"))
    try holder.run("BEGIN; LOCK TABLE items")
    try sendAndWait(waiter, "SELECT * FROM items", admin)
    let elsewhere = try LockWaits.look(try Party("elsewhere", database: "template1").connection)
    #expect(waits(elsewhere)[waiter.name]?["object"]?.text.hasSuffix(" of database postgres") == true)
    #expect(roots(elsewhere) == [holder.name])
    try holder.run("COMMIT")
    #expect(waiter.outcome() == nil)
  }
}
