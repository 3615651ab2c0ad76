import Postgres

/// Who keeps the oldest rows from being removed, if anybody does for long.
///
/// A rebuild copies every row that some transaction may still see: while the horizon is held it gives back nothing of
/// what was deleted since. A session that is idle after a write has only `backend_xid`; sessions of other databases hold
/// back only shared catalogs. One idle in its transaction is named at once, one that works after a minute.
enum Horizon {
  static let query = """
    SELECT h.holder, h.seconds FROM (
      SELECT 'pid ' || a.pid AS holder, a.state LIKE 'idle in transaction%' AS is_idle,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - a.xact_start)::bigint AS seconds
      FROM pg_catalog.pg_stat_activity AS a
      WHERE (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL) AND a.datname = pg_catalog.current_database()
        AND a.pid <> pg_catalog.pg_backend_pid() AND a.query !~ '^\\s*VACUUM'
      UNION ALL
      SELECT 'prepared transaction ' || pg_catalog.quote_literal(x.gid), true,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - x.prepared)::bigint
      FROM pg_catalog.pg_prepared_xacts AS x WHERE x.database = pg_catalog.current_database()
      UNION ALL
      SELECT 'replication slot ' || pg_catalog.quote_literal(s.slot_name), true, NULL
      FROM pg_catalog.pg_replication_slots AS s WHERE pg_catalog.age(s.xmin) > 100000
    ) AS h
    WHERE h.seconds IS NULL OR h.is_idle OR h.seconds > 60
    ORDER BY h.seconds DESC NULLS LAST, h.holder LIMIT 1
    """

  /// A sentence for the report and the remedies, nil when nobody is seen to hold it.
  static func holder(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String
  ) throws(PostgresError) -> String? {
    let rows = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      try connection.rows(query)
    }
    guard let row = rows?.first else { return nil }
    let age = row.int("seconds").map { " for \(Quantity.pretty(seconds: $0))" } ?? ""
    return "\(row.text("holder")) has held the vacuum horizon\(age): a rebuild now gives back nothing deleted since"
  }
}
