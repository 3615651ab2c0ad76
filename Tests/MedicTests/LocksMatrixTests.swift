import Postgres
import Testing

@testable import Medic

/// Every examination while somebody holds ACCESS EXCLUSIVE on some tables and waits for it on another.
@Suite(.serialized) struct LocksMatrixTests {
  /// The commands open relations one by one and leave out the locked ones by name.
  private static let opening: Set<String> = ["bloat", "checkup"]

  @Test(arguments: Examinations.all.map { $0.name }) func nobodyIsWaitedForAndNobodyWaits(_ name: String) throws {
    let examination = try #require(Examinations.all.first { $0.name == name })
    let scratch = try Scratch("medic_locks")
    try Scratch.run(Planted.schema, on: scratch.connection)
    let free = Planted.Answer(try examination.look(scratch.connection))
    // Somebody reads "Big One"; a DROP waits for that reader, and every new reader would wait behind the DROP.
    let reader = try scratch.connect()
    try reader.execute("BEGIN; SELECT count(*) FROM \"Big One\"")
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE b, c, hidden IN ACCESS EXCLUSIVE MODE")
    let waiting = try scratch.connect()
    try waiting.send(Array("ALTER TABLE \"Big One\" ADD COLUMN late int".utf8))
    try Self.wait(for: waiting.backendPID, on: holder)

    let clock = ContinuousClock()
    let start = clock.now
    let locked = Planted.Answer(try examination.look(scratch.connection))
    #expect(clock.now - start < .seconds(10), "a command that waits for the locks would never return")
    if Self.opening.contains(name) {
      let reasons = locked.report.notAssessed.map { $0.line }
      #expect(reasons.contains { $0.contains("\"Big One\"") && $0.contains("pid \(waiting.backendPID)") })
      #expect(reasons.contains { $0.contains("public.b: ") && $0.contains("locked by pid \(holder.backendPID)") })
    }
    if !["conns", "locks", "now", "slow", "repl"].contains(name) { #expect(locked.silent(on: free) == []) }
    #expect(scratch.connection.transactionStatus == .idle)
    _ = waiting.cancel()
  }

  private static func wait(for pid: Int32, on connection: borrowing Connection) throws {
    for _ in 0..<500 {
      let waits = "SELECT count(*) AS n FROM pg_locks WHERE pid = \(pid) AND NOT granted"
      if try connection.rows(waits).first?.int("n") ?? 0 > 0 { return }
      try connection.execute("SELECT pg_sleep(0.01)")
    }
  }

  /// While every examination runs again and again, a second session never sees it hold more than a few locks on
  /// relations of the user's, and never one that would keep a writer out.
  @Test func fewLocksAndOnlyTheWeakest() throws {
    let scratch = try Scratch("medic_few_locks")
    try Scratch.run(
      (1...60).map { "CREATE TABLE t\($0) AS SELECT i AS id, i % 7 AS v FROM generate_series(1, 3000) i;\n" }.joined()
        + "CREATE INDEX ON t1 (id);\nCREATE INDEX ON t1 (v);\nCREATE TABLE seen (mode text, most int, looks int);",
      on: scratch.connection)
    // The watching goes on in the server, for as long as a third session holds the advisory lock.
    let signal = try scratch.connect()
    try signal.execute("SELECT pg_advisory_lock(4712)")
    let watcher = try scratch.connect()
    try watcher.send(
      Array(
        """
        DO $$
        DECLARE look record; looks int := 0;
        BEGIN
          CREATE TEMP TABLE noted (mode text, n int);
          WHILE EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 AND granted) LOOP
            INSERT INTO noted SELECT l.mode, count(DISTINCT l.relation) FROM pg_locks l
              JOIN pg_class c ON c.oid = l.relation AND c.oid >= 16384
              WHERE l.pid = \(scratch.connection.backendPID) GROUP BY l.mode;
            looks := looks + 1;
            PERFORM pg_sleep(0.0005);
          END LOOP;
          INSERT INTO seen SELECT mode, max(n), looks FROM noted GROUP BY mode;
        END $$
        """.utf8))
    for _ in 0..<3 {
      for examination in Examinations.all { _ = try examination.look(scratch.connection) }
    }
    try signal.execute("SELECT pg_advisory_unlock(4712)")
    watcher.discardResults()
    let seen = try signal.rows("SELECT mode, most, looks FROM seen")
    #expect(seen.map { $0.text("mode") } == ["AccessShareLock"], "the weakest lock, and it was seen at all")
    #expect(seen.allSatisfy { ($0.int("most") ?? .max) <= 6 && ($0.int("looks") ?? 0) > 10 })
  }
}
