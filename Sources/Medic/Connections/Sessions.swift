import Postgres

/// The server's limits on connections, and what holds the slots.
struct ConnectionLimits: Sendable {
  let maximum: Int
  let forSuperusers: Int
  /// `reserved_connections` (16 on), for members of pg_use_reserved_connections.
  let reserved: Int
  let workers: Int
  let usesReserved: Bool
  /// The role that logged in: its limit counts, and superusers are exempt.
  let role: String
  let isSuperuser: Bool
  let preparedTransactions: Int
  let oldestPrepared: Int?

  static let query = Query(
    from: 11,
    """
    SELECT pg_catalog.current_setting('max_connections') AS maximum,
      pg_catalog.current_setting('superuser_reserved_connections') AS for_superusers,
      coalesce(pg_catalog.current_setting('reserved_connections', true), '0') AS reserved,
      pg_catalog.current_setting('max_worker_processes') AS workers,
      EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'pg_use_reserved_connections'
        AND pg_catalog.pg_has_role(session_user, r.oid, 'USAGE')) AS uses_reserved,
      session_user AS role,
      (SELECT r.rolsuper FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user) AS is_superuser,
      (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts) AS prepared,
      (SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.min(x.prepared))::bigint
        FROM pg_catalog.pg_prepared_xacts AS x) AS oldest_prepared
    """)

  init(_ row: Row) {
    maximum = row.int("maximum") ?? 0
    forSuperusers = row.int("for_superusers") ?? 0
    reserved = row.int("reserved") ?? 0
    workers = row.int("workers") ?? 0
    usesReserved = row.flag("uses_reserved")
    role = row.text("role")
    isSuperuser = row.flag("is_superuser")
    preparedTransactions = row.int("prepared") ?? 0
    oldestPrepared = row.int("oldest_prepared")
  }
}

/// One server process as pg_stat_activity shows it: for `\conns`, `\locks` and `\now`.
struct SessionRow: Sendable, Equatable {
  let pid: Int
  /// The process that a parallel worker works for.
  let leader: Int?
  let database: String?
  let role: String?
  /// nil where the role may not see it.
  let kind: String?
  let application: String?
  let client: String?
  let state: String?
  let stateSeconds: Int?
  let querySeconds: Int?
  let transactionSeconds: Int?
  let horizonAge: Int?
  /// When session and transaction began, in UTC, as a literal that means the same under any setting.
  let backendStart: String?
  let transactionStart: String?
  let waitType: String?
  let waitEvent: String?
  let query: String?
  /// Whether the role that asks may cancel and terminate it.
  let maySignal: Bool

  /// All processes. Those of pg_stat_replication are told apart by pid, which every role may see.
  ///
  /// Superusers' sessions are signalled by superusers only; what advertises no role counts as theirs, but autovacuum
  /// workers have a role of their own from 18 on (manual, 9.28.2 "Server Signaling Functions").
  static let query = Query(
    from: 13,
    """
    SELECT a.pid, a.leader_pid, a.datname AS database, a.usename AS role,
      CASE WHEN a.backend_type IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication AS w WHERE w.pid = a.pid)
        THEN 'walsender' ELSE a.backend_type END AS kind,
      a.application_name AS application, coalesce(pg_catalog.host(a.client_addr), CASE WHEN a.client_port = -1
        THEN 'local' END) AS client,
      a.state, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.state_change)::bigint AS state_seconds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.query_start)::bigint AS query_seconds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::bigint AS transaction_seconds,
      greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) AS horizon_age,
      pg_catalog.to_char(pg_catalog.timezone('UTC', a.backend_start), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        AS backend_start,
      pg_catalog.to_char(pg_catalog.timezone('UTC', a.xact_start), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        AS transaction_start,
      a.wait_event_type AS wait_type, a.wait_event, a.query,
      CASE
        WHEN me.rolsuper THEN true
        WHEN a.usesysid IS NULL THEN a.backend_type = 'autovacuum worker' AND EXISTS (
          SELECT FROM pg_catalog.pg_roles AS s
          WHERE s.rolname = 'pg_signal_autovacuum_worker' AND pg_catalog.pg_has_role(s.oid, 'USAGE'))
        WHEN r.rolsuper THEN false
        ELSE EXISTS (
          SELECT FROM pg_catalog.pg_roles AS s
          WHERE (s.oid = r.oid OR s.rolname = 'pg_signal_backend') AND pg_catalog.pg_has_role(s.oid, 'USAGE'))
      END AS may_signal
    FROM pg_catalog.pg_stat_activity AS a
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.usesysid
    LEFT JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
    ORDER BY a.pid
    """)

