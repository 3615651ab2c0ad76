import Postgres
import Testing

/// Statements, their parameters and their results.
struct StatementTests {
  @Test func everyFieldOfAnErrorIsKept() throws {
    let connection = try Server.connect()
    try connection.execute(
      """
      CREATE TEMP TABLE fields (id int CONSTRAINT positive CHECK (id > 0));
      CREATE FUNCTION pg_temp.raises() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'what' USING ERRCODE = 'AB123', DETAIL = 'why', HINT = 'how', COLUMN = 'c', CONSTRAINT = 'n',
          DATATYPE = 'd', TABLE = 't', SCHEMA = 's';
      END $$
      """)
    let raisedError = refusal("SELECT pg_temp.raises()", on: connection)
    let raised = try #require(raisedError)
    #expect(raised.severity == "ERROR")
    #expect(raised.sqlState == "AB123")
    #expect(raised.message == "what")
    #expect(raised.detail == "why")
    #expect(raised.hint == "how")
    #expect(raised.context == "PL/pgSQL function pg_temp_\(try backend(connection)).raises() line 2 at RAISE")
    #expect(
      [raised.schema, raised.table, raised.column, raised.dataType, raised.constraint] == ["s", "t", "c", "d", "n"])
    #expect(raised.position == nil)
    #expect(raised.file == "pl_exec.c")
    #expect(raised.line.flatMap { Int($0) } != nil)
    #expect(raised.routine == "exec_stmt_raise")

    let checkedError = refusal("INSERT INTO fields VALUES (0)", on: connection)
    let checked = try #require(checkedError)
    #expect(checked.sqlState == "23514")
    #expect(checked.constraint == "positive")
    #expect(checked.detail == "Failing row contains (0).")

    let unknownError = refusal("SELECT 'é', nothing", on: connection)
    let unknown = try #require(unknownError)
    #expect(unknown.sqlState == "42703")
    #expect(unknown.position == 13, "in characters, not in bytes")

