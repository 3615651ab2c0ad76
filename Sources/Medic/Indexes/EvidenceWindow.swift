import Postgres

/// The time over which the server's counters of this database were collected.
///
/// A crash zeroes all counters; after it, all fixed kinds carry the same new reset time, while `pg_stat_reset_shared`
/// renews one of them: so the earliest of them bounds the time since the last crash (or since initdb, promotion or
/// upgrade). The database's own reset time may be later (`pg_stat_reset`), and is NULL after a crash on 15 on.
struct EvidenceWindow: Sendable, Equatable {
  let since: String?
  let seconds: Int
  /// Which of the two bounds decides.
  let isOwnReset: Bool
  /// Transactions of all databases in the time, which the server's transaction numbers can't have outrun by much.
  let transactions: Int
  /// Standbys that stream from this server; their scans aren't in its counters.
  let standbys: Int

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
        (SELECT pg_catalog.sum(d.xact_commit + d.xact_rollback)::bigint FROM pg_catalog.pg_stat_database AS d)
          AS transactions,
        (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_replication) AS standbys
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

  init(_ row: Row) {
    since = row["since"]
    seconds = row.int("seconds") ?? 0
    isOwnReset = row.flag("is_own_reset")
    transactions = row.int("transactions") ?? 0
    standbys = row.int("standbys") ?? 0
  }

  var window: Window {
    let bound = isOwnReset ? "this database's counters were reset then" : "the server's counters began then"
    let start = since.map { "since \($0), \(bound)" } ?? "start unknown"
    return Window(since: since, seconds: seconds, note: "\(Quantity.pretty(seconds: seconds)) (\(start))")
  }

  /// How long an index can have been used within the window, and whether that is known.
  func observed(_ index: Index) -> (seconds: Int, isKnown: Bool) {
    if let age = index.ageSeconds { return (min(age, seconds), true) }
    // More transaction numbers have been used since it was made than there were transactions in the window.
    return (seconds, index.transactionAge > transactions)
  }
}
