import Testing

@testable import Shell

/// What the letters of `\d…` ask for, and which query text a server gets.
struct DescribeListingTests {
  private func relations(_ letters: String, pattern: String? = nil, hidesTableAM: Bool = false) -> RelationListing {
    RelationListing(DescribeRequest(letters: letters, pattern: pattern), hidesTableAM: hidesTableAM)
  }

  @Test func lettersNameKindsOfRelations() {
    #expect(relations("t").kinds == [.table, .partitioned])
    #expect(relations("sv").kinds == [.view, .sequence])
    #expect(relations("iE+").kinds == [.index, .partitionedIndex, .foreign])
    #expect(
      relations("").kinds == [.table, .partitioned, .view, .materializedView, .sequence, .foreign])
  }

  @Test func toastTablesAreListedOnlyWhereSomeoneMayLookForOne() {
    #expect(relations("t", pattern: "x").kinds.contains(.toast))
    #expect(relations("tS").kinds.contains(.toast))
    #expect(!relations("t+").kinds.contains(.toast))
    #expect(!relations("vS").kinds.contains(.toast))
  }

  @Test func onlyKindsThatHaveAccessMethodsShowThem() {
    func headings(_ listing: RelationListing) -> [String] { listing.listing.items.map(\.heading) }
    #expect(
      headings(relations("i+")) == [
        "Schema", "Name", "Type", "Owner", "Table", "Persistence", "Access method", "Size", "Description",
      ])
    #expect(!headings(relations("vs+")).contains("Access method"))
    #expect(!headings(relations("t+", hidesTableAM: true)).contains("Access method"))
  }

  @Test func aServerGetsTheNewestTextThatItKnows() {
    let query = CatalogQuery((17, "new"), (15, "middle"), (0, "old"))
    #expect([13, 14, 15, 16, 17, 18].map { query.text(for: $0) } == ["old", "old", "middle", "middle", "new", "new"])
  }

  @Test func columnsComeWithTheVersionThatHasThem() {
    func headings(_ major: Int) -> Int {
      Listing.subscriptions.sql(major: major, isVerbose: true, filter: CatalogFilter())
        .split(separator: " AS \"").count - 1
    }
    #expect([13, 14, 15, 18].map(headings) == [6, 8, 11, 11])
    #expect(
      Listing.schemas.sql(major: 15, isVerbose: false, filter: CatalogFilter()) == """
        SELECT n.nspname AS "Name",
          pg_catalog.pg_get_userbyid(n.nspowner) AS "Owner"
        FROM pg_catalog.pg_namespace n
        ORDER BY 1
        """)
  }

  @Test func everyNameOfTheFamilyIsACommand() {
    let names = [
      "d", "d+", "dS+", "dtvS+", "dfnS", "dAc+", "dRp", "dconfig", "drds", "l", "l+", "list", "z", "sf+", "sv",
      "lo_list",
    ]
    for name in names {
      #expect(describeCommands.contains { $0.help.matches(name) }, "\\\(name)")
    }
    #expect(!describeCommands.contains { $0.help.matches("sfx") || $0.help.matches("lo_lists") })
  }
}
