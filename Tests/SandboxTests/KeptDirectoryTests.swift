import Testing

@testable import Sandbox

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct KeptDirectoryTests {
  @Test func isTakenUpAgain() throws {
    let scratch = try Traces.scratch("kept")
    defer { Traces.remove(scratch) }
    let path = scratch + "/lab"
    let prefix = Traces.prefix("keptrun")
    do {
      // Ours from the start: root makes it for the server's user.
      let first = try Cluster.start(ClusterOptions(keptIn: path, prefix: prefix))
      try Link(socketDirectory: first.socketDirectory, database: "postgres").run("CREATE TABLE kept AS SELECT 7 AS n")
      #expect(throws: SandboxError.inUse(directory: path)) {
        _ = try Cluster.start(ClusterOptions(keptIn: path, prefix: prefix))
      }
      first.stop()
    }
    #expect((Files.status(path)?.mode ?? 0) & 0o777 == 0o700)
    #expect(Files.status(path + "/data/postmaster.pid") == nil)
    let second = try Cluster.start(ClusterOptions(keptIn: path, prefix: prefix))
    let link = try Link(socketDirectory: second.socketDirectory, database: "postgres")
    #expect(try link.run("SELECT n FROM kept") == ["7"])
    // Stopped in order, not recovered.
    #expect(!second.log().contains { $0.contains("not properly shut down") })
    #expect(Traces.directories(prefix) == [second.socketDirectory])
  }

  @Test func isStoppedInOrderWhenTheOwnerIsKilled() async throws {
    let scratch = try Traces.scratch("keptkill")
    defer { Traces.remove(scratch) }
    let path = scratch + "/lab"
    let prefix = Traces.prefix("keptkillrun")
    await #expect(processExitsWith: .signal(SIGKILL)) { [prefix = prefix as String, path = path as String] in
      let cluster = try Cluster.start(ClusterOptions(keptIn: path, prefix: prefix))
      try Link(socketDirectory: cluster.socketDirectory, database: "postgres").run("CREATE TABLE kept AS SELECT 7 AS n")
      kill(getpid(), SIGKILL)
    }
    #expect(Traces.eventually { Traces.directories(prefix).isEmpty })
    let again = try Cluster.start(ClusterOptions(keptIn: path, prefix: prefix))
    #expect(!again.log().contains { $0.contains("not properly shut down") })
    #expect(
      try Link(socketDirectory: again.socketDirectory, database: "postgres").run("SELECT n FROM kept") == ["7"])
  }

  @Test func somebodyElsesDirectoryIsLeftAlone() throws {
    let scratch = try Traces.scratch("foreign")
    defer { Traces.remove(scratch) }
    let path = scratch + "/full"
    try #require(mkdir(path, 0o755) == 0 && mkdir(path + "/thing", 0o755) == 0)
    #expect(throws: SandboxError.notOurs(directory: path)) { _ = try Cluster.start(ClusterOptions(keptIn: path)) }
    #expect(Files.names(in: path) == ["thing"])
    rmdir(path + "/thing")
    rmdir(path)
  }

  @Test(.enabled(if: getuid() == 0)) func aDirectoryThatTheServersUserCannotReachIsNamed() throws {
    let scratch = try Traces.scratch("closed")
    defer { rmdir(scratch) }
    chmod(scratch, 0o700)
    let path = scratch + "/lab"
    let error = #expect(throws: SandboxError.self) { _ = try Cluster.start(ClusterOptions(keptIn: path)) }
    #expect(error == .unreachable(directory: path, user: try ServerUser.current().name))
    rmdir(path)
  }
}
