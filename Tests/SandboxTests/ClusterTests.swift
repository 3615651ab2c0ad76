import Testing

@testable import Sandbox

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ClusterTests {
  @Test func startsAndLeavesNothing() throws {
    let cluster = try Cluster.start(ClusterOptions(prefix: Traces.prefix("start")))
    let directory = cluster.socketDirectory
    let process = try #require(Traces.postmaster(in: cluster.dataDirectory))
    #expect(Traces.isAlive(process))
    #expect(try cluster.isRunning())
    let link = try Link(socketDirectory: directory, database: cluster.database)
    #expect(
      try link.run("SELECT pg_catalog.current_setting('server_version')").first?
        .hasPrefix(cluster.installation.version) == true)
    cluster.stop()
    #expect(Files.status(directory) == nil)
    #expect(!Traces.isAlive(process))
  }

  @Test func listensOnAPrivateSocketOnly() throws {
    let cluster = try Cluster.start(ClusterOptions(prefix: Traces.prefix("private")))
    let status = try #require(Files.status(cluster.socketDirectory))
    let user = try ServerUser.current()
    #expect(status.mode & 0o777 == 0o700)
    #expect(status.owner == user.uid)
    #expect(user.uid != 0)
    #expect(Files.status(cluster.dataDirectory)?.owner == user.uid)
    let link = try Link(socketDirectory: cluster.socketDirectory, database: cluster.database)
    #expect(try link.run("SHOW listen_addresses") == [""])
    #expect(try link.run("SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper") == ["postgres"])
    #expect("\(cluster.socketDirectory)/.s.PGSQL.\(cluster.port)".utf8.count < 107)
  }

  @Test func takesSettingsAndALTERSYSTEMOverridesThem() throws {
    let cluster = try Cluster.start(
      ClusterOptions(settings: ["max_connections": "12", "cluster_name": "it's \\ here"], prefix: Traces.prefix("set")))
    func show(_ name: String) throws -> [String] {
      try Link(socketDirectory: cluster.socketDirectory, database: "postgres").run("SHOW \(name)")
    }
    #expect(try show("max_connections") == ["12"])
    #expect(try show("cluster_name") == ["it's \\ here"])
    #expect(try show("fsync") == ["off"])
    #expect(try show("track_io_timing") == ["on"])
    #expect(try show("wal_level") == ["replica"])
    try Link(socketDirectory: cluster.socketDirectory, database: "postgres").run(
      "ALTER SYSTEM SET max_connections = 17")
    try cluster.restartServer()
    #expect(try show("max_connections") == ["17"])
  }

  @Test func survivesACrashOnRequest() throws {
    let cluster = try Cluster.start(ClusterOptions(prefix: Traces.prefix("crash")))
    // Commits are not waited for here unless one asks.
    try Link(socketDirectory: cluster.socketDirectory, database: "postgres")
      .run("SET synchronous_commit = on; CREATE TABLE kept AS SELECT 7 AS n")
    for mode in [StopMode.immediate, .killed] {
      try cluster.restartServer(mode)
      let link = try Link(socketDirectory: cluster.socketDirectory, database: "postgres")
      #expect(try link.run("SELECT n FROM kept") == ["7"])
    }
    #expect(cluster.log().contains { $0.contains("ready to accept connections") })
  }

  @Test func aServerThatRefusesItsSettingsIsQuotedAndRemoved() throws {
    let prefix = Traces.prefix("refused")
    let error = #expect(throws: SandboxError.self) {
      _ = try Cluster.start(ClusterOptions(settings: ["max_connections": "-3"], prefix: prefix))
    }
    guard case .failed("postgres", let lines) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(lines.contains { $0.contains("max_connections") })
    #expect(Traces.directories(prefix).isEmpty)
  }

  @Test(arguments: ["a b", "", "x'y", "a\nport"]) func namesOfSettingsAreChecked(_ name: String) {
    #expect(throws: SandboxError.badName(name)) { try Settings.lines([(name: name, value: "1")]) }
  }

  @Test(arguments: ["", "a/b", "..", String(repeating: "x", count: 61)]) func prefixesAreChecked(_ prefix: String) {
    #expect(throws: SandboxError.badName(prefix)) { _ = try Cluster.start(ClusterOptions(prefix: prefix)) }
  }

  @Test func theServersProgramsCanBeRun() throws {
    let cluster = try Cluster.start(ClusterOptions(prefix: Traces.prefix("run")))
    let ready = try cluster.run("pg_isready", ["-h", cluster.socketDirectory, "-p", "\(cluster.port)"])
    #expect(ready.code == 0)
    #expect(ready.output.contains("accepting connections"))
    #expect(throws: SandboxError.self) { _ = try cluster.run("no_such_program", []) }
  }

  @Test func theEnvironmentsConnectionSettingsCanBeForgotten() async {
    let prefix = Traces.prefix("environment")
    await #expect(processExitsWith: .success) { [prefix = prefix as String] in
      let cluster = try Cluster.start(ClusterOptions(prefix: prefix))
      setenv("PGSERVICE", "no such service", 1)
      setenv("PGOPTIONS", "-c work_mem=77MB", 1)
      #expect(throws: SandboxError.self) {
        _ = try Link(socketDirectory: cluster.socketDirectory, database: "postgres")
      }
      forgetConnectionEnvironment()
      let link = try Link(socketDirectory: cluster.socketDirectory, database: "postgres")
      try #require(try link.run("SHOW work_mem") == ["4MB"])
    }
  }

  @Test func aStandbyFollows() throws {
    let primary = try Cluster.start(ClusterOptions(prefix: Traces.prefix("primary")))
    let standby = try Cluster.standby(of: primary, slot: "second", prefix: Traces.prefix("standby"))
    let link = try Link(socketDirectory: primary.socketDirectory, database: "postgres")
    try link.run("CREATE TABLE sent AS SELECT 7 AS n")
    let other = try Link(socketDirectory: standby.socketDirectory, database: "postgres")
    #expect(try other.run("SELECT pg_catalog.pg_is_in_recovery()") == ["t"])
    #expect(Traces.eventually { (try? other.run("SELECT n FROM sent")) == ["7"] })
    #expect(try link.run("SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE active") == ["second"])
  }

  @Test func sharedDatabasesAreMadeOnce() throws {
    let shared = try SharedCluster.empty()
    let parameters = try shared.database(named: "Shared \"one\"")
    #expect(parameters.last?.1 == "Shared \"one\"")
    try shared.run("CREATE TABLE t ()", in: "Shared \"one\"")
    try shared.database(named: "Shared \"one\"")
    #expect(try shared.run("SELECT count(*) FROM t", in: "Shared \"one\"") == ["0"])
    try shared.freshDatabase(named: "Shared \"one\"")
    #expect(throws: SandboxError.self) { try shared.run("SELECT count(*) FROM t", in: "Shared \"one\"") }
  }
}
