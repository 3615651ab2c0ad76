import SQLText

/// A shell in small: feeds lines to a scanner and keeps what it would do with them.
struct Reading {
  enum Event: Equatable, CustomStringConvertible {
    case statement(String)
    case command(String, [String])
    case message(String)

    var description: String {
      switch self {
      case .statement(let text): "statement «\(text)»"
      case .command(let name, let arguments): "\\\(name) \(arguments)"
      case .message(let text): "message «\(text)»"
      }
    }
  }

  var scanner = Scanner()
  var variables = TestVariables()
  var query: [UInt8] = []
  var events: [Event] = []
  var last = ScanResult.incomplete

  /// How `argument` is called for each argument of a command.
  var kind = ArgumentKind.normal
  var strippingSemicolons = false

  mutating func read(_ text: String) {
    for line in Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false) { readLine(line) }
  }

  mutating func readLine(_ line: some Sequence<UInt8>) {
    scanner.feed(line)
    while true {
      last = scanner.next(appendingTo: &query, variables: variables)
      takeMessages()
      switch last {
      case .semicolon:
        events.append(.statement(String(decoding: query, as: UTF8.self)))
        query.removeAll()
      case .backslash: runCommand()
      case .endOfLine, .incomplete: return
      }
    }
  }

  /// The statements of a text, and what is left in the query buffer.
  static func statements(_ text: String, standardStrings: Bool = true) -> [String] {
    var reading = Reading()
    reading.scanner.standardStrings = standardStrings
    reading.read(text)
    var statements = reading.events.map { event in
      if case .statement(let text) = event { text } else { "\(event)" }
    }
    if !reading.query.isEmpty { statements.append(String(decoding: reading.query, as: UTF8.self)) }
    return statements
  }

  private mutating func runCommand() {
    let name = scanner.commandName()
    var arguments: [String] = []
    while true {
      let argument = scanner.argument(
        kind, strippingSemicolons: strippingSemicolons, variables: variables,
        backtick: { command in Array("<".utf8) + command + Array(">\n".utf8) })
      guard let argument else { break }
      arguments.append(argument.text)
    }
    events.append(.command(name, arguments))
    takeMessages()
    if name == "r" {
      query.removeAll()
      scanner.reset()
    }
    scanner.endOfCommand()
  }

  private mutating func takeMessages() {
    for diagnostic in scanner.takeDiagnostics() { events.append(.message(diagnostic.message)) }
  }
}

/// Variables in a dictionary, quoted as libpq quotes plain text.
struct TestVariables: VariableSource {
  var values: [String: String] = [:]

  func value(of name: String) -> [UInt8]? { values[name].map { Array($0.utf8) } }

  func quoted(_ value: [UInt8], as style: VariableQuoting) throws(VariableQuotingError) -> [UInt8] {
    if value.contains(0xFF) { throw VariableQuotingError("invalid multibyte character") }
    let quote: UInt8 = style == .literal ? 0x27 : 0x22
    return [quote] + value.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }
}
