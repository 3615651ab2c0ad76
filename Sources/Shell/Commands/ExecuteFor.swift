/// `\\gdesc`, `\\gexec`, `\\gset`: send the query buffer and do something else with the result.
struct ExecuteFor: MetaCommand {
  let help: Help

  static let all = [
    ExecuteFor(
      help: Help("gdesc", in: .general, summary: "describe result of query, without executing it")),
    ExecuteFor(help: Help("gexec", in: .general, summary: "execute query, then execute each value in its result")),
    ExecuteFor(
      help: Help(
        "gset", arguments: [.any], in: .general, syntax: "[PREFIX]",
        summary: "execute query and store result in psql variables")),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    switch call.name {
    case "gdesc": session.statement.describes = true
    case "gexec": session.statement.executesCells = true
    default: session.statement.storesPrefix = try session.argument() ?? ""
    }
    return .send
  }
}
