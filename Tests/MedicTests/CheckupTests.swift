import Postgres
import SQLText
import Testing

@testable import Medic

/// One report of all examinations.
@Suite(.serialized) struct CheckupTests {
  private func planted(_ name: String) throws -> Scratch {
    let scratch = try Scratch(name)
    try Scratch.run(Planted.schema, on: scratch.connection)
    return scratch
  }

  private func rows(_ report: Report, _ figure: String) -> [[Value]] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == figure })?.content else { return [] }
    return rows
  }

  @Test func holdsWhatTheOthersFindWorstFirst() throws {
    let scratch = try planted("medic_checkup")
    let report = try Checkup.look(scratch.connection, [("limit", "1000")])
    let found = Set(report.findings.map { $0.fingerprint })
    for part in Checkup.parts where part.manual.argument == .pattern && part.name != "bloat" {
      for finding in try part.look(scratch.connection, [("limit", "1000")]).findings {
        #expect(found.contains(finding.fingerprint), "\(part.name): \(finding.object.fullName)")
      }
    }
    #expect(report.findings.map { $0.severity } == report.findings.map { $0.severity }.sorted(by: >))
    #expect(Set(report.rules.map { $0.rule }) == Set(Checkup.rules.map { $0.rule }))
    let commands = rows(report, "commands")
    #expect(commands.count == Checkup.parts.count)
    let counted = commands.reduce(0) { sum, row in if case .int(let count) = row[1] { sum + count } else { sum } }
    #expect(counted == report.findings.count)
    #expect(report.summary.hasPrefix("\(report.findings.count) findings: "))
    #expect(Set(report.rules.map { $0.rule }).count == report.rules.count, "a rule belongs to one command")
  }

  @Test func oneRuleDoesNotFillTheReport() throws {
    let scratch = try Scratch("medic_checkup_many")
    try Scratch.run(
      "CREATE TABLE a (id bigint PRIMARY KEY);\n"
        + (1...6).map { "CREATE TABLE b\($0) (id bigint PRIMARY KEY, a bigint REFERENCES a);\n" }.joined(),
      on: scratch.connection)
    let report = try Checkup.look(scratch.connection)
    func keys(_ findings: [Finding]) -> Int { findings.filter { $0.rule == "fk-without-index" }.count }
    #expect(keys(report.findings) == 3)
    #expect(keys(report.whole.findings) == 6)
    #expect(report.cutOff == report.whole.findings.count - report.findings.count)
    #expect(keys(try Checkup.look(scratch.connection, [("limit", "100")]).findings) == 6)
    #expect(keys(try Checkup.look(scratch.connection, [("each", "1")]).findings) == 1)
  }

  @Test func theChecklistRestsOnTheRules() throws {
    let bad = try planted("medic_checklist_bad")
    func states(_ report: Report) -> [String: String] {
      Dictionary(rows(report, "checklist").map { ($0[0].text, $0[1].text) }) { first, _ in first }
    }
    let worse = states(try Checkup.look(bad.connection))
    #expect(worse["foreign keys have indexes"] == "no")
    #expect(worse["no sequential scans on large tables"] == "yes")
    #expect(worse["WHERE columns have indexes"] == "not assessed")
    #expect(worse["migrations can be undone"] == "not assessed")
    let good = try Scratch("medic_checklist_good")
    try Scratch.run("CREATE TABLE a (id bigint PRIMARY KEY);", on: good.connection)
    #expect(states(try Checkup.look(good.connection))["foreign keys have indexes"] == "yes")
    let still = states(try Checkup.look(good.connection, [("static", "on")]))
    #expect(still["no sequential scans on large tables"] == "not assessed")
    #expect(still["foreign keys have indexes"] == "yes")
    try good.connection.execute("REVOKE SELECT ON pg_constraint FROM PUBLIC")
    try Scratch.run(Planted.grants.replacing("GRANT SELECT ON a, b, c", with: "GRANT SELECT ON a"), on: good.connection)
    let blind = states(try Checkup.look(try good.connect(user: "medic_matrix_plain")))
    #expect(blind["foreign keys have indexes"] == "not assessed")
  }

  @Test func staticLeavesOutWhatLoadDecides() throws {
    let scratch = try planted("medic_static")
    let report = try Checkup.look(scratch.connection, [("static", "on"), ("limit", "1000")])
    let rules = Set(report.rules.map { $0.rule })
    #expect(rules.isSuperset(of: ["fk-without-index", "index-duplicate"]))
    #expect(rules.isDisjoint(with: ["index-unused", "bloat-table", "connections-few-free", "setting-unsafe"]))
    #expect(Set(report.findings.map { $0.rule }).isSubset(of: rules))
    // The same on statistics of another life.
    try Scratch.run("SELECT count(*) FROM b WHERE x = 1;\nVACUUM ANALYZE;", on: scratch.connection)
    let again = try Checkup.look(scratch.connection, [("static", "on"), ("limit", "1000")])
    // Which of two equal indexes is called the needless one, usage may decide.
    func names(_ report: Report) -> [String] {
      report.findings.map { "\($0.rule) \($0.object.table ?? $0.object.name)" }.sorted()
    }
    #expect(names(again) == names(report))
  }

  @Test func timeThatIsUsedUpIsSaid() throws {
    let scratch = try planted("medic_checkup_time")
    let report = try Checkup.look(scratch.connection, [("within", "0")])
    #expect(report.findings.isEmpty)
    #expect(Set(report.notAssessed.map { $0.rule }) == Set(Checkup.rules.map { $0.rule }))
    #expect(report.notAssessed.allSatisfy { $0.reason.contains("within=") })
    #expect(rows(report, "checklist").allSatisfy { $0[1] == .text("not assessed") })
  }

  @Test func onePartThatFailsIsOneLineAndTheOthersGoOn() throws {
    let scratch = try planted("medic_checkup_failing")
    try scratch.connection.execute("REVOKE EXECUTE ON FUNCTION pg_stat_get_numscans(oid) FROM PUBLIC")
    try Scratch.run(Planted.grants, on: scratch.connection)
    let report = try Checkup.look(try scratch.connect(user: "medic_matrix_plain"), [("limit", "1000")])
    #expect(report.notAssessed.contains { $0.rule == "index-unused" && $0.reason.contains("pg_stat_get_numscans") })
    #expect(report.findings.contains { $0.rule == "fk-without-index" })
  }

  @Test func aPatternLooksAtTablesOnly() throws {
    let scratch = try planted("medic_checkup_pattern")
    let report = try Checkup.look(scratch.connection, [("limit", "1000")], at: ["public.b"])
    #expect(Set(report.findings.compactMap { $0.object.table ?? $0.object.name }).contains("b"))
    #expect(!report.findings.contains { [$0.object.table, $0.object.name].contains("c") })
    #expect(!report.rules.contains { $0.rule == "connections-few-free" })
  }

  @Test func ignoreEntriesExpireAndUnusedOnesAreNamed() throws {
    let scratch = try planted("medic_checkup_ignore")
    let text = """
      fk-without-index public.b.*  until=2026-06-30  # until the release
      fk-without-index public.nowhere.*  # gone
      index-unused *  # load decides
      """
    func report(_ today: String, _ written: [(name: String, value: String)]) throws -> Report {
      let options = try Options([("limit", "1000")] + written, for: Checkup.allOptions)
      return try Checkup().report(
        scratch.connection, Request(options: options, ignoring: IgnoreList(text, today: today)))
    }
    let before = try report("2026-06-30", [])
    #expect(!before.findings.contains { $0.object.name == "b_a_fkey" })
    #expect(before.notes.contains("ignore file, line 2: fk-without-index public.nowhere.* matched nothing"))
    #expect(try report("2026-07-01", []).findings.contains { $0.object.name == "b_a_fkey" })
    #expect(IgnoreList(text, today: "2026-07-01").mistakes == ["line 1: expired on 2026-06-30"])
    // A rule that isn't looked at can't show that its entry is needless.
    #expect(!(try report("2026-06-30", [("static", "on")]).notes.contains { $0.contains("line 3") }))
  }
}
