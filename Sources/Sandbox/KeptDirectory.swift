import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The directory of `--sandbox=DIR`: a marker, which is also its lock, and `data`.
struct KeptDirectory {
  let path: String
  let user: ServerUser

  var data: String { path + "/data" }
  private var marker: String { path + "/" + SHIM_SANDBOX_MARKER }

  /// Makes it, or takes up again what is there.
  func prepare(from template: Template, by supervisor: borrowing Supervisor) throws(SandboxError) {
    try make(by: supervisor)
    guard let names = Files.names(in: path) else { throw .unreachable(directory: path, user: user.name) }
    guard names.isEmpty || Files.status(marker)?.isFile == true else { throw .notOurs(directory: path) }
    try lock(by: supervisor)
    if let version = Files.text(data + "/PG_VERSION")?.prefix(while: { !$0.isNewline }) {
      guard version == "\(template.server.major)" else {
        throw .otherVersion(directory: path, version: String(version), server: template.server.version)
      }
      return
    }
    // Renamed when it is whole, so that an interrupted start leaves nothing that looks like a server.
    let building = path + "/data.building"
    _ = try supervisor.run("/bin/rm", ["-rf", "--", building], log: supervisor.directory + "/copy.log")
    try template.fill(building, by: supervisor)
    try supervisor.make("V", building, data)
  }

  private func make(by supervisor: borrowing Supervisor) throws(SandboxError) {
    if let status = Files.status(path + "/.") {
      guard status.isDirectory else { throw .notOurs(directory: path) }
      return
    }
    guard mkdir(path, 0o700) == 0 else { throw .cannotMake(path: path, reason: Files.message(errno)) }
    if user.isOther { _ = lchown(path, user.uid, user.gid) }
  }

  private func lock(by supervisor: borrowing Supervisor) throws(SandboxError) {
    let answer = try supervisor.ask("X", "1", marker)
    if answer.result >= 0 { return }
    switch answer.error {
    case EWOULDBLOCK: throw .inUse(directory: path)
    case EACCES, EPERM: throw .unreachable(directory: path, user: user.name)
    case ENOSPC: throw .diskFull(path: path)
    default: throw .cannotMake(path: path, reason: Files.message(answer.error))
    }
  }
}
