import Postgres
import Testing

@testable import Medic

/// A run compared with an earlier one.
@Suite(.serialized) struct BaselineTests {
  private func report(
    _ connection: borrowing Connection, _ baseline: Baseline? = nil, ignoring: IgnoreList = IgnoreList(),
    _ written: [(name: String, value: String)] = []
  ) throws -> Report {
    var request = Request(options: try Options(written, for: Checkup.allOptions), ignoring: ignoring)
    request.baseline = baseline
    return try Checkup().report(connection, request)
  }

  private func written(_ report: Report) -> String { JSONFormat.document([report.whole], toolVersion: "") }

  private func counts(_ report: Report) -> [Value] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == "baseline" })?.content else { return [] }
    return rows.first ?? []
  }

  @Test func tellsNewFromGoneFromStillThere() throws {
    let scratch = try Scratch("medic_baseline")
    let connection = try scratch.connect()
    try Scratch.run(Planted.schema, on: connection)
    let first = try report(connection)
    let baseline = try Baseline(written(first))
    #expect(baseline.entries.count == first.whole.findings.count, "what limit= cuts off is in the file all the same")

    let same = try report(connection, baseline)
    #expect(same.whole.findings.allSatisfy { $0["since_baseline"] == "still there" })
    #expect(same.worst == nil)
    #expect(!FailOn.info.isReached(by: [same]), "nothing new, nothing fails")
    #expect(counts(same).first == 0)

    try Scratch.run(
      "DROP INDEX b_x_again;\nCREATE TABLE fresh (id bigint PRIMARY KEY, a int REFERENCES a);", on: connection)
    let later = try report(connection, baseline).whole
    let new = later.findings.filter { $0["since_baseline"] == "new" }
    #expect(new.contains { $0.object.name == "fresh_a_fkey" && $0.message.hasPrefix("new: ") })
    #expect(!new.contains { $0.object.table == "b" || $0.object.table == "c" })
    #expect(FailOn.warning.isReached(by: [later]) == new.contains { $0.severity >= .warning })
    let gone = later.figures.first { $0.name == "gone" }
    guard case .table(_, let rows)? = gone?.content else {
      Issue.record("nothing is gone")
      return
    }
    #expect(rows.contains(["index-duplicate", "public.b_x_again"]))

    // Who sees less, ignores more or looks at less calls nothing gone.
    try Scratch.run(Planted.grants, on: connection)
    let plain = try scratch.connect(user: "medic_matrix_plain")
    #expect(try !self.gone(report(plain, baseline)).contains { $0.first?.text.hasPrefix("bloat") ?? false })
    let ignoring = IgnoreList("fk-without-index * # all", today: "2026-01-01")
    #expect(
      try !self.gone(report(connection, baseline, ignoring: ignoring)).contains { $0.first == "fk-without-index" })
    #expect(try !self.gone(report(connection, baseline, [("static", "on")])).contains { $0.first == "bloat-table" })
  }

  private func gone(_ report: Report) -> [[Value]] {
    guard case .table(_, let rows)? = report.figures.first(where: { $0.name == "gone" })?.content else { return [] }
    return rows
  }

  @Test(
    arguments: [
      ("", "it is empty"), ("no json", "not JSON"), ("{}", "not a report"), ("[1, 2]", "not a report"),
      (#"{"schema": "pgmedic.kb/1"}"#, "its schema is \"pgmedic.kb/1\""),
      (#"{"schema": "pgmedic.findings/1"}"#, "no findings"),
      (#"{"schema": "pgmedic.findings/1", "database": "d", "findings": [{"rule": 1}]}"#, "no rule or no object"),
    ])
  func aForeignFileIsAClearError(_ text: String, _ words: String) {
    do throws(Baseline.Mistake) {
      _ = try Baseline(text)
      Issue.record("taken for a report: \(text)")
    } catch {
      switch error {
      case .foreign(let why): #expect(why.contains(words), "\(why)")
      }
    }
  }

  /// Sessions have other numbers in every run, sequences of documents are one baseline.
  @Test func numbersDoNotCount() throws {
    let card = Card("session-idle-in-transaction", severity: .warning, in: .connections, entry: "x", summary: "x")
    func report(_ pid: Int) -> Report {
      Report(
        command: "conns", database: "d",
        findings: [Finding(card, on: DatabaseObject(.session, name: "pid \(pid)"), "x")])
    }
    let baseline = try Baseline(JSONFormat.document([report(1), report(2)], toolVersion: ""))
    #expect(baseline.entries.count == 2)
    let comparison = baseline.compared(
      with: report(77).findings, of: "e", rules: [card], notAssessed: [],
      Request(options: .standard(for: Checkup.allOptions)))
    #expect(comparison.new.isEmpty)
    #expect(comparison.notes == ["the baseline is of another database, d"])
  }
}
