import CShims
import Testing

@testable import Sandbox

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Nothing is left, whatever ends the owner. The owners are processes of their own (exit tests), which die in the body.
@Suite struct CleanupTests {
  @Test func afterKillOfTheOwner() async {
    let prefix = Traces.prefix("kill")
    let note = "/tmp/" + prefix + ".pid"
    await #expect(processExitsWith: .signal(SIGKILL)) { [prefix = prefix as String, note = note as String] in
      let cluster = try Cluster.start(ClusterOptions(prefix: prefix))
      let process = try #require(Traces.postmaster(in: cluster.dataDirectory))
      try #require(symlink("\(process)", note) == 0)
      kill(getpid(), SIGKILL)
    }
    defer { unlink(note) }
    var name = [CChar](repeating: 0, count: 32)
    let length = readlink(note, &name, 31)
    let process = length > 0 ? pid_t(String(decoding: name.prefix(length).map(UInt8.init), as: UTF8.self)) : nil
    #expect(process != nil)
    #expect(Traces.eventually { Traces.directories(prefix).isEmpty })
    #expect(process.map(Traces.isAlive) == false)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func afterASignalDuringTheStart(_ number: Int32) async {
    let prefix = Traces.prefix("signal\(number)")
    await #expect(processExitsWith: .signal(number)) { [prefix = prefix as String, number = number as Int32] in
      signal(number, SIG_DFL)
      // To the whole group, as the terminal does; once initdb runs.
      let thread = Task.detached {
        while (Traces.directories(prefix).first.flatMap { Files.status($0 + "/initdb.log") }) == nil { usleep(1000) }
        usleep(50_000)
        kill(getpid(), number)
      }
      _ = try Cluster.start(ClusterOptions(cache: .off, prefix: prefix))
      await thread.value
      usleep(500_000)
    }
    #expect(Traces.eventually { Traces.directories(prefix).isEmpty })
  }

  @Test func ctrlCEndsTheStartWhereTheProgramHandlesIt() async {
    let prefix = Traces.prefix("ctrlc")
    await #expect(processExitsWith: .success) { [prefix = prefix as String] in
      shim_interrupt_install()
      // Threads of tasks have all signals blocked.
      var interrupt = sigset_t()
      sigemptyset(&interrupt)
      sigaddset(&interrupt, SIGINT)
      pthread_sigmask(SIG_UNBLOCK, &interrupt, nil)
      let main = pthread_self()
      let killer = Task.detached {
        while (Traces.directories(prefix).first.flatMap { Files.status($0 + "/initdb.log") }) == nil { usleep(1000) }
        usleep(20_000)
        pthread_kill(main, SIGINT)
      }
      #expect(throws: SandboxError.interrupted) { _ = try Cluster.start(ClusterOptions(cache: .off, prefix: prefix)) }
      await killer.value
      try #require(Traces.directories(prefix).isEmpty)
    }
  }

  @Test func afterKillOfTheSupervisorTooTheNextStartSweeps() async throws {
    let prefix = Traces.prefix("sweep")
    await #expect(processExitsWith: .signal(SIGKILL)) { [prefix = prefix as String] in
      let cluster = try Cluster.start(ClusterOptions(prefix: prefix))
      let process = try #require(Traces.postmaster(in: cluster.dataDirectory))
      let status = try #require(Files.text("/proc/\(process)/stat"))
      // Field 4, after the name in parentheses: the parent.
      let parent = try #require(status.split(separator: ")").last?.split(separator: " ").dropFirst().first)
      let supervisor = try #require(pid_t(parent))
      try #require(supervisor > 1)
      kill(supervisor, SIGKILL)
      kill(getpid(), SIGKILL)
    }
    let left = try #require(Traces.directories(prefix).first)
    // The server itself has gone with its supervisor.
    let process = Traces.postmaster(in: left + "/data")
    #expect(Traces.eventually { process.map(Traces.isAlive) != true })

    let stranger = "/tmp/" + prefix + "-notours"
    try #require(mkdir(stranger, 0o700) == 0)
    defer { rmdir(stranger) }
    let living = try Cluster.start(ClusterOptions(prefix: prefix))
    #expect(Files.status(left) == nil)
    #expect(Files.status(stranger) != nil)

    let second = try Cluster.start(ClusterOptions(prefix: prefix))
    #expect(try living.isRunning())
    #expect(Files.status(living.socketDirectory) != nil)
    second.stop()
    living.stop()
    #expect(Traces.directories(prefix) == [stranger])
  }

  @Test func noDescriptorIsLeftToPrograms() async {
    let prefix = Traces.prefix("exec")
    await #expect(processExitsWith: .success) { [prefix = prefix as String] in
      // Sockets only: the testing library opens files of its own meanwhile.
      func sockets() -> Set<Int32> {
        Set(
          (0 as Int32..<1024).filter { descriptor in
            var status = stat()
            return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
          })
      }
      let before = sockets()
      let cluster = try Cluster.start(ClusterOptions(prefix: prefix))
      let new = sockets().subtracting(before)
      try #require(!new.isEmpty)
      for descriptor in new { try #require(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
      try #require(try cluster.isRunning())
    }
    #expect(Traces.eventually { Traces.directories(prefix).isEmpty })
  }
}
