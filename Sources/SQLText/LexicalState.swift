/// psql's lexer for SQL, over one piece of text (a line, or the value of a variable) at a time.
///
/// It knows neither variables nor where text comes from: it stops and says what it met. Bytes go to the query buffer
/// in long runs; every byte is looked at once or, after a closing quote, twice.
struct LexicalState: Equatable, Sendable {
  /// What is open at the end of the text so far.
  enum Mode: Equatable {
    case plain
    case string(StringKind)
    /// Behind the closing quote of a string, which white space with a line feed and another quote would continue.
    case afterString(StringKind)
    case quotedIdentifier
    case dollarQuote
    case comment
  }

  enum StringKind {
    /// `'…'` with standard_conforming_strings, and `U&'…'`: two quotes are one, a backslash is itself.
    case standard
    case unicode
    /// `E'…'`, and `'…'` without standard_conforming_strings: a backslash escapes.
    case escape
    /// `B'…'` and `X'…'`: nothing is special.
    case bits
  }

  /// Where and why the lexer stopped.
  enum Event {
    case end
    case semicolon
    case backslash
    case variable(VariableReference)
  }

  var mode = Mode.plain
  var standardStrings = true
  var parenthesisDepth = 0
  var shape = StatementShape()

  /// How many comments are open around the innermost one.
  var outerComments = 0

  /// The opening delimiter of the open dollar quote, with its dollar signs.
  var dollarTag: [UInt8] = []

  /// Forgets everything that is open. The setting of standard_conforming_strings stays.
  mutating func reset() {
    self = LexicalState(standardStrings: standardStrings)
  }

  init(standardStrings: Bool = true) {
    self.standardStrings = standardStrings
  }

  /// Reads `bytes` from `position` to the next event, and appends to `query` what belongs to the statement.
  ///
  /// After `.semicolon`, `.backslash` and `.variable`, `position` is behind what was met; a variable reference isn't
  /// appended.
  mutating func scan(_ bytes: borrowing Span<UInt8>, from position: inout Int, into query: inout [UInt8]) -> Event {
    var run = Run(start: position, at: position, isFirst: query.isEmpty)
    var event = Event.end
    let classes = ByteClass.table
    scanning: while run.at < bytes.count {
      switch mode {
      case .plain:
        if let stop = scanPlain(bytes, &run, into: &query, classes) {
          event = stop
          break scanning
        }
      case .afterString(let kind): leaveString(bytes, &run.at, kind)
      case .string(let kind): scanString(bytes, &run.at, kind)
      case .quotedIdentifier: scanQuotedIdentifier(bytes, &run.at)
      case .dollarQuote: scanDollarQuote(bytes, &run.at)
      case .comment: scanComment(bytes, &run.at)
      }
    }
    query.append(bytes, in: run.start..<run.end(before: event))
    position = run.at
    return event
  }

  /// Text that was read and isn't in the query buffer yet.
  struct Run {
    var start: Int
    var at: Int
    /// Whether the query buffer is empty: white space and `--` comments before a statement aren't part of it.
    var isFirst: Bool

    var isEmpty: Bool { isFirst && start == at }

    func end(before event: Event) -> Int {
      switch event {
      case .end, .semicolon: at
      case .backslash: at - 1
      case .variable(let reference): reference.range.lowerBound
      }
    }
  }
}
