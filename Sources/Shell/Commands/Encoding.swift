import Postgres
import Printing

/// `\\encoding [ENCODING]`: shows or sets the client encoding.
struct Encoding: MetaCommand {
  let help = Help(
    "encoding", arguments: [.encoding], in: .connection, syntax: "[ENCODING]", summary: "show or set client encoding")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard let name = try session.argument() else {
      session.output.append("\(session.variables.value(of: "ENCODING") ?? "")\n")
      return .done
    }
    guard session.connection?.setClientEncoding(name) == true else {
      throw session.failed("\(name): invalid encoding name or conversion procedure not found")
    }
    session.noteConnection()
    return .done
  }
}
