import Printing
import SQLText

/// `\\g` and `\\gx`: send the query buffer, with print options and a target for this once.
struct Execute: MetaCommand {
  let help: Help

  static let all = [
    Execute(
      help: Help(
        "g", arguments: [.pipe], in: .general, syntax: "[(OPTIONS)] [FILE]",
        summary: "execute query (and send result to file or |pipe)")),
    Execute(
      help: Help(
        "gx", arguments: [.pipe], in: .general, syntax: "[(OPTIONS)] [FILE]",
        summary: "as \\g, but forces expanded output mode")),
  ]

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    var argument = try session.argument(.filePipe)
    var options = session.printing
    var changed = false
    if let first = argument, first.hasPrefix("(") {
      var word: String? = String(first.dropFirst())
      while let text = word {
        let isLast = text.hasSuffix(")")
        let pair = isLast ? String(text.dropLast()) : text
        if !pair.isEmpty {
          let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
          do throws(PsetError) {
            _ = try options.set(
              String(parts[0]), to: parts.count > 1 ? ByteString(String(parts[1])) : nil, psqlOnly: session.isPsql)
          } catch {
            throw session.failed(error.message.description)
          }
          changed = true
        }
        if isLast { break }
        word = try session.argument()
        if word == nil { throw .message("missing right parenthesis") }
      }
      argument = try session.argument(.filePipe)
    }
    if call.name == "gx" {
      options.expanded = .on
      changed = true
    }
    if changed { session.statement.printing = options }
    if let argument { session.statement.file = expandTilde(argument) }
    return .send
  }
}
