import Testing

@testable import Knowledge

@Suite struct EntriesForErrors {
  let base = KnowledgeBase.builtIn

  /// SQLSTATE and message as servers gave them, and the entry that has to come first.
  static let cases: [(String, String, String)] = [
    ("55P03", "canceling statement due to lock timeout", "lock-timeout-index"),
    ("55P03", "could not obtain lock on row in relation \"t\"", "lock-timeout-index"),
    ("57014", "canceling statement due to statement timeout", "statement-timeout"),
    ("57014", "canceling statement due to user request", "statement-timeout"),
    ("57014", "canceling statement due to conflict with recovery", "standby-conflict"),
    ("40001", "canceling statement due to conflict with recovery", "standby-conflict"),
    ("23505", "duplicate key value violates unique constraint \"users_email_key\"", "duplicate-key"),
    ("23505", "duplicate key value violates unique constraint \"hosts_pkey\"", "sequence-out-of-sync"),
    ("23505", "could not create unique index \"u\"", "migration-failed-midway"),
    ("23503", "insert or update on table \"b\" violates foreign key constraint \"b_a_fkey\"", "constraint-violation"),
    ("23502", "null value in column \"n\" of relation \"t\" violates not-null constraint", "constraint-violation"),
    ("23514", "check constraint \"c\" of relation \"t\" is violated by some row", "constraint-violation"),
    ("23514", "no partition of relation \"p\" found for row", "time-series-partitioning"),
    ("53300", "sorry, too many clients already", "connection-exhaustion"),
    ("53100", "could not extend file \"base/1/2\": No space left on device", "disk-full"),
    ("53400", "temporary file size exceeds temp_file_limit (100kB)", "temp-file-spill"),
    ("40P01", "deadlock detected", "deadlock"),
    ("25P02", "current transaction is aborted, commands ignored until end of transaction block", "aborted-transaction"),
    ("25P03", "terminating connection due to idle-in-transaction timeout", "idle-in-transaction"),
    ("25001", "CREATE INDEX CONCURRENTLY cannot run inside a transaction block", "index-concurrently"),
    ("25001", "REINDEX CONCURRENTLY cannot run inside a transaction block", "index-bloat-reindex"),
    ("25001", "VACUUM cannot run inside a transaction block", "migration-failed-midway"),
    ("42501", "permission denied for table t", "permission-denied"),
    ("42P07", "relation \"t\" already exists", "migration-failed-midway"),
    ("2BP01", "cannot drop column a of table t because other objects depend on it", "drop-column"),
    ("42704", "data type json has no default operator class for access method \"gin\"", "jsonb-gin"),
    ("42830", "there is no unique constraint matching given keys for referenced table \"t\"", "foreign-key-online"),
  ]

  @Test(arguments: cases) func theSQLSTATEDecidesAndTheMessageRefines(_ code: String, _ message: String, _ id: String) {
    let found = base.entries(sqlstate: code, message: message)
    #expect(found.first?.id == id, "\(found.map(\.id))")
    #expect(found.allSatisfy { $0.sqlstates.contains(code) }, "never an entry that doesn't know the code")
  }

