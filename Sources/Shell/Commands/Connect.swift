import Postgres
import Printing
import SQLText

/// `\c [-reuse-previous=on|off] [DBNAME|- USER|- HOST|- PORT|-] | CONNINFO`: connects anew.
struct Connect: MetaCommand {
  let help = Help(
    "c", aliases: ["connect"], arguments: [.database, .role, .any, .any], in: .connection,
    syntax: "{[DBNAME|- USER|- HOST|- PORT|-] | conninfo}", summary: "connect to new database")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var words: [String?] = []
    var reuses: Bool?
    var word = try session.argument(.sqlIdentifier)
    if let first = word, first.hasPrefix("-reuse-previous=") {
      let text = String(first.dropFirst("-reuse-previous=".count))
      guard let value = Variables.boolean(text) else {
        throw session.failed("unrecognized value \"\(text)\" for \"-reuse-previous\": Boolean expected")
      }
      reuses = value
      word = try session.argument(.sqlIdentifier)
    }
    while let text = word, words.count < 4 {
      words.append(text == "-" ? nil : text)
      word = words.count < 4 ? try session.argument(.sqlIdentifier) : nil
    }
    while words.count < 4 { words.append(nil) }
    return try session.reconnect(
      Session.Target(database: words[0], user: words[1], host: words[2], port: words[3], reuses: reuses))
  }
}

extension Session {
  /// Where `\c` goes: what isn't given comes from the connection that is there.
  struct Target {
    var database: String?
    var user: String?
    var host: String?
    var port: String?
    var reuses: Bool?
  }

  /// Connects anew. When that fails a person keeps the old connection, a script is left without one.
  mutating func reconnect(_ target: Target) throws(CommandError) -> Outcome {
    let before: (host: String, port: String)?
    if let host = connection?.host, let port = connection?.port { before = (host, port) } else { before = nil }
    let parameters = parameters(for: target)
    do throws(PostgresError) {
      try connect(parameters)
    } catch {
      if isInteractive {
        reporter.report(.information, error.message)
        if connection != nil { reporter.report(.information, "Previous connection kept") }
        pointToFreeSlots(error.message)
        return .failed
      }
      connection = nil
      forgetConnection()
      throw failed("\\connect: \(error.message)")
    }
    if !settings.quiet, let database = connection?.database, let user = connection?.user {
      let moved = before.map { $0.host != connection?.host || $0.port != connection?.port } ?? true
      output.append(
        "You are now connected to database \"\(database)\" as user \"\(user)\"\(moved ? " " + place : "").\n")
    }
    connectionWarnings()
    return .done
  }

  private func parameters(for target: Target) -> [(keyword: String, value: String)] {
    let isConnectionString = target.database.map { isConnectionText($0) } ?? false
    let reuses = target.reuses ?? !isConnectionString
    var kept: [(keyword: String, value: String)] = []
    if reuses {
      kept = (connection?.parameters ?? startupParameters).filter { $0.keyword != "client_encoding" }
      let movesAway =
        (target.user != nil && target.user != connection?.user)
        || (target.host != nil && target.host != connection?.host)
        || (target.port != nil && target.port != connection?.port)
      if movesAway || isConnectionString { kept.removeAll { $0.keyword == "password" || $0.keyword == "hostaddr" } }
    }
    func replace(_ keyword: String, _ value: String?) {
      guard let value else { return }
      kept.removeAll { $0.keyword == keyword }
      kept.append((keyword, value))
    }
    replace("host", target.host)
    replace("port", target.port)
    replace("user", target.user)
    if target.host != nil { kept.removeAll { $0.keyword == "hostaddr" } }
    replace("dbname", target.database)
    kept.removeAll { $0.keyword == "fallback_application_name" }
    kept.append(("fallback_application_name", reporter.program))
    if hasTerminal, environment("PGCLIENTENCODING") == nil { kept.append(("client_encoding", "auto")) }
    return kept
  }
}

/// Whether libpq takes a database name as a connection string or URI.
func isConnectionText(_ text: String) -> Bool {
  text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") || text.contains("=")
}
