import Postgres
import Testing

@testable import Medic

/// Sequences that end, and what the server itself does there.
@Suite(.serialized) struct SequencesTests {
  /// The SQLSTATE that a statement ends in, nil when it succeeds.
  private func state(of sql: String, on connection: borrowing Connection) -> String? {
    do {
      _ = try connection.rows(sql)
      return nil
    } catch { return error.sqlState }
  }

  private func finding(_ report: Report, _ card: Card, _ name: String) -> Finding? {
    report.findings.first { $0.rule == card.rule && $0.object.name == name }
  }

  @Test func theLastValueIsTheLastThatTheServerGives() throws {
    let scratch = try Scratch("medic_seqs_end")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE SEQUENCE own MAXVALUE 1000 INCREMENT 7;
      CREATE SEQUENCE down INCREMENT -3 MINVALUE -100 MAXVALUE -1;
      CREATE SEQUENCE wide;
      CREATE TABLE t (id smallint DEFAULT nextval('wide') PRIMARY KEY);
      SELECT setval('own', 970);
      SELECT setval('down', -90);
      SELECT setval('wide', 32765);
      """, on: connection)
    for (name, draw) in [
      ("own", "SELECT nextval('own')"), ("down", "SELECT nextval('down')"), ("wide", "INSERT INTO t DEFAULT VALUES"),
    ] {
      let before = try #require(finding(try Sequences.look(connection), Sequences.runsOut, name))
      guard case .int(let left)? = before["values_left"] else { throw PostgresError.usage("no values_left") }
      for _ in 0..<left { #expect(state(of: draw, on: connection) == nil, "\(name)") }
      #expect(state(of: draw, on: connection) == (name == "wide" ? "22003" : "2200H"), "\(name)")
      let after = try #require(finding(try Sequences.look(connection), Sequences.runsOut, name))
      #expect(after["values_left"] == .int(0) && after.severity == .error)
    }
  }

  @Test func wideningASequenceLetsItGoOnAndIsTakenBack() throws {
    let scratch = try Scratch("medic_seqs_widen")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE SEQUENCE s AS int;
      CREATE TABLE t (id bigint DEFAULT nextval('s'));
      SELECT setval('s', 2147483647);
      """, on: connection)
    let catalog =
      "SELECT seqtypid, seqmax, seqmin, seqincrement, seqcycle FROM pg_sequence WHERE seqrelid = 's'::regclass"
    let before = try connection.rows(catalog).first?.text("seqmax")
    let remedy = try #require(finding(try Sequences.look(connection), Sequences.runsOut, "s")?.remedy)
    for sql in remedy.sql { try connection.execute(sql) }
    #expect(state(of: "SELECT nextval('s')", on: connection) == nil)
    #expect(try Sequences.look(connection).findings.isEmpty)
    try connection.execute("SELECT setval('s', 5)")
    for sql in remedy.undo { try connection.execute(sql) }
    let after = try #require(try connection.rows(catalog).first)
    #expect(after.text("seqmax") == before && after.text("seqtypid") == "23")
  }

  @Test func aSequenceBehindItsTableIsCaughtUp() throws {
    let scratch = try Scratch("medic_seqs_behind")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE TABLE t (id serial PRIMARY KEY);
      INSERT INTO t SELECT generate_series(3, 50);
      SELECT nextval('t_id_seq');
      """, on: connection)
    let found = try #require(finding(try Sequences.look(connection), Sequences.behind, "t_id_seq"))
    #expect(found["next_taken"] == .int(3) && found["values_before_it"] == .int(1) && found.severity == .warning)
    #expect(state(of: "INSERT INTO t DEFAULT VALUES", on: connection) == nil)
    #expect(finding(try Sequences.look(connection), Sequences.behind, "t_id_seq")?.severity == .error)
    #expect(state(of: "INSERT INTO t DEFAULT VALUES", on: connection) == "23505")
    let now = try #require(finding(try Sequences.look(connection), Sequences.behind, "t_id_seq"))
    let remedy = try #require(now.remedy)
    for sql in remedy.sql { _ = try connection.rows(sql) }
    #expect(try Sequences.look(connection).findings.isEmpty)
    #expect(state(of: "INSERT INTO t DEFAULT VALUES", on: connection) == nil)
  }

  @Test func aPlainRoleAndALockLeaveOutWhatTheyHide() throws {
    let scratch = try Scratch("medic_seqs_rights")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      DROP ROLE IF EXISTS medic_seqs_plain;
      CREATE ROLE medic_seqs_plain LOGIN;
      CREATE TABLE hidden (id serial PRIMARY KEY);
      CREATE TABLE seen (id serial PRIMARY KEY);
      CREATE TABLE held (id int PRIMARY KEY);
      GRANT SELECT ON seen, held, seen_id_seq TO medic_seqs_plain;
      SELECT setval('hidden_id_seq', 2147483640), setval('seen_id_seq', 2147483640);
      """, on: connection)
    let plain = try scratch.connect(user: "medic_seqs_plain")
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
    let report = try Sequences.look(plain)
    try holder.execute("ROLLBACK")
    #expect(report.findings.filter { $0.rule == Sequences.runsOut.rule }.map { $0.object.name } == ["seen_id_seq"])
    let reasons = report.notAssessed.map { "\($0.object?.displayName ?? "") \($0.reason)" }
    #expect(reasons.contains("public.hidden_id_seq this role has no SELECT on them"))
    #expect(reasons.contains { $0.hasPrefix("public.held skipped: locked by pid") })
  }

  /// Those that end soonest are read first, whatever their names; the rest is said.
  @Test func tooManyAreReadInTheOrderOfTheirRoom() throws {
    let scratch = try Scratch("medic_seqs_many")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE SEQUENCE a_wide;
      CREATE SEQUENCE b_wide_fast INCREMENT 4000000000000000000;
      CREATE TABLE busy (id serial PRIMARY KEY, v int);
      CREATE TABLE calm (id serial PRIMARY KEY, v int);
      INSERT INTO busy (v) SELECT generate_series(1, 10);
      CREATE SEQUENCE z_short MAXVALUE 100;
      SELECT setval('a_wide', 9223372036854775806), setval('z_short', 99), setval('busy_id_seq', 2147483640);
      """, on: connection)
    let report = try Sequences.look(connection, [("read", "3")])
    #expect(
      Set(report.findings.filter { $0.rule == Sequences.runsOut.rule }.map { $0.object.name })
        == ["z_short", "busy_id_seq"])
    let rest = "2 of 5 sequences not read, those with the most room by their type and inserts: name some, or (read=5)"
    #expect(report.notAssessed.map { $0.line } == ["sequence-runs-out: \(rest)", "sequence-out-of-sync: \(rest)"])
    #expect(report.scope.hasPrefix("5 sequences"))
    #expect(finding(try Sequences.look(connection, [("read", "5")]), Sequences.runsOut, "a_wide") != nil)
    let none = try Sequences.look(connection, [("read", "0")])
    #expect(none.findings == [] && none.summary == "nothing that was read runs out")
  }

  /// RowExclusive on the sequences, which `pg_sequence_last_value` leaves to the end of the user's transaction.
  @Test func nothingStaysLockedInTheUsersTransaction() throws {
    let scratch = try Scratch("medic_seqs_locks")
    let connection = try scratch.connect()
    try Scratch.run("CREATE TABLE t (id serial PRIMARY KEY);", on: connection)
    try connection.execute("BEGIN")
    _ = try Sequences.look(connection)
    let locks = try connection.rows(
      "SELECT relation::regclass AS r FROM pg_locks WHERE pid = pg_backend_pid() AND relation >= 16384")
    #expect(locks.isEmpty)
    try connection.execute("ROLLBACK")
  }

  @Test func headroomHoldsAtTheEndsOfBigint() {
    func room(_ last: Int, called: Bool = true, by increment: Int = 1, limit: Int) -> Headroom {
      Headroom(
        last: last, isCalled: called, start: 1, minimum: Int.min, maximum: Int.max, increment: increment, limit: limit)
    }
    #expect(room(Int.max, limit: Int.max).left == 0)
    #expect(room(Int.max, called: false, limit: Int.max).left == 1)
    #expect(room(Int.min, limit: Int.max).left == Int.max)
    #expect(room(Int.min, by: -1, limit: Int.min).left == 0)
    #expect(room(5, limit: 3).left == 0)
    #expect(room(1, by: 10, limit: 100).left == 9)
  }

  @Test func ratesComeFromAnEarlierLookBeforeInserts() throws {
    let scratch = try Scratch("medic_seqs_rate")
    let connection = try scratch.connect()
    try Scratch.run("CREATE SEQUENCE s INCREMENT 2 MAXVALUE 100000;\nSELECT setval('s', 50001);", on: connection)
    let id = try #require(try connection.rows("SELECT 's'::regclass::oid AS id").first?.int("id"))
    let now = try #require(
      try connection.rows("SELECT date_part('epoch', clock_timestamp())::bigint AS now").first?.int("now"))
    let looks = EarlierLooks([Look(time: now - 86400, numbers: [.sequenceValue: [id: 30001]])])
    let report = try Sequences().report(
      connection,
      Request(
        options: try Options([("used", "90")], for: Sequences.allOptions), records: RecordKeeping { _ in (looks, nil) })
    )
    #expect(report.noted?.look[.sequenceValue, id] == 50001)
    let found = try #require(finding(report, Sequences.runsOut, "s"))
    // Seconds may pass between the two looks at the clock.
    guard case .double(let rate)? = found["per_day"] else { throw PostgresError.usage("no per_day") }
    #expect((9_990...10_000).contains(rate) && found.severity == .error)
    if case .double(let days)? = found["days_left"] { #expect((2...3).contains(days)) }
  }
}
