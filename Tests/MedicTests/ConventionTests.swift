import Postgres
import Testing

@testable import Medic

/// The rules about the schema, each against what the server itself does.
@Suite(.serialized) struct ConventionTests {
  /// Rules without a remedy that is safe on a busy server, or that need a person's decision.
  static let neverRemedied: Set<String> = [
    "conv-integer-key", "conv-rls-without-policy", "conv-timestamp", "conv-json", "conv-char", "conv-money",
    "conv-float-money", "conv-name-quoted", "conv-name-cut",
  ]
  /// Rules of which some findings have none.
  static let withoutRemedy: Set<String> = [
    "conv-no-primary-key", "conv-serial", "conv-unlogged", "conv-jsonb-without-index",
  ]

  private func find(_ rule: String, _ connection: borrowing Connection) throws -> [Finding] {
    let report = try Conventions.look(connection, [("rule", rule), ("limit", "1000")])
    #expect(report.notAssessed == [])
    return report.findings
  }

  private func only(_ rule: String, _ connection: borrowing Connection) throws -> Finding {
    let findings = try find(rule, connection)
    #expect(findings.count == 1)
    return try #require(findings.first)
  }

  /// The SQLSTATE with which the server refuses a statement; nil when it doesn't.
  private func refusal(_ sql: String, _ connection: borrowing Connection) -> String? {
    do {
      try connection.execute(sql)
      return nil
    } catch let error as PostgresError {
      return error.sqlState
    } catch {
      return "\(error)"
    }
  }

  private func apply(_ remedy: Remedy?, _ connection: borrowing Connection) throws {
    for statement in try #require(remedy).sql { try connection.execute(statement) }
  }

  private func value(_ sql: String, _ connection: borrowing Connection) throws -> String? {
    try connection.rows("SELECT (\(sql))::text AS v").first?["v"]
  }

  private static func inQuotes(_ name: String) -> String {
    "\"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
  }

  // MARK: What the server does

