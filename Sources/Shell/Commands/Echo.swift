import Printing
import SQLText

/// `\\echo`, `\\qecho` and `\\warn`: write their arguments.
struct Echo: MetaCommand {
  enum Target: Sendable { case output, destination, standardError }

  let help: Help
  let target: Target

  static let all = [
    Echo(
      help: Help(
        "echo", arguments: [.any], in: .inputOutput, syntax: "[-n] [STRING]",
        summary: "write string to standard output (-n for no newline)"), target: .output),
    Echo(
      help: Help(
        "qecho", arguments: [.any], in: .inputOutput, syntax: "[-n] [STRING]",
        summary: "write string to \\o output stream (-n for no newline)"), target: .destination),
    Echo(
      help: Help(
        "warn", arguments: [.any], in: .inputOutput, syntax: "[-n] [STRING]",
        summary: "write string to standard error (-n for no newline)"), target: .standardError),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var words: [String] = []
    var hasNewline = true
    var isFirst = true
    while let argument = try session.commandArgument() {
      if isFirst, argument.text == "-n", argument.quote == nil {
        hasNewline = false
      } else {
        words.append(argument.text)
      }
      isFirst = false
    }
    let text = words.joined(separator: " ") + (hasNewline ? "\n" : "")
    switch target {
    case .output: session.output.append(text)
    case .destination: session.destination.sink.append(text)
    case .standardError: session.reporter.write(text)
    }
    return .done
  }
}
