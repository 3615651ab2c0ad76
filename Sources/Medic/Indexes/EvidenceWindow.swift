import Postgres

/// The time over which the server's counters of this database were collected.
///
/// A crash zeroes all counters; after it, all fixed kinds carry the same new reset time, while `pg_stat_reset_shared`
/// renews one of them: so the earliest of them bounds the time since the last crash (or since initdb, promotion or
/// upgrade). The database's own reset time may be later (`pg_stat_reset`), and is NULL after a crash on 15 on.
struct EvidenceWindow: Sendable, Equatable {
  let since: String?
  let seconds: Int
  /// Since the counters of the whole server began.
  let serverSeconds: Int?
  /// Since this database's were reset; nil where they never were, and after a crash (15 on).
  let ownSeconds: Int?
  /// Which of the two bounds decides.
  let isOwnReset: Bool
  /// Transactions of all databases in the time, which the server's transaction numbers can't have outrun by much.
  let transactions: Int
  /// Standbys that stream from this server; their scans aren't in its counters.
  let standbys: Int
  /// Nothing is counted while track_counts is off, for this session or by a setting of a role or database.
  let isCounting: Bool
  /// This server was a standby once and took over; what the primary before it counted isn't here.
  let wasPromoted: Bool
  private let promotedSince: String?
  private let isPromotionBound: Bool

  private static func query(from major: Int, _ kinds: String) -> Query {
    Query(
      from: major,
      """
      WITH bound AS (
        SELECT (SELECT pg_catalog.min(kind.reset) FROM (\(kinds)) AS kind (reset)) AS crash,
          (SELECT d.stats_reset FROM pg_catalog.pg_stat_database AS d
            WHERE d.datname = pg_catalog.current_database()) AS own
      )
      SELECT pg_catalog.to_char(greatest(b.crash, b.own) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - greatest(b.crash, b.own))::bigint AS seconds,
        b.own IS NOT NULL AND b.own > b.crash AS is_own_reset,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - b.crash)::bigint AS server_seconds,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - b.own)::bigint AS own_seconds,
        (SELECT pg_catalog.sum(d.xact_commit + d.xact_rollback)::bigint FROM pg_catalog.pg_stat_database AS d)
          AS transactions,
        (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication) AS standbys,
        pg_catalog.current_setting('track_counts')::boolean AND NOT EXISTS (SELECT
          FROM pg_catalog.pg_db_role_setting AS s
          WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database AS d
              WHERE d.datname = pg_catalog.current_database()))
            AND 'track_counts=off' = ANY (s.setconfig)) AS is_counting,
        (SELECT c.timeline_id > 1 FROM pg_catalog.pg_control_checkpoint() AS c) AS was_promoted
      FROM bound AS b
      """)
  }

  private static let oldest = """
    SELECT pg_catalog.pg_stat_get_bgwriter_stat_reset_time() UNION ALL SELECT a.stats_reset
      FROM pg_catalog.pg_stat_archiver AS a UNION ALL SELECT s.stats_reset FROM pg_catalog.pg_stat_slru AS s
    """
  private static let withWAL = oldest + " UNION ALL SELECT w.stats_reset FROM pg_catalog.pg_stat_wal AS w"
  private static let withIO = withWAL + " UNION ALL SELECT o.stats_reset FROM pg_catalog.pg_stat_io AS o"
  private static let withCheckpointer =
    withIO + " UNION ALL SELECT c.stats_reset FROM pg_catalog.pg_stat_checkpointer AS c"

  static let queries = [
    query(from: 17, withCheckpointer), query(from: 16, withIO), query(from: 14, withWAL), query(from: 13, oldest),
  ]

  /// When the newest history file of a timeline was written, which a promotion does; only for pg_monitor.
  static let promotion = """
    SELECT pg_catalog.to_char(pg_catalog.max(w.modification) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.max(w.modification))::bigint AS seconds
    FROM pg_catalog.pg_ls_waldir() AS w WHERE w.name ~ '^[0-9A-F]{8}[.]history$'
    """

  /// The window that the server tells; nil, and "not assessed", when it doesn't.
  static func read(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> EvidenceWindow? {
    guard let row = try inquiry.read(connection, queries, for: rule)?.first else { return nil }
    let window = EvidenceWindow(row)
    guard window.wasPromoted, !inquiry.server.isStandby, inquiry.server.readsAllStatistics,
      let promotion = try inquiry.read(connection, [Query(from: 10, promotion)], for: rule)?.first,
      let seconds = promotion.int("seconds")
    else { return window }
    return EvidenceWindow(window, promotedAt: promotion["at"], secondsAgo: seconds)
  }

  /// The same, no longer than since the server took over.
  private init(_ window: EvidenceWindow, promotedAt: String?, secondsAgo: Int) {
    let isBound = secondsAgo < window.seconds
    since = isBound ? promotedAt : window.since
    seconds = min(secondsAgo, window.seconds)
    isOwnReset = !isBound && window.isOwnReset
    serverSeconds = window.serverSeconds
    ownSeconds = window.ownSeconds
    transactions = window.transactions
    standbys = window.standbys
    isCounting = window.isCounting
    wasPromoted = true
    promotedSince = promotedAt
    isPromotionBound = isBound
  }

  /// It took over at a time that this role can't see, maybe within the window.
  var wasPromotedUnknownWhen: Bool { wasPromoted && promotedSince == nil }

  init(_ row: Row) {
    isCounting = row.flag("is_counting")
    wasPromoted = row.flag("was_promoted")
    promotedSince = nil
    isPromotionBound = false
    since = row["since"]
    seconds = row.int("seconds") ?? 0
    serverSeconds = row.int("server_seconds")
    ownSeconds = row.int("own_seconds")
    isOwnReset = row.flag("is_own_reset")
    transactions = row.int("transactions") ?? 0
    standbys = row.int("standbys") ?? 0
  }

  var window: Window {
    var bound = isOwnReset ? "this database's counters were reset then" : "the server's counters began then"
    if isPromotionBound { bound = "this server took over as primary then" }
    if wasPromotedUnknownWhen { bound += "; it took over as primary once, when is seen only by pg_monitor" }
    let start = since.map { "since \($0), \(bound)" } ?? "start unknown"
    return Window(since: since, seconds: seconds, note: "\(Quantity.pretty(seconds: seconds)) (\(start))")
  }

  /// How long an index can have been used within the window, which other servers may have narrowed, and whether that is
  /// known.
  func observed(_ age: IndexAge, atMost limit: Int? = nil) -> (seconds: Int, isKnown: Bool) {
    let seconds = min(seconds, limit ?? seconds)
    if let age = age.seconds { return (min(age, seconds), true) }
    // More transaction numbers have been used since it was made than there were transactions in the window.
    return (seconds, age.transactions > transactions)
  }
}

/// How old the catalog row of an index is.
struct IndexAge: Sendable {
  /// Transaction numbers used since.
  var transactions = 0
  /// Where the server tracks commit times.
  var seconds: Int?

  init() {}

  init(_ row: Row) {
    transactions = row.int("transaction_age") ?? 0
    seconds = row.int("age_seconds")
  }
}
