import Glibc
import Printing
import SQLText

/// `\\o [FILE]`: where query output goes from now on.
struct OutputCommand: MetaCommand {
  let help = Help(
    "o", aliases: ["out"], arguments: [.pipe], in: .inputOutput, syntax: "[FILE]",
    summary: "send all query results to file or |pipe")

  func run(_ call: Call, in session: inout Session) throws(CommandError) -> Outcome {
    let name = try session.argument(.filePipe).map(expandTilde)
    return session.redirect(to: name) ? .done : .failed
  }
}

extension Session {
  /// Sends query output to a file or program, or with nil back to standard output; false when it couldn't be opened.
  mutating func redirect(to name: String?) -> Bool {
    let fresh: Destination
    if let name, !name.isEmpty {
      do throws(CommandError) {
        fresh = try Destination.open(name, after: output)
      } catch {
        if case .message(let text) = error { reporter.report(.error, text) }
        return false
      }
    } else {
      fresh = Destination(standard: output)
    }
    let old = destination
    destination = fresh
    return old.isStandard ? true : finish(old)
  }

  /// Closes a file or program, notes the program's exit status and reports what couldn't be written, unless that
  /// has been said.
  @discardableResult
  mutating func finish(_ target: Destination) -> Bool {
    let isKnown = target.sink.error != 0
    let (status, failure) = target.close()
    if let status { noteShellStatus(status) }
    guard let failure, !isKnown, status == nil else { return true }
    reporter.report(.error, "could not write to output file: \(failure)")
    return false
  }

  /// Whether what was printed of a result could be written; says so when not.
  mutating func checkWritten(_ sink: ByteSink) -> Bool {
    sink.flush()
    guard sink.error != 0 else { return true }
    if sink === output { hasReportedOutput = true }
    reporter.report(.error, "could not print result table: \(String(cString: strerror(sink.error)))")
    return false
  }
}
