import SQLText
import Testing

@testable import Medic

/// The documents of `--format`, from one report that holds whatever is hard to write.
@Suite struct DocumentTests {
  private static let card = Card(
    "fk-without-index", severity: .warning, in: .indexes, entry: "conv-index-fk", summary: "foreign keys <no index>")
  private static let clean = Card(
    "fk-duplicate", severity: .warning, in: .schema, entry: "conv-index-fk", summary: "twice")

  private static let report = Report(
    command: "fkcheck", database: "demo", serverVersion: "15.20", role: "app", rights: "plain role",
    scope: "2 foreign keys", window: Window(since: "2026-11-01T00:00:00Z", seconds: 86400, note: "1 d"),
    summary: "1 of 2 badly served",
    figures: [
      Figure("used", "used", 7, note: "exact"),
      Figure("by_user", "by user", columns: ["user", "size_bytes"], rows: [["a|b", 20480], [nil, 1]]),
      Figure("tree", "tree", lines: ["1 idle", "└─ 2 waits for `x`"]),
    ],
    findings: [
      Finding(
        card, on: DatabaseObject(.foreignKey, schema: "Sch,ema", name: "k\"ey", table: "ta:ble"),
        "no index: 100%, \"quoted\"\n<tag> & | `x` \u{1}",
        evidence: [
          Fact("rows", 12), Fact("share", 0.25), Fact("name", "ä\t"), Fact("valid", true), Fact("none", nil),
        ],
        remedy: Remedy(sql: ["CREATE INDEX \"a,b\"", "RESET lock_timeout"], undo: ["DROP INDEX \"a,b\""]))
    ],
    ignored: 3, cutOff: 2,
    notAssessed: [NotAssessed("fk-without-index", DatabaseObject(.table, schema: "s", name: "t"), "locked by pid 7")],
    rules: [card, clean])

  private func written(_ name: String) throws -> String {
    try #require(ReportFormats.named(name)).document([Self.report], toolVersion: "1.0")
  }

