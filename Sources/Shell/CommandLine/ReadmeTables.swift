/// The tables of the README: our options and our commands, in Markdown.
struct ReadmeTables {
  var options: [CommandLineOption]
  var commands: [CommandHelp]

  var text: String {
    let rows = options.filter { $0.group == .medic }.map { option in
      ("--\(option.long)\(option.argument.suffix)", option.help.joined(separator: " "))
    }
    let tables =
      [table("option", rows)]
      + commands.grouped.map { group, commands in table(group, commands.map { ($0.syntax, $0.summary) }) }
    return tables.joined(separator: "\n")
  }

  private func table(_ heading: String, _ rows: [(String, String)]) -> String {
    "| \(cell(heading)) | |\n| --- | --- |\n"
      + rows.map { "| `\(cell($0))` | \(cell($1)) |\n" }.joined()
  }

  /// A bar would end the cell, even inside code.
  private func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
