import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Data directories made once and copied at each start: initdb takes a second or more, the demo several.
///
/// Each is a directory `NAME` of the cache with `data` and a `manifest` of its size. It is built beside it and renamed,
/// under an exclusive lock on the cache; copying takes a shared one. One that is damaged is built anew.
struct Template {
  let contents: ClusterOptions.Contents
  let server: ServerInstallation
  let user: ServerUser
  let cache: ClusterOptions.Cache

  /// Makes a data directory at `path`, which must not exist.
  func fill(_ path: String, by supervisor: borrowing Supervisor) throws(SandboxError) {
    guard let cache = try cacheDirectory(by: supervisor) else { return try build(path, by: supervisor) }
    let lock = cache + "/lock"
    let stored = cache + "/" + name
    try waitForLock("L", lock, by: supervisor)
    if try copy(stored, to: path, by: supervisor) {
      return try supervisor.make("U", "0")
    }
    try waitForLock("X", lock, by: supervisor)
    // Somebody else may have built it while we waited.
    if try !copy(stored, to: path, by: supervisor) {
      try tidy(cache, by: supervisor)
      try store(in: cache, by: supervisor)
      guard try copy(stored, to: path, by: supervisor) else {
        throw .cannotMake(path: path, reason: "the template \"\(stored)\" does not stay whole")
      }
    }
    try supervisor.make("U", "0")
  }

  /// What the template depends on is in its name.
  private var name: String {
    var hash = Hash()
    hash.add(Self.locale)
    for (name, value) in Settings.standard(for: server) { hash.add(name + "=" + value) }
    if contents == .demo { hash.add(Demo.text) }
    return "\(contents.rawValue)-\(server.version)-\(hash.text)"
  }

  // MARK: Building

  private func build(_ path: String, by supervisor: borrowing Supervisor) throws(SandboxError) {
    try Self.checkRoom(at: path, for: contents == .demo ? 250 << 20 : 40 << 20)
    switch contents {
    case .empty: try initialise(path, by: supervisor)
    case .demo:
      try Template(contents: .empty, server: server, user: user, cache: .off).build(path, by: supervisor)
      let running = Server(program: server.program("postgres"), data: path)
      try running.start(by: supervisor)
      try Demo(server: server).load(over: supervisor.directory)
      try running.stop(.fast, by: supervisor)
      // What loading has logged is needed by nobody, and would be copied at each start.
      let log = supervisor.directory + "/initdb.log"
      guard try supervisor.run(server.program("pg_resetwal"), ["-D", path], log: log) == 0 else {
        throw Self.failure("pg_resetwal", log: log, path: path)
      }
    }
  }

  private func initialise(_ path: String, by supervisor: borrowing Supervisor) throws(SandboxError) {
    let log = supervisor.directory + "/initdb.log"
    var arguments = [
      "-D", path, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=\(Self.locale)", "--wal-segsize=1",
    ]
    if server.major >= 14 { arguments.append("--no-instructions") }
    guard try supervisor.run(server.program("initdb"), arguments, log: log) == 0 else {
      throw Self.failure("initdb", log: log, path: path)
    }
    let lines = try Settings.lines(Settings.standard(for: server))
    try supervisor.make(
      "A", path + "/postgresql.conf", "\n# pgmedic sandbox\n" + lines + "include_if_exists = 'sandbox.conf'\n")
  }

  /// C.UTF-8 sorts by code point and knows Unicode's letters. Older macOS has only C.
  static let locale: String = {
    for name in ["C.UTF-8", "C.utf8"] {
      #if canImport(Glibc)
        let mask: Int32 = 1 << LC_CTYPE
      #else
        let mask = LC_CTYPE_MASK
      #endif
      if let found = newlocale(mask, name, nil) {
        freelocale(found)
        return name
      }
    }
    return "C"
  }()

  /// A full disk leaves no room for messages about it, so it is asked for before.
  private static func checkRoom(at path: String, for bytes: Int) throws(SandboxError) {
    let needed = bytes + (16 << 20)
    if let room = Files.room(at: path), room < needed { throw .diskFull(path: path, needed: needed) }
  }

