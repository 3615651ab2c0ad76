import Testing

@testable import Medic

@Suite struct IgnoreListTests {
  private let card = Card("fk-without-index", severity: .warning, in: .indexes, entry: "conv-index-fk", summary: "")

  private func finding(_ schema: String, _ table: String, _ name: String) -> Finding {
    Finding(card, on: DatabaseObject(.foreignKey, schema: schema, name: name, table: table), "")
  }

  @Test func takesOutWhatItNamesUntilItExpires() {
    let list = IgnoreList(
      """
      # a comment

      fk-without-index  billing.audit.*   # written once
      fk-without-index  old.*  until=2026-01-01  # gone by then
      *  new.t.fk  until=2026-11-25  # today still counts
      fk-without-index  no.reason
      nonsense
      """, today: "2026-11-25")
    #expect(list.covers(finding("billing", "audit", "a_fkey")))
    #expect(!list.covers(finding("billing", "auditor", "a_fkey")))
    #expect(!list.covers(finding("old", "t", "fk")))
    #expect(list.covers(finding("new", "t", "fk")))
    #expect(
      list.mistakes == [
        "line 4: expired on 2026-01-01", "line 6: an entry needs a reason after #",
        "line 7: expected RULE OBJECT [until=YYYY-MM-DD] # REASON",
      ])
  }

  @Test func namesTheEntriesThatNothingNeeded() {
    let list = IgnoreList("fk-without-index a.* # x\nindex-unused b.* # y\n", today: "2026-11-25")
    #expect(list.unused([finding("c", "t", "fk")], rules: ["fk-without-index"]).map { $0.line } == [1])
    #expect(list.unused([finding("a", "t", "fk")], rules: ["fk-without-index"]).isEmpty)
  }

  @Test(
    arguments: [
      ("a*c", "abbc", true), ("a*c", "ab", false), ("*", "", true), ("?b", "ab", true), ("a*b*c", "axbyc", true),
    ])
  func wildcards(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(IgnoreList.like(pattern, text) == matches)
  }
}
