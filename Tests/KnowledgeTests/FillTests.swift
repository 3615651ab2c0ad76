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