    let innerError = refusal("DO $$ BEGIN PERFORM nothing; END $$", on: connection)
    let inner = try #require(innerError)
    #expect(inner.internalQuery == "SELECT nothing")
    #expect(inner.internalPosition == 8)
  }

  /// The number in the name of the session's temporary schema.
  private func backend(_ connection: borrowing Connection) throws -> String {
    let schema = try value("SELECT pg_my_temp_schema()::regnamespace::text", on: connection) ?? ""
    return String(schema.dropFirst("pg_temp_".count))
  }

  @Test func aFailedResultIsKeptForItsTextAtAnotherVerbosity() throws {
    let connection = try Server.connect()
    #expect(text(.terse, connection) == nil)
    _ = refusal("SELECT 1/0", on: connection)
    #expect(text(.terse, connection) == "ERROR:  division by zero\n")
    #expect(text(.terse, connection) == nil, "it is handed over once")
    _ = refusal("SELECT 1/0", on: connection)
    #expect(
      text(.verbose, connection)?.hasPrefix("ERROR:  22012: division by zero\nLOCATION:  int4div, int.c:") == true)
    _ = refusal("SELECT 1/0", on: connection)
    #expect(text(.sqlstate, connection) == "ERROR:  22012\n")
  }

  private func text(_ verbosity: Verbosity, _ connection: borrowing Connection) -> String? {
    connection.takeFailedResult()?.errorText(verbosity: verbosity, context: .never)
  }

  @Test func parametersAreValuesWhateverIsInThem() throws {
    let connection = try Server.connect()
    for text in ["", "'; DROP TABLE x; --", "\\'\"$1", "ü 漢字 🐘", "a\nb\tc"] {
      #expect(try value("SELECT $1::text", [text], on: connection) == text)
    }
    #expect(try value("SELECT $2::int - $1::int", ["1", "43"], on: connection) == "42")
    #expect(try value("SELECT $1::text IS NULL", [nil], on: connection) == "t")
    #expect(throws: PostgresError.self) { _ = try connection.query("SELECT 1", Array(repeating: "x", count: 70000)) }
    #expect(connection.isAlive == true)
  }

  @Test func nullAndEmptyAreNotTheSame() throws {
    let connection = try Server.connect()
    let result = try connection.execute("SELECT NULL::text, ''::text, 'x'::text")
    #expect(result.string(row: 0, column: 0) == nil)
    #expect(result.string(row: 0, column: 1) == "")
    #expect(result.string(row: 0, column: 2) == "x")
    #expect(result.bytes(row: 1, column: 0) == nil)
    #expect(result.bytes(row: 0, column: 3) == nil)
    #expect(result.bytes(row: -1, column: 0) == nil)
    #expect(result.columnName(3) == nil)
    #expect(result.rowCount == 1)
    #expect(result.columnCount == 3)
  }

  @Test func invalidTextInACellIsRepairedAndItsBytesStay() throws {
    let connection = try Server.connect()
    #expect(connection.setClientEncoding("LATIN1") == true)
    let result = try connection.execute("SELECT 'a' || chr(233)")
    #expect(result.bytes(row: 0, column: 0).map { Array($0) } == [0x61, 0xE9])
    #expect(result.string(row: 0, column: 0) == "a\u{FFFD}")
  }

  @Test func aResultSaysWhatTheCommandDid() throws {
    let connection = try Server.connect()
    let made = try connection.execute("CREATE TEMP TABLE told AS SELECT generate_series(1, 3) AS n")
    #expect(made.commandTag == "SELECT 3")
    #expect(made.status == .command)
    let updated = try connection.execute("UPDATE told SET n = n WHERE n > 1")
    #expect(updated.affectedRows == "2")
    #expect(try connection.execute("").status == .emptyQuery)
    let rows = try connection.execute("SELECT n, n::numeric(5,2) AS exact FROM told")
    #expect(rows.status == .rows)
    #expect(rows.typeOID(0) == 23)
    #expect(rows.typeOID(1) == 1700)
    #expect(rows.typeModifier(0) == -1)
    #expect(rows.typeModifier(1) == (5 << 16 | 2) + 4)
  }

  @Test func aStatementIsDescribedWithoutRunning() throws {
    let connection = try Server.connect()
    try connection.prepare("", "SELECT 1/0 AS never, $1::date AS day")
    let shape = try connection.describePrepared("")
    #expect(shape.parameterCount == 1)
    #expect(shape.columnName(0) == "never")
    #expect(shape.typeOID(1) == 1082)
  }

  @Test func noticesGoToTheirHandler() throws {
    let connection = try Server.connect()
    var heard: [Notice] = []
    connection.onNotice { heard.append($0) }
    try connection.execute("DO $$ BEGIN RAISE WARNING 'one' USING HINT = 'h'; RAISE NOTICE 'two'; END $$")
    #expect(heard.map(\.fields.severity) == ["WARNING", "NOTICE"])
    #expect(heard.map(\.fields.message) == ["one", "two"])
    #expect(heard.first?.text.hasPrefix("WARNING:  one\nHINT:  h\n") == true)
    connection.onNotice(nil)
    try connection.execute("DO $$ BEGIN RAISE NOTICE 'unheard'; END $$")
    #expect(heard.count == 2)
  }

  @Test func rowsComeOneByOneInSingleRowMode() throws {
    let connection = try Server.connect()
    try connection.send(Array("SELECT generate_series(1, 3)".utf8))
    #expect(connection.useSingleRows() == true)
    var cells: [String] = []
    var last: Result.Status?
    while let result = connection.nextResult() {
      last = result.status
      if result.status == .singleRow { cells.append(result.string(row: 0, column: 0) ?? "") }
    }
    #expect(cells == ["1", "2", "3"])
    #expect(last == .rows, "the end is a result without rows")
    #expect(connection.useSingleRows() == false)
  }

  @Test func resultsOfSeveralStatementsComeInTheirOrderAndEndAtTheFirstError() throws {
    let connection = try Server.connect()
    try connection.send(Array("SELECT 1; SELECT 2; SELECT 1/0; SELECT 3".utf8))
    var found: [String] = []
    while let result = connection.nextResult() {
      found.append(result.isError ? result.serverError.sqlState : result.string(row: 0, column: 0) ?? "")
    }
    #expect(found == ["1", "2", "22012"])
  }

  @Test func notificationsArrive() throws {
    let listener = try Server.connect()
    let speaker = try Server.connect()
    try listener.execute("LISTEN news")
    #expect(listener.nextNotification() == nil)
    try speaker.execute("NOTIFY news, 'it''s out'")
    try listener.execute("SELECT 1")
    let heard = listener.nextNotification()
    #expect(heard?.channel == "news")
    #expect(heard?.payload == "it's out")
    #expect(heard?.pid == speaker.backendPID)
    #expect(listener.nextNotification() == nil)
  }
}
