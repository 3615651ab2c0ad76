import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A throwaway PostgreSQL server: it is there as long as this value, and nothing of it is left afterwards, whatever
/// ends the process (`kill -9` too).
///
/// It listens on a socket in a private directory only, runs as an unprivileged user, and takes the role `postgres`
/// without a password.
public struct Cluster: ~Copyable, Sendable {
  public let installation: ServerInstallation
  /// The private directory, mode 0700, that holds the socket, the log and (unless kept elsewhere) the data.
  public var socketDirectory: String { supervisor.directory }
  public let port = Server.port
  public let user = "postgres"
  /// The database to connect to: `demo`, or `postgres` without a demo.
  public let database: String
  public let dataDirectory: String
  /// Whether the data stay when the cluster ends.
  public let isKept: Bool
  /// The operating system's user that the server runs as.
  public var systemUser: String { account.name }

  private let account: ServerUser
  private let supervisor: Supervisor
  private let server: Server

  /// Makes the directory, fills it from a template (which takes seconds the first time), and starts the server.
  /// When it throws, nothing is left. Ctrl-C ends it: by `.interrupted` where SIGINT is handled by `CShims`, else by
  /// ending the process, and then nothing is left either.
  public static func start(_ options: ClusterOptions = ClusterOptions()) throws(SandboxError) -> Cluster {
    let extra = try Settings.lines(options.settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    let installation =
      if let chosen = options.installation { chosen } else { try ServerInstallation.find() }
    let account = try ServerUser.current()
    let supervisor = try supervisor(prefix: options.prefix, account: account)
    let template = Template(
      contents: options.contents, server: installation, user: account, cache: options.cache)
    let data: String
    if let directory = options.keptIn {
      let kept = KeptDirectory(path: Files.absolute(directory), user: account)
      try kept.prepare(from: template, by: supervisor)
      data = kept.data
      try supervisor.make("E", StopMode.fast.signal)
    } else {
      data = supervisor.directory + "/data"
      try template.fill(data, by: supervisor)
    }
    try supervisor.make("W", data + "/sandbox.conf", extra)
    return try Cluster(
      installation, account, supervisor, data: data, database: options.contents == .demo ? "demo" : "postgres",
      isKept: options.keptIn != nil)
  }

  /// A hot standby of a running cluster, which streams over a physical slot of this name: made by `pg_basebackup`.
  public static func standby(
    of primary: borrowing Cluster, slot: String = "standby", prefix: String = "pgmedic-sandbox"
  ) throws(SandboxError) -> Cluster {
    let supervisor = try supervisor(prefix: prefix, account: primary.account)
    let data = supervisor.directory + "/data"
    let log = supervisor.directory + "/copy.log"
    let code = try supervisor.run(
      primary.installation.program("pg_basebackup"),
      [
        "-h", primary.socketDirectory, "-p", "\(primary.port)", "-U", primary.user, "-D", data, "-R", "-X", "stream",
        "-c", "fast", "--no-sync", "-C", "-S", slot,
      ], log: log)
    guard code == 0 else { throw Template.failure("pg_basebackup", log: log, path: data) }
    return try Cluster(
      primary.installation, primary.account, supervisor, data: data, database: primary.database, isKept: false)
  }

  private init(
    _ installation: ServerInstallation, _ account: ServerUser, _ supervisor: consuming Supervisor, data: String,
    database: String, isKept: Bool
  ) throws(SandboxError) {
    let server = Server(program: installation.program("postgres"), data: data)
    try server.start(by: supervisor)
    self.installation = installation
    self.account = account
    self.supervisor = supervisor
    self.server = server
    self.dataDirectory = data
    self.database = database
    self.isKept = isKept
  }

  /// Not $TMPDIR: a socket's path holds 107 bytes.
  private static let parent = "/tmp"

  private static func supervisor(prefix: String, account: ServerUser) throws(SandboxError) -> Supervisor {
    let isName = prefix.utf8.allSatisfy { byte in
      Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber || byte == 45 || byte == 95
    }
    guard isName, (1...60).contains(prefix.utf8.count) else { throw .badName(prefix) }
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    var last = SandboxError.badName(prefix)
    for _ in 0..<20 {
      let suffix = String((0..<6).compactMap { _ in letters.randomElement() })
      do {
        let made = try Supervisor(directory: "\(parent)/\(prefix)-\(suffix)", user: account)
        try Sweep(parent: parent, prefix: prefix, user: account).run(by: made)
        return made
      } catch {
        last = error
      }
      guard case .cannotMake(_, Files.message(EEXIST)) = last else { break }
    }
    throw last
  }

  /// Parameters for libpq, as keywords and values.
  public var connectionParameters: [(keyword: String, value: String)] { connectionParameters() }

  public func connectionParameters(database: String? = nil, user: String? = nil) -> [(keyword: String, value: String)] {
    [
      (keyword: "host", value: socketDirectory), (keyword: "port", value: "\(port)"),
      (keyword: "user", value: user ?? self.user), (keyword: "dbname", value: database ?? self.database),
    ]
  }

  /// Ends the cluster now and waits until the server and the directory are gone. (So does losing the value.)
  public consuming func stop() {}

  // MARK: For tests and labs that break servers

  /// Stops the server but keeps the cluster: `startServer` goes on.
  public func stopServer(_ mode: StopMode = .fast) throws(SandboxError) { try server.stop(mode, by: supervisor) }

  public func startServer() throws(SandboxError) { try server.start(by: supervisor) }

  public func restartServer(_ mode: StopMode = .fast) throws(SandboxError) {
    try stopServer(mode)
    try startServer()
  }

  public func isRunning() throws(SandboxError) -> Bool { try supervisor.ask("P").result == 1 }

  /// The last lines of the server's log.
  public func log(last count: Int = 20) -> [String] { Files.lastLines(Server.log(of: supervisor), count: count) }

  /// Runs one of the server's programs (`pg_basebackup`, …) as the server's user and gives its exit code and output.
  /// It finds no connection settings in its environment: pass `-h`, `-p`, `-U`.
  public func run(_ program: String, _ arguments: [String]) throws(SandboxError) -> (code: Int, output: String) {
    let log = socketDirectory + "/run.log"
    let code = try supervisor.run(installation.program(program), arguments, log: log)
    return (Int(code), Files.text(log, limit: 16 << 20) ?? "")
  }

  /// Runs a script of the system's shell as the server's user, to its end; `$1` and so on are the arguments.
  func shell(_ script: String, _ arguments: [String]) throws(SandboxError) -> (code: Int, output: String) {
    let log = socketDirectory + "/run.log"
    let code = try supervisor.run("/bin/sh", ["-c", script, "sh"] + arguments, log: log)
    return (Int(code), Files.text(log, limit: 1 << 20) ?? "")
  }
}
