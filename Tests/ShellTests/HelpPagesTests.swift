import Testing

@testable import Shell

/// `\?` and `\? variables`, against what psql 15.20 printed.
struct HelpPagesTests {
  private static let commands = [
    CommandHelp(name: "bloat", syntax: "\\bloat[+S] [PATTERN]", summary: "show reclaimable space", group: "space"),
    CommandHelp(name: "kb", syntax: "\\kb [WORDS]", summary: "search the knowledge base", group: "knowledge"),
    CommandHelp(
      name: "sizes", syntax: "\\sizes[+S] [(limit=N)] [PATTERN]", summary: "show what takes space", group: "space"),
  ]

  @Test func calledAsPsqlItListsPsqlsCommands() {
    let lines = CommandsPage(medic: []).text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 144)
    #expect(lines.first == "General")
    #expect(lines.dropFirst().first == "  \\copyright             show PostgreSQL usage and distribution terms")
    #expect(lines.suffix(2) == ["  \\unset NAME            unset (delete) internal variable", ""])
    #expect(
      lines.filter { $0.contains("currently") } == [
        "  \\H                     toggle HTML output mode (currently off)",
        "  \\t [on|off]            show only rows (currently off)",
        "  \\x [on|off|auto]       toggle expanded output (currently off)",
        "                         connect to new database (currently no connection)",
        "  \\timing [on|off]       toggle timing of commands (currently off)",
      ])
  }

  @Test func itNamesTheCurrentSettings() {
    var current = CommandsPage.Current()
    current.isHTML = true
    current.tuplesOnly = true
    current.expanded = .auto
    current.timing = true
    current.database = "a\"b"
    let text = CommandsPage(current: current, medic: []).text
    #expect(
      text.split(separator: "\n").filter { $0.contains("currently") } == [
        "  \\H                     toggle HTML output mode (currently on)",
        "  \\t [on|off]            show only rows (currently on)",
        "  \\x [on|off|auto]       toggle expanded output (currently auto)",
        "                         connect to new database (currently \"a\"b\")",
        "  \\timing [on|off]       toggle timing of commands (currently on)",
      ])
    #expect(text.count { $0 == "\n" } == 143)
  }

  @Test func ownCommandsFollowPsqls() {
    let page = CommandsPage(medic: Self.commands)
    let medic = """
      Medic: space
        \\bloat[+S] [PATTERN]   show reclaimable space
        \\sizes[+S] [(limit=N)] [PATTERN]
                               show what takes space

      Medic: knowledge
        \\kb [WORDS]            search the knowledge base

      """
    #expect(page.medicText == medic)
    #expect(page.text == CommandsPage(medic: []).text + "\n" + medic)
  }

  @Test func variablesAreExplained() {
    let psql = VariablesPage(Program(path: "/bin/psql")).text
    #expect(psql.hasPrefix("List of specially treated variables\n\npsql variables:\nUsage:\n  psql --set=NAME=VALUE\n"))
    #expect(psql.hasSuffix("  TMPDIR\n    directory for temporary files\n"))
    #expect(psql.utf8.count == 5177)
    let own = VariablesPage(Program(path: "/bin/pgmedic")).text
    #expect(own.hasPrefix(psql + "\nMedic:\n  PGMEDIC_KB\n    directory of"))
  }

  @Test func theirNamesAreKnownForCompletion() {
    let variables = VariablesPage.names(under: "psql variables:")
    #expect(variables.count == 38)
    #expect(variables.first == "AUTOCOMMIT")
    #expect(variables.contains("LAST_ERROR_MESSAGE"))
    #expect(variables.last == "VERSION_NUM")
    let settings = VariablesPage.names(under: "Display settings:")
    #expect(settings.first == "border")
    #expect(settings.contains("expanded"))
    #expect(settings.last == "unicode_header_linestyle")
    #expect(settings.count == 20)
  }
}
