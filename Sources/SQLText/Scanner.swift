/// Reads text as psql 15 reads it: splits it into statements and backslash commands, and puts in variables.
///
/// One scanner serves one source of input (the terminal, a file, an edited text), and outlives its lines:
///
/// ```swift
/// scanner.feed(line)
/// reading: while true {
///   switch scanner.next(appendingTo: &query, variables: variables) {
///   case .semicolon: send(query); query.removeAll(keepingCapacity: true)
///   case .backslash:
///     let name = scanner.commandName()
///     … scanner.argument(.normal, variables: variables) …   // reset() if the command sent or cleared the query
///     scanner.endOfCommand()
///   case .endOfLine, .incomplete: break reading               // next prompt: scanner.prompt
///   }
/// }
/// ```
///
/// The query buffer gets what psql sends: text from the first thing that isn't white space or a `--` comment to the
/// semicolon, lines joined by line feeds, empty lines left out unless within quotes. Encodings whose characters hold
/// ASCII bytes (SJIS, BIG5, GBK, …) aren't handled. Time is linear in the text and the values put into it.
public struct Scanner: Sendable {
  /// What the scanner waits for, set whenever `next` returns.
  public private(set) var prompt = PromptStatus.ready

  /// Messages since the last `takeDiagnostics()`.
  public internal(set) var diagnostics: [ScanDiagnostic] = []

  var state: LexicalState
  /// The text that is being read: the line at the bottom, on it the values of variables that it names.
  var sources = [Source(text: [], variable: nil)]

  private var isNewLine = false
  private var joinedAt: Int?
  private var statementEnded = false

  /// A text with the place up to which it has been read.
  struct Source: Sendable {
    var text: [UInt8]
    var position = 0
    var variable: String?
  }

  public init(standardStrings: Bool = true) {
    state = LexicalState(standardStrings: standardStrings)
  }

  /// The server's `standard_conforming_strings`: look at it before each line, as psql does.
  public var standardStrings: Bool {
    get { state.standardStrings }
    set { state.standardStrings = newValue }
  }

  /// Whether a quote or comment is open: an empty line then belongs to the statement.
  public var inQuotes: Bool {
    switch state.mode {
    case .plain, .afterString: false
    default: true
    }
  }

  /// How many parentheses are open. To put things back after an inactive `\if` branch use `statementState`.
  public var parenthesisDepth: Int {
    get { state.parenthesisDepth }
    set { state.parenthesisDepth = max(0, newValue) }
  }

  /// How many `BEGIN` and `CASE` are open in the body of a routine.
  public var beginDepth: Int { state.shape.beginDepth }

  /// How many `COPY … FROM STDIN` the query buffer has: after `.semicolon` those of the statement that ended, after
  /// `.backslash` those so far. Data for each follow in the input, which psql since 15.19 skips up to `\.` also for
  /// those that the server rejects or never comes to.
  public var copiesFromStandardInput: Int { state.shape.copies }

  /// What the text of the statement so far means for its end: open parentheses and bodies, and its words.
  ///
  /// psql keeps it at each `\if`, `\elif` and `\else`, and puts it back when the branch that began there ends and was
  /// inactive: nothing in such a branch counts.
  public var statementState: StatementState {
    get { StatementState(parenthesisDepth: state.parenthesisDepth, shape: state.shape) }
    set {
      state.parenthesisDepth = newValue.parenthesisDepth
      state.shape = newValue.shape
      statementEnded = false
    }
  }

  /// Begins a line, without the line feed that ended it; or a whole text with line feeds in it, such as an edited one,
  /// for which the query buffer should be empty.
  ///
  /// What hasn't been read of the line before is dropped. A NUL byte ends the text. (psql's line reader loses what is
  /// behind a NUL byte together with the line feed: the next line of the file belongs to the same line.)
  public mutating func feed(_ line: UnsafeBufferPointer<UInt8>) {
    beginLine()
    let length = line.firstIndex(of: 0) ?? line.count
    sources[0].text.append(contentsOf: line[..<length])
  }

  /// Begins a line: see `feed(_:)` above.
  public mutating func feed(_ line: some Sequence<UInt8>) {
    let isDone: Void? = line.withContiguousStorageIfAvailable { feed($0) }
    if isDone == nil {
      beginLine()
      sources[0].text.append(contentsOf: line.prefix { $0 != 0 })
    }
  }

  private mutating func beginLine() {
    sources.removeSubrange(1...)
    sources[0].text.removeAll(keepingCapacity: true)
    sources[0].position = 0
    isNewLine = true
  }

  /// Reads on, to the end of a statement, the next backslash command or the end of the text.
  ///
  /// - Parameters:
  ///   - query: the query buffer. Empty it when the statement has been sent. In an inactive `\if` branch cut it back to
  ///     its length at the `\if`, `\elif` or `\else` that began the branch, at the latest when the branch ends (as psql
  ///     does), better after each `.semicolon`; and put back `statementState` when it ends.
  ///   - variables: `NoVariables()` in an inactive branch.
  public mutating func next(
    appendingTo query: inout [UInt8], variables: borrowing some VariableSource & ~Copyable
  ) -> ScanResult {
    if statementEnded {
      state.shape.reset()
      statementEnded = false
    }
    if isNewLine { joinLine(to: &query) }
    while let source = sources.last {
      let text = source.text
      var position = source.position
      let event = state.scan(text.span, from: &position, into: &query)
      sources[sources.count - 1].position = position
      switch event {
      case .end:
        guard sources.count > 1 else { return endOfText(query) }
        sources.removeLast()
      case .variable(let reference):
        put(reference, of: text.span, into: &query, variables)
      case .semicolon:
        prompt = .ready
        joinedAt = nil
        statementEnded = true
        return .semicolon
      case .backslash:
        // A line with nothing but a command leaves the query buffer as it was.
        if let joinedAt, joinedAt == query.count { query.removeLast() }
        joinedAt = nil
        prompt = .ready
        return .backslash
      }
    }
    return endOfText(query)
  }

  /// Forgets what is open: after `\r`, and after each time the query buffer was sent other than for a semicolon.
  public mutating func reset() {
    state.reset()
    statementEnded = false
  }

  /// The messages so far; they are then forgotten.
  public mutating func takeDiagnostics() -> [ScanDiagnostic] {
    defer { diagnostics.removeAll() }
    return diagnostics
  }

  private mutating func joinLine(to query: inout [UInt8]) {
    isNewLine = false
    joinedAt = nil
    if query.isEmpty || (sources[0].text.isEmpty && !inQuotes) { return }
    query.append(.lineFeed)
    joinedAt = query.count
  }

  private mutating func endOfText(_ query: [UInt8]) -> ScanResult {
    switch state.mode {
    case .plain, .afterString:
      if state.parenthesisDepth > 0 {
        prompt = .parenthesis
      } else if state.shape.beginDepth > 0 {
        prompt = .continued
      } else if query.isEmpty {
        prompt = .ready
      } else {
        prompt = .continued
        return .endOfLine
      }
    case .string: prompt = .singleQuote
    case .quotedIdentifier: prompt = .doubleQuote
    case .dollarQuote: prompt = .dollarQuote
    case .comment: prompt = .comment
    }
    return .incomplete
  }
}
