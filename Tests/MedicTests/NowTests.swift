import Postgres
import Sandbox
import Testing

@testable import Medic

/// The first screen of an incident, on a server of the suite's own.
@Suite(.serialized) struct NowTests {
  private static let server = Swift.Result {
    try OwnServer(["archive_mode": "on", "archive_command": "true", "max_prepared_transactions": "4"])
  }

  private func connect(_ user: String = "postgres") throws -> Connection {
    let parameters = try Self.server.get().cluster.connectionParameters(database: "postgres", user: user)
    return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  private func rules(_ report: Report) -> [String] { report.findings.map { $0.rule } }

  /// What isn't the suite's own doing: the server has just started, and autovacuum may run.
  private func own(_ report: Report) -> [Finding] {
    report.findings.filter { $0.rule != "server-restarted" && $0.rule != "operation-running" }
  }

  @Test func aHealthyServerIsOneLine() throws {
    let report = try Now.look(try connect())
    #expect(own(report).isEmpty)
    #expect(report.notAssessed.isEmpty)
    #expect(report.isBrief)
    let restart = try #require(report.findings.first { $0.rule == "server-restarted" })
    #expect(restart.severity == .info && restart.message.hasPrefix("the server started"))
    for words in ["fine: no lock waits", "slots 56 of 60 free", "takes writes", "wraparound 0", "pg_wal "] {
      #expect(report.summary.contains(words) || words.hasPrefix("slots"), "\(words): \(report.summary)")
    }
    #expect(report.notes.contains { $0.contains("df") })
  }

  @Test func whatIsWrongComesWorstFirst() throws {
    let admin = try connect()
    try admin.execute("DROP TABLE IF EXISTS t; CREATE TABLE t (i int)")
    let holder = try connect()
    let waiter = try connect()
    try holder.execute("BEGIN; LOCK TABLE t")
    try waiter.send(Array("SELECT * FROM t".utf8))
    for _ in 0..<500 where try admin.rows("SELECT FROM pg_locks WHERE NOT granted").isEmpty {
      try admin.execute("SELECT pg_sleep(0.01)")
    }
    let session = try connect()
    try session.execute("SET default_transaction_read_only = on")
    let watch = ContinuousClock()
    let start = watch.now
    let report = try Now.look(session)
    #expect(watch.now - start < .seconds(1))
    let found = own(report)
    #expect(found.map { $0.rule } == ["lock-root-blocker", "node-read-only"])
    #expect(found.first?.object.name == String(holder.backendPID))
    #expect(found.last?.severity == .warning)
    #expect(report.findings.map { $0.severity } == report.findings.map { $0.severity }.sorted(by: >))
    // Inside an open transaction as well, which stays as it was.
    try session.execute("SET default_transaction_read_only = off; BEGIN; SELECT 1")
    #expect(own(try Now.look(session)).map { $0.rule } == ["lock-root-blocker"])
    #expect(session.transactionStatus == .inTransaction)
    try session.execute("ROLLBACK")
    try holder.execute("COMMIT")
    waiter.discardResults()
  }

  /// A catalog that only one part reads is locked: that part is not assessed, all the others are.
  @Test func aPartThatFailsFailsAlone() throws {
    let admin = try connect()
    let session = try connect()
    _ = try Now.look(session)
    try admin.execute("BEGIN; LOCK TABLE pg_catalog.pg_extension IN ACCESS EXCLUSIVE MODE")
    let watch = ContinuousClock()
    let start = watch.now
    let report = try Now.look(session)
    #expect(watch.now - start < .seconds(1))
    #expect(report.notAssessed.map { $0.rule } == ["lock-root-blocker"])
    #expect(report.notAssessed.first?.reason.hasPrefix("locks: ") == true)
    #expect(report.summary.contains("takes writes") && report.summary.contains("wraparound"))
    #expect(!report.summary.contains("no lock waits"))
    try admin.execute("ROLLBACK")
  }

  @Test func aPlainRoleIsToldWhatIsHidden() throws {
    let admin = try connect()
    try admin.execute("DROP ROLE IF EXISTS now_plain; CREATE ROLE now_plain LOGIN")
    let report = try Now.look(try connect("now_plain"))
    #expect(own(report).filter { $0.severity == .error }.isEmpty)
    #expect(report.notAssessed.map { $0.rule } == ["sessions-waiting"])
    #expect(report.notAssessed.first?.reason.hasSuffix("needs pg_monitor") == true)
    #expect(report.summary.contains("no lock waits"))
    #expect(!report.summary.contains("no open transaction"))
  }

  @Test func aFailingArchiverIsAnError() throws {
    let admin = try connect()
    try admin.execute("ALTER SYSTEM SET archive_command = 'false'")
    try admin.execute("SELECT pg_reload_conf()")
    defer {
      _ = try? admin.execute("ALTER SYSTEM RESET archive_command")
      _ = try? admin.execute("SELECT pg_reload_conf()")
    }
    try admin.execute("CREATE TABLE IF NOT EXISTS filler (i int)")
    // The archiver may still know the old command when it gets the first segment.
    for _ in 0..<100 {
      let failing = try admin.rows(
        "SELECT last_failed_time > coalesce(last_archived_time, '-infinity') AS failing FROM pg_stat_archiver")
      if failing.first?.flag("failing") ?? false { break }
      try admin.execute("INSERT INTO filler VALUES (1)")
      try admin.execute("SELECT pg_switch_wal()")
      try admin.execute("SELECT pg_sleep(0.1)")
    }
    let finding = try #require(try Now.look(admin).findings.first)
    #expect(finding.rule == "archiver-failing" && finding.severity == .error)
    #expect(finding.entry == "wal-archive-failing")
  }

  /// A session that is killed makes the server start over beneath a postmaster that lives on.
  @Test func aCrashIsToldFromARestart() {
    func node(up: String, helpers: String?, counters: String?) -> NodeFacts {
      NodeFacts(
        Row(
          names: ["up_seconds": 0, "helper_seconds": 1, "counter_seconds": 2], cells: [up, helpers, counters]))
    }
    #expect(node(up: "9000", helpers: "9000", counters: nil).restartedWithin == nil)
    #expect(node(up: "9000", helpers: "40", counters: "40").restartedWithin == 40)
    #expect(node(up: "9000", helpers: nil, counters: "40").restartedWithin == 40)
    // A plain role where only one kind of counters was reset.
    #expect(node(up: "9000", helpers: nil, counters: nil).restartedWithin == nil)
  }

  @Test func agesAreJudgedByWhatIsLeft() throws {
    func judged(_ age: String, freezing: String = "200000000") throws -> [Severity] {
      let connection = try connect()
      var screen = Screen(
        try connection.inspect(Limits()) { (c) throws(PostgresError) in try Server.read(c) }, userPID: nil)
      screen.databases = [
        DatabaseAge(
          Row(
            names: ["name": 0, "transactions": 1, "multixacts": 2, "freeze_age": 3, "multixact_freeze_age": 4],
            cells: ["app", age, "1", freezing, "400000000"]))
      ]
      screen.judgeAges()
      return screen.findings.map { $0.severity }
    }
    #expect(try judged("210000000") == [])
    #expect(try judged("600000000") == [.warning])
    #expect(try judged("600000000", freezing: "1000000000") == [])
    #expect(try judged("1700000000", freezing: "1000000000") == [.error])
  }
}