  @Test func aConstraintLeftNotValidHidesRowsThatBreakIt() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      DROP SCHEMA IF EXISTS s CASCADE; CREATE SCHEMA s; CREATE TABLE s.t (n int); INSERT INTO s.t VALUES (-1);
      ALTER TABLE s.t ADD CONSTRAINT positive CHECK (n > 0) NOT VALID
      """)
    let finding = try only("conv-not-valid", connection)
    #expect(finding.object.displayName == "s.t.positive")
    #expect(refusal("ALTER TABLE s.t VALIDATE CONSTRAINT positive", connection) == "23514")
    #expect(refusal("INSERT INTO s.t VALUES (-2)", connection) == "23514")
    try connection.execute("DELETE FROM s.t")
    try apply(finding.remedy, connection)
    #expect(try find("conv-not-valid", connection) == [])
    try connection.execute("DROP SCHEMA s CASCADE")
  }

  @Test func aPublishedTableWithoutIdentityCanNotBeUpdated() throws {
    let scratch = try Scratch("medic_conv_published")
    let connection = scratch.connection
    try Scratch.run(
      """
      CREATE TABLE t (id int NOT NULL);
      CREATE TABLE full_one (id int);
      CREATE TABLE inserted (id int);
      CREATE TABLE p (id int) PARTITION BY LIST (id);
      CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
      INSERT INTO t VALUES (1);
      INSERT INTO p VALUES (1);
      INSERT INTO inserted VALUES (1);
      INSERT INTO full_one VALUES (1);
      CREATE UNIQUE INDEX t_id ON t (id);
      ALTER TABLE full_one REPLICA IDENTITY FULL;
      CREATE PUBLICATION all_changes FOR TABLE t, full_one, p;
      CREATE PUBLICATION inserts FOR TABLE inserted WITH (publish = 'insert');
      """, on: connection)
    let severities = Dictionary(
      try find("conv-no-primary-key", connection).map { ($0.object.name, $0.severity) }
    ) { first, _ in first }
    for (table, severity) in severities {
      let isRefused = refusal("UPDATE \(table) SET id = 2 - id", connection) == "55000"
      #expect(isRefused == (severity == .error), "\(table)")
    }
    #expect(severities.mapValues { $0 == .error } == ["t": true, "p": true, "full_one": false, "inserted": false])
    let remedy = try find("conv-no-primary-key", connection).first { $0.object.name == "t" }?.remedy
    try apply(remedy, connection)
    #expect(refusal("UPDATE t SET id = 2 WHERE id = 1", connection) == nil)
    if connection.serverMajor >= 15 {
      try connection.execute("DROP PUBLICATION all_changes; CREATE PUBLICATION schemas FOR TABLES IN SCHEMA public")
      let stuck = try find("conv-no-primary-key", connection).filter { $0.severity == .error }.map { $0.object.name }
      #expect(stuck.sorted() == ["inserted", "p"])
    }
  }

  @Test func rowSecurityDoesWhatTheFindingSays() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      BEGIN; CREATE ROLE medic_conv_reader;
      CREATE TABLE closed (id int); INSERT INTO closed VALUES (1); ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
      CREATE TABLE opened (id int); INSERT INTO opened VALUES (1), (2); CREATE POLICY one ON opened USING (id = 1);
      GRANT SELECT ON closed, opened TO medic_conv_reader
      """)
    func rows(_ table: String) throws -> String? {
      try connection.execute("SET LOCAL ROLE medic_conv_reader")
      let count = try value("SELECT count(*) FROM \(table)", connection)
      try connection.execute("RESET ROLE")
      return count
    }
    #expect(try only("conv-rls-without-policy", connection).object.name == "closed")
    #expect(try rows("closed") == "0")
    let finding = try only("conv-policy-without-rls", connection)
    #expect(finding.object.name == "opened")
    #expect(try rows("opened") == "2")
    try apply(finding.remedy, connection)
    #expect(try rows("opened") == "1")
    #expect(try find("conv-policy-without-rls", connection) == [])
    try connection.execute("ROLLBACK")
  }

  @Test func aCallerTakesOverASecurityDefinerFunction() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      BEGIN; CREATE ROLE medic_conv_attacker; CREATE SCHEMA evil AUTHORIZATION medic_conv_attacker;
      CREATE FUNCTION whoami() RETURNS text LANGUAGE sql AS $$ SELECT 'harmless' $$;
      CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN whoami(); END $$;
      SET LOCAL ROLE medic_conv_attacker;
      CREATE FUNCTION evil.whoami() RETURNS text LANGUAGE sql AS $$ SELECT 'ran as ' || current_user $$;
      RESET ROLE
      """)
    func call() throws -> String? {
      try connection.execute("SET LOCAL ROLE medic_conv_attacker; SET LOCAL search_path = evil, public")
      let answer = try value("SELECT public.f()", connection)
      try connection.execute("RESET ROLE; SET LOCAL search_path = public")
      return answer
    }
    let finding = try only("conv-security-definer", connection)
    #expect(finding.severity == .error)
    #expect(try call() == "ran as \(try value("SELECT current_user", connection) ?? "")")
    try apply(finding.remedy, connection)
    #expect(try call() == "harmless")
    #expect(try find("conv-security-definer", connection) == [])
    try connection.execute("REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC; ALTER FUNCTION f() RESET search_path")
    #expect(try only("conv-security-definer", connection).severity == .warning)
    try connection.execute("ROLLBACK")
  }

  /// Without pg_temp at its end, a fixed search_path still lets a temporary table stand in for a real one.
  @Test func aTemporaryTableGoesBeforeTheRealOne() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      BEGIN; CREATE TABLE rights (is_allowed text); INSERT INTO rights VALUES ('no');
      CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public
        AS $$ BEGIN RETURN (SELECT is_allowed FROM rights); END $$;
      CREATE TEMP TABLE rights (is_allowed text); INSERT INTO pg_temp.rights VALUES ('yes')
      """)
    #expect(try value("SELECT f()", connection) == "yes")
    let finding = try only("conv-security-definer", connection)
    #expect(finding.severity == .info)
    try apply(finding.remedy, connection)
    #expect(try value("SELECT f()", connection) == "no")
    #expect(try find("conv-security-definer", connection) == [])
    try connection.execute("ROLLBACK")
  }

  @Test func aDisabledForeignKeyLetsOrphansIn() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      BEGIN; CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a);
      ALTER TABLE b DISABLE TRIGGER ALL; INSERT INTO b VALUES (1); SAVEPOINT s
      """)
    let finding = try only("conv-trigger-disabled", connection)
    #expect(finding.severity == .error && finding.object.kind == .foreignKey)
    try apply(finding.remedy, connection)
    #expect(try find("conv-trigger-disabled", connection) == [])
    #expect(refusal("INSERT INTO b VALUES (2)", connection) == "23503")
    try connection.execute("ROLLBACK")
  }

  @Test func everyRoleCreatesWherePublicMay() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      "BEGIN; CREATE ROLE medic_conv_nobody; CREATE SCHEMA shop; GRANT USAGE, CREATE ON SCHEMA shop TO PUBLIC")
    let finding = try only("conv-public-create", connection)
    let create = "SAVEPOINT s; SET LOCAL ROLE medic_conv_nobody; CREATE TABLE shop.t ()"
    #expect(refusal(create, connection) == nil)
    try connection.execute("ROLLBACK TO s")
    try apply(finding.remedy, connection)
    #expect(refusal(create, connection) == "42501")
    try connection.execute("ROLLBACK TO s")
    #expect(try find("conv-public-create", connection) == [])
    try connection.execute("ROLLBACK")
  }

  @Test func aSerialBecomesAnIdentityAndCountsOn() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      DROP TABLE IF EXISTS t; CREATE TABLE t (id serial PRIMARY KEY, v int);
      ALTER SEQUENCE t_id_seq INCREMENT 10; INSERT INTO t (v) VALUES (1), (2)
      """)
    let finding = try only("conv-serial", connection)
    try apply(finding.remedy, connection)
    #expect(try find("conv-serial", connection) == [])
    #expect(try connection.rows("INSERT INTO t (v) VALUES (3) RETURNING id").first?.int("id") == 21)
    for statement in try #require(finding.remedy).undo { try connection.execute(statement) }
    #expect(try connection.rows("INSERT INTO t (v) VALUES (4) RETURNING id").first?.int("id") == 31)
    #expect(try only("conv-serial", connection) == finding)
    try connection.execute("DROP TABLE t")
  }

  @Test func twoSpellingsOfOneAddressAreTaken() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute(
      """
      DROP TABLE IF EXISTS t; CREATE TABLE t (email text UNIQUE); CREATE INDEX ON t (lower(email));
      INSERT INTO t VALUES ('a@x'), ('A@x')
      """)
    let finding = try only("conv-case-sensitive-key", connection)
    #expect(refusal(try #require(finding.remedy).sql[1], connection) == "23505")
    for statement in try #require(finding.remedy).undo { try connection.execute(statement) }
    try connection.execute("DELETE FROM t WHERE email = 'A@x'")
    try apply(finding.remedy, connection)
    #expect(refusal("INSERT INTO t VALUES ('A@x')", connection) == "23505")
    #expect(try find("conv-case-sensitive-key", connection) == [])
    try connection.execute("DROP TABLE t")
  }

  @Test func theTypesDoWhatTheirRulesSay() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    try connection.execute("BEGIN; CREATE TABLE t (at timestamp, data json, code char(3), price float8)")
    try connection.execute("INSERT INTO t VALUES ('2024-03-01 12:00', '{}', 'a', 0.1), (NULL, NULL, NULL, 0.2)")
    let instant = "SELECT extract(epoch FROM at::timestamptz) FROM t WHERE at IS NOT NULL"
    try connection.execute("SET LOCAL TimeZone = 'UTC'")
    let utc = try value(instant, connection)
    try connection.execute("SET LOCAL TimeZone = 'Asia/Tokyo'")
    #expect(try value(instant, connection) != utc)
    #expect(try value("SELECT octet_length(code) FROM t WHERE code = 'a'", connection) == "3")
    #expect(try value("SELECT sum(price) = 0.3 FROM t", connection) == "false")
    #expect(refusal("SAVEPOINT s; SELECT DISTINCT data FROM t", connection) == "42883")
    try connection.execute("ROLLBACK")
  }

  /// What a rule says of a name is what the server's parser says.
  @Test func namesNeedQuotesWhereTheParserSaysSo() throws {
    let scratch = try Scratch("medic_conv_truth", shared: true)
    let connection = scratch.connection
    let words = try connection.rows("SELECT word FROM pg_get_keywords() ORDER BY 1").map { $0.text("word") }
    let names =
      words + ["a$1", "größe", "_x", "Upper", "1st", "a b", "a-b", "a\"b", "a.b", "$a", "ÄB", "tab\tname", "a'b"]
    try connection.execute("BEGIN; CREATE TABLE t ()")
    for name in names { try connection.execute("ALTER TABLE t ADD \(Self.inQuotes(name)) int") }
    let found = Set(try find("conv-name-quoted", connection).map { $0.object.name })
    for name in names {
      let isTaken = refusal("SAVEPOINT s; CREATE TABLE u AS SELECT \(name) FROM t", connection) == nil
      try connection.execute("ROLLBACK TO s")
      if name.contains(".") || words.contains(name) { continue }
      #expect(isTaken != found.contains(name), "\(name)")
    }
    for word in words {
      let isRefused = refusal("SAVEPOINT s; CREATE TABLE u (\(word) int)", connection) != nil
      try connection.execute("ROLLBACK TO s")
      #expect(isRefused == found.contains(word), "\(word)")
    }
    try connection.execute("ROLLBACK")
  }

  /// An index for each use of a column, proved by the plan once there is one.
  @Test(arguments: [
    ("jsonb-without-index", "SELECT id FROM t WHERE data @> '{\"k\": 5}'"),
    ("case-insensitive", "SELECT id FROM t WHERE lower(email) = 'user5'"),
  ]) func theRecordedConditionIsServedAfterwards(_ rule: String, _ query: String) throws {
    let scratch = try Scratch("medic_conv_workload")
    let connection = scratch.connection
    try Scratch.run(
      """
      CREATE EXTENSION pg_stat_statements;
      CREATE TABLE t (id bigint PRIMARY KEY, data jsonb, email text);
      INSERT INTO t SELECT i, jsonb_build_object('k', i), 'User' || i FROM generate_series(1, 5000) i;
      CREATE INDEX ON t (email);
      ANALYZE t;
      \(query);
      """, on: connection)
    func plan() throws -> String {
      try connection.execute("SET enable_seqscan = off")
      return try connection.rows("EXPLAIN \(query)").map { $0.text("QUERY PLAN") }.joined()
    }
    #expect(try plan().contains("Seq Scan"))
    try apply(try only(rule, connection).remedy, connection)
    #expect(try !plan().contains("Seq Scan"))
    #expect(try find(rule, connection) == [])
  }

  // MARK: Around the rules

  /// The catalogs of everything a remedy may touch.
  private func snapshot(_ connection: borrowing Connection) throws -> [String] {
    try connection.rows(
      """
      SELECT concat_ws(' ', c.oid::regclass, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity) AS line
      FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname !~ '^(pg_|information)'
      UNION ALL
      SELECT concat_ws(' ', a.attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
        pg_get_expr(adbin, adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped AND nspname !~ '^(pg_|information)'
      UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text !~ '^pg_'
      UNION ALL SELECT concat_ws(' ', conname, pg_get_constraintdef(oid), convalidated) FROM pg_constraint WHERE oid >= 16384
      UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger
      UNION ALL SELECT concat_ws(' ', ev_class::regclass, rulename, ev_enabled) FROM pg_rewrite WHERE oid >= 16384
      UNION ALL SELECT concat_ws(' ', oid::regprocedure, proconfig, proacl) FROM pg_proc WHERE oid >= 16384
      UNION ALL SELECT concat_ws(' ', seqrelid::regclass, seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax, seqcache,
        seqcycle) FROM pg_sequence
      UNION ALL SELECT concat_ws(' ', nspname, grantee::regrole, privilege_type)
      FROM pg_namespace, aclexplode(nspacl) WHERE nspname !~ '^(pg_|information)'
      UNION ALL SELECT concat_ws(' ', objid::regclass, refobjid::regclass, refobjsubid, deptype) FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
        AND refobjsubid > 0 AND objid >= 16384
      ORDER BY 1
      """
    ).map { $0.text("line") }
  }

  @Test func everyUndoBringsTheCatalogsBack() throws {
    let scratch = try Scratch("medic_conv_undo")
    let connection = scratch.connection
    var undone: Set<String> = []
    for example in Conventions.examples where !example.isCommitted && example.major <= connection.serverMajor {
      guard case .finds = example.expectation, let rule = example.rule, rule != "conv-extension-outdated" else {
        continue
      }
      try connection.execute(
        "DROP SCHEMA IF EXISTS public, \"Shop\" CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC")
      try connection.execute(example.setup)
      let finding = try #require(try find(rule, connection).first)
      guard let remedy = finding.remedy, !remedy.undo.isEmpty else { continue }
      let before = try snapshot(connection)
      for statement in remedy.sql { try connection.execute(statement) }
      #expect(try find(rule, connection).isEmpty, "\(remedy.sql)")
      #expect(try snapshot(connection) != before)
      for statement in remedy.undo { try connection.execute(statement) }
      #expect(try snapshot(connection) == before, "\(remedy.undo)")
      undone.insert(rule)
    }
    #expect(
      undone == [
        "conv-no-primary-key", "conv-serial", "conv-trigger-disabled", "conv-rule-disabled", "conv-policy-without-rls",
        "conv-security-definer", "conv-public-create", "conv-unlogged", "conv-case-sensitive-key", "conv-index-name",
      ])
  }

  private static let mixed = """
    CREATE TABLE t (id serial PRIMARY KEY, at timestamp, "At" timestamp, data json);
    CREATE TABLE u (at timestamp);
    CREATE INDEX idx1 ON u (at);
    CREATE POLICY p ON u USING (true);
    CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
    """

  @Test func rulesArePickedByName() throws {
    let scratch = try Scratch("medic_conv_mixed")
    let connection = scratch.connection
    try Scratch.run(Self.mixed, on: connection)
    let report = try Conventions.look(connection, [("rule", "timestamp, conv-json"), ("limit", "2")])
    #expect(report.findings.map { $0.object.displayName } == ["public.t.data", "public.t.\"At\""])
    #expect(report.cutOff == 2)
    #expect(report.summary == "4 findings: timestamp 3, json 1")
    #expect(report.scope == "2 tables by 2 rules")
    let rows: [[Value]] = [
      ["conv-timestamp", "warning", 3, .text(TimestampColumns.card.summary)],
      ["conv-json", "warning", 1, .text(JSONColumns.card.summary)],
    ]
    #expect(report.figures.first?.content == .table(columns: ["rule", "worst", "findings", "what"], rows: rows))
    #expect(throws: PostgresError.self) { try Conventions.look(connection, [("rule", "json, nonsense")]) }
    let clean = try Conventions.look(connection, [("rule", "money")])
    #expect(clean.summary == "nothing breaks these rules" && clean.figures == [])
    #expect(
      try Conventions.look(connection, at: ["public.u"]).findings.allSatisfy {
        $0.object.table ?? $0.object.name == "u"
      })
  }

  @Test func whatDependsOnLoadIsMarked() {
    let dependent = Conventions.rules.filter { $0.dependsOnLoad }.map { $0.rule }
    #expect(dependent == ["conv-extension-outdated", "conv-jsonb-without-index", "conv-case-insensitive"])
    #expect(Set(Conventions.rules.map { $0.rule }).count == Conventions.rules.count)
  }

  /// The catalogs are everybody's to read: a role without any right, and locks, change nothing but what is recorded.
  @Test func rightsAndLocksChangeNothing() throws {
    let scratch = try Scratch("medic_conv_rights")
    try Scratch.run(Self.mixed + "\nCREATE EXTENSION pg_stat_statements;\n", on: scratch.connection)
    try Scratch.run("SELECT FROM t WHERE data::jsonb @> '{}';\n", on: scratch.connection)
    let full = try Conventions.look(scratch.connection)
    #expect(full.notAssessed == [] && full.findings.count > 8)
    try scratch.connection.execute(
      "DO $$ BEGIN IF to_regrole('medic_conv_plain') IS NULL THEN CREATE ROLE medic_conv_plain LOGIN; END IF; END $$")
    let holder = try scratch.connect()
    try holder.execute("BEGIN; LOCK TABLE t, u IN ACCESS EXCLUSIVE MODE")
    let plain = try scratch.connect(user: "medic_conv_plain")
    let watch = ContinuousClock()
    let start = watch.now
    let report = try Conventions.look(plain)
    #expect(watch.now - start < .milliseconds(1500))
    #expect(report.findings.map { $0.fingerprint } == full.findings.map { $0.fingerprint })
    let reason = "statements of other roles are hidden: needs pg_read_all_stats"
    #expect(report.notAssessed.map { $0.reason } == [reason, reason])
    #expect(Set(report.notAssessed.map { $0.rule }) == Set(Conventions.workloadRules.map { $0.card.rule }))
  }

  /// One rule that can't be judged doesn't take the others with it.
  @Test func aRefusedCatalogIsNotAssessedAndTheRestIs() throws {
    let scratch = try Scratch("medic_conv_refused")
    try Scratch.run(Self.mixed, on: scratch.connection)
    try scratch.connection.execute(
      """
      DO $$ BEGIN IF to_regrole('medic_conv_plain') IS NULL THEN CREATE ROLE medic_conv_plain LOGIN; END IF; END $$;
      REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC
      """)
    let report = try Conventions.look(try scratch.connect(user: "medic_conv_plain"))
    let refused = report.notAssessed.filter { $0.reason.contains("permission denied for table pg_policy") }
    #expect(refused.map { $0.rule } == ["conv-rls-without-policy", "conv-policy-without-rls"])
    for rule in ["conv-no-primary-key", "conv-security-definer", "conv-index-name", "conv-timestamp"] {
      #expect(report.findings.contains { $0.rule == rule }, "\(rule)")
    }
  }
}
