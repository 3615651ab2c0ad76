import Glibc
import Sandbox
import Testing

/// `\play` in scripts: what it runs, what it leaves alone, and what it refuses.
@Suite struct PlayTests {
  /// Runs commands on a database of their own.
  private func run(_ name: String, _ setup: String, _ commands: [String]) throws -> Program.Outcome {
    let program = Program.on(try SharedCluster.empty().freshDatabase(named: "play_\(name)"))
    let made = program.run(["-X", "-q", "-v", "ON_ERROR_STOP=1"], input: Array(setup.utf8))
    #expect(made.code == 0, "\(made.errors)")
    return program.run(["-X", "-q", "-A", "-t"] + commands.flatMap { ["-c", $0] })
  }

  private func drop(_ name: String) throws { try SharedCluster.empty().run("DROP DATABASE play_\(name) WITH (FORCE)") }

  private static let invalidIndexes = """
    CREATE TABLE "Mixed Case" AS SELECT i, i % 5 AS k FROM generate_series(1, 100) i;
    CREATE TABLE other AS SELECT i, i % 5 AS k FROM generate_series(1, 100) i;
    \\set ON_ERROR_STOP 0
    \\set QUIET on
    CREATE UNIQUE INDEX CONCURRENTLY "Bad Index" ON "Mixed Case" (k);
    CREATE UNIQUE INDEX CONCURRENTLY other_k ON other (k);
    CREATE INDEX CONCURRENTLY good ON other (k);
    """
  private static let indexes =
    "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid::regclass::text !~ '^pg_' ORDER BY 1"

