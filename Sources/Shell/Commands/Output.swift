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

  /// Closes a file or program, keeps its exit status in SHELL_EXIT_CODE style variables and reports a failed write.
  @discardableResult
  mutating func finish(_ target: Destination) -> Bool {
    let (status, failure) = target.close()
    if let failure {
      reporter.report(.error, "could not write to output file: \(failure)")
      return false
    }
    return status.map { $0 == 0 || !settings.onErrorStop } ?? true
  }
}
