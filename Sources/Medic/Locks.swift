import Postgres

/// An ACCESS EXCLUSIVE lock that somebody holds or waits for: whoever opens the relation now would wait, too.
struct ExclusiveLock: Sendable, Equatable {
  /// nil for a prepared transaction.
  let pid: Int?
  let isGranted: Bool
  /// The lock is the user's own, whose transaction the examination doesn't see.
  let isOwn: Bool

  /// `locked by pid 4711`, for "skipped: …".
  var words: String {
    if isOwn { return "locked by your own transaction" }
    guard let pid else { return "locked by a prepared transaction" }
    return isGranted ? "locked by pid \(pid)" : "about to be locked by pid \(pid)"
  }
}

enum Locks {
  static let query = """
    SELECT l.relation AS id, pg_catalog.min(l.pid) AS pid, pg_catalog.bool_or(l.granted) AS granted
    FROM pg_catalog.pg_locks AS l
    WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      AND l.database IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d
        WHERE d.datname = pg_catalog.current_database()))
    GROUP BY l.relation
    """

  /// What was read a moment ago, for the next examination of the same `\checkup`.
  struct Look: Sendable {
    let at: ContinuousClock.Instant
    let locks: [Int: ExclusiveLock]

    var isFresh: Bool { ContinuousClock().now - at < .milliseconds(500) }
  }

  /// The relations of this database that can't be opened now without waiting.
  static func read(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> [Int: ExclusiveLock] {
    if let look = inquiry.locks, look.isFresh { return look.locks }
    let user = inquiry.request.userPID.map { Int($0) }
    let rows = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      try connection.rows(query)
    }
    var locks: [Int: ExclusiveLock] = [:]
    for row in rows ?? [] {
      let pid = row.int("pid")
      locks[row.int("id") ?? 0] = ExclusiveLock(
        pid: pid, isGranted: row.flag("granted"), isOwn: pid != nil && pid == user)
    }
    if rows != nil { inquiry.locks = Look(at: ContinuousClock().now, locks: locks) }
    return locks
  }
}
