import Medic
import Postgres
import Sandbox

/// A database of its own on the tests' server, with a superuser's connection.
struct Scratch: ~Copyable {
  let connection: Connection
  let name: String

  /// A new one, or with `shared` the one that is there already.
  init(_ name: String, shared: Bool = false) throws {
    self.name = name
    let cluster = try SharedCluster.empty()
    let parameters = try shared ? cluster.database(named: name) : cluster.freshDatabase(named: name)
    connection = try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  /// Another session in the same database.
  func connect(user: String? = nil) throws -> Connection {
    let parameters = try SharedCluster.empty().connectionParameters(database: name, user: user)
    return try Connection.open(parameters.map { (keyword: $0.0, value: $0.1) })
  }

  /// Makes what the session has counted visible, which otherwise takes up to a second.
  static func flushStatistics(of connection: borrowing Connection) throws {
    if connection.serverMajor >= 15 { try connection.execute("SELECT pg_catalog.pg_stat_force_next_flush()") }
  }

  /// Waits until nobody else is in the database: an autovacuum worker's snapshot would keep VACUUM FULL from removing
  /// what has just been deleted.
  static func waitUntilAlone(on connection: borrowing Connection) throws {
    let others = """
      SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      """
    for _ in 0..<250 {
      if try connection.rows(others).first?.int("n") == 0 { return }
      try connection.execute("SELECT pg_sleep(0.02)")
    }
  }

  /// Runs statements one by one, each in its own transaction: they end in a semicolon and a line's end.
  static func run(_ script: String, on connection: borrowing Connection) throws {
    var statement = ""
    for line in script.split(separator: "\n") {
      statement += line + "\n"
      guard line.hasSuffix(";") else { continue }
      try connection.execute(statement)
      statement = ""
    }
    if statement.contains(where: { !$0.isWhitespace }) { try connection.execute(statement) }
    try flushStatistics(of: connection)
  }
}

extension Examination {
  /// The report on everything that a connection sees.
  static func look(
    _ connection: borrowing Connection, _ written: [(name: String, value: String)] = [], at patterns: [String] = []
  ) throws -> Report {
    let scope = Scope(try patterns.map { try Pattern($0) })
    return try Self().report(connection, Request(scope: scope, options: try Options(written, for: allOptions)))
  }
}

/// A server for a suite that fills, breaks or restarts it; it ends with the test run.
final class OwnServer: Sendable {
  let cluster: Cluster

  /// nil where the server that tests run on is older than what the settings are for.
  convenience init?(_ settings: [String: String], from major: Int) throws(SandboxError) {
    guard try ServerInstallation.find().major >= major else { return nil }
    try self.init(settings)
  }

  init(_ settings: [String: String]) throws(SandboxError) {
    cluster = try Cluster.start(ClusterOptions(.empty, settings: settings, prefix: "pgmedic-medic"))
  }
}
