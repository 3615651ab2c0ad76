/// `\bind [PARAMETER …]`: the next statement is sent with these values for $1, $2, … (psql has it since 16).
struct Bind: MetaCommand {
  let help = Help(
    "bind", arguments: [.any], in: .general, syntax: "[PARAM]...", summary: "set query parameters",
    details: """
      Sends the query buffer by the extended protocol, with each PARAM as the text of a parameter.

          SELECT * FROM orders WHERE id = $1 \\bind 42 \\g
      """)

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    if session.isPsql { throw session.unknownCommand(call.name) }
    var values: [String] = []
    while let value = try session.argument() { values.append(value) }
    session.statement.parameters = values
    return .done
  }
}
