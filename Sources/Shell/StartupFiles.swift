import CLibPQ
import Glibc

extension Session {
  /// Runs the system's psqlrc and the user's: PSQLRC, else `~/.psqlrc-15.20`, `~/.psqlrc-15` or `~/.psqlrc`.
  mutating func readStartupFiles() {
    let directory = environment("PGSYSCONFDIR") ?? "/etc/postgresql-common"
    runStartupFile(directory + "/psqlrc")
    if let named = environment("PSQLRC"), !named.isEmpty {
      runStartupFile(expandTilde(named))
    } else if let home = homeDirectory() {
      runStartupFile(home + "/.psqlrc")
    }
  }

  private mutating func runStartupFile(_ path: String) {
    let candidates = [
      "\(path)-\(PG_VERSION_NUM / 10000).\(PG_VERSION_NUM % 10000)", "\(path)-\(PG_MAJORVERSION)", path,
    ]
    if let found = candidates.first(where: { access($0, R_OK) == 0 }) { _ = runFile(found) }
  }
}
