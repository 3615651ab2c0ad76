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

/// One server process that may hold a slot.
struct SessionRow: Sendable {
  let pid: Int
  let database: String?
  let role: String?
  /// nil where the role may not see it.
  let kind: String?
  let application: String?
  let client: String?
  let state: String?
  let stateSeconds: Int?
  let transactionSeconds: Int?
  let horizonAge: Int?
  let backendStart: String?
  let query: String?

  /// What is connected to a database as somebody; physical walsenders are in no database. Those of pg_stat_replication
  /// are told apart by pid, which every role may see.
  static let query = Query(
    from: 11,
    """
    SELECT a.pid, a.datname AS database, a.usename AS role,
      CASE WHEN a.backend_type IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication AS w WHERE w.pid = a.pid)
        THEN 'walsender' ELSE a.backend_type END AS kind,
      a.application_name AS application, coalesce(pg_catalog.host(a.client_addr), CASE WHEN a.client_port = -1
        THEN 'local' END) AS client,
      a.state, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.state_change)::bigint AS state_seconds,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::bigint AS transaction_seconds,
      greatest(pg_catalog.age(a.backend_xmin), pg_catalog.age(a.backend_xid)) AS horizon_age,
      a.backend_start::text AS backend_start,
      pg_catalog.substr(pg_catalog.regexp_replace(a.query, '\\s+', ' ', 'g'), 1, 80) AS query
    FROM pg_catalog.pg_stat_activity AS a
    WHERE a.usesysid IS NOT NULL AND (a.datid IS NOT NULL OR a.backend_type = 'client backend')
    ORDER BY a.pid
    """)

  init(_ row: Row) {
    pid = row.int("pid") ?? 0
    database = row["database"]
    role = row["role"]
    kind = row["kind"]
    application = row["application"]
    client = row["client"]
    state = row["state"]
    stateSeconds = row.int("state_seconds")
    transactionSeconds = row.int("transaction_seconds")
    horizonAge = row.int("horizon_age")
    backendStart = row["backend_start"]
    query = row["query"]
  }

  var isClient: Bool { kind == "client backend" }
  var isHidden: Bool { kind == nil }
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
