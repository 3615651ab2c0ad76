import Testing

@testable import Shell

/// The text side of `\d`, `\sf` and `\sv`.
struct DescribeTextTests {
  @Test func aFunctionsLinesCountFromItsBody() {
    let source = ObjectSource(
      .function,
      """
      CREATE OR REPLACE FUNCTION public.f()
       RETURNS integer
       LANGUAGE sql
      AS $function$
      select 1
      $function$
      """)
    #expect(
      source.numbered == """
                CREATE OR REPLACE FUNCTION public.f()
                 RETURNS integer
                 LANGUAGE sql
        1       AS $function$
        2       select 1
        3       $function$

        """)
  }

  @Test func aViewsLinesCountFromTheFirst() {
    let source = ObjectSource(.view, "CREATE VIEW v AS\n SELECT 1\n")
    #expect(source.numbered == "1       CREATE VIEW v AS\n2        SELECT 1\n")
  }

  @Test func bytesOfAnyEncodingPassThrough() {
    let latin: [UInt8] = [0x74, 0xE4, 0x62]
    let text = String(String.UnicodeScalarView(latin.map { Unicode.Scalar($0) }))
    #expect(CatalogRow.bytes(of: text) == latin)
    #expect(CatalogRow.bytes(of: "Table \"public.\(text)\"").count == 18)
    let utf8 = String(String.UnicodeScalarView("größe".utf8.map { Unicode.Scalar($0) }))
    #expect(CatalogRow.readable(utf8) == "größe")
  }

  @Test func whatFollowsAMark() {
    #expect("CREATE INDEX i ON t USING btree (a)".after(" USING ") == "btree (a)")
    #expect("a USING b USING c".after(" USING ") == "b USING c")
    #expect("short".after(" USING ") == nil)
  }

  @Test func sectionsWithoutLinesAreLeftOut() {
    #expect(section("Indexes:", []).isEmpty)
    #expect(section("Indexes:", ["a", "b"]) == ["Indexes:", "    a", "    b"])
  }
}
