import Glibc
import Printing
import SQLText

/// `\\p`: shows the query buffer, or the last query when it is empty.
struct PrintBuffer: MetaCommand {
  let help = Help("p", aliases: ["print"], in: .buffer, summary: "show the contents of the query buffer")

  func run(_ call: Call, in session: inout Session) -> Outcome {
    let text = session.query.isEmpty ? session.previousQuery : session.query
    if text.isEmpty {
      session.say("Query buffer is empty.\n")
    } else {
      session.output.append(text)
      session.output.append("\n")
    }
    return .done
  }
}

/// `\\r`: empties the query buffer.
struct ResetBuffer: MetaCommand {
  let help = Help("r", aliases: ["reset"], in: .buffer, summary: "reset (clear) the query buffer")

  func run(_ call: Call, in session: inout Session) -> Outcome {
    session.query.removeAll()
    session.scanner.reset()
    session.say("Query buffer reset (cleared).\n")
    return .done
  }
}

/// `\\w FILE`: writes the query buffer into a file or program.
struct WriteBuffer: MetaCommand {
  let help = Help(
    "w", aliases: ["write"], arguments: [.pipe], in: .buffer, syntax: "FILE", summary: "write query buffer to file")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    guard session.hasQueryBuffer else { throw session.failed("no query buffer") }
    guard let name = try session.argument(.filePipe).map(expandTilde), !name.isEmpty else {
      throw .message("missing required argument")
    }
    let text = session.query.isEmpty ? session.previousQuery : session.query
    let file: Destination
    do throws(CommandError) {
      file = try Destination.open(name, after: session.output)
    } catch {
      if case .message(let text) = error { throw session.failed(text) }
      throw error
    }
    if !text.isEmpty {
      file.sink.append(text)
      file.sink.append("\n")
    }
    let (status, failure) = file.close()
    if let failure, status == nil { throw session.failed("\(name): \(failure)") }
    if let status { session.noteShellStatus(status) }
    return .done
  }
}

/// An exit status of `waitpid` in words.
func waitText(_ status: Int32) -> String {
  let signal = status & 0x7f
  if signal == 0 { return "child process exited with exit code \((status >> 8) & 0xff)" }
  return "child process was terminated by signal \(signal): \(String(cString: strsignal(signal)))"
}
