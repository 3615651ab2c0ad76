import CLibPGQuery

/// What PostgreSQL's own grammar says about SQL text, by libpg_query.
///
/// An aid, never a gate: the grammar is that of one version (`grammarVersion`) and rejects what newer servers take. Text
/// that can't be parsed is an error that says so; the feature that wanted a tree then says what it couldn't judge.
public enum ParseTree {
  /// The PostgreSQL version whose grammar this is, such as `15.1`.
  public static let grammarVersion = PG_VERSION

  /// The longest text that is parsed, in bytes: a tree takes some hundred times the room of its text.
  public static let longestText = 1 << 20

  /// The parse tree of all statements of `sql` as JSON: `{"version":…,"stmts":[{"stmt":{…},"stmt_len":…}]}`.
  public static func json(_ sql: String) throws(ParseError) -> String {
    try run(sql) { () throws(ParseError) in
      let result = pg_query_parse(sql)
      defer { pg_query_free_parse_result(result) }
      return String(cString: try text(result.parse_tree, result.error))
    }
  }

  /// The parse tree of all statements of `sql`.
  public static func parse(_ sql: String) throws(ParseError) -> JSONValue {
    let text = try json(sql)
    do throws(JSONError) {
      return try JSONValue(parsing: text, depth: 4096)
    } catch {
      throw ParseError(message: "parse tree: \(error)", position: nil)
    }
  }

  /// `sql` with `$1`, `$2`, … for its constants.
  public static func normalize(_ sql: String) throws(ParseError) -> String {
    try run(sql) { () throws(ParseError) in
      let result = pg_query_normalize(sql)
      defer { pg_query_free_normalize_result(result) }
      return String(cString: try text(result.normalized_query, result.error))
    }
  }

  /// The same 16 hexadecimal digits for all texts that differ only in constants, the lengths of their lists, aliases
  /// and layout.
  public static func fingerprint(_ sql: String) throws(ParseError) -> String {
    try run(sql) { () throws(ParseError) in
      let result = pg_query_fingerprint(sql)
      defer { pg_query_free_fingerprint_result(result) }
      return String(cString: try text(result.fingerprint_str, result.error))
    }
  }

  /// The statements of `sql`, without the semicolons between them and the white space around them.
  public static func split(_ sql: String) throws(ParseError) -> [String] {
    try run(sql) { () throws(ParseError) in
      let result = pg_query_split_with_parser(sql)
      defer { pg_query_free_split_result(result) }
      if let error = result.error { throw ParseError(error.pointee) }
      let bytes = Array(sql.utf8)
      return UnsafeBufferPointer(start: result.stmts, count: Int(result.n_stmts)).compactMap { statement in
        guard let place = statement?.pointee else { return nil }
        let start = min(max(0, Int(place.stmt_location)), bytes.count)
        let end = place.stmt_len > 0 ? min(start + Int(place.stmt_len), bytes.count) : bytes.count
        return String(decoding: bytes[start..<end].trimmingSpace(), as: UTF8.self)
      }
    }
  }

  private static func text(
    _ text: UnsafeMutablePointer<CChar>?, _ error: UnsafeMutablePointer<PgQueryError>?
  ) throws(ParseError) -> UnsafeMutablePointer<CChar> {
    if let error { throw ParseError(error.pointee) }
    guard let text else { throw ParseError(message: "the parser returned nothing", position: nil) }
    return text
  }

  /// Calls the library, which recurses on the stack some 400 bytes for each level of a tree, and that can be two bytes
  /// of text (`1+1+1…`): longer texts get a stack that is sure to suffice.
  private static func run<T>(_ sql: String, _ body: () throws(ParseError) -> T) throws(ParseError) -> T {
    guard sql.utf8.count <= longestText else {
      throw ParseError(message: "text is longer than \(longestText) bytes", position: nil)
    }
    if let index = sql.utf8.firstIndex(of: 0) {
      let offset = sql.utf8.distance(from: sql.utf8.startIndex, to: index)
      throw ParseError(message: "text contains a NUL byte", position: offset + 1)
    }
    if sql.utf8.count <= 1 << 13 { return try body() }
    let outcome = withStack(of: 1 << 28) { () -> Result<T, ParseError> in
      do throws(ParseError) { return .success(try body()) } catch { return .failure(error) }
    }
    guard let outcome else { throw ParseError(message: "not enough memory to parse the text", position: nil) }
    return try outcome.get()
  }
}

/// Why a text couldn't be parsed.
public struct ParseError: Error, Equatable, Sendable, CustomStringConvertible {
  /// PostgreSQL's message, such as `syntax error at or near "x"`.
  public var message: String
  /// Where in the text, counted from 1, if the parser knows.
  public var position: Int?

  public init(message: String, position: Int?) {
    self.message = message
    self.position = position
  }

  init(_ error: PgQueryError) {
    message = error.message.map { String(cString: $0) } ?? "unknown error"
    position = error.cursorpos > 0 ? Int(error.cursorpos) : nil
  }

  public var description: String {
    position.map { "\(message) at character \($0)" } ?? message
  }
}

extension ArraySlice<UInt8> {
  fileprivate func trimmingSpace() -> ArraySlice<UInt8> {
    var slice = self
    while let byte = slice.first, byte.isSpace { slice.removeFirst() }
    while let byte = slice.last, byte.isSpace { slice.removeLast() }
    return slice
  }
}
