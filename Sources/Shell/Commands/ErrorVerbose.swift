import Postgres
import Printing

/// `\\errverbose`: the last error again, with all its fields.
struct ErrorVerbose: MetaCommand {
  let help = Help(
    "errverbose", in: .general, summary: "show most recent error message at maximum verbosity")

  func run(_ call: Call, in session: inout Session) -> Outcome {
    if let text = session.lastError?.errorText(verbosity: .verbose, context: .always) {
      session.reporter.report(.error, text)
    } else {
      session.output.append("There is no previous error.\n")
    }
    return .done
  }
}
