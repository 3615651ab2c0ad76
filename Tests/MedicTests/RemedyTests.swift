import Knowledge
import Postgres
import Testing

@testable import Medic

/// Every remedy of every example: applied, it makes the finding go; undone, it brings the schema back.
@Suite(.serialized) struct RemedyTests {
  @Test(arguments: cases) func cures(_ test: ExampleTests.Case) throws {
    let example = test.type.examples[test.index]
    let scratch = try Scratch("medic_remedy")
    let connection = scratch.connection
    if connection.serverMajor < example.major { return }
    if example.isCommitted {
      try Scratch.run(example.setup, on: connection)
    } else {
      try connection.execute(example.setup)
    }
    let rule = example.rule ?? test.type.rules[0].rule
    let finding = try #require(
      try test.type.look(connection, example.options).findings.first { $0.rule == rule })
    guard let remedy = finding.remedy else {
      #expect(Self.withoutRemedy.contains(rule))
      return
    }
    let before = try schema(connection)
    // A session that is just logging in elsewhere belongs to no database yet, and its snapshot keeps a rebuild from
    // removing dead rows: a rebuild then needs another try.
    var isCured = false
    for _ in 0..<(rule.hasPrefix("bloat") ? 5 : 1) where !isCured {
      try Scratch.waitUntilAlone(on: connection)
      for statement in remedy.sql { try connection.execute(statement) }
      isCured = try !test.type.look(connection, example.options).findings.contains {
        $0.fingerprint == finding.fingerprint
      }
    }
    #expect(isCured, "\(remedy.sql)")
    #expect(try connection.rows("SELECT current_setting('lock_timeout') AS s").first?.text("s") == "0")
    if remedy.undo.isEmpty { return }
    for statement in remedy.undo { try connection.execute(statement) }
    #expect(try schema(connection) == before, "\(remedy.undo)")
  }

  /// A remedy that names a template of the knowledge base fills it: the same index, by SQL and as a Rails migration.
  @Test func templatesAreFilledByTheirSlots() throws {
    let index = IndexDefinition(schema: "Sales", table: "Order Lines", columns: ["order", "Line"])
    let create = Remedy.createIndex(index)
    let definition = "CREATE INDEX old ON public.t USING btree (a)"
    let drop = Remedy.dropIndex(schema: "public", name: "old", definition: definition)
    for (remedy, words) in [
      (create, ["\"Sales\".\"Order Lines\"", "(\"order\", \"Line\")", "CONCURRENTLY"]),
      (drop, ["DROP INDEX CONCURRENTLY", "old"]),
    ] {
      let pattern = try #require(remedy.pattern)
      var slots: [String: SlotValue] = [:]
      for slot in remedy.slots { slots[slot.name] = .text(slot.value) }
      let sql = try KnowledgeBase.builtIn.fill(pattern, target: .sql, slots: slots).up
      for word in words { #expect(sql.contains(word), "\(sql)") }
      let migration = try KnowledgeBase.builtIn.fill(pattern, target: .rails, slots: slots).files
      #expect(migration.first?.text.contains("disable_ddl_transaction!") == true)
    }
  }

  /// What a person must decide.
  private static let withoutRemedy = Set([
    "fk-type-mismatch", "index-invalid", "fk-duplicate", "seq-scan-large", "sequence-runs-out",
    "sequence-wider-than-column", "sequence-out-of-sync", "sequence-cycles", "key-runs-out", "key-copy-narrower",
  ]).union(ConventionTests.withoutRemedy)

  private static var cases: [ExampleTests.Case] {
    (Examinations.all + Checkup.own).flatMap { type in
      type.examples.indices.compactMap { index in
        let example = type.examples[index]
        if ConventionTests.neverRemedied.contains(example.rule ?? "") { return nil }
        if case .finds = example.expectation { return ExampleTests.Case(type, index) }
        return nil
      }
    }
  }

  /// Whatever of the catalogs a remedy may change: columns, indexes and constraints with how they hang together, options,
  /// sequences, triggers, policies, functions' settings, rights.
  private func schema(_ connection: borrowing Connection) throws -> [String] {
    try connection.rows(
      """
      SELECT pg_get_indexdef(i.indexrelid) || coalesce(' of ' || h.inhparent::regclass::text, '')
        || row(i.indisclustered, i.indisreplident) AS line
      FROM pg_index i LEFT JOIN pg_inherits h ON h.inhrelid = i.indexrelid
      WHERE i.indrelid::regclass::text !~ '^pg_'
      UNION ALL
      SELECT c.conrelid::regclass || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid) || c.convalidated
      FROM pg_constraint c WHERE c.conrelid <> 0
      UNION ALL
      SELECT a.attrelid::regclass || '.' || a.attname || row(format_type(a.atttypid, a.atttypmod), a.attnotnull,
        a.attidentity, a.attstorage, a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm', 'v')
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT c.oid::regclass || ' ' || row(c.relkind, c.relpersistence, c.relreplident, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions, c.relacl)
      FROM pg_class c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'v', 'S')
        AND c.relnamespace <> 'pg_toast'::regnamespace
      UNION ALL
      SELECT q.seqrelid::regclass || ' ' || format_type(q.seqtypid, NULL) || row(q.seqstart, q.seqincrement, q.seqmax,
        q.seqmin, q.seqcache, q.seqcycle)
      FROM pg_sequence q
      UNION ALL
      SELECT t.tgrelid::regclass || ' ' || t.tgname || row(t.tgenabled) FROM pg_trigger t WHERE NOT t.tgisinternal
      UNION ALL
      SELECT p.polrelid::regclass || ' ' || p.polname || row(p.polcmd) FROM pg_policy p
      UNION ALL
      SELECT p.oid::regprocedure || ' ' || row(p.prosecdef, p.proconfig, p.proacl)
      FROM pg_proc p WHERE p.oid >= 16384
      UNION ALL
      SELECT n.nspname || coalesce(n.nspacl::text, '') FROM pg_namespace n WHERE n.nspname !~ '^pg_'
      UNION ALL
      SELECT e.extname || e.extversion FROM pg_extension e
      ORDER BY 1
      """
    ).map { $0.text("line") }
  }
}
