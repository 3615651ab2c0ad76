import Printing

/// `\\s [FILE]`: shows the history of what was entered, or writes it into a file in psql's form.
struct PrintHistory: MetaCommand {
  let help = Help(
    "s", arguments: [.file], in: .buffer, syntax: "[FILE]", summary: "display history or save it to file")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let file = try session.argument().map(expandTilde)
    guard let history = session.editor?.history else {
      // psql without line editing
      if file == nil { session.output.append("\n") }
      throw .reported
    }
    guard let file, !file.isEmpty else {
      session.showText(history.entries.map { $0 + "\n" }.joined())
      return .done
    }
    do throws(SystemError) {
      try HistoryFile(path: file).replace(history.entries)
    } catch {
      throw session.failed("could not save history to file \"\(file)\": \(error.text)")
    }
    session.say("Wrote history to file \"\(file)\".\n")
    return .done
  }
}
