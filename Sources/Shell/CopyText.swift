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
  ///
  /// White space in the server's text is psql's, which shows in the LINE of an error.
  init(_ text: String) throws(CommandError) {
    var words = CopyWords(text)
    guard var word = words.next(Self.ofName) else { throw .message("arguments required") }
    var object = ""
    if word.lowercased() == "binary" {
      object = word
      word = try Self.needed(words.next(Self.ofName))
    }
    if word == "(" {
      object += " (" + (try Self.query(&words))
      word = try Self.needed(words.next(Self.ofName))
    } else {
      object += " " + word
      word = try Self.needed(words.next(Self.ofName))
      if word == "." {
        object += "." + (try Self.needed(words.next(Self.ofName)))
        word = try Self.needed(words.next(Self.ofName))
      }
      if word == "(" {
        object += " ("
        repeat {
          word = try Self.needed(words.next(Self.ofName))
          object += " " + word
        } while word != ")"
        word = try Self.needed(words.next(Self.ofName))
      }
    }
    guard word.lowercased() == "from" || word.lowercased() == "to" else { throw Self.parseError(at: word) }
    isFrom = word.lowercased() == "from"
    let place = try Self.needed(words.next(Self.ofPlace))
    switch place.lowercased() {
    case "stdin", "stdout": end = .standard
    case "pstdin", "pstdout": end = .shell
    case "program":
      let command = try Self.needed(words.next(Self.ofPlace))
      guard let text = Self.unquoted(command) else { throw Self.parseError(at: command) }
      end = .program(text)
    default: end = .file(Self.unquoted(place) ?? place)
    }
    sql = "COPY \(object) \(isFrom ? "FROM STDIN" : "TO STDOUT") \(words.rest)"
  }

  private static let ofName = CopyWords.Rules(alone: ".,()", quotes: "\"")
  private static let ofQuery = CopyWords.Rules(alone: "()", quotes: "\"'")
  private static let ofPlace = CopyWords.Rules(alone: ";", quotes: "'")

  private static func needed(_ word: String?) throws(CommandError) -> String {
    guard let word else { throw parseError(at: nil) }
    return word
  }

  /// A query up to the parenthesis that ends it. What a string's prefix (`E`, `U&`) stands before stays beside it.
  private static func query(_ words: inout CopyWords) throws(CommandError) -> String {
    var text = ""
    var depth = 1
    while depth > 0 {
      let isPrefixed = words.touchesNext
      let word = try needed(words.next(ofQuery))
      if word == "(" { depth += 1 }
      if word == ")" { depth -= 1 }
      let isQuoted = word.hasPrefix("'") || word.hasPrefix("\"")
      text += (isQuoted && isPrefixed ? "" : " ") + word
    }
    return text
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

/// Splits `\copy`'s text into words, quoted strings and signs that stand alone.
private struct CopyWords {
  /// What ends a word beside white space.
  struct Rules {
    let alone: [UInt8]
    let quotes: [UInt8]

    init(alone: String, quotes: String) {
      self.alone = Array(alone.utf8)
      self.quotes = Array(quotes.utf8)
    }
  }

  private let bytes: [UInt8]
  private var at = 0
  /// The last word ends like a string's prefix, and the next stands right behind it.
  private(set) var touchesNext = false

  init(_ text: String) { bytes = Array(text.utf8) }

  /// What comes after the last word, as it stands.
  var rest: String {
    String(decoding: bytes[at...].drop { isSpace($0) }, as: UTF8.self)
  }

  mutating func next(_ rules: Rules) -> String? {
    while at < bytes.count, isSpace(bytes[at]) { at += 1 }
    let start = at
    guard at < bytes.count else { return nil }
    let first = bytes[at]
    at += 1
    touchesNext = false
    if rules.quotes.contains(first) {
      skipQuoted(first, escapes: false)
    } else if first | 0x20 == UInt8(ascii: "e"), rules.quotes.contains(UInt8(ascii: "'")), at < bytes.count,
      bytes[at] == UInt8(ascii: "'")
    {
      at += 1
      skipQuoted(UInt8(ascii: "'"), escapes: true)
    } else if !rules.alone.contains(first) {
      while at < bytes.count, !isSpace(bytes[at]), !rules.alone.contains(bytes[at]), !rules.quotes.contains(bytes[at]) {
        at += 1
      }
      let last = bytes[at - 1]
      touchesNext =
        at < bytes.count && !isSpace(bytes[at])
        && (last == UInt8(ascii: "&") || (0x41...0x5a).contains(last & 0xdf) || last >= 0x80)
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func skipQuoted(_ quote: UInt8, escapes: Bool) {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if escapes, byte == UInt8(ascii: "\\") {
        at = min(at + 1, bytes.count)
      } else if byte == quote {
        guard at < bytes.count, bytes[at] == quote else { return }
        at += 1
      }
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