  @Test func jsonHoldsEverythingInItsOrder() throws {
    let document = try JSONValue(parsing: try written("json"))
    #expect(
      document.object?.members.map { $0.key } == [
        "schema", "command", "database", "server_version", "role", "rights", "is_standby", "window", "summary",
        "figures", "findings", "ignored", "cut_off", "not_assessed",
      ])
    #expect(document["schema"]?.string == "pgmedic.findings/1")
    #expect(document["ignored"]?.int == 3)
    #expect(document["cut_off"]?.int == 2)
    #expect(document["window"]?["seconds"]?.int == 86400)
    let finding = try #require(document["findings"]?[0])
    #expect(
      finding.object?.members.map { $0.key } == [
        "rule", "severity", "entry", "object", "message", "evidence", "confidence", "remedy",
      ])
    #expect(finding["object"]?.object?.members.map { $0.key } == ["kind", "schema", "name", "table"])
    #expect(finding["object"]?["name"]?.string == "k\"ey")
    #expect(finding["message"]?.string == "no index: 100%, \"quoted\"\n<tag> & | `x` \u{1}")
    let evidence = try #require(finding["evidence"]?.object?.members)
    #expect(evidence.map { $0.key } == ["rows", "share", "name", "valid", "none"])
    #expect(evidence[0].value.int == 12)
    #expect(evidence[1].value.double == 0.25)
    #expect(evidence[2].value.string == "ä\t")
    #expect(evidence[3].value.bool == true)
    #expect(evidence[4].value == .null)
    #expect(finding["remedy"]?["undo"]?[0]?.string == "DROP INDEX \"a,b\"")
    #expect(document["not_assessed"]?[0]?["object"]?["name"]?.string == "t")
    #expect(document["figures"]?[1]?["rows"]?[0]?["size_bytes"]?.int == 20480)
    #expect(document["figures"]?[2]?["lines"]?[1]?.string == "└─ 2 waits for `x`")
  }

  @Test func jsonLinesAreOneFindingEach() throws {
    let lines = try written("jsonl").split(separator: "\n")
    #expect(lines.count == 1)
    let line = try JSONValue(parsing: String(lines[0]))
    #expect(line["command"]?.string == "fkcheck")
    #expect(line["rule"]?.string == "fk-without-index")
  }

  @Test func csvQuotesWhatNeedsIt() throws {
    let text = try written("csv")
    #expect(
      text.hasPrefix("command,rule,severity,confidence,kind,schema,table,name,message,evidence,entry,remedy,undo\n"))
    #expect(
      text.contains(
        "fkcheck,fk-without-index,warning,high,foreign_key,\"Sch,ema\",ta:ble,\"k\"\"ey\","
          + "\"no index: 100%, \"\"quoted\"\"\n<tag>"))
    #expect(text.hasSuffix("\"CREATE INDEX \"\"a,b\"\";\nRESET lock_timeout;\",\"DROP INDEX \"\"a,b\"\";\"\n"))
  }

  @Test func markdownCannotBreakItsTable() throws {
    let lines = try written("markdown").split(separator: "\n", omittingEmptySubsequences: false)
    let row = try #require(lines.first { $0.hasPrefix("| 1 |") })
    #expect(row.contains("\\<tag\\> & \\| \\`x\\`"))
    #expect(lines.contains("CREATE INDEX \"a,b\";"))
    #expect(lines.contains("| a\\|b | 20480 |"))
    #expect(lines.contains("- fk-without-index s.t: locked by pid 7"))
    #expect(lines.contains("2 more were cut off."))
  }

  @Test func junitCountsFailuresAndSkips() throws {
    let text = try written("junit")
    #expect(text.contains("<testsuites name=\"pgmedic\" tests=\"3\" failures=\"1\">"))
    #expect(
      text.contains("<testsuite name=\"fkcheck\" hostname=\"demo\" tests=\"3\" failures=\"1\" skipped=\"1\">"))
    #expect(text.contains("<testcase classname=\"pgmedic.fkcheck\" name=\"fk-duplicate\"/>"))
    #expect(
      text.contains("message=\"no index: 100%, &quot;quoted&quot;&#10;&lt;tag&gt; &amp; | `x` \u{fffd}\">rows: 12&#10;")
    )
    #expect(text.contains("<skipped message=\"locked by pid 7\"/>"))
  }

  @Test func sarifNamesRulesAndPlaces() throws {
    let document = try JSONValue(parsing: try written("sarif"))
    #expect(document["version"]?.string == "2.1.0")
    let run = try #require(document["runs"]?[0])
    #expect(run["tool"]?["driver"]?["rules"]?.array?.count == 2)
    let result = try #require(run["results"]?[0])
    #expect(result["ruleId"]?.string == "fk-without-index")
    #expect(result["ruleIndex"]?.int == 0)
    #expect(result["level"]?.string == "warning")
    let place = try #require(result["locations"]?[0])
    #expect(place["logicalLocations"]?[0]?["fullyQualifiedName"]?.string == "\"Sch,ema\".\"ta:ble\".\"k\"\"ey\"")
    #expect(place["physicalLocation"]?["artifactLocation"]?["uri"]?.string == "Sch%2Cema/ta%3Able")
    #expect(
      result["partialFingerprints"]?["pgmedic/1"]?.string == "fk-without-index/foreign_key/Sch,ema/ta:ble/k\"ey")
    #expect(run["invocations"]?[0]?["toolExecutionNotifications"]?.array?.count == 1)
  }

  @Test func githubEscapesItsCommands() throws {
    #expect(
      try written("github") == """
        ::warning title=fk-without-index::"Sch,ema"."ta:ble"."k""ey": no index: 100%25, "quoted"%0A<tag> & | `x` \u{1}
        ::notice title=not assessed::fk-without-index s.t: locked by pid 7

        """)
  }

  @Test func failsOnTheWorstEvenWhenItIsCutOff() {
    var report = Self.report
    #expect(FailOn.warning.isReached(by: [report]))
    #expect(FailOn.info.isReached(by: [report]))
    #expect(!FailOn.error.isReached(by: [report]))
    #expect(!FailOn.none.isReached(by: [report]))
    #expect(FailOn.none.isReached(by: [report], orUnassessed: true))
    report.worst = .error
    #expect(FailOn.error.isReached(by: [report]))
    #expect(!FailOn.info.isReached(by: []))
  }
}
