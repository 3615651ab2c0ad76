import Printing
import Testing

/// The lines were found by running psql in pseudo-terminals of all heights, 60 columns wide (100 with footers).
@Suite struct PagerTests {
  private static func table(_ headings: [String], _ value: String) -> Table {
    Table(columns: headings.map { Column($0) }, rows: (1...5).map { ["\($0)", value] })
  }

  private let plain = Self.table(["id", "name"], "text 1")
  private let newlines = Self.table(["id", "head\nof three\nlines"], "two\nlines")
  private let wide = Self.table(["id", "w"], String(repeating: "lorem ipsum ", count: 8))

  private func lines(_ table: Table, _ change: (inout PrintOptions) -> Void = { _ in }) -> Int {
    var options = PrintOptions()
    options.terminalWidth = 60
    change(&options)
    return linesNeeded(for: table, options)
  }

  @Test func linesAreReckonedAsByPsql() {
    #expect(lines(plain) == 7)
    #expect(lines(plain) { $0.tuplesOnly = true } == 7)
    #expect(lines(plain) { $0.defaultFooter = false } == 7)
    #expect(lines(plain) { $0.expanded = .on } == 15)
    #expect(lines(plain) { $0.expanded = .auto } == 7)
    #expect(lines(plain) { $0.format = .unaligned } == 6)
    #expect(lines(plain) { $0.format = .html } == 6)
    #expect(lines(newlines) == 14)
    #expect(lines(newlines) { $0.format = .wrapped } == 14)
    #expect(lines(newlines) { $0.expanded = .on } == 15)
    #expect(lines(newlines) { $0.format = .csv } == 6)
  }

  @Test func wideTablesNeedThePagerAtAnyHeight() {
    #expect(lines(wide) == .max)
    #expect(lines(wide) { $0.expanded = .auto } == 15)
    #expect(lines(wide) { $0.format = .wrapped } == 12)
    #expect(lines(wide) { $0.terminalWidth = 120 } == 7)
    #expect(lines(wide) { $0.columns = 120 } == 7)
  }

  @Test func givenFootersCount() {
    let footers: [ByteString] = ["Indexes:", "    one", "    two", "Foreign-key constraints:", "    three", "x", "y"]
    let table = Table(columns: ["Column", "Type"].map { Column($0) }, rows: [["a", "b"], ["a", "b"], ["a", "b"]])
    #expect(lines(table) { $0.footers = footers } == 12)
    #expect(
      lines(table) {
        $0.footers = footers
        $0.tuplesOnly = true
      } == 5)
  }

  @Test func pagerObeysItsOptions() {
    var options = PrintOptions()
    options.terminalWidth = 60
    #expect(usesPager(plain, options, terminalHeight: 7))
    #expect(!usesPager(plain, options, terminalHeight: 8))
    #expect(usesPager(plain, options, terminalHeight: nil))
    options.pagerMinLines = 8
    #expect(!usesPager(plain, options, terminalHeight: 4))
    #expect(usesPager(wide, options, terminalHeight: 100))
    options.pager = .always
    #expect(usesPager(plain, options, terminalHeight: 100))
    options.pager = .off
    #expect(!usesPager(wide, options, terminalHeight: 1))
  }
}
