import CShims
import Glibc

/// A file of history entries, in one of the formats that psql's files have.
///
/// Plain: an entry a line, newlines inside it written as \001 (psql with readline, and ours).
/// libedit's: a first line `_HiStOrY_V2_`, blanks and control characters escaped as vis(3) does.
struct HistoryFile {
  enum Format: Sendable { case plain, libedit }

  static let libeditMark = "_HiStOrY_V2_"
  let path: String

  /// Reads entries, oldest first; none if there is no such file. Throws the system's error number.
  func read() throws(SystemError) -> (entries: [String], format: Format) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if shim_errno() == ENOENT { return ([], .plain) }
      throw SystemError(code: shim_errno())
    }
    defer { close(descriptor) }
    return HistoryFile.parse(try HistoryFile.contents(of: descriptor))
  }

  /// Adds entries to the end, in the file's own format; makes it (0600) if need be. Throws the system's error number.
  func append(_ entries: some Sequence<String>) throws(SystemError) {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError(code: shim_errno()) }
    defer { close(descriptor) }
    _ = flock(descriptor, LOCK_EX)
    let isRegular = HistoryFile.isRegular(descriptor)
    let format = isRegular ? HistoryFile.format(of: HistoryFile.start(of: descriptor)) : .plain
    try HistoryFile.write(HistoryFile.serialize(entries, format, withMark: false), to: descriptor)
  }

  /// Writes `entries` over what the file held, in psql's plain form. Throws the system's error number.
  func replace(_ entries: [String]) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError(code: shim_errno()) }
    defer { close(descriptor) }
    try HistoryFile.write(HistoryFile.serialize(entries, .plain, withMark: false), to: descriptor)
  }

  /// Keeps the newest `limit` entries of a file that has grown well beyond it. Throws the system's error number.
  func trim(to limit: Int) throws(SystemError) {
    guard limit >= 0 else { return }
    let descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      if shim_errno() == ENOENT { return }
      throw SystemError(code: shim_errno())
    }
    defer { close(descriptor) }
    guard HistoryFile.isRegular(descriptor) else { return }
    _ = flock(descriptor, LOCK_EX)
    let (entries, format) = HistoryFile.parse(try HistoryFile.contents(of: descriptor))
    guard entries.count > limit else { return }
    guard lseek(descriptor, 0, SEEK_SET) == 0, ftruncate(descriptor, 0) == 0 else {
      throw SystemError(code: shim_errno())
    }
    try HistoryFile.write(HistoryFile.serialize(entries.suffix(limit), format, withMark: true), to: descriptor)
  }

  // MARK: Formats

  static func format(of bytes: [UInt8]) -> Format { bytes.starts(with: libeditMark.utf8) ? .libedit : .plain }

  static func parse(_ bytes: [UInt8]) -> (entries: [String], format: Format) {
    let format = format(of: bytes)
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
    if format == .libedit { lines.removeFirst() }
    let entries = lines.map { line -> String in
      let plain = format == .libedit ? unescape(line) : Array(line)
      return String(decoding: plain.map { $0 == 1 ? UInt8(ascii: "\n") : $0 }, as: UTF8.self)
    }
    return (entries, format)
  }

  static func serialize(_ entries: some Sequence<String>, _ format: Format, withMark: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    if format == .libedit, withMark { bytes += Array((libeditMark + "\n").utf8) }
    for entry in entries {
      let line = entry.utf8.map { $0 == UInt8(ascii: "\n") ? 1 : $0 }
      bytes += format == .libedit ? escape(line) : line
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  private static func escape(_ bytes: [UInt8]) -> [UInt8] {
    var escaped: [UInt8] = []
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): escaped += [byte, byte]
      case 32: escaped += Array("\\040".utf8)
      case 9: escaped += Array("\\011".utf8)
      case 0..<32: escaped += [UInt8(ascii: "\\"), UInt8(ascii: "^"), byte + 64]
      case 127: escaped += Array("\\^?".utf8)
      default: escaped.append(byte)
      }
    }
    return escaped
  }

  /// Undoes vis(3): `\\`, `\040`, `\^A`, `\M-a`, `\M^A`, `\s`, `\n` and the like.
  private static func unescape(_ line: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var rest = line
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let code = rest.popFirst() else {
        plain.append(byte)
        continue
      }
      switch code {
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var value = Int(code) - 48
        var digits = 1
        while digits < 3, let digit = rest.first, (48...55).contains(digit) {
          value = value * 8 + Int(digit) - 48
          rest.removeFirst()
          digits += 1
        }
        plain.append(UInt8(truncatingIfNeeded: value))
      case UInt8(ascii: "^"): plain.append(control(rest.popFirst()))
      case UInt8(ascii: "M"):
        let kind = rest.popFirst()
        let byte = kind == UInt8(ascii: "^") ? control(rest.popFirst()) : rest.popFirst() ?? 0
        plain.append(byte | 0x80)
      case UInt8(ascii: "s"): plain.append(32)
      case UInt8(ascii: "t"): plain.append(9)
      case UInt8(ascii: "n"): plain.append(10)
      case UInt8(ascii: "r"): plain.append(13)
      default: plain.append(code)
      }
    }
    return plain
  }

  private static func control(_ byte: UInt8?) -> UInt8 {
    guard let byte else { return 0 }
    return byte == UInt8(ascii: "?") ? 127 : byte & 0x1f
  }

  // MARK: Bytes

  private static func isRegular(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private static func start(of descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: libeditMark.utf8.count)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(count, 0)))
  }

  private static func contents(of descriptor: Int32) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += piece[..<count]
      } else if shim_errno() != EINTR {
        throw SystemError(code: shim_errno())
      }
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if shim_errno() != EINTR {
        throw SystemError(code: shim_errno())
      }
    }
  }
}

/// An error of the operating system.
struct SystemError: Error, Equatable {
  let code: Int32
  var text: String { String(cString: strerror(code)) }
}
