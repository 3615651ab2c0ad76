import CShims
import Printing
import SQLText

/// Exit codes, as psql defines them (manual, "psql", Exit Status), and 4 for findings.
enum ExitCode {
  static let success: Int32 = 0
  static let failure: Int32 = 1
  static let badConnection: Int32 = 2
  static let script: Int32 = 3
  static let findings: Int32 = 4
}

extension Session {
  /// Reads lines from `source` until its end, sends statements, runs commands. Gives psql's exit code for this input.
  mutating func run(_ source: any LineSource) -> Int32 {
    var level = InputLevel(&self, source)
    let code = level.run(&self)
    level.restore(&self)
    return code
  }
}

/// One level of input: a file, standard input, the prompt. Keeps what the level above must get back.
private struct InputLevel {
  /// What became of the last statement or command.
  private enum Step { case fine, failed, quit }

  private let outer: Outer
  private var step = Step.fine
  /// Ends of input in a row, for IGNOREEOF.
  private var endsInRow = 0

  private struct Outer {
    let input: any LineSource
    let scanner: Scanner
    let query: [UInt8]
    let previousQuery: [UInt8]
    let conditions: Conditions
    let isInteractive: Bool
    let line: Int
  }

  init(_ session: inout Session, _ source: any LineSource) {
    outer = Outer(
      input: session.input, scanner: session.scanner, query: session.query, previousQuery: session.previousQuery,
      conditions: session.conditions, isInteractive: session.isInteractive, line: session.reporter.line)
    session.input = source
    session.scanner = Scanner(standardStrings: session.usesStandardStrings)
    session.query = []
    session.previousQuery = []
    session.conditions = Conditions()
    session.isInteractive = source.isTerminal
    session.reporter.line = 0
  }

  func restore(_ session: inout Session) {
    session.input = outer.input
    session.scanner = outer.scanner
    session.query = outer.query
    session.previousQuery = outer.previousQuery
    session.conditions = outer.conditions
    session.isInteractive = outer.isInteractive
    session.reporter.line = outer.line
  }

  mutating func run(_ session: inout Session) -> Int32 {
    while true {
      if shim_interrupt_take() {
        guard session.isInteractive else { return ExitCode.script }
        abandon(&session)
      }
      guard let line = nextLine(&session) else {
        if session.isInteractive, shim_interrupt_pending() || !leavesAtEnd(session) { continue }
        break
      }
      endsInRow = 0
      session.reporter.line += 1
      if line.isEmpty, !session.scanner.inQuotes { continue }
      if let word = session.answerBareWord(line) {
        if word == .quit { return ExitCode.success }
        continue
      }
      if session.settings.echo == .all, !session.isInteractive {
        session.output.append(line)
        session.output.append("\n")
      }
      take(line, &session)
      if step == .quit { return ExitCode.success }
      guard !session.isInteractive else { continue }
      if let code = codeAfterStep(session) { return code }
    }
    return finish(&session)
  }

  /// The exit code where a script ends: the connection is gone, or something failed under ON_ERROR_STOP.
  private func codeAfterStep(_ session: borrowing Session) -> Int32? {
    if session.lostConnection { return ExitCode.badConnection }
    if step == .failed, session.settings.onErrorStop { return ExitCode.script }
    return session.connection == nil && !session.isOffline ? ExitCode.badConnection : nil
  }

  private func nextLine(_ session: inout Session) -> [UInt8]? {
    if session.isInteractive { session.output.flush() }
    // after Ctrl-C or \r nothing is open, whatever the lexer last waited for
    let isFresh = session.query.isEmpty && !session.scanner.inQuotes && session.scanner.parenthesisDepth == 0
    let kind = isFresh ? PromptStatus.ready : session.scanner.prompt
    let source = session.input
    if source.isTerminal {
      let prompt = session.prompt(for: kind)
      if let editor = source as? EditorSource { return session.line(from: editor, prompt: prompt) }
      return source.next { prompt }
    }
    return source.next { "" }
  }

  /// Ctrl-C at the prompt: throws away what was typed.
  private mutating func abandon(_ session: inout Session) {
    session.query.removeAll()
    session.scanner.reset()
    session.conditions = Conditions()
    session.discardHistoryLines()
    endsInRow = 0
  }

  /// Whether the end of a person's input ends the shell (psql's IGNOREEOF).
  private mutating func leavesAtEnd(_ session: borrowing Session) -> Bool {
    endsInRow += 1
    if endsInRow < session.settings.ignoreEOF {
      if !session.settings.quiet { session.output.append("Use \"\\q\" to leave \(session.reporter.program).\n") }
      return false
    }
    session.output.append(session.settings.quiet ? "\n" : "\\q\n")
    return true
  }

  /// Feeds one line to the lexer and acts on what it finds.
  private mutating func take(_ line: [UInt8], _ session: inout Session) {
    step = .fine
    session.rememberLine(line)
    session.scanner.feed(line)
    while step != .failed || !session.settings.onErrorStop {
      let found = session.scan()
      switch found {
      case .semicolon:
        statementEnds(&session)
      case .endOfLine where session.settings.singleLine:
        statementEnds(&session)
        session.closeHistoryEntry()
        return
      case .backslash:
        command(&session)
        if step == .quit { return }
      case .endOfLine, .incomplete:
        session.closeHistoryEntry()
        return
      }
    }
  }

  private mutating func statementEnds(_ session: inout Session) {
    guard session.conditions.isActive else {
      session.discardBranchText()
      if session.isInteractive {
        session.reporter.report(
          .error, "query ignored; use \\endif or Ctrl-C to exit current \\if block")
      }
      return
    }
    send(&session)
  }

  private mutating func send(_ session: inout Session) {
    let text = session.query
    step = (text == session.remedy ? session.sendRemedy(text) : session.send(text)) ? .fine : .failed
    session.previousQuery = text
    session.query.removeAll(keepingCapacity: true)
  }

  private mutating func command(_ session: inout Session) {
    switch session.runCommand() {
    case .done:
      step = .fine
    case .failed:
      step = .failed
    case .quit:
      step = .quit
    case .send:
      if session.query.isEmpty { session.query = session.previousQuery }
      send(&session)
      session.scanner.reset()
    case .edited:
      let text = session.query
      session.query.removeAll()
      session.scanner.reset()
      session.scanner.feed(text)
      step = .fine
    }
  }

  /// After the last line: a statement without semicolon is sent, an open `\if` is an error.
  private mutating func finish(_ session: inout Session) -> Int32 {
    if !session.query.isEmpty, !session.isInteractive {
      if session.conditions.isActive { send(&session) }
      if let code = codeAfterStep(session) { return code }
    }
    if !session.conditions.isEmpty {
      session.reporter.report(.error, "reached EOF without finding closing \\endif(s)")
      if session.settings.onErrorStop, !session.isInteractive { return ExitCode.script }
    }
    return ExitCode.success
  }
}
