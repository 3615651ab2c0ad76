import SQLText

/// `\\if`, `\\elif`, `\\else`, `\\endif`.
struct Conditional: MetaCommand {
  let help: Help

  static let all = [
    Conditional(
      help: Help("if", arguments: [.any], in: .conditional, syntax: "EXPR", summary: "begin conditional block")),
    Conditional(
      help: Help(
        "elif", arguments: [.any], in: .conditional, syntax: "EXPR",
        summary: "alternative within current conditional block")),
    Conditional(help: Help("else", in: .conditional, summary: "final alternative within current conditional block")),
    Conditional(help: Help("endif", in: .conditional, summary: "end conditional block")),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    switch call.name {
    case "if": try begin(&session)
    case "elif": try alternative(&session)
    case "else": try otherwise(&session)
    default: try end(&session)
    }
    return .done
  }

  private func begin(_ session: inout Session) throws(CommandError) {
    let (length, state) = (session.query.count, session.scanner.statementState)
    guard session.conditions.isActive else {
      session.skipExpression()
      session.conditions.push(.skipped, queryLength: length, statement: state)
      return
    }
    // the level is there before the expression is read, so that an error in it leaves the block inactive
    session.conditions.push(.waiting, queryLength: length, statement: state)
    session.conditions.turn(.active)
    let holds = try session.expression("\\if expression")
    session.conditions.turn(holds ? .active : .waiting)
  }

  private func alternative(_ session: inout Session) throws(CommandError) {
    switch session.conditions.levels.last?.branch {
    case nil:
      throw .message("no matching \\if")
    case .elseActive, .elseSkipped:
      throw .message("cannot occur after \\else")
    case .active:
      session.keepBranchText()
      session.conditions.turn(.skipped)
      session.skipExpression()
    case .skipped:
      session.discardBranchText()
      session.skipExpression()
    case .waiting:
      session.discardBranchText()
      session.conditions.turn(.active)
      let holds = try session.expression("\\elif expression")
      session.conditions.turn(holds ? .active : .waiting)
    }
  }

  private func otherwise(_ session: inout Session) throws(CommandError) {
    switch session.conditions.levels.last?.branch {
    case nil:
      throw .message("no matching \\if")
    case .elseActive, .elseSkipped:
      throw .message("cannot occur after \\else")
    case .active:
      session.keepBranchText()
      session.conditions.turn(.elseSkipped)
    case .skipped:
      session.discardBranchText()
      session.conditions.turn(.elseSkipped)
    case .waiting:
      session.discardBranchText()
      session.conditions.turn(.elseActive)
    }
  }

  private func end(_ session: inout Session) throws(CommandError) {
    switch session.conditions.levels.last?.branch {
    case nil: throw .message("no matching \\if")
    case .active, .elseActive: break
    case .waiting, .skipped, .elseSkipped: session.discardBranchText()
    }
    _ = session.conditions.pop()
  }
}

extension Session {
  /// The rest of the arguments as a boolean; a value that is none is reported and false.
  fileprivate mutating func expression(_ name: String) throws(CommandError) -> Bool {
    var words: [String] = []
    while let word = try argument() { words.append(word) }
    let text = words.joined(separator: " ")
    if let value = Variables.boolean(text) { return value }
    reporter.report(.error, "unrecognized value \"\(text)\" for \"\(name)\": Boolean expected")
    return false
  }

  fileprivate mutating func skipExpression() {
    scanner.skipArguments()
  }

  fileprivate mutating func keepBranchText() {
    conditions.remember(queryLength: query.count, statement: scanner.statementState)
  }

  /// Takes back what a branch that doesn't run has put into the query buffer.
  mutating func discardBranchText() {
    guard let level = conditions.levels.last, level.queryLength <= query.count else { return }
    query.removeLast(query.count - level.queryLength)
    scanner.statementState = level.statement
  }
}
