/// Where the scanner finds the values of psql's variables.
///
/// Noncopyable sources are welcome: the scanner only borrows one. In an inactive `\if` branch hand it `NoVariables()`.
public protocol VariableSource: ~Copyable {
  /// The value of the variable `name`, or nil if there is none; the text then stays as it is written.
  func value(of name: String) -> [UInt8]?

  /// `value` quoted for SQL, for `:'name'` and `:"name"`: what `PQescapeLiteral` and `PQescapeIdentifier` return.
  ///
  /// If it throws, the message is kept in `Scanner.diagnostics` and the text stays as it is written.
  func quoted(_ value: [UInt8], as style: VariableQuoting) throws(VariableQuotingError) -> [UInt8]
}

/// How a variable's value is to be quoted for SQL.
public enum VariableQuoting: Sendable {
  /// `:'name'`
  case literal
  /// `:"name"`
  case identifier
}

/// Why a value could not be quoted, for instance because its encoding is invalid.
public struct VariableQuotingError: Error, Equatable, Sendable {
  public var message: String

  public init(_ message: String) {
    self.message = message
  }
}

/// Knows no variable: for inactive `\if` branches, and for text without variables.
public struct NoVariables: VariableSource {
  public init() {}

  public func value(of name: String) -> [UInt8]? { nil }

  public func quoted(_ value: [UInt8], as style: VariableQuoting) -> [UInt8] { value }
}

/// A message that psql prints while it reads text; print it as `psql:FILE:LINE: warning: …` or `… error: …`.
public struct ScanDiagnostic: Equatable, Sendable {
  public enum Severity: Sendable {
    case warning, error
  }

  public var severity: Severity
  public var message: String

  public init(_ severity: Severity, _ message: String) {
    self.severity = severity
    self.message = message
  }
}
