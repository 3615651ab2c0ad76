import Postgres
import Testing

@testable import Shell

/// The conditions that a pattern becomes.
struct DescribeFilterTests {
  @Test func patternsAreParametersAndHideNothingVisible() {
    let target = NameTarget("c.relname", schema: "n.nspname", visible: "visible(c.oid)")
    var bare = CatalogFilter()
    bare.match(nil, target)
    #expect(bare.conditions == ["visible(c.oid)"])
    #expect(bare.parameters.isEmpty)

    var named = CatalogFilter()
    named.require("c.relkind = 'r'")
    named.match(NamePattern("o'*"), target)
    #expect(
      named.conditions == [
        "c.relkind = 'r'",
        "c.relname OPERATOR(pg_catalog.~) $1::pg_catalog.text COLLATE pg_catalog.default", "visible(c.oid)",
      ])
    #expect(named.parameters == ["^(o'.*)$"])

    var qualified = CatalogFilter()
    qualified.match(NamePattern("s.t"), target)
    #expect(qualified.parameters == ["^(t)$", "^(s)$"])
    #expect(!qualified.clause.contains("visible"))

    var everything = CatalogFilter()
    everything.match(NamePattern("*.*"), target)
    #expect(everything.clause == "")
  }

  @Test func aSecondNameWillDo() {
    var filter = CatalogFilter()
    filter.match(NamePattern("text"), NameTarget("t.typname", or: "sqlname(t)", schema: "n.nspname", visible: nil))
    #expect(
      filter.clause == """

        WHERE (t.typname OPERATOR(pg_catalog.~) $1::pg_catalog.text COLLATE pg_catalog.default \
        OR sqlname(t) OPERATOR(pg_catalog.~) $1::pg_catalog.text COLLATE pg_catalog.default)
        """)
    #expect(filter.parameters == ["^(text)$"])
  }
}
