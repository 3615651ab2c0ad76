import Glibc
import Knowledge
import Postgres

extension Session {
  /// After an error at the prompt: one line that names the playbook for it. Never in a script's output.
  mutating func pointToPlaybook(_ error: ServerError) {
    guard isInteractive, !isPsql, !settings.quiet, !error.sqlState.isEmpty else { return }
    guard let entry = knowledge().entries(for: ErrorReport(error)).first else { return }
    reporter.write("\\why explains it: \(entry.title)\n")
  }

  /// After a refusal because all connection slots are taken: one line for the person who wants to get in. The refusal
  /// carries no SQLSTATE here, so its text decides.
  func pointToFreeSlots(_ refusal: String) {
    guard !isPsql, isatty(STDERR_FILENO) == 1 else { return }
    guard let entry = knowledge().entries(sqlstate: nil, message: refusal).first, entry.sqlstates.contains("53300")
    else { return }
    reporter.write(
      "hint: \(reporter.program) --offline -c '\\kb \(entry.id)' says what to do; superusers have slots of their own"
        + " (-U postgres)\n")
  }
}
