import Postgres
import Printing

/// `\\conninfo`: where the session is connected.
struct ConnectionInfo: MetaCommand {
  let help = Help("conninfo", in: .connection, summary: "display information about current connection")

  func run(_ call: Call, in session: inout Session) -> Outcome {
    guard let database = session.connection?.database else {
      session.output.append("You are currently not connected to a database.\n")
      return .done
    }
    session.output.append(
      "You are connected to database \"\(database)\" as user \"\(session.connection?.user ?? "")\" \(session.place).\n")
    session.output.append(session.encryptionLine)
    if session.connection?.usesGSS == true { session.output.append("GSSAPI-encrypted connection\n") }
    return .done
  }
}

extension Session {
  /// Host or socket, address and port of the connection, in psql's words.
  var place: String {
    let host = connection?.host ?? ""
    let address = connection?.hostAddress ?? ""
    let port = connection?.port ?? ""
    if host.hasPrefix("/") || host.hasPrefix("@") { return "via socket in \"\(host)\" at port \"\(port)\"" }
    if !address.isEmpty, address != host {
      return "on host \"\(host)\" (address \"\(address)\") at port \"\(port)\""
    }
    return "on host \"\(host)\" at port \"\(port)\""
  }
}