  static func failure(_ program: String, log: String, path: String) -> SandboxError {
    let lines = Files.lastLines(log)
    let isFull = Files.room(at: path).map { $0 < 1 << 18 } ?? false
    if isFull || lines.contains(where: { $0.contains("No space left on device") }) { return .diskFull(path: path) }
    return .failed(program: program, lines: lines)
  }

  // MARK: The cache

  /// The cache, made if need be; nil if there can be none, or none that only the server's user may write.
  private func cacheDirectory(by supervisor: borrowing Supervisor) throws(SandboxError) -> String? {
    let path: String
    switch cache {
    case .off: return nil
    case .directory(let chosen): path = Files.absolute(chosen)
    case .standard:
      path = user.cacheParent + "/pgmedic"
      _ = try supervisor.ask("M", user.cacheParent)
    }
    _ = try supervisor.ask("M", path)
    guard let status = Files.status(path), status.isDirectory, status.isPrivate, status.owner == user.uid else {
      return nil
    }
    return path
  }

  /// Waits while another process copies (for "X") or builds.
  private func waitForLock(
    _ letter: Character, _ path: String, by supervisor: borrowing Supervisor
  ) throws(SandboxError) {
    while true {
      let answer = try supervisor.ask(letter, "0", path)
      if answer.result >= 0 { return }
      guard answer.error == EWOULDBLOCK else {
        throw answer.error == ENOSPC
          ? .diskFull(path: path) : .cannotMake(path: path, reason: Files.message(answer.error))
      }
      if shim_interrupt_pending() { throw .interrupted }
      usleep(20_000)
    }
  }

  /// Copies a stored template; false if there is none or it is damaged, then nothing is left at `path`.
  private func copy(
    _ stored: String, to path: String, by supervisor: borrowing Supervisor
  ) throws(SandboxError) -> Bool {
    guard let manifest = Files.text(stored + "/manifest") else { return false }
    try Self.checkRoom(at: path, for: Self.bytes(in: manifest))
    let log = supervisor.directory + "/copy.log"
    if try supervisor.run("/bin/cp", ["-a", stored + "/data", path], log: log) == 0,
      let measured = Files.measure(path), Self.manifest(measured) == manifest
    {
      return true
    }
    let failure = Self.failure("cp", log: log, path: path)
    _ = try supervisor.run("/bin/rm", ["-rf", "--", path], log: log)
    if case .diskFull = failure { throw failure }
    return false
  }

  private func store(in cache: String, by supervisor: borrowing Supervisor) throws(SandboxError) {
    let building = cache + "/" + name + ".building"
    try supervisor.make("M", building)
    try build(building + "/data", by: supervisor)
    guard let measured = Files.measure(building + "/data") else {
      throw .cannotMake(path: building, reason: "it cannot be read back")
    }
    try supervisor.make("W", building + "/manifest", Self.manifest(measured))
    try supervisor.make("V", building, cache + "/" + name)
  }

  private static func manifest(_ measured: (files: Int, bytes: Int)) -> String {
    "\(measured.files) files, \(measured.bytes) bytes\n"
  }

  private static func bytes(in manifest: String) -> Int {
    manifest.split(separator: " ").compactMap { Int($0) }.last ?? 0
  }

  /// Removes the damaged one, what interrupted builds left, and templates that are a week old: one takes 30 or 130 MB.
  private func tidy(_ cache: String, by supervisor: borrowing Supervisor) throws(SandboxError) {
    var old: [String] = []
    for other in Files.names(in: cache) ?? [] where other != "lock" {
      guard let status = Files.status(cache + "/" + other), status.isDirectory else { continue }
      let isOurs = other.hasPrefix("empty-") || other.hasPrefix("demo-")
      let isOld = status.modified + 7 * 86400 < time(nil)
      if isOurs && (other == name || other.hasSuffix(".building") || isOld) { old.append(cache + "/" + other) }
    }
    guard !old.isEmpty else { return }
    _ = try supervisor.run("/bin/rm", ["-rf", "--"] + old, log: supervisor.directory + "/copy.log")
  }
}

/// FNV-1a of 64 bits: the same on every machine and in every run, unlike `Hasher`.
struct Hash {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    value = (value ^ 0xff) &* 0x100_0000_01b3
  }

  var number: UInt64 { value }

  var text: String { String(value, radix: 36) }
}
