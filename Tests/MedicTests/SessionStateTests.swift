import Postgres
import Testing

@testable import Medic

/// An examination leaves the user's session as it was: settings, transaction, whatever hangs on the session.
@Suite(.serialized) struct SessionStateTests {
  private static let belongings = """
    SET application_name = 'mine';
    SET work_mem = '7MB';
    SET statement_timeout = '1h';
    SET default_transaction_read_only = off;
    CREATE TEMP TABLE mine (id int);
    INSERT INTO mine VALUES (1);
    PREPARE question AS SELECT 1;
    LISTEN news;
    SELECT pg_advisory_lock(4711);
    DECLARE kept CURSOR WITH HOLD FOR SELECT 1;
    """

  /// Everything that belongs to a session and that a statement of ours could change.
  private static let state = """
    SELECT 'setting ' || name || '=' || setting AS line FROM pg_settings
    UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements
    UNION ALL SELECT 'cursor ' || name FROM pg_cursors
    UNION ALL SELECT 'channel ' || c FROM pg_listening_channels() c
    UNION ALL SELECT 'temp ' || relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()
    UNION ALL SELECT 'advisory ' || objid || mode FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
    UNION ALL SELECT 'relation lock ' || relation::regclass || mode FROM pg_locks
      WHERE locktype = 'relation' AND pid = pg_backend_pid() AND relation::regclass::text !~ '^pg_'
    UNION ALL SELECT 'transaction ' || coalesce(pg_current_xact_id_if_assigned()::text, 'none')
    ORDER BY 1
    """

  @Test(arguments: [false, true]) func nothingOfTheUsersChanges(_ inTransaction: Bool) throws {
    let scratch = try Scratch("medic_session")
    try Scratch.run(Planted.schema, on: scratch.connection)
    let connection = try scratch.connect()
    try Scratch.run(Self.belongings, on: connection)
    if inTransaction {
      try connection.execute(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL enable_seqscan = off; SAVEPOINT own; INSERT INTO a VALUES (1)"
      )
    }
    let before = try connection.rows(Self.state).map { $0.text("line") }
    for examination in Examinations.all {
      _ = try examination.look(connection)
      let after = try connection.rows(Self.state).map { $0.text("line") }
      let changed = Set(after).symmetricDifference(before).sorted()
      #expect(changed == [], "\(examination.name)")
      #expect(connection.transactionStatus == (inTransaction ? .inTransaction : .idle))
    }
    if inTransaction {
      try connection.execute("ROLLBACK TO SAVEPOINT own; COMMIT")
      #expect(try connection.rows("SELECT count(*) AS n FROM a").first?.int("n") == 0)
    }
  }

  /// What the frame says of a transaction of ours, as the server understands it.
  @Test func theFrameIsSaidInFull() throws {
    let scratch = try Scratch("medic_frame")
    let connection = try scratch.connect()
    try Scratch.run(
      """
      CREATE ROLE medic_frame_reader LOGIN;
      CREATE TABLE secret AS SELECT i AS id FROM generate_series(1, 100) i;
      ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
      CREATE POLICY few ON secret USING (id < 3);
      GRANT SELECT ON secret TO medic_frame_reader;
      """, on: connection)
    defer { _ = try? connection.execute("DROP OWNED BY medic_frame_reader; DROP ROLE medic_frame_reader") }
    let reader = try scratch.connect(user: "medic_frame_reader")
    try reader.execute("SET default_transaction_isolation = serializable; SET default_transaction_deferrable = on")
    let settings = try reader.inspect(Limits(statementTimeout: 4321, lockTimeout: 123)) {
      (connection) throws(PostgresError) in
      try connection.rows(
        """
        SELECT current_setting('transaction_isolation') AS isolation, current_setting('transaction_read_only') AS ro,
          current_setting('search_path') AS path, current_setting('row_security') AS rows,
          current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock
        """)
    }
    let row = try #require(settings.first)
    #expect(row.text("isolation") == "read committed")
    #expect(row.text("ro") == "on")
    #expect(row.text("path") == "pg_catalog, pg_temp")
    #expect(row.text("rows") == "off")
    #expect(row.text("statement") == "4321ms")
    #expect(row.text("lock") == "123ms")
    // A policy makes a wrong count an error, a write is refused, a sleep ends, a lock isn't waited for.
    func refusal(_ sql: String) -> String? {
      do {
        _ = try reader.inspect(Limits(statementTimeout: 200, lockTimeout: 50)) { (connection) throws(PostgresError) in
          try connection.rows(sql)
        }
        return nil
      } catch { return (error as? PostgresError)?.sqlState }
    }
    #expect(refusal("SELECT count(*) FROM public.secret") == "42501")
    #expect(refusal("SELECT pg_catalog.nextval('public.x')") != nil)
    #expect(refusal("CREATE TABLE public.x ()") == "25006")
    #expect(refusal("SELECT pg_catalog.pg_sleep(20)") == "57014")
    try connection.execute("BEGIN; LOCK TABLE secret")
    #expect(refusal("SELECT count(*) FROM public.secret") == "55P03")
    try connection.execute("ROLLBACK")
    #expect(reader.transactionStatus == .idle)
  }
}
