/// The texts by which pg_stat_statements is read. The extension's own version decides which columns there are: after
/// pg_upgrade it is older than the server until ALTER EXTENSION … UPDATE.
enum StatementQueries {
  /// Where the extension is and what it needs. One row, whatever is missing.
  static let state = """
    SELECT n.nspname AS schema, e.extversion AS version,
      pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS may_use,
      pg_catalog.current_setting('pg_stat_statements.max', true) AS maximum,
      pg_catalog.current_setting('pg_stat_statements.track', true) AS track,
      pg_catalog.current_setting('compute_query_id', true) AS query_ids,
      pg_catalog.current_setting('track_io_timing') AS io_timing,
      pg_catalog.current_setting('work_mem') AS work_mem,
      EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'pg_stat_statements') AS is_available
    FROM pg_catalog.unnest('{pg_stat_statements}'::text[]) AS x (name)
    LEFT JOIN pg_catalog.pg_extension AS e ON e.extname = x.name
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    """

  /// Counters by the minor version of the extension, newest first. $1: statements of all databases.
  /// 1.11 (17) renamed the I/O columns, 1.10 (15) added those of temporary files, 1.9 (14) `toplevel`, and 1.8 (13)
  /// renamed the times and added planning and WAL.
  static let counters = [
    Query(
      from: 11,
      counters(
        topLevel: "s.toplevel", exec: "s.total_exec_time", plan: "s.total_plan_time",
        io: """
          s.shared_blk_read_time + s.shared_blk_write_time + s.local_blk_read_time + s.local_blk_write_time
              + s.temp_blk_read_time + s.temp_blk_write_time
          """, wal: "s.wal_bytes")),
    Query(
      from: 10,
      counters(
        topLevel: "s.toplevel", exec: "s.total_exec_time", plan: "s.total_plan_time",
        io: "s.blk_read_time + s.blk_write_time + s.temp_blk_read_time + s.temp_blk_write_time",
        wal: "s.wal_bytes")),
    Query(
      from: 9,
      counters(
        topLevel: "s.toplevel", exec: "s.total_exec_time", plan: "s.total_plan_time",
        io: "s.blk_read_time + s.blk_write_time", wal: "s.wal_bytes")),
    Query(
      from: 8,
      counters(
        topLevel: "true", exec: "s.total_exec_time", plan: "s.total_plan_time",
        io: "s.blk_read_time + s.blk_write_time", wal: "s.wal_bytes")),
    Query(
      from: 4,
      counters(
        topLevel: "true", exec: "s.total_time", plan: "0::float8",
        io: "s.blk_read_time + s.blk_write_time",
        wal: "0::numeric")),
  ]

  private static func counters(
    topLevel: String, exec: String, plan: String, io: String, wal: String
  ) -> String {
    """
    SELECT s.dbid, d.datname AS database, s.queryid, \(topLevel) AS toplevel, own.is_own,
      pg_catalog.array_agg(DISTINCT r.rolname::text) AS roles, pg_catalog.count(*) AS entries,
      pg_catalog.sum(s.calls)::bigint AS calls, pg_catalog.sum(s.rows)::bigint AS rows,
      pg_catalog.sum(\(exec)) AS exec_time, pg_catalog.sum(\(plan)) AS plan_time, pg_catalog.sum(\(io)) AS io_time,
      pg_catalog.sum(s.shared_blks_hit)::bigint AS hit, pg_catalog.sum(s.shared_blks_read)::bigint AS read,
      pg_catalog.sum(s.shared_blks_written)::bigint AS written,
      pg_catalog.sum(s.temp_blks_read)::bigint AS temp_read,
      pg_catalog.sum(s.temp_blks_written)::bigint AS temp_written, pg_catalog.sum(\(wal))::bigint AS wal_bytes
    FROM {S}.pg_stat_statements(true) AS s
    CROSS JOIN LATERAL (SELECT coalesce(
      s.query LIKE '/* pgmedic */%' OR s.query ~ '^[A-Za-z]+ /[*] pgmedic [*]/', false) AS is_own) AS own
    JOIN pg_catalog.pg_database AS d ON d.oid = s.dbid
    LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid
    WHERE $1::boolean OR d.datname = pg_catalog.current_database()
    GROUP BY s.dbid, d.datname, s.queryid, \(topLevel), own.is_own
    ORDER BY pg_catalog.sum(\(exec)) DESC, s.queryid
    """
  }

  /// The texts of some statements ($1: their numbers).
  static let texts = """
    SELECT s.dbid, s.queryid, pg_catalog.min(s.query) AS query
    FROM {S}.pg_stat_statements(true) AS s
    WHERE s.queryid = ANY ($1::bigint[])
    GROUP BY s.dbid, s.queryid
    ORDER BY s.dbid, s.queryid
    """

  /// Since when it counts and how many entries had to make room for others (1.9, server 14).
  static let information = """
    SELECT i.dealloc AS evicted,
      pg_catalog.to_char(pg_catalog.timezone('UTC', i.stats_reset), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS since,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - i.stats_reset)::bigint AS seconds
    FROM {S}.pg_stat_statements_info AS i
    """

  /// The text with the extension's schema in it.
  static func text(_ sql: String, in schema: String) -> String {
    sql.split(separator: "{S}").joined(separator: SQLName.quoted(schema))
  }
}
