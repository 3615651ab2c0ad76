import SQLText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file of statements, each with its weight in a comment before it: `-- calls: 1200`.
enum StatementFile {
  static let largest = 16 << 20

  /// Reads the file (`-` is standard input); nil with a reason when that fails.
  static func read(_ path: String) -> (text: String?, reason: String) {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return (nil, String(cString: strerror(errno))) }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= largest {
      let count = buffer.withUnsafeMutableBytes { unsafe in
        #if canImport(Glibc)
          Glibc.read(descriptor, unsafe.baseAddress, unsafe.count)
        #else
          Darwin.read(descriptor, unsafe.baseAddress, unsafe.count)
        #endif
      }
      if count < 0 { return (nil, String(cString: strerror(errno))) }
      if count == 0 { return (String(decoding: bytes, as: UTF8.self), "") }
      bytes.append(contentsOf: buffer[..<count])
    }
    return (nil, "it is larger than \(largest >> 20) MB")
  }

  /// The statements of a text with their weights. Statements end where psql ends them.
  static func statements(_ text: String, standardStrings: Bool) -> [(text: String, calls: Double)] {
    var scanner = Scanner(standardStrings: standardStrings)
    var query: [UInt8] = []
    var found: [(text: String, calls: Double)] = []
    var calls = 1.0
    func finish() {
      var end = query.count
      while end > 0, query[end - 1] == UInt8(ascii: ";") || query[end - 1] <= UInt8(ascii: " ") { end -= 1 }
      if end > 0 { found.append((String(decoding: query[..<end], as: UTF8.self), calls)) }
      query.removeAll()
      calls = 1
    }
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if !scanner.inQuotes, let weight = weight(Substring(line)) {
        calls = weight
        continue
      }
      scanner.feed(Array(line))
      reading: while true {
        switch scanner.next(appendingTo: &query, variables: NoVariables()) {
        case .semicolon: finish()
        case .backslash:
          // A command of psql's: no statement of the workload.
          _ = scanner.commandName()
          scanner.endOfCommand()
          break reading
        case .endOfLine, .incomplete: break reading
        }
      }
    }
    finish()
    return found
  }

  /// `-- calls: 1200` in a line of its own.
  private static func weight(_ line: Substring) -> Double? {
    let words = line.split(whereSeparator: { $0.isWhitespace || $0 == ":" })
    guard words.count == 3, words[0] == "--", words[1] == "calls", let number = Double(words[2]), number >= 0,
      number.isFinite
    else { return nil }
    return number
  }
}
