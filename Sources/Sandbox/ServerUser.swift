import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Who runs the server: whoever runs us, or an unprivileged user when that is root, whom initdb and postgres refuse.
struct ServerUser: Sendable {
  let name: String
  let uid: uid_t
  let gid: gid_t
  let home: String
  /// Whether it is somebody else than we are.
  let isOther: Bool

  /// The user for this process: with root, `postgres` if there is one, else `nobody`.
  static func current() throws(SandboxError) -> ServerUser {
    let uid = getuid()
    if uid != 0 {
      let home = Files.environment("HOME") ?? account(uid: uid)?.home ?? "/"
      return ServerUser(name: account(uid: uid)?.name ?? "\(uid)", uid: uid, gid: getgid(), home: home, isOther: false)
    }
    for name in ["postgres", "nobody"] {
      if let found = account(named: name), found.uid != 0 { return found }
    }
    throw .cannotMake(path: "sandbox", reason: "root cannot run a server, and there is no user postgres or nobody")
  }

  private static func account(named name: String) -> ServerUser? { account { getpwnam_r(name, $0, $1, $2, $3) } }

  private static func account(uid: uid_t) -> ServerUser? { account { getpwuid_r(uid, $0, $1, $2, $3) } }

  private typealias LookUp = (
    UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
  ) -> Int32

  private static func account(_ lookUp: LookUp) -> ServerUser? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16384) { buffer in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      guard let memory = buffer.baseAddress, lookUp(&entry, memory, buffer.count, &found) == 0, found != nil,
        let name = entry.pw_name, let home = entry.pw_dir
      else { return nil }
      return ServerUser(
        name: String(cString: name), uid: entry.pw_uid, gid: entry.pw_gid, home: String(cString: home), isOther: true)
    }
  }

  var shim: shim_supervisor_user { shim_supervisor_user(drop: isOther, uid: uid, gid: gid) }

  /// What the server's programs find in their environment: nothing of the user's that could change what they do.
  var environment: [String] {
    var list = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=\(isOther ? "/" : home)", "LC_ALL=C", "TZ=UTC"]
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] where !isOther {
      if let value = Files.environment(name) { list.append("\(name)=\(value)") }
    }
    return list
  }

  /// Where templates are kept: `$XDG_CACHE_HOME/pgmedic` or `~/.cache/pgmedic`, of the user who runs the server.
  var cacheParent: String {
    if !isOther, let own = Files.environment("XDG_CACHE_HOME"), own.hasPrefix("/") { return own }
    return home + "/.cache"
  }
}
