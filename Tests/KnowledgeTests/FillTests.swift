import Testing

@testable import Knowledge

let fixed = FillOptions(timestamp: "20260102030405", railsVersion: "7.1")

@Suite struct Filling {
  let base = KnowledgeBase.builtIn

  @Test func sqlOfAPlainCase() throws {
    let filled = try base.fill(
      "index-concurrently", slots: ["table": "hosts", "columns": "status, last_seen"], options: fixed)
    #expect(
      filled.up == """
        SET lock_timeout = '5s';
        CREATE INDEX CONCURRENTLY index_hosts_on_status_and_last_seen ON hosts USING btree (status, last_seen);
        RESET lock_timeout;
        """)
    #expect(
      filled.down == """
        SET lock_timeout = '5s';
        DROP INDEX CONCURRENTLY index_hosts_on_status_and_last_seen;
        RESET lock_timeout;
        """)
    #expect(
      filled.verify == """
        SELECT indisvalid AND indisready AS is_valid FROM pg_index WHERE indexrelid = 'index_hosts_on_status_and_last_seen'::regclass;
        """)
    #expect(
      filled.files.map(\.name) == [
        "20260102030405_add_index_hosts_on_status_and_last_seen.up.sql",
        "20260102030405_add_index_hosts_on_status_and_last_seen.down.sql",
      ])
    #expect(filled.slots.map(\.name) == ["table", "columns", "name", "method"])
    #expect(filled.notes.contains("Deploy the index before the code that relies on it."))
  }

  @Test func railsOfAPlainCase() throws {
    let filled = try base.fill(
      "index-concurrently", target: .rails, slots: ["table": "hosts", "columns": "status"], options: fixed)
    #expect(filled.files.map(\.name) == ["20260102030405_add_index_hosts_on_status.rb"])
    #expect(
      filled.files.first?.text == """
        class AddIndexHostsOnStatus < ActiveRecord::Migration[7.1]
          disable_ddl_transaction!

          def up
            execute "SET lock_timeout = '5s'"
            add_index :hosts, :status, name: "index_hosts_on_status", using: :btree, algorithm: :concurrently
          ensure
            execute "RESET lock_timeout"
          end

          def down
            remove_index :hosts, name: "index_hosts_on_status", algorithm: :concurrently
          end
        end

        """)
  }

  @Test func aSchemaTravelsToTheIndex() throws {
    let slots: [String: SlotValue] = ["table": .relation("Billing", "order"), "columns": .names(["user", "Ö"])]
    let filled = try base.fill("index-concurrently", slots: slots, options: fixed)
    #expect(
      filled.up.contains(
        """
        CREATE INDEX CONCURRENTLY "index_order_on_user_and_Ö" ON "Billing"."order" USING btree ("user", "Ö");
        """))
    #expect(filled.down.contains("DROP INDEX CONCURRENTLY \"Billing\".\"index_order_on_user_and_Ö\";"))
    #expect(filled.verify.contains("indexrelid = '\"Billing\".\"index_order_on_user_and_Ö\"'::regclass"))
    let rails = try base.fill(
      "index-concurrently", target: .rails, slots: ["table": "billing.hosts", "columns": "a, b"], options: fixed)
    #expect(rails.files[0].text.contains("add_index \"billing.hosts\", [:a, :b], name: \"index_hosts_on_a_and_b\""))
  }

  @Test func keysMayHaveOptionsAndExpressions() throws {
    let slots: [String: SlotValue] = [
      "table": "hosts", "columns": "lower(email), created_at desc nulls last", "where": "status = 'failed'",
    ]
    let filled = try base.fill("index-concurrently", slots: slots, options: fixed)
    #expect(
      filled.up.contains(
        "ON hosts USING btree (lower(email), created_at desc nulls last) WHERE status = 'failed';"))
    #expect(filled.up.contains("index_hosts_on_lower_email_and_created_at "))
    let rails = try base.fill("index-concurrently", target: .rails, slots: slots, options: fixed)
    #expect(rails.files[0].text.contains("\"lower(email), created_at desc nulls last\""))
    #expect(rails.files[0].text.contains(", where: \"status = 'failed'\", algorithm"))
  }

  @Test func longNamesAreCutAndSaid() throws {
    let columns = (1...8).map { "a_rather_long_column_\($0)" }
    let filled = try base.fill(
      "index-concurrently", slots: ["table": "hosts", "columns": .names(columns)], options: fixed)
    let name = filled.slots.first { $0.name == "name" }?.value ?? ""
    #expect(name.utf8.count == 63)
    #expect(name.hasPrefix("index_hosts_on_a_rather_long_column_1_and_a_rather_lon"))
    #expect(filled.notes.first?.contains("63 bytes") == true)
    let other = try base.fill(
      "index-concurrently", slots: ["table": "hosts", "columns": .names(columns.dropLast() + ["z"])], options: fixed)
    #expect(other.slots.first { $0.name == "name" }?.value != name)
    // cut between characters, never inside one
    #expect(SlotReader.shortened(String(repeating: "ö", count: 40)).hasPrefix(String(repeating: "ö", count: 27) + "_"))
  }

  @Test func wrongSlotsAreNamedWithTheKnownOnes() {
    let slots =
      "table:table, columns:columns, name:index{in=table}=index_<table>_on_<columns>, method:am=btree, where:expr?"
    func message(_ slots: [String: SlotValue]) -> String {
      do throws(FillError) {
        _ = try base.fill("index-concurrently", slots: slots, options: fixed)
        return "no error"
      } catch { return error.description }
    }
    #expect(message(["tabel": "hosts"]) == "index-concurrently has no slot \"tabel\"; it has \(slots)")
    #expect(message([:]) == "index-concurrently needs \"table\", \"columns\", \"name\"; its slots are \(slots)")
    #expect(
      message(["table": "a b", "columns": "c"]).hasPrefix("slot \"table\" (table): \"a b\" can't be read as a name"))
    #expect(message(["table": "t", "columns": "c; DROP TABLE t"]).contains("can't be read as a list of columns"))
    #expect(message(["table": "t", "columns": "c)"]).contains("can't be read as a list of columns"))
    #expect(message(["table": "t", "columns": "c", "where": "true); DROP TABLE t"]).contains("was never opened"))
    #expect(message(["table": "t", "columns": "c", "where": "a = 1 -- "]).contains("holds a comment"))
    #expect(
      message(["table": "t", "columns": "c", "name": .text(String(repeating: "n", count: 64))]).contains("has 64 bytes")
    )
    #expect(throws: FillError.noSuchEntry("nothing")) { try base.fill("nothing", slots: [:]) }
    #expect(throws: FillError.notATemplate(entry: "lock-timeout-index")) {
      try base.fill("lock-timeout-index", slots: [:])
    }
  }

  @Test func stepsOfPlaybooksAreFilledInAsPsqlWould() throws {
    let entry = try #require(base.entry("connection-exhaustion"))
    let step = try #require(entry.steps.first { $0.kind == .confirm })
    let sql = try step.filled(in: entry, slots: ["role": "\"App's\""])
    #expect(sql.contains("WHERE usename = 'App''s' AND state = 'idle' AND state_change < now() - '10min'::interval"))
    let limit = try #require(entry.steps.first { $0.sql.contains("CONNECTION LIMIT") })
    #expect(try limit.filled(in: entry, slots: ["role": "app", "limit": "7"]) == "ALTER ROLE app CONNECTION LIMIT 7;")
    #expect(throws: FillError.self) { try limit.filled(in: entry, slots: ["role": "app", "limit": "7; DROP"]) }
    #expect(throws: FillError.self) { try limit.filled(in: entry, slots: [:]) }
  }
}

