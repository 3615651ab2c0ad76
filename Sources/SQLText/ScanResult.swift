/// Why `Scanner.next` stopped.
public enum ScanResult: Sendable {
  /// A semicolon ended the statement in the query buffer; the buffer holds the semicolon too.
  case semicolon
  /// A backslash command begins; the scanner is behind the backslash. Continue with `commandName()`.
  case backslash
  /// The text is used up, nothing is open, and the query buffer isn't empty: with SINGLELINE it is to be sent.
  case endOfLine
  /// The text is used up; either something is open, or the query buffer is empty and nothing can be sent.
  case incomplete
}

/// What the scanner waits for, for `%R` in a prompt.
public enum PromptStatus: Sendable {
  /// A new statement (`=`).
  case ready
  /// The rest of a statement (`-`).
  case continued
  /// The end of a string (`'`).
  case singleQuote
  /// The end of a quoted identifier (`"`).
  case doubleQuote
  /// The end of a dollar-quoted string (`$`).
  case dollarQuote
  /// The end of a `/* */` comment (`*`).
  case comment
  /// A closing parenthesis (`(`).
  case parenthesis

  /// The character that psql prints for `%R` in an active branch. (In an inactive one it prints `@`, in single-line
  /// mode `^` for `.ready`, without a connection `!`: the caller knows those.)
  public var character: Character {
    switch self {
    case .ready: "="
    case .continued: "-"
    case .singleQuote: "'"
    case .doubleQuote: "\""
    case .dollarQuote: "$"
    case .comment: "*"
    case .parenthesis: "("
    }
  }
}
