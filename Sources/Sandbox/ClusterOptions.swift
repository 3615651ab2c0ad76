/// What a throwaway server shall be like.
public struct ClusterOptions: Sendable {
  /// What is in it at the start.
  public enum Contents: String, Sendable {
    /// Nothing but what initdb makes: quick, for tests.
    case empty
    /// The database `demo`, its roles and its recorded workload.
    case demo
  }

  /// Where the made-once templates are kept.
  public enum Cache: Sendable, Equatable {
    /// `$XDG_CACHE_HOME/pgmedic`, else `~/.cache/pgmedic`, of the user that runs the server.
    case standard
    /// No template: everything is made anew.
    case off
    /// A directory that belongs to the user that runs the server, mode 0700; it is made if need be.
    case directory(String)
  }

  /// The server to run; nil takes the newest one that `ServerInstallation.find` finds.
  public var installation: ServerInstallation?
  public var contents: Contents
  /// Settings beyond the usual ones, by name, as in postgresql.conf but without quotes: `["max_connections": "12"]`.
  public var settings: [String: String]
  /// A directory for the data that stays when the sandbox ends, and is taken up again if it is a sandbox already.
  public var keptIn: String?
  public var cache: Cache
  /// What the name of the private directory under /tmp begins with: letters, digits, `-`, `_`.
  public var prefix: String

  public init(
    _ contents: Contents = .empty, settings: [String: String] = [:], keptIn: String? = nil, cache: Cache = .standard,
    installation: ServerInstallation? = nil, prefix: String = "pgmedic-sandbox"
  ) {
    self.installation = installation
    self.contents = contents
    self.settings = settings
    self.keptIn = keptIn
    self.cache = cache
    self.prefix = prefix
  }
}
