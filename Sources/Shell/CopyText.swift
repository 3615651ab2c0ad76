/// The arguments of `\copy`: what the server gets, and which end is on this side.
struct CopyText {
  enum End: Equatable {
    /// stdin and stdout
    case standard
    /// pstdin and pstdout
    case shell
    case file(String)
    case program(String)
  }

  let sql: String
  let isFrom: Bool
  let end: End

  /// Splits `{TABLE [(COLUMNS)] | (QUERY)} {FROM | TO} {FILE | PROGRAM 'COMMAND' | stdin | …} [OPTIONS]`.
  /// Throws a parse error that names the place.
  init(_ text: String) throws(CommandError) {
    var words = CopyWords(text)
    guard let first = words.next() else { throw .message("arguments required") }
    let head = first.lowercased() == "binary" ? "BINARY " : ""
    var word: String? = head.isEmpty ? first : words.next()
    var depth = 0
    let start = words.start
    // everything up to FROM or TO outside parentheses, as it stands
    while let text = word {
      let keyword = text.lowercased()
      if depth == 0, words.start > start, keyword == "from" || keyword == "to" { break }
      if text == "(" { depth += 1 }
      if text == ")" { depth -= 1 }
      word = words.next()
    }
    let target = words.text(from: start)
    guard let direction = word else { throw Self.parseError(at: nil) }
    isFrom = direction.lowercased() == "from"
    guard let place = words.next() else { throw Self.parseError(at: nil) }
    switch place.lowercased() {
    case "stdin" where isFrom, "stdout" where !isFrom: end = .standard
    case "pstdin" where isFrom, "pstdout" where !isFrom: end = .shell
    case "stdin", "stdout": end = .standard
    case "program":
      guard let command = words.next(), let text = Self.unquoted(command) else { throw Self.parseError(at: words.last) }
      end = .program(text)
    default: end = .file(Self.unquoted(place) ?? place)
    }
    let object = head + target
    var options = words.rest
    while let last = options.last, last == ";" || last.isWhitespace { options.removeLast() }
    sql = "COPY \(object) \(isFrom ? "FROM STDIN" : "TO STDOUT")" + (options.isEmpty ? "" : " " + options)
  }

  private static func parseError(at word: String?) -> CommandError {
    .message(word.map { "parse error at \"\($0)\"" } ?? "parse error at end of line")
  }

  /// The text of a word in single quotes, nil when it isn't quoted.
  private static func unquoted(_ word: String) -> String? {
    guard word.hasPrefix("'"), word.hasSuffix("'"), word.count >= 2 else { return nil }
    return word.dropFirst().dropLast().split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'")
  }
}

/// Splits `\copy`'s text into words, quoted strings, parentheses, commas and dots.
private struct CopyWords {
  private let bytes: [UInt8]
  private var at = 0
  private(set) var last: String?
  /// Where the last word begins.
  private(set) var start = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// What comes after the last word, as it stands.
  var rest: String {
    var start = at
    while start < bytes.count, isSpace(bytes[start]) { start += 1 }
    return String(decoding: bytes[start...], as: UTF8.self)
  }

  /// The text from `begin` up to the last word, without the white space between.
  func text(from begin: Int) -> String {
    var end = start
    while end > begin, isSpace(bytes[end - 1]) { end -= 1 }
    return String(decoding: bytes[begin..<end], as: UTF8.self)
  }

  mutating func next() -> String? {
    while at < bytes.count, isSpace(bytes[at]) { at += 1 }
    start = at
    guard at < bytes.count else { return nil }
    let first = bytes[at]
    at += 1
    switch first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): skipQuoted(first)
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "."): break
    default:
      while at < bytes.count, !isSpace(bytes[at]), !stops(bytes[at]) { at += 1 }
    }
    let word = String(decoding: bytes[start..<at], as: UTF8.self)
    last = word
    return word
  }

  private mutating func skipQuoted(_ quote: UInt8) {
    while at < bytes.count {
      if bytes[at] == quote {
        at += 1
        guard at < bytes.count, bytes[at] == quote else { return }
      }
      at += 1
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

  private func stops(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "'")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ";")
  }
}
