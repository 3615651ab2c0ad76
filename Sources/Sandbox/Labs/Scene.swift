#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The stage of one incident: a database of its own, and what lives in it.
public final class Scene {
  /// Everything happens here, so that the demo's own planted problems stay out of sight.
  static let database = "lab"

  let socketDirectory: String
  let seed: Int
  private(set) var players: [Player] = []
  var standby: Standby?
  var volume: Volume?

  init(on cluster: borrowing Cluster, seed: Int) throws(SandboxError) {
    socketDirectory = cluster.socketDirectory
    self.seed = seed
    try Self.clear(socketDirectory: socketDirectory)
    try Link(socketDirectory: socketDirectory, database: "postgres").run("CREATE DATABASE \(Self.database)")
    try link().run(
      """
      GRANT ALL ON SCHEMA public TO PUBLIC;
      ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC;
      ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO PUBLIC
      """)
  }

  /// A session of the superuser.
  func link() throws(SandboxError) -> Link { try Link(socketDirectory: socketDirectory, database: Self.database) }

  func makeRoles(_ names: String...) throws(SandboxError) {
    try link().run(names.map { "CREATE ROLE \($0) LOGIN" }.joined(separator: ";"))
  }

  /// Somebody who connects and stays; `server` is another's socket directory.
  @discardableResult
  func enter(_ name: String, as role: String, on server: String? = nil) throws(SandboxError) -> Player {
    let player = try Player(name, as: role, socketDirectory: server ?? socketDirectory)
    players.append(player)
    return player
  }

  /// A number of this range that depends on the seed and the name alone.
  func figure(_ name: String, in range: ClosedRange<Int>) -> Int {
    var hash = Hash()
    hash.add("\(seed)")
    hash.add(name)
    return range.lowerBound + Int(hash.number % UInt64(range.count))
  }

  /// Waits until a query's first value is true.
  func wait(for what: String, _ sql: String) throws(SandboxError) {
    let server = try link()
    for _ in 0..<1000 {
      if try server.run(sql).first == "t" { return }
      usleep(10_000)
    }
    throw .statement(sql, message: "the incident did not come about: \(what)")
  }

  func parameters(socketDirectory: String) -> [(keyword: String, value: String)] {
    [
      (keyword: "host", value: socketDirectory), (keyword: "port", value: "\(Server.port)"),
      (keyword: "user", value: "postgres"), (keyword: "dbname", value: Self.database),
    ]
  }

  /// Ends the sessions, the standby; last the volume, since the server must let go of it first.
  func dismiss() {
    players = []
    standby = nil
    _ = try? Self.clear(socketDirectory: socketDirectory)
    volume = nil
  }

  /// Removes what an incident leaves on a server.
  static func clear(socketDirectory: String) throws(SandboxError) {
    let server = try Link(socketDirectory: socketDirectory, database: "postgres")
    try server.run("DROP DATABASE IF EXISTS \(database) WITH (FORCE)")
    try server.run("DROP TABLESPACE IF EXISTS \(FullDisk.tablespace)")
    // a walsender takes a moment to notice that its standby has gone
    for _ in 0..<500 {
      let left = try server.run(
        """
        SELECT CASE WHEN active THEN slot_name::text ELSE pg_drop_replication_slot(slot_name)::text END
        FROM pg_replication_slots WHERE slot_name = '\(LaggingStandby.slot)'
        """)
      if left.allSatisfy({ $0.isEmpty }) { break }
      usleep(10_000)
    }
    for role in try server.run("SELECT quote_ident(rolname) FROM pg_roles WHERE rolname ^@ 'lab_' ORDER BY 1") {
      try server.run("DROP ROLE \(role)")
    }
  }
}

/// Holds a standby's cluster where a value that can't be copied has no place.
final class Standby {
  let cluster: Cluster
  init(_ cluster: consuming Cluster) { self.cluster = cluster }
}
