import CShims
import Glibc
import Sandbox

/// The built program, run as a person or a script runs it.
struct Program {
  struct Outcome {
    var output: String
    var errors: String
    var code: Int32
  }

  /// What the program is called by: its name stands in messages.
  var path = Program.built
  /// The file that is run.
  var executable = Program.built
  var environment: [String: String] = [:]

  /// Beside the test bundle.
  static let built: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let runner = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? runner
    return bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/pgmedic"
  }()

  /// Settings that lead to one database of the shared server and nowhere else.
  static func on(_ parameters: [(keyword: String, value: String)]) -> Program {
    var program = Program()
    let names = ["host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"]
    for parameter in parameters {
      if let name = names[parameter.keyword] { program.environment[name] = parameter.value }
    }
    return program
  }

  /// Runs it to its end. `together` sends errors where output goes, in their order.
  func run(_ arguments: [String], input: [UInt8] = [], together: Bool = false) -> Outcome {
    let place = Place()
    place.write("in", input)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, place.path("in"), O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, place.path("out"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    if together {
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    } else {
      posix_spawn_file_actions_addopen(&actions, 2, place.path("err"), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }
    let pid = spawn(arguments, &actions)
    guard pid > 0 else { return Outcome(output: "", errors: "could not start \(path)", code: -1) }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return Outcome(output: place.read("out"), errors: place.read("err"), code: code)
  }

  /// Starts it with the given descriptors for standard input, output and errors, and gives its process id.
  func start(_ arguments: [String], descriptors: [Int32]) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, descriptor) in descriptors.enumerated() {
      if descriptor < 0 {
        posix_spawn_file_actions_addclose(&actions, Int32(target))
      } else {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(target))
      }
    }
    return spawn(arguments, &actions)
  }

  private func spawn(_ arguments: [String], _ actions: inout posix_spawn_file_actions_t) -> pid_t {
    var all = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGTZ": "UTC", "TZ": "UTC", "HOME": "/nonexistent",
      "PGAPPNAME": "pgmedic-test", "XDG_CACHE_HOME": getenv("XDG_CACHE_HOME").map { String(cString: $0) } ?? "",
    ]
    if all["XDG_CACHE_HOME"] == "" { all["XDG_CACHE_HOME"] = nil }
    for (name, value) in environment { all[name] = value }
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    var settings: [UnsafeMutablePointer<CChar>?] = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    // the threads that run tests block signals, and a child would inherit that
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var pid: pid_t = 0
    return posix_spawn(&pid, executable, &actions, &attributes, &words, &settings) == 0 ? pid : -1
  }
}

/// A directory of its own that goes with the value.
final class Place {
  let directory: String

  init() {
    var template = Array("/tmp/pgmedic-place-XXXXXX".utf8CString)
    directory = mkdtemp(&template).map { String(cString: $0) } ?? "/nonexistent"
  }

  deinit {
    guard let stream = opendir(directory) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { unlink(path(name)) }
    }
    closedir(stream)
    rmdir(directory)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let stream = fopen(path(name), "w")
    _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, stream) }
    if let stream { fclose(stream) }
    return path(name)
  }

  @discardableResult
  func write(_ name: String, _ text: String) -> String { write(name, Array(text.utf8)) }

  func read(_ name: String) -> String { String(decoding: fileBytes(path(name)), as: UTF8.self) }
}

/// The bytes of a file; none when it can't be read.
func fileBytes(_ path: String) -> [UInt8] {
  guard let stream = fopen(path, "r") else { return [] }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { return bytes }
    bytes.append(contentsOf: buffer[..<count])
  }
}
