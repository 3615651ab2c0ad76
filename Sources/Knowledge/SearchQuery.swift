/// What somebody searches for, taken apart.
struct SearchQuery {
  /// The text without what is surely noise.
  let text: String
  /// SQLSTATEs that are in it, in any dress: bare, in brackets, as a driver's class name.
  let sqlstates: [String]
  /// The words to look for, in lower case, each once.
  let words: [String]
  /// The text, if it could be an id.
  let id: String?

  /// Longer texts are cut: an error message is shorter.
  static let maximumBytes = 8192

  init(_ source: String) {
    let source = String(decoding: source.utf8.prefix(Self.maximumBytes), as: UTF8.self)
    let kept = lines(of: source).filter { !Self.isNoise($0) }
    text = kept.joined(separator: "\n")
    let text = text
    sqlstates = Self.sqlstates(in: text)
    let looksLikeMessage = Self.severities.contains { position(of: $0.utf8, in: Array(text.utf8)) != nil }
    words = Array(Self.tellingWords(of: looksLikeMessage ? Self.withoutQuotedNames(text) : text).prefix(64))
    let trimmedText = trimmed(source)
    id = trimmedText.utf8.contains(UInt8(ascii: " ")) ? nil : trimmedText.lowercased()
  }

  private static let severities = ["ERROR:", "FATAL:", "PANIC:", "WARNING:", "Error:", "Exception"]

  /// Lines around a message that say nothing about what went wrong.
  private static func isNoise(_ line: Substring) -> Bool {
    let text = trimmed(line).lowercased()
    if text.isEmpty || text.utf8.allSatisfy({ $0 == UInt8(ascii: "^") || $0 == 0x20 || $0 == UInt8(ascii: "~") }) {
      return true
    }
    if text.hasPrefix("line "), text.dropFirst(5).first?.isNumber == true { return true }
    return [
      "statement:", "query:", "[sql:", "[parameters:", "(background on", "at org.", "at java.", "at com.", "traceback",
      "file \"", "from /",
    ]
    .contains { text.hasPrefix($0) }
  }

  /// Words of letters and digits, in lower case; an apostrophe joins (`doesn't` is doesnt).
  static func words(of text: String) -> [String] {
    var words: [String] = []
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      var word: [UInt8] = []
      for byte in text.utf8 {
        if isIdentifierPart(byte), byte != UInt8(ascii: "_") {
          word.append(lowercased(byte))
        } else if byte != UInt8(ascii: "'"), !word.isEmpty {
          words.append(string(word))
          word.removeAll(keepingCapacity: true)
        }
      }
      if !word.isEmpty { words.append(string(word)) }
      return words
    }
    var word = ""
    for scalar in text.unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.unicodeScalars.append(scalar)
      } else if scalar == "'" || scalar == "\u{2019}" {
        continue
      } else if !word.isEmpty {
        words.append(word.lowercased())
        word = ""
      }
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }

  /// The words of a text that say something, each once; all of them if none does.
  static func tellingWords(of text: String) -> [String] {
    var seen: Set<String> = []
    let all = words(of: text).filter { seen.insert($0).inserted && $0.utf8.count <= 40 }
    let telling = all.filter { !stopWords.contains(Substring($0)) && !$0.utf8.allSatisfy(isDigit) }
    return telling.isEmpty ? all : telling
  }

  private static func withoutQuotedNames(_ text: String) -> String {
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return text }
    return parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }.joined(separator: " ")
  }

  /// Five digits and capitals, where they can only be a SQLSTATE; and conditions by name.
  private static func sqlstates(in text: String) -> [String] {
    var codes: [String] = []
    func add(_ code: String) { if !codes.contains(code) { codes.append(code) } }
    let tokens = text.utf8.split { !isIdentifierPart($0) }.map { String(Substring($0)) }
    let whole = trimmed(text).uppercased()
    for (index, token) in tokens.enumerated() {
      if Condition.hasForm(token) || (tokens.count <= 2 && Condition.hasForm(token.uppercased())) {
        let code = token.uppercased()
        let before = index > 0 ? tokens[index - 1].lowercased() : ""
        let isMarked = ["sqlstate", "code", "state", "errcode"].contains(before) || isBracketed(token, in: text)
        let isUnlikeWord = code.utf8.contains(where: isDigit) && code.utf8.contains { !isDigit($0) }
        if whole == code || isMarked || isUnlikeWord { add(code) }
      } else if token.utf8.count >= 8,
        token.utf8.contains(UInt8(ascii: "_")) || token.dropFirst().contains(where: \.isUppercase),
        let code = Condition.code(named: token)
      {
        add(code)
      }
    }
    return codes
  }

  private static func isBracketed(_ token: String, in text: String) -> Bool {
    ["[\(token)]", "(\(token))", "\(token):"].contains { position(of: $0.utf8, in: Array(text.utf8)) != nil }
  }

  private static let stopWords = Set(
    """
    a about after all am an and any are as at be been by can cannot cant could db did do does doesnt dont due
    error errors fatal for from get gets getting give got had has have help how i im if in into is it its just
    make me my need needs no not now of on or our panic pg please postgres postgresql psql s should so some
    somebody someone something still such t than that the their them then there these they this to us use using
    very want was we were what when where which while who why will with would you your problem issue exception
    operationalerror programmingerror statementinvalid activerecord psycopg2 psycopg sqlalchemy org util
    psqlexception django utils exc sqlstate code line
    """.split(whereSeparator: \.isWhitespace))
}
