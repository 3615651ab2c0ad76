import Knowledge
import Postgres

extension Session {
  /// After an error at the prompt: one line that names the playbook for it. Never in a script's output.
  mutating func pointToPlaybook(_ error: ServerError) {
    guard isInteractive, !isPsql, !settings.quiet, !error.sqlState.isEmpty else { return }
    guard let entry = knowledge().entries(for: ErrorReport(error)).first else { return }
    reporter.write("\\why explains it: \(entry.title)\n")
  }
}
