import Printing
import Testing

@Suite struct TableTests {
  @Test func rowsAreFilledUpAndCut() {
    let table = Table(columns: [Column("a"), Column("b")], rows: [["1"], ["1", "2", "3"], []])
    var options = PrintOptions()
    options.format = .unaligned
    options.null = "-"
    let sink = ByteSink()
    print(table, options, to: sink)
    #expect(sink.text == "a|b\n1|-\n1|2\n-|-\n(3 rows)\n")
  }

  /// What psql's `\d` printed.
  @Test func givenFootersTakeThePlaceOfTheCount() {
    var options = PrintOptions()
    options.border = 2
    options.title = "Table \"public.pt\""
    options.footers = ["Indexes:", "    \"pt_pkey\" PRIMARY KEY, btree (a)"]
    let table = Table(
      columns: ["Column", "Type", "Collation", "Nullable", "Default"].map { Column($0) },
      rows: [["a", "integer", "", "not null", ""], ["b", "text", "", "", ""]])
    let sink = ByteSink()
    print(table, options, to: sink)
    let expected = """
                        Table "public.pt"
      +--------+---------+-----------+----------+---------+
      | Column |  Type   | Collation | Nullable | Default |
      +--------+---------+-----------+----------+---------+
      | a      | integer |           | not null |         |
      | b      | text    |           |          |         |
      +--------+---------+-----------+----------+---------+
      Indexes:
          "pt_pkey" PRIMARY KEY, btree (a)


      """
    #expect(sink.text == expected)

    sink.removeAll()
    options.format = .html
    print(table, options, to: sink)
    #expect(
      sink.text.hasSuffix(
        "<p>Indexes:<br />\n&nbsp;&nbsp;&nbsp;&nbsp;&quot;pt_pkey&quot; PRIMARY KEY, btree (a)<br />\n</p>\n"))

    sink.removeAll()
    options.format = .latex
    print(table, options, to: sink)
    #expect(sink.text.hasSuffix("\\noindent Indexes: \\\\\n    \"pt\\_pkey\" PRIMARY KEY, btree (a) \\\\\n\n"))
  }
}
