import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Removes what runs left behind whose supervisor was killed as well, or that a crash of the machine cut off.
///
/// A directory is touched only if it belongs to the user that runs servers, is private, and has a marker whose lock
/// nobody holds: a supervisor holds it as long as it lives.
struct Sweep {
  let parent: String
  let prefix: String
  let user: ServerUser

  func run(by supervisor: borrowing Supervisor) throws(SandboxError) {
    for name in Files.names(in: parent) ?? [] where name.hasPrefix(prefix + "-") {
      let path = parent + "/" + name
      guard path != supervisor.directory, let status = Files.status(path), status.isDirectory, status.isPrivate,
        status.owner == user.uid
      else { continue }
      try remove(path, status, by: supervisor)
    }
  }

  private func remove(
    _ path: String, _ status: Files.Status, by supervisor: borrowing Supervisor
  ) throws(SandboxError) {
    let log = supervisor.directory + "/sweep.log"
    let marker = open(path + "/" + SHIM_SANDBOX_MARKER, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard marker >= 0 else {
      // A supervisor was killed before it wrote the marker: then there is at most the half-made one.
      if status.modified + 60 < time(nil), Set(Files.names(in: path) ?? ["?"]).isSubset(of: ["starting"]) {
        _ = try supervisor.run("/bin/rm", ["-rf", "--", path], log: log)
      }
      return
    }
    defer { close(marker) }
    guard flock(marker, LOCK_EX | LOCK_NB) == 0 else { return }
    endServer(in: path + "/data")
    _ = try supervisor.run("/bin/sh", ["-c", String(cString: shim_sandbox_removal), "sh", path], log: log)
  }

  /// Ends a server that outlived its supervisor. (On Linux it hardly does: it gets a signal when that dies.)
  private func endServer(in data: String) {
    guard let first = Files.text(data + "/postmaster.pid")?.prefix(while: { $0 != "\n" }), let process = pid_t(first),
      process > 1, Files.resolved("/proc/\(process)/cwd") == Files.resolved(data)
    else { return }
    guard kill(process, SIGQUIT) == 0 else { return }
    for _ in 0..<500 where kill(process, 0) == 0 { usleep(10_000) }
  }
}
