/// Why there is no throwaway server, in words for the user: what happened, and what to do next.
public enum SandboxError: Error, Equatable, Sendable {
  /// No server's programs were found. `looked` lists where.
  case noServer(looked: [String])
  /// Servers were found, but none of a version that is supported.
  case unsupportedServer(found: [String])
  /// Something could not be made in `path`. `reason` is the system's.
  case cannotMake(path: String, reason: String)
  /// The file system is full, or has less room than the bytes that are needed.
  case diskFull(path: String, needed: Int = 0)
  /// A program of the server failed. `lines` are the last ones that it wrote.
  case failed(program: String, lines: [String])
  /// The server did not get ready in the given number of seconds.
  case notReady(seconds: Int, lines: [String])
  /// The directory to keep holds something that is not a sandbox.
  case notOurs(directory: String)
  /// The directory to keep is open in another session.
  case inUse(directory: String)
  /// The directory to keep was made by another major version.
  case otherVersion(directory: String, version: String, server: String)
  /// The unprivileged user that runs the server cannot reach the directory.
  case unreachable(directory: String, user: String)
  /// A name for a setting, a database or a prefix that cannot be one.
  case badName(String)
  /// The statement failed on the sandbox's server.
  case statement(String, message: String)
  /// The supervising process is gone.
  case supervisorGone
  /// Ctrl-C during the start.
  case interrupted
}

extension SandboxError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noServer(let looked):
      "no PostgreSQL server is installed here: install one, e.g. \"apt-get install postgresql-15\" or "
        + "\"brew install postgresql@17\", or set PGMEDIC_PG_BIN to the directory that holds initdb and postgres"
        + (looked.isEmpty ? "" : " (looked in \(looked.joined(separator: ", ")))")
    case .unsupportedServer(let found):
      "a sandbox needs a server of version \(ServerInstallation.supported.lowerBound) to "
        + "\(ServerInstallation.supported.upperBound), found only \(found.joined(separator: ", "))"
    case .cannotMake(let path, let reason): "could not create \"\(path)\": \(reason)"
    case .diskFull(let path, let needed):
      "could not make the sandbox: no space left on the device of \"\(path)\""
        + (needed > 0 ? ", \(needed >> 20) MB are needed" : "")
    case .failed(let program, let lines): "\(program) failed" + Self.quoted(lines)
    case .notReady(let seconds, let lines): "the server was not ready after \(seconds) s" + Self.quoted(lines)
    case .notOurs(let directory):
      "directory \"\(directory)\" is not empty and is not a sandbox: choose another or an empty one"
    case .inUse(let directory): "the sandbox in \"\(directory)\" is open in another session"
    case .otherVersion(let directory, let version, let server):
      "the sandbox in \"\(directory)\" was made by PostgreSQL \(version), the server here is \(server): "
        + "set PGMEDIC_PG_BIN to the programs of version \(version)"
    case .unreachable(let directory, let user):
      "user \"\(user)\", who runs the server since root must not, cannot use \"\(directory)\": "
        + "choose a directory that it can reach, such as one under /tmp"
    case .badName(let name): "\"\(name)\" cannot be used as a name here"
    case .statement(let sql, let message): "\(message) (in: \(sql.prefix(200)))"
    case .supervisorGone: "the process that supervises the sandbox has ended"
    case .interrupted: "interrupted while the sandbox was being started"
    }
  }

  private static func quoted(_ lines: [String]) -> String {
    lines.isEmpty ? "" : ":" + lines.map { "\n  " + $0 }.joined()
  }
}
