/// What a statement is by its first words, as psql decides it: without a parser, past white space and comments.
public struct StatementKind: Equatable, Sendable {
  /// Whether psql sends the statement without a `BEGIN` before it though AUTOCOMMIT is off: commands that begin or end
  /// a transaction, and commands that the server refuses inside one.
  public let needsNoTransaction: Bool

  /// Whether psql reads its result in pieces (FETCH_COUNT), by a cursor: `SELECT` and `VALUES`, also in parentheses,
  /// but not `WITH` or `TABLE`.
  public let isSelect: Bool

  public init(_ statement: [UInt8]) {
    let text = statement.span
    var reader = WordReader()
    needsNoTransaction = Self.needsNoTransaction(text, &reader)
    reader = WordReader()
    reader.skipParentheses(text)
    isSelect = reader.next(text, among: ["select", "values"]) != nil
  }

  private static func needsNoTransaction(_ text: borrowing Span<UInt8>, _ words: inout WordReader) -> Bool {
    let first = words.next(
      text,
      among: [
        "abort", "begin", "start", "commit", "end", "rollback", "vacuum", "prepare", "cluster", "create", "alter",
        "drop", "reindex", "discard",
      ])
    switch first {
    case "prepare": return words.next(text, among: ["transaction"]) != nil
    case "cluster": return !words.hasNext(text)
    case "create":
      var next = words.next(text, among: ["database", "tablespace", "unique", "index"])
      if next == "unique" { next = words.next(text, among: ["index"]) }
      if next == "index" { return words.next(text, among: ["concurrently"]) != nil }
      return next != nil
    case "alter": return words.next(text, among: ["system"]) != nil
    case "drop", "reindex":
      let next = words.next(text, among: ["database", "system", "tablespace", "index", "table"])
      if next == "index" || next == "table" { return words.next(text, among: ["concurrently"]) != nil }
      return next != nil
    case "discard": return words.next(text, among: ["all"]) != nil
    default: return first != nil
    }
  }
}

/// Reads the words of a statement: letters only, so that `vacuum1` begins with the word `vacuum`, as for psql.
struct WordReader {
  private(set) var position = 0

  /// Reads the next word and returns it in lower case if it is one of `expected`.
  mutating func next(_ text: borrowing Span<UInt8>, among expected: [String]) -> String? {
    skipSpace(text)
    let start = position
    while text.byte(at: position).isASCIILetter { position += 1 }
    let length = position - start
    return expected.first { word in
      guard word.utf8.count == length else { return false }
      for (offset, byte) in word.utf8.enumerated() where text[start + offset].lowercased != byte { return false }
      return true
    }
  }

  mutating func hasNext(_ text: borrowing Span<UInt8>) -> Bool {
    skipSpace(text)
    return text.byte(at: position).isASCIILetter
  }

  mutating func skipParentheses(_ text: borrowing Span<UInt8>) {
    skipSpace(text)
    while text.byte(at: position) == UInt8(ascii: "(") {
      position += 1
      skipSpace(text)
    }
  }

  /// Skips white space (a vertical tab too) and comments, which nest.
  mutating func skipSpace(_ text: borrowing Span<UInt8>) {
    var depth = 0
    while position < text.count {
      let (byte, next) = (text[position], text.byte(at: position + 1))
      if byte == UInt8(ascii: "/") && next == UInt8(ascii: "*") {
        depth += 1
        position += 2
      } else if depth > 0 {
        let closes = byte == UInt8(ascii: "*") && next == UInt8(ascii: "/")
        if closes { depth -= 1 }
        position += closes ? 2 : 1
      } else if byte == UInt8(ascii: "-") && next == UInt8(ascii: "-") {
        while position < text.count && text[position] != .lineFeed { position += 1 }
      } else if byte.isSpace || byte == 0x0B {
        position += 1
      } else {
        return
      }
    }
  }
}

/// The first words of a statement, in upper case, past white space and comments: `["CREATE", "INDEX"]`.
///
/// Words end at anything but letters, digits and underscores; a quote or other sign ends the list.
public func firstKeywords(of statement: [UInt8], atMost limit: Int = 3) -> [String] {
  let text = statement.span
  var reader = WordReader()
  var words: [String] = []
  while words.count < limit, let word = reader.nextKeyword(text) { words.append(word) }
  return words
}

extension WordReader {
  fileprivate mutating func nextKeyword(_ text: borrowing Span<UInt8>) -> String? {
    skipSpace(text)
    guard text.byte(at: position).isASCIILetter else { return nil }
    let start = position
    while text.byte(at: position).isNameByte { position += 1 }
    return text.string(in: start..<position).uppercased()
  }
}

/// How many `COPY … FROM STDIN` a text has for whose data psql (since 15.19) looks in the input: see
/// `Scanner.copiesFromStandardInput`, which costs nothing. This is for a statement that wasn't just read, such as the
/// one before that `\g` sends again when the query buffer is empty: psql 15.20 counts in that text too.
public func copiesFromStandardInput(in statement: [UInt8], standardStrings: Bool = true) -> Int {
  var state = LexicalState(standardStrings: standardStrings)
  var position = 0
  var copies = 0
  // Not wanted as text, but white space is dropped only from an empty one.
  var text: [UInt8] = []
  while position < statement.count {
    let event = state.scan(statement.span, from: &position, into: &text)
    text.removeAll(keepingCapacity: true)
    if case .semicolon = event {
      copies += state.shape.copies
      state.shape.reset()
    }
  }
  return copies + state.shape.copies
}

/// Whether a text has a `COPY … FROM STDIN`.
public func isCopyFromStdin(_ statement: [UInt8]) -> Bool {
  copiesFromStandardInput(in: statement) > 0
}