@Suite struct FilledPatterns {
  let base = KnowledgeBase.builtIn

  @Test func aCompositeIndexHasItsOptionalParts() throws {
    let whole = try base.fill(
      "composite-index",
      slots: ["table": "checks", "equality": "host_id, status", "range": "created_at desc", "include": "response_ms"],
      options: fixed)
    #expect(
      whole.up.contains(
        """
        CREATE INDEX CONCURRENTLY index_checks_on_host_id_and_status_and_created_at ON checks (host_id, status, created_at desc) \
        INCLUDE (response_ms);
        """))
    let part = try base.fill("composite-index", slots: ["table": "checks", "equality": "host_id"], options: fixed)
    #expect(part.up.contains("CREATE INDEX CONCURRENTLY index_checks_on_host_id ON checks (host_id);"))
  }

  @Test func aPartialIndexQuotesItsValue() throws {
    let slots: [String: SlotValue] = [
      "table": "checks", "columns": "created_at", "predicate_column": "status", "predicate_value": "it's",
    ]
    let sql = try base.fill("partial-index", slots: slots, options: fixed)
    #expect(
      sql.up.contains(
        "CREATE INDEX CONCURRENTLY index_checks_on_created_at_where_it_s ON checks (created_at) WHERE status = 'it''s';"
      ))
    let rails = try base.fill("partial-index", target: .rails, slots: slots, options: fixed)
    #expect(rails.files[0].text.contains("where: <<~'SQL'.strip\n      status = 'it''s'\n    SQL\n"))
    // a heredoc ends at a line of its own: a value with lines can't be put into one
    #expect(throws: FillError.self) {
      try base.fill("partial-index", target: .rails, slots: slots.merging(["predicate_value": "a\nSQL\nb"]) { $1 })
    }
  }

  @Test func threePhasesAreThreeMigrations() throws {
    let slots: [String: SlotValue] = [
      "table": .relation("billing", "hosts"), "column": "new_status", "default": "'unknown'", "value": "legacy_status",
    ]
    let rails = try base.fill("add-not-null-column", target: .rails, slots: slots, options: fixed)
    #expect(
      rails.files.map(\.name) == [
        "20260102030405_add_new_status_to_hosts.rb", "20260102030406_backfill_new_status_of_hosts.rb",
        "20260102030407_set_new_status_of_hosts_not_null.rb",
      ])
    #expect(
      rails.files[0].text == """
        class AddNewStatusToHosts < ActiveRecord::Migration[7.1]
          def up
            add_column "billing.hosts", :new_status, "text"
            change_column_default "billing.hosts", :new_status, from: nil, to: -> { "'unknown'" }
          end

          def down
            remove_column "billing.hosts", :new_status
          end
        end

        """)
    #expect(rails.files[1].text.contains("  disable_ddl_transaction! # each batch commits\n"))
    #expect(rails.files[1].text.contains("UPDATE billing.hosts SET new_status = coalesce(legacy_status, 'unknown')"))
    #expect(rails.files[2].text.contains("CHECK (new_status IS NOT NULL) NOT VALID"))
    let sql = try base.fill("add-not-null-column", slots: slots.filter { $0.key != "value" }, options: fixed)
    #expect(sql.up.contains("SET new_status = coalesce('unknown')"))
    #expect(
      sql.down == "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE billing.hosts DROP COLUMN new_status;\nCOMMIT;")
    // a value can't end the dollar quotes around it
    #expect(throws: FillError.self) {
      try base.fill("add-not-null-column", slots: ["table": "t", "column": "c", "default": "'$backfill$'"])
    }
  }

  @Test func partitionsAreMadeBesideTheTable() throws {
    let filled = try base.fill(
      "time-series-partitioning",
      slots: ["table": .relation("ops", "Checks"), "key": "created_at", "id": "id", "from": "2026-01-01"],
      options: fixed)
    #expect(filled.up.contains("CREATE TABLE ops.\"Checks_partitioned\" (\n  LIKE ops.\"Checks\" INCLUDING DEFAULTS"))
    #expect(
      filled.up.contains("ALTER TABLE ops.\"Checks_partitioned\" ADD PRIMARY KEY (id, created_at);\nCREATE INDEX ON"))
    #expect(filled.verify.contains("SELECT count(*) = 3 AS all_partitions_are_there"))
    #expect(filled.down.contains("DROP TABLE ops.\"Checks_partitioned\";"))
    let rails = try base.fill(
      "time-series-partitioning", target: .rails, slots: ["table": "checks", "key": "created_at"], options: fixed)
    #expect(rails.files[0].text.contains("drop_table :checks_partitioned"))
    #expect(!rails.files[0].text.contains("PRIMARY KEY"))
    #expect(throws: FillError.self) {
      try base.fill("time-series-partitioning", slots: ["table": "checks", "key": "created_at", "interval": "year"])
    }
  }

  @Test func aDroppedIndexComesBackByItsDefinition() throws {
    let filled = try base.fill(
      "drop-index-safely",
      slots: [
        "index": .relation("public", "hosts_status"),
        "definition": "CREATE UNIQUE INDEX hosts_status ON public.hosts USING btree (status, lower('a;b'::text))",
      ], options: fixed)
    #expect(filled.up.contains("DROP INDEX CONCURRENTLY public.hosts_status;"))
    #expect(
      filled.down.contains(
        "\nCREATE UNIQUE INDEX CONCURRENTLY hosts_status ON public.hosts USING btree (status, lower('a;b'::text));\n"))
    for bad in ["DROP TABLE hosts", "CREATE INDEX a ON t (b); DROP TABLE t", "CREATE TABLE x ()"] {
      #expect(throws: FillError.self) {
        try base.fill("drop-index-safely", slots: ["index": "hosts_status", "definition": .text(bad)])
      }
    }
  }

  @Test func everyTemplateFillsForBothTargets() throws {
    let values: [String: SlotValue] = [
      "table": .relation("Odd \"schema\"", "select"), "columns": .names(["user"]), "column": .names(["C c"]),
      "key": "k",
      "default": "0", "equality": .names(["a"]), "predicate_column": .names(["p"]), "predicate_value": "v",
      "index": "i",
      "definition": "CREATE INDEX i ON t USING btree (a)", "parent": "p", "check": "a > 0", "type": "int",
      "partition": "p1", "from": "2026-01-01", "to": "2026-02-01",
    ]
    for entry in base.entries where entry.isTemplate {
      let slots = values.filter { entry.slot(named: $0.key) != nil }
      for target in Filled.Target.allCases {
        let filled = try fill(entry, target: target, slots: slots, options: fixed)
        #expect(!filled.up.isEmpty && !filled.verify.isEmpty && !filled.notes.isEmpty, "\(entry.id)")
        #expect(target == .rails || !filled.down.isEmpty)
        for file in filled.files {
          #expect(file.name.utf8.allSatisfy { isIdentifierPart($0) || $0 == UInt8(ascii: ".") }, "\(file.name)")
          #expect(file.text.hasSuffix("\n") && !file.text.contains("[[") && !file.text.contains("<Class>"))
        }
        if target == .rails { #expect(filled.files.allSatisfy { $0.text.hasPrefix("class ") }) }
      }
    }
  }

  @Test func whatCantBeUndoneIsRefused() throws {
    let oneWay = try page("slots: [t:table]\nirreversible: the rows are gone\n", body: "```sql up\nTRUNCATE :t;\n```")
    #expect(throws: FillError.irreversible(entry: "p", reason: "the rows are gone")) {
      try fill(oneWay, slots: ["t": "a"])
    }
    let noWayBack = try page("slots: [t:table]\n", body: "```sql up\nTRUNCATE :t;\n```")
    #expect(throws: FillError.irreversible(entry: "p", reason: "the page has no way back")) {
      try fill(noWayBack, slots: ["t": "a"])
    }
    let noRails = try page("slots: [t:table]\n", body: "```sql up\nSELECT 1;\n```\n```sql down\nSELECT 2;\n```")
    #expect(throws: FillError.noRailsMigration(entry: "p")) { try fill(noRails, target: .rails, slots: ["t": "a"]) }
  }

  private struct Catalog: SlotSource {
    func candidates(for slot: Slot, _ query: SlotQuery, given: [String: String]) -> [String] {
      slot.name == "definition" ? ["CREATE INDEX \(given["index"] ?? "?") ON t USING btree (a)"] : []
    }
  }

  @Test func theCatalogAnswersWhatOnlyItKnows() throws {
    let filled = try base.fill("drop-index-safely", slots: ["index": "i"], catalog: Catalog(), options: fixed)
    #expect(filled.down.contains("CREATE INDEX CONCURRENTLY i ON t USING btree (a);"))
    #expect(throws: FillError.self) { try base.fill("drop-index-safely", slots: ["index": "i"]) }
    let column = try #require(Slot("column:column{type=jsonb}"))
    let query = try #require(SlotQuery(for: column))
    #expect(query.parameters == ["table"] && query.sql.contains("t.typname IN ('jsonb')"))
    for text in ["n:int=3", "name:index{in=table}=i_<table>", "e:expr"] {
      let slot = try #require(Slot(text))
      #expect(SlotQuery(for: slot) == nil)
    }
  }

  @Test func timeStampsOfSeveralFilesDiffer() {
    #expect(FillOptions(timestamp: "20260102030458").timestamp(1) == "20260102030459")
    #expect(FillOptions(timestamp: "20260102035959").timestamp(1) == "20260102040000")
    #expect((0...1).map(FillOptions(timestamp: "20260102235959").timestamp) == ["20260102235819", "20260102235820"])
    #expect(FillOptions(timestamp: "x").timestamp(1) == "x")
    #expect(FillOptions().timestamp.utf8.count == 14)
  }
}
