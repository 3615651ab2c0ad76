import Synchronization

/// One server for a whole test run: it is started when first asked for, and its supervisor removes it when the process
/// ends.
public final class SharedCluster: Sendable {
  /// The server as a value that can be passed around.
  public let cluster: Cluster
  /// The names that `database(named:)` has made.
  private let made = Mutex<[String: Bool]>([:])

  private init(_ contents: ClusterOptions.Contents) throws(SandboxError) {
    cluster = try Cluster.start(ClusterOptions(contents, prefix: "pgmedic-test"))
  }

  /// A server with nothing in it.
  public static func empty() throws(SandboxError) -> SharedCluster { try started.get() }
  /// A server with the database `demo`, its roles and its recorded workload.
  public static func demo() throws(SandboxError) -> SharedCluster { try startedDemo.get() }

  private static let started = Result { () throws(SandboxError) in try SharedCluster(.empty) }
  private static let startedDemo = Result { () throws(SandboxError) in try SharedCluster(.demo) }

  /// Parameters for libpq.
  public func connectionParameters(database: String? = nil, user: String? = nil) -> [(keyword: String, value: String)] {
    cluster.connectionParameters(database: database, user: user)
  }

  /// A database of this name: a copy of `template` (default: empty, `template1`), made when first asked for and the
  /// same one afterwards. A copy has no statistics counters of its own yet. Nobody may be connected to the template.
  @discardableResult
  public func database(named name: String, from template: String = "template1") throws(SandboxError)
    -> [(keyword: String, value: String)]
  {
    try made.withLock { made throws(SandboxError) in
      if made[name] != nil { return }
      try run("CREATE DATABASE \(Self.quoted(name)) TEMPLATE \(Self.quoted(template))\(strategy)")
      made[name] = true
    }
    return connectionParameters(database: name)
  }

  /// A new database of this name; one that was there is dropped with its sessions.
  @discardableResult
  public func freshDatabase(named name: String, from template: String = "template1") throws(SandboxError)
    -> [(keyword: String, value: String)]
  {
    try made.withLock { made throws(SandboxError) in
      try run("DROP DATABASE IF EXISTS \(Self.quoted(name)) WITH (FORCE)")
      try run("CREATE DATABASE \(Self.quoted(name)) TEMPLATE \(Self.quoted(template))\(strategy)")
      made[name] = true
    }
    return connectionParameters(database: name)
  }

  /// Runs one statement as superuser and returns the first column of its result.
  @discardableResult
  public func run(_ sql: String, in database: String = "postgres") throws(SandboxError) -> [String] {
    let link = try Link(socketDirectory: cluster.socketDirectory, database: database)
    return try link.run(sql)
  }

  /// Copying files beats writing each block into the WAL.
  private var strategy: String { cluster.installation.major >= 15 ? " STRATEGY file_copy" : "" }

  private static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
