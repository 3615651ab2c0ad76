import Postgres
import Sandbox
import Testing

@testable import Medic

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Everything through PgBouncer in transaction mode, where one transaction's server process isn't the next one's.
@Suite(.serialized, .enabled(if: PgBouncer.isInstalled, "pgbouncer is not installed"))
struct PoolerTests {
  @Test func everyExaminationWorksAndNamesThePooler() throws {
    let scratch = try Scratch("medic_pooled")
    try Scratch.run(Planted.schema, on: scratch.connection)
    let pooler = try PgBouncer(before: try SharedCluster.empty().cluster)
    let connection = try pooler.connect(database: scratch.name)
    for examination in Examinations.all {
      let direct = Planted.Answer(try examination.look(scratch.connection))
      let pooled = Planted.Answer(try examination.look(connection))
      let isNamed = pooled.report.notes.contains { $0.hasPrefix("this connection goes through a pooler") }
      #expect(isNamed, "\(examination.name)")
      #expect(!direct.report.notes.contains { $0.contains("a pooler") })
      #expect(connection.transactionStatus == .idle)
      if examination.manual.argument == .pattern, examination.name != Checkup.name {
        #expect(pooled.found == direct.found, "\(examination.name)")
        #expect(pooled.gaps == direct.gaps, "\(examination.name)")
      }
    }
    try connection.execute("BEGIN")
    for examination in Examinations.all { _ = try examination.look(connection) }
    #expect(connection.transactionStatus == .inTransaction)
    try connection.execute("ROLLBACK")
  }

  /// Nothing that we set outlives its transaction: the next client of the same server process finds it as it was.
  @Test func nothingIsLeftOnTheServersProcess() throws {
    let scratch = try Scratch("medic_pooled_settings")
    try Scratch.run(Planted.schema, on: scratch.connection)
    let pooler = try PgBouncer(before: try SharedCluster.empty().cluster)
    let connection = try pooler.connect(database: scratch.name)
    let settings = "SELECT pg_backend_pid() || name || '=' || setting AS line FROM pg_settings ORDER BY name"
    let before = try connection.rows(settings).map { $0.text("line") }
    for examination in Examinations.all { _ = try examination.look(connection) }
    #expect(try connection.rows(settings).map { $0.text("line") } == before)
  }
}

/// A pooler of one server process in transaction mode, in the directory of the server behind it.
private final class PgBouncer {
  private static let program = "/usr/sbin/pgbouncer"
  static var isInstalled: Bool { access(program, X_OK) == 0 }

  private let process: pid_t
  private let directory: String
  private static let port = 6543

  init(before cluster: borrowing Cluster) throws {
    directory = cluster.socketDirectory
    let server = cluster.connectionParameters(database: nil)
    let value = { (name: String) in server.first { $0.0 == name }?.1 ?? "" }
    let configuration = """
      [databases]
      * = host=\(value("host")) port=\(value("port"))
      [pgbouncer]
      unix_socket_dir = \(directory)
      listen_port = \(Self.port)
      auth_type = trust
      auth_file = \(directory)/pgbouncer-users
      pool_mode = transaction
      default_pool_size = 1
      """
    for (name, text) in [("pgbouncer.ini", configuration), ("pgbouncer-users", "\"\(value("user"))\" \"\"\n")] {
      let file = try #require(fopen("\(directory)/\(name)", "w"))
      fputs(text, file)
      fclose(file)
    }
    // It refuses to run as root.
    let arguments = ["pgbouncer", "-q"] + (getuid() == 0 ? ["-u", "postgres"] : []) + ["\(directory)/pgbouncer.ini"]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, Self.program, nil, nil, &words, environ) == 0)
    self.process = process
  }

  deinit {
    // Threads of the test runner block signals, and so do their children.
    kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }

  func connect(database: String) throws -> Connection {
    let parameters = [
      (keyword: "host", value: directory), (keyword: "port", value: "\(Self.port)"),
      (keyword: "user", value: "postgres"), (keyword: "dbname", value: database),
    ]
    for _ in 0..<500 {
      if let connection = try? Connection.open(parameters) { return connection }
      usleep(10_000)
    }
    return try Connection.open(parameters)
  }
}
