import Testing

@testable import Sandbox

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct TemplateTests {
  @Test func aDamagedTemplateIsBuiltAnew() throws {
    let user = try ServerUser.current()
    let folder = "/tmp/" + Traces.prefix("cache")
    try #require(mkdir(folder, 0o700) == 0)
    chown(folder, user.uid, user.gid)
    defer { Traces.remove(folder) }
    let prefix = Traces.prefix("template")
    let options = ClusterOptions(cache: .directory(folder), prefix: prefix)
    try Cluster.start(options).stop()
    let name = try #require(Files.names(in: folder)?.first { $0.hasPrefix("empty-") })
    let before = try #require(Files.measure(folder + "/" + name))
    #expect(truncate(folder + "/" + name + "/data/global/pg_control", 100) == 0)
    let cluster = try Cluster.start(options)
    #expect(try cluster.isRunning())
    #expect(try #require(Files.measure(folder + "/" + name)).files == before.files)
    #expect(Files.names(in: folder) == [name, "lock"])
  }

  @Test func aCacheThatOthersMayWriteIsNotUsed() throws {
    let user = try ServerUser.current()
    let folder = "/tmp/" + Traces.prefix("open")
    try #require(mkdir(folder, 0o700) == 0)
    chown(folder, user.uid, user.gid)
    chmod(folder, 0o770)
    defer { rmdir(folder) }
    let cluster = try Cluster.start(ClusterOptions(cache: .directory(folder), prefix: Traces.prefix("opened")))
    #expect(try cluster.isRunning())
    #expect(Files.names(in: folder) == [])
  }

  @Test func twoStartsAtOnceBuildOneTemplate() async throws {
    let user = try ServerUser.current()
    let folder = "/tmp/" + Traces.prefix("race")
    try #require(mkdir(folder, 0o700) == 0)
    chown(folder, user.uid, user.gid)
    defer { Traces.remove(folder) }
    let prefix = Traces.prefix("racer")
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<2 {
        group.addTask {
          let cluster = try Cluster.start(ClusterOptions(cache: .directory(folder), prefix: prefix))
          return try cluster.isRunning()
        }
      }
      for try await running in group { #expect(running) }
    }
    #expect(Files.names(in: folder)?.count == 2)
    #expect(Traces.directories(prefix).isEmpty)
  }
}
