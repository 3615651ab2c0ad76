import Testing

@testable import Sandbox

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a test looks for on the machine.
enum Traces {
  /// The directories under /tmp of clusters with this prefix.
  static func directories(_ prefix: String) -> [String] {
    (Files.names(in: "/tmp") ?? []).filter { $0.hasPrefix(prefix + "-") }.map { "/tmp/" + $0 }
  }

  /// A prefix that no other test and no other run uses.
  static func prefix(_ name: String) -> String { "pgmedic-t-\(getpid())-\(name)" }

  /// The postmaster's process id, from the file it writes.
  static func postmaster(in data: String) -> pid_t? {
    Files.text(data + "/postmaster.pid").flatMap { pid_t($0.prefix { $0 != "\n" }) }
  }

  static func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 || errno == EPERM }

  /// Whether something comes true within the time.
  static func eventually(seconds: Double = 10, _ condition: () -> Bool) -> Bool {
    for _ in 0..<Int(seconds * 100) {
      if condition() { return true }
      usleep(10_000)
    }
    return condition()
  }

  /// A scratch directory of this test, which the server's user can reach.
  static func scratch(_ name: String) throws -> String {
    let path = "/tmp/" + prefix(name)
    try #require(mkdir(path, 0o755) == 0)
    return path
  }

  /// Removes a tree that a test has made.
  static func remove(_ path: String) {
    if Files.status(path)?.isDirectory == true {
      for name in Files.names(in: path) ?? [] { remove(path + "/" + name) }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}
