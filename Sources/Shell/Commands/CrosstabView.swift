/// `\crosstabview [COLUMNS]`: sends the query buffer and shows the result with rows and columns by its values.
struct CrosstabView: MetaCommand {
  let help = Help(
    "crosstabview", arguments: [.any, .any, .any, .any], in: .general, syntax: "[COLUMNS]",
    summary: "execute query and display result in crosstab")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var columns: [String] = []
    while columns.count < 4, let column = try session.argument() { columns.append(column) }
    session.statement.crosstab = CrosstabRequest(columns: columns)
    return .send
  }
}