  @Test func changesWantToBeConfirmed() throws {
    let outcome = try run(
      "unconfirmed", Self.invalidIndexes, [#"\play migration-failed-midway table='"Mixed Case"'"#, Self.indexes])
    #expect(outcome.errors.contains("step 6 (Drop the invalid index) changes something"))
    #expect(outcome.output.contains("Expected: true. It did not come."))
    #expect(outcome.output.hasSuffix("\"Bad Index\"|f\nother_k|f\ngood|t\n"))
    try drop("unconfirmed")
  }

  @Test func dropsTheInvalidIndexOfItsTableAndNoOther() throws {
    let outcome = try run(
      "cured", Self.invalidIndexes,
      [#"\play (confirm=on) migration-failed-midway table='"Mixed Case"'"#, Self.indexes])
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("DROP INDEX CONCURRENTLY IF EXISTS public.\"Bad Index\";"))
    #expect(outcome.output.contains("7. Or rebuild it where the definition is right: skipped, not needed"))
    #expect(outcome.output.hasSuffix("migration-failed-midway: all checks hold.\nother_k|f\ngood|t\n"))
    try drop("cured")
  }

  @Test func missingValuesAreAnErrorBeforeAnythingRuns() throws {
    let outcome = try run("missing", Self.invalidIndexes, [#"\play (confirm=on) migration-failed-midway"#])
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("migration-failed-midway needs \"table\""))
    #expect(outcome.output == "")
    try drop("missing")
  }

  /// The biggest table is offered for a look, and never chosen for the step that drops one.
  @Test func neverChoosesWhatToRemove() throws {
    let outcome = try run(
      "choice", "CREATE TABLE precious AS SELECT generate_series(1, 1000) AS i;",
      [#"\play (confirm=on) disk-full"#, "SELECT count(*) FROM precious"])
    #expect(outcome.output.contains("Drop a table that is archived elsewhere: skipped"))
    #expect(!outcome.output.contains("DROP TABLE public.precious"))
    #expect(outcome.output.hasSuffix("1000\n"))
    try drop("choice")
  }

  private static let orphans = """
    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE stranger (id int PRIMARY KEY);
    CREATE TABLE child (id int, parent_id int, stranger_id int REFERENCES stranger);
    INSERT INTO parent SELECT generate_series(1, 100);
    INSERT INTO child SELECT i, i % 300 FROM generate_series(1, 15000) i;
    ALTER TABLE child ADD CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent NOT VALID;
    """

  /// Batches go on until no row is left; rows with a parent, and the rows that were copied aside, stay.
  @Test func orphansGoByBatchesAndLegalRowsStay() throws {
    let file = "\(getpid())-play-transcript.md"
    defer { unlink("/tmp/\(file)") }
    let outcome = try run(
      "orphans", Self.orphans,
      [
        "\\play (confirm=on, transcript=/tmp/\(file)) constraint-violation table=child column=parent_id parent=parent",
        "SELECT (SELECT count(*) FROM child), (SELECT count(*) FROM child_orphans), convalidated FROM pg_constraint "
          + "WHERE conname = 'child_parent'",
      ])
    #expect(outcome.errors == "")
    #expect(outcome.output.hasSuffix("constraint-violation: all checks hold.\n5000|10000|t\n"))
    let transcript = String(decoding: fileBytes("/tmp/\(file)"), as: UTF8.self)
    #expect(transcript.contains("`DELETE 5000`") && transcript.contains("`DELETE 0`"))
    #expect(transcript.contains("Cured: all checks hold."))
    try drop("orphans")
  }

  @Test func aParentThatIsNotTheOnlyOneIsNotGuessed() throws {
    let setup = Self.orphans + "INSERT INTO stranger VALUES (1);"
    let outcome = try run(
      "guess", setup,
      [#"\play (confirm=on) constraint-violation table=child column=parent_id"#, "SELECT count(*) FROM child"])
    #expect(outcome.output.contains("Copy the orphans aside: skipped, no value for parent"))
    #expect(outcome.errors.contains("violates foreign key constraint \"child_parent\""))
    #expect(outcome.output.hasSuffix("15000\n"))
    try drop("guess")
  }

  /// The column that the last error named belongs to its table and no other.
  @Test func anErrorTellsNothingOfAnotherTable() throws {
    let setup = Self.orphans + "CREATE TABLE notes (id int, stranger_id int NOT NULL);"
    let outcome = try run(
      "other", setup,
      [
        "INSERT INTO notes VALUES (1, NULL)", #"\play (confirm=on) constraint-violation table=child parent=parent"#,
        "SELECT count(*) FROM child",
      ])
    #expect(outcome.errors.contains("constraint-violation needs \"column\""))
    #expect(outcome.output == "15000\n")
    try drop("other")
  }

  @Test func refusesWhatItCannotDo() throws {
    let outcome = try run(
      "refusals", "SELECT 1;",
      [
        #"\play"#, #"\play nosuch"#, #"\play lock-timeout-index nosuch=1"#,
        #"\play (nosuch=1) disk-full"#, #"\play (steps=99) disk-full"#, #"\play (transcript=/etc/passwd) disk-full"#,
      ])
    let errors = outcome.errors.split(separator: "\n")
    #expect(errors.contains { $0.contains("which playbook?") })
    #expect(errors.contains { $0.contains("there is no entry \"nosuch\"") })
    #expect(errors.contains { $0.contains("lock-timeout-index has no slot \"nosuch\"") })
    #expect(errors.contains { $0.contains("unknown option \"nosuch\"") })
    #expect(errors.contains { $0.contains("\"99\" is no step") })
    #expect(errors.contains { $0.contains("/etc/passwd is there already") })
    try drop("refusals")
  }

  @Test func theHandoverHoldsWhatTheSessionDid() throws {
    let file = "\(getpid())-handover.md"
    defer { unlink("/tmp/\(file)") }
    let outcome = try run(
      "handover", "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a);" + Self.invalidIndexes,
      [
        "\\handoff /tmp/\(file)", "\\fkcheck", "\\fill index-concurrently table=b columns=a_id",
        "\\fill (target=rails) index-concurrently table=b columns=a_id",
        "\\play (confirm=on) migration-failed-midway table=other", "\\handoff /tmp/\(file)", "\\handoff /tmp/\(file)",
      ])
    #expect(outcome.errors.contains("there is nothing to hand over yet"))
    #expect(outcome.errors.contains("File exists"))
    let note = String(decoding: fileBytes("/tmp/\(file)"), as: UTF8.self)
    var rest = note[...]
    for heading in ["Migrations", "SQL", "Findings", "What was done", "Verification", "For the application"] {
      let found = rest.firstRange(of: "\n## \(heading)\n")
      #expect(found != nil, "\(heading)")
      if let found { rest = rest[found.upperBound...] }
    }
    #expect(note.contains("class AddIndex") && note.contains("CREATE INDEX CONCURRENTLY"))
    #expect(note.contains("- `migration-failed-midway`: all checks hold"))
    try drop("handover")
  }
}
