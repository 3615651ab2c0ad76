import Postgres
import Testing

/// Patterns of `\d` and its kin, against the regular expressions that `psql -E` showed.
struct NamePatternTests {
  @Test(arguments: [
    ("parent", "parent"), ("PAR*", "par.*"), ("?arent", ".arent"), ("pa\"R.t\"x*?[]$|(a)", "paR\\.tx.*.\\[]\\$|(a)"),
    ("\"a\"\"b\"c", "a\"bc"), ("a\"*\"b", "a\\*b"), ("\"UPP\"ER", "UPPer"), ("ÄÖ", "ÄÖ"), ("\"dol$lar\"", "dol\\$lar"),
    ("a[bc]", "a[bc]"), ("", ""), ("\"\"", ""),
  ])
  func aNameBecomesARegularExpression(text: String, expected: String) {
    let pattern = NamePattern(text)
    #expect(pattern.name == expected)
    #expect(pattern.schema == nil)
    #expect(pattern.dots == 0)
  }

  @Test func dotsPartDatabaseSchemaAndName() {
    let pattern = NamePattern("\"Data.Base\".s?.\"T.b\"*")
    #expect(pattern.database == "Data.Base")
    #expect(pattern.schema == "s.")
    #expect(pattern.name == "T\\.b.*")
    #expect(pattern.dots == 2)
    #expect(NamePattern("S1.").schema == "s1")
    #expect(NamePattern("s1.").name == "")
    #expect(NamePattern(".t").schema == "")
    #expect(NamePattern("a.b.c.d").dots == 3)
  }

  @Test func aNameOfOnePartKeepsItsDots() {
    let pattern = NamePattern("plpgsql.*", parts: 1)
    #expect(pattern.name == "plpgsql..*")
    #expect(pattern.schema == nil)
    #expect(pattern.database == nil)
    #expect(pattern.dots == 1)
  }

  @Test func theDatabaseIsLiteral() {
    #expect(NamePattern("Da*b$.s.t").database == "da*b$")
    #expect(NamePattern("db.s1", parts: 2).database == "db")
    #expect(NamePattern("db.s1", parts: 2).schema == nil)
    #expect(NamePattern("db.s1", parts: 2).name == "s1")
  }

  @Test func operatorsKeepOnlyTheWildcards() {
    #expect(NamePattern("+*?[a", isLiteral: true).name == "\\+.*.\\[a")
    #expect(NamePattern("pg_catalog.||", isLiteral: true).name == "\\|\\|")
  }
}
