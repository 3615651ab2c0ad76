#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The user's own pages: the `.md` files of one directory.
enum UserPages {
  /// Larger files are no pages.
  static let maximumBytes = 1 << 20

  /// `PGMEDIC_KB`, else `$XDG_CONFIG_HOME/pgmedic/kb`, else `~/.config/pgmedic/kb`.
  static var directory: (path: String, isExplicit: Bool)? {
    func value(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    if let path = value("PGMEDIC_KB") { return (path, true) }
    if let path = value("XDG_CONFIG_HOME") { return (path + "/pgmedic/kb", false) }
    return value("HOME").map { ($0 + "/.config/pgmedic/kb", false) }
  }

  /// Reads all pages of a directory in the order of their names. What can't be read is a problem, not an end.
  static func pages(in directory: String, mustExist: Bool) -> (entries: [Entry], problems: [PageProblem]) {
    guard let handle = opendir(directory) else {
      if !mustExist, errno == ENOENT { return ([], []) }
      return ([], [PageProblem(path: directory, line: 0, what: String(cString: strerror(errno)))])
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let item = readdir(handle) {
      let name = withUnsafeBytes(of: item.pointee.d_name) { bytes in string(bytes.prefix { $0 != 0 }) }
      if name.hasSuffix(".md"), !name.hasPrefix(".") { names.append(name) }
    }
    var entries: [Entry] = []
    var problems: [PageProblem] = []
    for name in names.sorted() {
      let path = "\(directory)/\(name)"
      do throws(PageProblem) {
        let entry = try Entry(
          contents(of: path), path: path, name: String(name.dropLast(3)), origin: .user(path: path))
        problems += entry.faults()
        entries.append(entry)
      } catch {
        problems.append(error)
      }
    }
    return (entries, problems)
  }

  private static func contents(of path: String) throws(PageProblem) -> String {
    func problem() -> PageProblem { PageProblem(path: path, line: 0, what: String(cString: strerror(errno))) }
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw problem() }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw problem() }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw PageProblem(path: path, line: 0, what: "is no ordinary file")
    }
    guard status.st_size <= maximumBytes else { throw PageProblem(path: path, line: 0, what: "is larger than 1 MB") }
    var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got < 0 { throw problem() }
      if got == 0 { break }
      count += got
    }
    guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
      throw PageProblem(path: path, line: 0, what: "isn't UTF-8")
    }
    return text
  }
}