  @Test func withoutAMessageTheCodeIsEnough() {
    for code in ["55P03", "23505", "53300", "53100", "40P01", "25P02", "57014", "42501"] {
      let first = base.entries(sqlstate: code).first
      #expect(first?.kind == .playbook, "\(code): \(first?.id ?? "none")")
    }
    // a translated message
    #expect(
      base.entries(sqlstate: "55P03", message: "storniere Anfrage wegen Zeitüberschreitung bei Sperre").first?.id
        == "lock-timeout-index")
    #expect(base.entries(sqlstate: "23505", message: "doppelter Schlüsselwert").first?.id == "duplicate-key")
    #expect(base.entries(sqlstate: "99999", message: "deadlock detected").isEmpty)
    #expect(base.entries(sqlstate: nil, message: "deadlock detected").map(\.id) == ["deadlock"])
    #expect(base.entries(sqlstate: nil, message: "something else entirely").isEmpty)
  }

  @Test func slotsComeFromTheErrorsFields() throws {
    let error = ErrorReport(
      sqlstate: "23503", message: "insert or update on table \"Order\" violates foreign key constraint \"fk\"",
      detail: "Key (host_id)=(5) is not present in table \"hosts\".", schema: "billing", table: "Order",
      constraint: "fk")
    let entry = try #require(base.entries(for: error).first)
    let slots = entry.slots(from: error)
    #expect(slots["table"] == .relation("billing", "Order"))
    #expect(slots["constraint"] == .name(QualifiedName("fk")))
    #expect(slots["parent"] == .name(QualifiedName("hosts")))
    let step = try #require(entry.steps.first { $0.sql.hasPrefix("ALTER TABLE :table VALIDATE") })
    #expect(try step.filled(in: entry, slots: slots) == "ALTER TABLE billing.\"Order\" VALIDATE CONSTRAINT fk;")
  }

  @Test func slotsComeFromTheMessageWhereThereAreNoFields() throws {
    let null = ErrorReport(
      message: "null value in column \"Name\" of relation \"My Table\" violates not-null constraint")
    let entry = try #require(base.entry("constraint-violation"))
    #expect(entry.slots(from: null)["column"] == .name(QualifiedName("Name")))
    #expect(entry.slots(from: null)["table"] == .name(QualifiedName("My Table")))
    let duplicate = ErrorReport(
      sqlstate: "23505", message: "duplicate key value violates unique constraint \"u\"",
      detail: "Key (email, lower(name))=(a, b) already exists.", schema: "public", table: "t", constraint: "u")
    let slots = try #require(base.entry("duplicate-key")).slots(from: duplicate)
    #expect(slots["columns"] == .text("email, lower(name)"))
    let step = try #require(base.entry("duplicate-key")?.steps.first { $0.sql.hasPrefix("SELECT :columns") })
    let sql = try step.filled(in: try #require(base.entry("duplicate-key")), slots: slots)
    #expect(sql.hasPrefix("SELECT email, lower(name), count(*)"))
    #expect(sql.contains("FROM public.t\nGROUP BY email, lower(name)"))
    let deadlock = ErrorReport(
      sqlstate: "40P01", message: "deadlock detected",
      detail:
        "Process 71 waits for ShareLock on transaction 743; blocked by process 70.\nProcess 70 waits for ShareLock on transaction 744; blocked by process 71."
    )
    #expect(try #require(base.entry("deadlock")).slots(from: deadlock)["pid"] == .text("70"))
    // a server's words can't smuggle SQL in
    let hostile = ErrorReport(
      message: "null value in column \"a\"; DROP TABLE t; --\" of relation \"t\" violates not-null constraint")
    let filled = try step.filled(
      in: try #require(base.entry("duplicate-key")),
      slots: ["table": "t", "columns": .names(["a\"; DROP TABLE t; --"])])
    #expect(filled.contains("\"a\"\"; DROP TABLE t; --\""))
    #expect(entry.slots(from: hostile)["column"] != nil)
  }

  @Test func patternsCompareWithoutNoise() {
    let pattern = MessagePattern("column \"{column}\" of relation \"{table}\" contains null values")
    #expect(
      pattern.match(
        MessageText("ERROR:  23502:\n column \u{201c}Ab\u{201d}  of relation \"t\" contains\n  NULL values")) == [
          "column": "Ab", "table": "t",
        ])
    #expect(pattern.match(MessageText("column \"a\" of relation \"t\" contains")) == nil)
    #expect(MessagePattern("a * b").match(MessageText("xx a one b yy")) == [:])
    #expect(MessagePattern("blocked by process {pid}").match(MessageText("blocked by process 70")) == ["pid": "70"])
    // what stands for one name never swallows a page
    let far = "column \"a" + String(repeating: "x", count: 1000) + "\" of relation \"t\" contains null values"
    #expect(pattern.match(MessageText(far)) == nil)
  }
}
