import Printing
import SQLText

extension Session {
  /// What a bare `help`, `quit` or `exit` at the prompt asks for.
  enum BareWord { case answered, quit }

  /// Answers a bare `help`, `quit` or `exit` typed by a person, as psql does; nil for any other line.
  func answerBareWord(_ line: [UInt8]) -> BareWord? {
    guard isInteractive, line.count <= 64 else { return nil }
    var word = String(decoding: line, as: UTF8.self)
    while word.last?.isWhitespace == true || word.last == ";" { word.removeLast() }
    while word.first?.isWhitespace == true { word.removeFirst() }
    guard word == "help" || word == "quit" || word == "exit" else { return nil }
    if query.isEmpty, scanner.prompt == .ready {
      if word != "help" { return .quit }
      output.append(
        """
        You are using \(reporter.program), the command-line interface to PostgreSQL.
        Type:  \\copyright for distribution terms
               \\h for help with SQL commands
               \\? for help with psql commands
               \\g or terminate with semicolon to execute query
               \\q to quit

        """)
      return .answered
    }
    // The line belongs to the statement; the person learns how to get out of it.
    let inText = scanner.prompt != .ready && scanner.prompt != .continued && scanner.prompt != .parenthesis
    if word == "help" {
      output.append("Use \\? for help or press control-C to clear the input buffer.\n")
    } else {
      output.append(inText ? "Use control-D to quit.\n" : "Use \\q to quit.\n")
    }
    return nil
  }
}
