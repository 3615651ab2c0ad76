/// What went wrong between us and the server: the connection, a statement, or the use of either.
public enum PostgresError: Error, Sendable {
  /// No connection could be made; the text is libpq's, one line or several, without a trailing newline.
  case connection(String)
  /// The connection was there and is gone.
  case connectionLost(String)
  /// The server refused a statement.
  case server(ServerError)
  /// A value that the caller handed over can't be used (an embedded NUL, too many parameters).
  case usage(String)

  /// The text for a person, without severity or SQLSTATE.
  public var message: String {
    switch self {
    case .connection(let text), .connectionLost(let text), .usage(let text): text
    case .server(let error): error.message
    }
  }

  /// The SQLSTATE where the server gave one.
  public var sqlState: String? {
    if case .server(let error) = self { return error.sqlState }
    return nil
  }
}

extension PostgresError: CustomStringConvertible {
  public var description: String { message }
}

/// Every field of an error or notice as the server sent it (manual, 55.8 "Error and Notice Message Fields").
public struct ServerError: Error, Sendable, Equatable {
  public var severity = ""
  public var sqlState = ""
  public var message = ""
  public var detail: String?
  public var hint: String?
  /// Position in the statement in characters, 1-based.
  public var position: Int?
  public var internalPosition: Int?
  public var internalQuery: String?
  public var context: String?
  public var schema: String?
  public var table: String?
  public var column: String?
  public var dataType: String?
  public var constraint: String?
  public var file: String?
  public var line: String?
  public var routine: String?

  public init() {}
}
