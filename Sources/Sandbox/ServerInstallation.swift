import CShims

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The programs of one PostgreSQL server that is installed here.
public struct ServerInstallation: Sendable, Equatable {
  /// As `postgres --version` says it: "15.20".
  public let version: String
  /// The major version: 15.
  public let major: Int
  /// Where `postgres` and `initdb` are.
  public let binDirectory: String

  /// The major versions that a sandbox is tried with.
  public static let supported = 13...18

  /// The full path of one of the server's programs.
  public func program(_ name: String) -> String { binDirectory + "/" + name }

  /// Finds the server to use: in `explicit`, else in the directory that `PGMEDIC_PG_BIN` names, else the newest
  /// supported one of the places where distributions put servers and of `PATH`.
  public static func find(explicit: String? = nil) throws(SandboxError) -> ServerInstallation {
    if let chosen = explicit ?? Files.environment("PGMEDIC_PG_BIN") {
      guard let found = ServerInstallation(in: chosen) else {
        throw .noServer(looked: [chosen])
      }
      guard supported.contains(found.major) else { throw .unsupportedServer(found: [found.version]) }
      return found
    }
    let places = standardPlaces()
    let programs = unique(places.compactMap { Files.resolved($0 + "/postgres") })
    let found = programs.compactMap { ServerInstallation(in: String($0.dropLast("/postgres".count))) }
    guard let newest = found.filter({ supported.contains($0.major) }).max(by: { $0.number < $1.number }) else {
      if found.isEmpty { throw .noServer(looked: places) }
      throw .unsupportedServer(found: found.map(\.version))
    }
    return newest
  }

  /// Asks the programs in a directory for their version; nil if there are none or they don't run. Where `postgres` is
  /// a link, as in /usr/local/bin, the directory is the one that it leads to: all programs are there.
  init?(in directory: String) {
    guard let postgres = Files.resolved(directory + "/postgres"), let slash = postgres.lastIndex(of: "/") else {
      return nil
    }
    let home = String(postgres[..<slash])
    guard Files.isExecutable(postgres), Files.isExecutable(home + "/initdb"),
      let line = Self.output(of: postgres, "--version"), let version = Self.version(in: line),
      let major = Int(version.prefix { $0.isNumber })
    else { return nil }
    self.version = version
    self.major = major
    self.binDirectory = home
  }

  private var number: Int { major * 1000 + (Int(version.drop { $0 != "." }.dropFirst().prefix { $0.isNumber }) ?? 0) }

  /// "15.20" from "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"; "19beta1" from a beta.
  static func version(in line: String) -> String? {
    let words = line.split(separator: " ")
    guard let name = words.firstIndex(of: "(PostgreSQL)"), name + 1 < words.count else { return nil }
    let version = words[name + 1].prefix { !$0.isWhitespace }
    return version.first?.isNumber == true ? String(version) : nil
  }

  private static func standardPlaces() -> [String] {
    var places: [String] = []
    for (parent, prefix, rest) in [
      ("/usr/lib/postgresql", "", "/bin"), ("/usr", "pgsql-", "/bin"), ("/opt/homebrew/opt", "postgresql@", "/bin"),
      ("/usr/local/opt", "postgresql@", "/bin"), ("/Applications/Postgres.app/Contents/Versions", "", "/bin"),
    ] {
      for name in Files.names(in: parent) ?? [] where name.hasPrefix(prefix) {
        places.append(parent + "/" + name + rest)
      }
    }
    places += ["/usr/local/pgsql/bin", "/usr/lib/postgresql/bin", "/usr/libexec/postgresql"]
    places += (Files.environment("PATH") ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
    return places.filter { Files.isExecutable($0 + "/postgres") || $0.contains("postgresql") }
  }

  private static func unique(_ paths: [String]) -> [String] {
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }

  /// Whether the server has a loadable library, such as `pg_stat_statements`.
  func hasLibrary(_ name: String) -> Bool {
    func isIn(_ folder: String) -> Bool {
      ["so", "dylib"].contains { Files.status("\(folder)/\(name).\($0)") != nil }
    }
    if ["/../lib", "/../lib/postgresql", "/../lib64"].contains(where: { isIn(binDirectory + $0) }) { return true }
    guard Files.isExecutable(program("pg_config")), let line = Self.output(of: program("pg_config"), "--pkglibdir")
    else { return false }
    return isIn(String(line.prefix { !$0.isNewline }))
  }

  /// What a program writes to its standard output; nil if it fails.
  private static func output(of program: String, _ argument: String) -> String? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let words = [strdup(program), strdup(argument)]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let failed = posix_spawn(&child, program, &actions, nil, words + [nil], shim_environ())
    close(ends[1])
    guard failed == 0 else { return nil }
    let text = Files.text(from: ends[0], limit: 65536)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return shim_exit_code(status) == 0 ? text : nil
  }
}