  init(_ row: Row) {
    pid = row.int("pid") ?? 0
    leader = row.int("leader_pid")
    database = row["database"]
    role = row["role"]
    kind = row["kind"]
    application = row["application"]
    client = row["client"]
    state = row["state"]
    stateSeconds = row.int("state_seconds").map { max(0, $0) }
    querySeconds = row.int("query_seconds").map { max(0, $0) }
    transactionSeconds = row.int("transaction_seconds").map { max(0, $0) }
    horizonAge = row.int("horizon_age")
    backendStart = row["backend_start"]
    transactionStart = row["transaction_start"]
    waitType = row["wait_type"]
    waitEvent = row["wait_event"]
    query = kind == nil ? nil : row["query"].map { SessionRow.line($0) }
    maySignal = row.flag("may_signal")
  }

  /// The first 200 characters of a statement on one line. Not done by the server, whose text functions refuse what
  /// sessions of a database in another encoding have sent.
  private static func line(_ query: String) -> String {
    let words = query.prefix(400).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return String(words.prefix(200))
  }

  var isClient: Bool { kind == "client backend" }
  var isHidden: Bool { kind == nil }
  var isIdleInTransaction: Bool { state?.hasPrefix("idle in transaction") ?? false }
  /// Connected to a database as somebody, or a client that is about to be; physical walsenders are in no database.
  var mayHoldSlot: Bool { role != nil && (database != nil || isClient) }

  /// `app=rails user=app`: who it is, in a few words.
  var who: String {
    let words = [("app", application), ("user", role), ("from", client == "local" ? nil : client)]
    return words.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : "\(name)=\($0)" }
    }.joined(separator: " ")
  }
}

/// A limit that somebody has set on a role or a database.
struct OwnLimit: Sendable, Equatable {
  let kind: DatabaseObject.Kind
  let name: String
  let limit: Int

  static let query = Query(
    from: 11,
    """
    SELECT 'database' AS kind, d.datname AS name, d.datconnlimit AS "limit" FROM pg_catalog.pg_database AS d
    WHERE d.datconnlimit >= 0 AND NOT d.datistemplate
    UNION ALL
    SELECT 'role', r.rolname, r.rolconnlimit FROM pg_catalog.pg_roles AS r
    WHERE r.rolconnlimit >= 0 AND r.rolcanlogin AND NOT r.rolsuper
    ORDER BY 1, 2
    """)

  init(_ row: Row) {
    kind = row.text("kind") == "role" ? .role : .database
    name = row.text("name")
    limit = row.int("limit") ?? 0
  }
}

/// A count that is exact, or lies between two bounds because this role can't see what other sessions are.
struct Bounds: Sendable, Equatable {
  let low: Int
  let high: Int

  var isExact: Bool { low == high }
  var text: String { isExact ? String(low) : "\(low) to \(high)" }
  var value: Value { isExact ? .int(low) : .text(text) }

  /// What is left of a limit.
  func left(of limit: Int) -> Bounds { Bounds(low: max(0, limit - high), high: max(0, limit - low)) }
  func min(_ other: Bounds) -> Bounds { Bounds(low: Swift.min(low, other.low), high: Swift.min(high, other.high)) }
}
