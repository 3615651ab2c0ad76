import Postgres
import Printing
import SQLText

/// `\\password [USER]`: changes a password; the server gets it encrypted.
struct Password: MetaCommand {
  let help = Help(
    "password", arguments: [.role], in: .connection, syntax: "[USERNAME]",
    summary: "securely change the password for a user")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard session.connection != nil else { throw session.failed("You are currently not connected to a database.") }
    let named = try session.argument(.sqlIdentifier)
    let user: String
    if let named {
      user = named
    } else {
      user = try session.ask("SELECT CURRENT_USER").string(row: 0, column: 0) ?? ""
    }
    session.output.flush()
    let first = readPassword("Enter new password for user \"\(user)\": ")
    guard let first else { throw .reported }
    guard readPassword("Enter it again: ") == first else { throw session.failed("Passwords didn't match.") }
    let statement: String
    do throws(PostgresError) {
      guard let secret = try session.connection?.encryptedPassword(first, for: user),
        let role = try session.connection?.identifier(user), let literal = try session.connection?.literal(secret)
      else { return .failed }
      statement = "ALTER USER \(role) PASSWORD \(literal)"
    } catch {
      throw session.failed(error.message)
    }
    _ = try session.ask(statement)
    return .done
  }
}
