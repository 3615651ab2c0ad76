#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The few file operations that the sandbox does itself, on paths as text.
enum Files {
  /// What is at a path: never through a symbolic link in its last part.
  struct Status {
    let owner: uid_t
    let mode: mode_t
    let size: Int
    /// Seconds since 1970.
    let modified: Int

    var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    var isFile: Bool { mode & S_IFMT == S_IFREG }
    /// Whether group or others may do anything.
    var isPrivate: Bool { mode & 0o077 == 0 }
  }

  static func status(_ path: String) -> Status? {
    var found = stat()
    guard lstat(path, &found) == 0 else { return nil }
    #if canImport(Glibc)
      let modified = Int(found.st_mtim.tv_sec)
    #else
      let modified = Int(found.st_mtimespec.tv_sec)
    #endif
    return Status(owner: found.st_uid, mode: found.st_mode, size: Int(found.st_size), modified: modified)
  }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  /// The names in a directory, sorted; nil if it cannot be read.
  static func names(in directory: String) -> [String]? {
    guard let stream = opendir(directory) else { return nil }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A whole file of at most `limit` bytes; nil if it cannot be read.
  static func text(_ path: String, limit: Int = 1 << 20) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return text(from: file, limit: limit)
  }

  /// What a descriptor yields until its end, `limit` bytes at most.
  static func text(from descriptor: Int32, limit: Int = 1 << 20) -> String? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16384)
    while bytes.count < limit {
      let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += piece.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last lines of a file that say something.
  static func lastLines(_ path: String, count: Int = 10) -> [String] {
    guard let text = text(path, limit: 16 << 20) else { return [] }
    return text.split(whereSeparator: \.isNewline).suffix(count).map(String.init)
  }

  /// How many files a tree holds, and their bytes together: tells a whole copy from one that was cut short.
  static func measure(_ directory: String) -> (files: Int, bytes: Int)? {
    guard let names = names(in: directory) else { return nil }
    var files = 0
    var bytes = 0
    for name in names {
      let path = directory + "/" + name
      guard let status = status(path) else { return nil }
      if status.isDirectory {
        guard let inner = measure(path) else { return nil }
        files += inner.files
        bytes += inner.bytes
      } else {
        files += 1
        bytes += status.size
      }
    }
    return (files, bytes)
  }

  /// The bytes that an ordinary user may still write beside `path`; nil if nobody says.
  static func room(at path: String) -> Int? {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    var found = statvfs()
    guard statvfs(parent.isEmpty ? "/" : parent, &found) == 0 else { return nil }
    return Int(clamping: UInt64(found.f_bavail).multipliedReportingOverflow(by: UInt64(found.f_frsize)).partialValue)
  }

  /// The path with links and dots resolved; nil if nothing is there.
  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The path made absolute, without looking whether it exists.
  static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let working = resolved(".") else { return path }
    return working + "/" + path
  }

  static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }
}
