/// One argument of a backslash command, after variables, quotes and backticks have been dealt with.
public struct CommandArgument: Equatable, Sendable {
  public var bytes: [UInt8]

  /// The last kind of quoting that the argument has, or nil if it has none. An argument that is empty or `-` means
  /// something else to several commands when it is quoted.
  public var quote: Quote?

  public enum Quote: Sendable {
    case single, double, backtick
    /// A variable was, or could have been, put in.
    case variable
  }

  public init(_ bytes: [UInt8], quote: Quote? = nil) {
    self.bytes = bytes
    self.quote = quote
  }

  /// The argument as text; bytes that aren't UTF-8 become U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// How a command reads an argument.
public enum ArgumentKind: Sendable {
  /// To the next white space or backslash. Double quotes stay.
  case normal
  /// An SQL identifier: double quotes are removed; letters keep their case, as for `\connect`.
  case sqlIdentifier
  /// An SQL identifier: double quotes are removed; letters outside them become lower case.
  case sqlIdentifierLowercased
  /// As `.normal`, but an argument that begins with `|` is the rest of the line, as it is written.
  case filePipe
  /// The rest of the line as it is written, from its first byte that isn't white space.
  case wholeLine
  /// As `.normal`, but variables aren't put in and backticks aren't run: for the arguments of inactive branches, and
  /// for those that a command has no use for.
  case unevaluated
}

extension [UInt8] {
  /// An SQL identifier (or a pattern) without its double quotes; two of them within quotes are one.
  func withoutDoubleQuotes(lowercasing: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    var isQuoted = false
    var at = startIndex
    while at < endIndex {
      let byte = self[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        if isQuoted && at < endIndex && self[at] == byte {
          result.append(byte)
          at += 1
        } else {
          isQuoted.toggle()
        }
      } else {
        result.append(lowercasing && !isQuoted ? byte.lowercased : byte)
      }
    }
    return result
  }
}
