import CLibPQ
import CShims
import Glibc
import Postgres
import Printing
import SQLText

extension Session {
  /// Connects with `parameters`, asking for a password where one is wanted and may be asked for.
  /// Throws libpq's message.
  mutating func connect(_ parameters: [(keyword: String, value: String)]) throws(PostgresError) {
    var parameters = parameters
    var password: String?
    let user = parameters.last { $0.keyword == "user" }?.value
    if promptsForPassword == .always { password = askPassword(for: user) }
    while true {
      if let password {
        parameters.removeAll { $0.keyword == "password" }
        parameters.append(("password", password))
      }
      switch Connection.connect(parameters) {
      case .connected(let fresh):
        adopt(fresh)
        startupParameters = parameters
        return
      case .failed(let message, let needsPassword):
        guard needsPassword, password == nil, promptsForPassword != .never else {
          throw .connection(message)
        }
        password = askPassword(for: user)
        if password == nil { throw .connection(message) }
      }
    }
  }

  private mutating func askPassword(for user: String?) -> String? {
    output.flush()
    return readPassword(user.map { "Password for user \($0): " } ?? "Password: ")
  }

  /// Makes a connection the session's own: notices, verbosity and the variables that mirror it.
  mutating func adopt(_ fresh: consuming Connection) {
    let reporter = self.reporter
    fresh.onNotice { notice in reporter.report(.information, notice.text) }
    fresh.setVerbosity(settings.verbosity)
    fresh.setContext(settings.showContext)
    connection = consume fresh
    lostConnection = false
    noteConnection()
  }

  /// Sets the variables that say where the session is connected (psql's SyncVariables).
  mutating func noteConnection() {
    guard let database = connection?.database, let user = connection?.user, let host = connection?.host,
      let port = connection?.port, let encoding = connection?.clientEncoding
    else { return }
    let number = serverVersion
    variables.note("DBNAME", database)
    variables.note("USER", user)
    variables.note("HOST", host)
    variables.note("PORT", port)
    variables.note("ENCODING", encoding)
    printing.encoding = TextEncoding(clientEncoding: encoding)
    variables.note("SERVER_VERSION_NAME", connection?.reported("server_version") ?? versionText(number))
    variables.note("SERVER_VERSION_NUM", String(number))
    scanner.standardStrings = usesStandardStrings
  }

  /// Forgets where the session was connected.
  mutating func forgetConnection() {
    for name in ["DBNAME", "USER", "HOST", "PORT", "ENCODING", "SERVER_VERSION_NAME", "SERVER_VERSION_NUM"] {
      variables.note(name, nil)
    }
  }

  var usesStandardStrings: Bool { connection?.reported("standard_conforming_strings") != "off" }

  /// After an error: when the connection is gone, says so and, for a person, makes it anew with the same parameters.
  /// A script gives up. Whether there is a connection.
  @discardableResult
  mutating func checkConnection() -> Bool {
    guard connection != nil else { return false }
    if connection?.isAlive == true { return true }
    guard isInteractive else {
      reporter.report(.error, "connection to server was lost")
      lostConnection = true
      connection = nil
      forgetConnection()
      return false
    }
    reporter.write("The connection to the server was lost. Attempting reset: ")
    guard connection?.reset() == true else {
      reporter.write("Failed.\n")
      connection = nil
      forgetConnection()
      return false
    }
    reporter.write("Succeeded.\n")
    connection?.setVerbosity(settings.verbosity)
    connection?.setContext(settings.showContext)
    noteConnection()
    connectionWarnings()
    return true
  }

  /// The lines after a connection was made: versions where they differ, TLS.
  mutating func connectionWarnings(atStart: Bool = false) {
    guard !settings.quiet, hasTerminal, let server = connection?.reported("server_version") else { return }
    let client = isPsql ? PG_VERSION : Version.number
    if !isPsql && atStart || serverVersion != Int(PG_VERSION_NUM) {
      output.append("\(reporter.program) (\(client), server \(server))\n")
    } else if atStart {
      output.append("\(reporter.program) (\(client))\n")
    }
    if serverMajor > Int(PG_VERSION_NUM) / 10000, isPsql {
      output.append(
        "WARNING: \(reporter.program) major version \(PG_MAJORVERSION), server major version \(serverMajor).\n"
          + "         Some psql features might not work.\n")
    }
    output.append(encryptionLine)
    if connection?.usesGSS == true { output.append("GSSAPI-encrypted connection\n") }
  }

  /// `SSL connection (protocol: …)`, empty without TLS.
  var encryptionLine: String {
    guard connection?.usesTLS == true else { return "" }
    let tls = connection?.tlsAttribute("protocol") ?? "unknown"
    let cipher = connection?.tlsAttribute("cipher") ?? "unknown"
    let compression = connection?.tlsAttribute("compression")
    return "SSL connection (protocol: \(tls), cipher: \(cipher), compression: "
      + "\(compression == nil || compression == "off" ? "off" : "on"))\n"
  }
}

/// A server version from its number, such as 15.20.
func versionText(_ number: Int) -> String { "\(number / 10000).\(number % 10000)" }

/// Asks for a text on the terminal without showing it; nil when there is no terminal or input ended.
func readPassword(_ prompt: String) -> String? {
  let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
  let input = descriptor >= 0 ? descriptor : STDIN_FILENO
  let prompted = descriptor >= 0 ? descriptor : STDERR_FILENO
  defer { if descriptor >= 0 { close(descriptor) } }
  var before = termios()
  let hasEcho = tcgetattr(input, &before) == 0
  if hasEcho {
    var quiet = before
    quiet.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(input, TCSAFLUSH, &quiet)
  }
  defer {
    if hasEcho {
      tcsetattr(input, TCSAFLUSH, &before)
      _ = write(prompted, "\n", 1)
    }
  }
  _ = prompt.withCString { write(prompted, $0, strlen($0)) }
  var text: [UInt8] = []
  var byte: UInt8 = 0
  while true {
    let count = read(input, &byte, 1)
    if count != 1 { return text.isEmpty ? nil : String(decoding: text, as: UTF8.self) }
    if byte == 10 { return String(decoding: text, as: UTF8.self) }
    text.append(byte)
  }
}
