import Printing
import Testing

@Suite struct MarkdownTests {
  private let table = Table(
    columns: [.number("id"), Column("a|b")],
    rows: [["1", "x | y\nz \\ <b> & *c* `d` snake_case"], ["2", nil]])

  private func printed(_ change: (inout PrintOptions) -> Void) -> String {
    var options = PrintOptions()
    options.format = .markdown
    change(&options)
    let sink = ByteSink()
    print(table, options, to: sink)
    return sink.text
  }

  private let rows = #"""
    | 1 | x \| y<br>z \\ &lt;b&gt; &amp; \*c\* \`d\` snake_case |
    | 2 | NULL |

    """#

  @Test func tableHasAlignment() {
    let expected = "**T**\n\n| id | a\\|b |\n| ---: | --- |\n" + rows + "\n(2 rows)\n"
    #expect(
      printed {
        $0.title = "T"
        $0.null = "NULL"
      } == expected)
  }

  @Test func tuplesOnlyKeepsATable() {
    #expect(
      printed {
        $0.tuplesOnly = true
        $0.null = "NULL"
      } == "|  |  |\n| ---: | --- |\n" + rows)
  }

  @Test func recordsAreTables() {
    let expected = #"""
      | Record 1 |  |
      | --- | --- |
      | id | 1 |
      | a\|b | x \| y<br>z \\ &lt;b&gt; &amp; \*c\* \`d\` snake_case |

      | Record 2 |  |
      | --- | --- |
      | id | 2 |
      | a\|b |  |

      """#
    #expect(printed { $0.expanded = .on } == expected)
  }
}
