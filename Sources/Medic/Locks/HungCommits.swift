import Postgres

/// What a commit waits for that `synchronous_standby_names` holds up.
struct SynchronousStandbys: Sendable, Equatable {
  let names: String
  /// Standbys that stream now, synchronous or not.
  let connected: Int
  /// In which file it is set; nil where the role may not see it, or where it is set elsewhere.
  let file: String?
  let isSuperuser: Bool

  static let query = Query(
    from: 13,
    """
    SELECT s.setting AS names, s.sourcefile AS file, me.rolsuper AS is_superuser,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication) AS connected
    FROM pg_catalog.pg_settings AS s
    LEFT JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
    WHERE s.name = 'synchronous_standby_names'
    """)

  init(_ row: Row) {
    names = row.text("names")
    connected = row.int("connected") ?? 0
    file = row["file"]
    isSuperuser = row.flag("is_superuser")
  }

  /// ALTER SYSTEM wins over configuration files, but not over the command line; it is superusers' alone.
  fileprivate var remedy: Remedy? {
    guard isSuperuser, let file else { return nil }
    let isOwn = file.hasSuffix("/postgresql.auto.conf")
    return .withoutSynchronousStandby(
      undo: isOwn
        ? "ALTER SYSTEM SET synchronous_standby_names = \(SQLName.literal(names))"
        : "ALTER SYSTEM RESET synchronous_standby_names")
  }
}

/// Sessions whose commit is done here and waits for a synchronous standby: no lock is waited for, yet they hang, and keep
/// their locks.
struct HungCommits: Sendable {
  /// The longest first.
  let sessions: [SessionRow]
  private let standbys: SynchronousStandbys?

  init(_ sessions: some Sequence<SessionRow>, _ standbys: SynchronousStandbys?) {
    self.sessions = sessions.filter { $0.waitEvent == "SyncRep" }
      .sorted { ($1.querySeconds ?? 0, $0.pid) < ($0.querySeconds ?? 0, $1.pid) }
    self.standbys = standbys
  }

  private var longest: Int { sessions.first?.querySeconds ?? 0 }

  /// `2 commits hang on a synchronous standby`.
  var words: String {
    "\(Quantity.count(sessions.count, "commit")) \(sessions.count == 1 ? "hangs" : "hang") on a synchronous standby"
  }

  /// nil while nothing hangs.
  var finding: Finding? {
    guard !sessions.isEmpty else { return nil }
    let names = standbys?.names ?? ""
    // A wait of a moment is what synchronous replication is.
    let isShort = longest < 5 && (standbys?.connected ?? 0) > 0
    return Finding(
      LockWaits.hungCommit, on: DatabaseObject(.server, name: "server"),
      "\(words) for at most \(Quantity.pretty(seconds: longest)); synchronous_standby_names is "
        + "\(SQLName.literal(names)), \(Quantity.count(standbys?.connected ?? 0, "standby", "standbys")) connected",
      severity: isShort ? .info : nil,
      evidence: [
        Fact("commits", .int(sessions.count)), Fact("longest_seconds_at_most", .int(longest)),
        Fact("pids", .text(sessions.map { String($0.pid) }.joined(separator: ", "))),
        Fact("synchronous_standby_names", .text(names)), Fact("standbys_connected", Value(standbys?.connected)),
      ],
      remedy: isShort ? nil : standbys?.remedy, weight: Double(sessions.count) * 1000 + Double(longest))
  }
}
