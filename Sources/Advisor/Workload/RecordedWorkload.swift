import Medic
import Postgres

/// What `pg_stat_statements` has recorded of this database.
enum RecordedWorkload {
  /// Statements read, the most time-consuming first.
  static let limit = 500

  private static let installed = """
    SELECT n.nspname AS schema, pg_catalog.current_setting('track_activity_query_size') AS query_size
    FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
    """

  /// Statements of this database, those of the same text by several roles added up. `{S}` is the extension's schema.
  private static let statements = """
    SELECT s.query, pg_catalog.sum(s.calls)::bigint AS calls,
      pg_catalog.sum(s.total_exec_time) / greatest(pg_catalog.sum(s.calls), 1) AS mean_time,
      pg_catalog.sum(s.rows)::float8 / greatest(pg_catalog.sum(s.calls), 1) AS mean_rows
    FROM {S}.pg_stat_statements AS s
    WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND s.calls > 0
    GROUP BY s.query
    ORDER BY pg_catalog.sum(s.total_exec_time) DESC, s.query
    """

  private static let others = """
    SELECT pg_catalog.count(*) AS count FROM {S}.pg_stat_statements AS s
    WHERE s.dbid <> (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
    """

  /// Since when they are recorded, where the server says it (14 on).
  private static let since = """
    SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - i.stats_reset) AS seconds
    FROM {S}.pg_stat_statements_info AS i
    """

  static let howToInstall =
    "pg_stat_statements is not installed here: add it to shared_preload_libraries, restart, then CREATE EXTENSION "
    + "pg_stat_statements; until then give a statement or (file=F)"

  /// Reads it; nil when it can't be had, which `inquiry` then says.
  static func read(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> Workload? {
    let rule = Advise.missing.rule
    guard let found = try inquiry.read(connection, [Query(from: 11, installed)], for: rule) else { return nil }
    guard let schema = found.first?["schema"] else {
      inquiry.notAssessed.append(NotAssessed(rule, nil, howToInstall))
      return nil
    }
    let major = inquiry.server.major
    func query(_ text: String) -> String { text.split(separator: "{S}").joined(separator: SQLName.quoted(schema)) }
    let answer = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      let rows = try connection.rows(query(statements))
      let others = try connection.rows(query(others)).first?.int("count") ?? 0
      let seconds = major >= 14 ? try connection.rows(query(since)).first?.double("seconds") : nil
      return (rows, others, seconds)
    }
    guard let (rows, others, seconds) = answer else { return nil }
    var workload = Workload(.recorded)
    workload.seconds = seconds
    if others > 0 { workload.leaveOut("of other databases", others) }
    var hidden = 0
    for row in rows {
      guard let text = row["query"], text != "<insufficient privilege>" else {
        hidden += 1
        continue
      }
      take(text, row, &workload)
    }
    if hidden > 0 {
      inquiry.notAssessed.append(
        NotAssessed(
          rule, nil, "\(Quantity.count(hidden, "statement")) of other roles: the text needs pg_read_all_stats"))
    }
    return workload
  }

  private static func take(_ text: String, _ row: Row, _ workload: inout Workload) {
    if text.hasPrefix("/* pgmedic */") { return workload.leaveOut("of pgmedic's own") }
    if workload.statements.count >= limit { return workload.leaveOut("beyond the first \(limit) by time") }
    let before = workload.unreadable.count
    workload.add(
      text, calls: row.double("calls") ?? 1, meanTime: row.double("mean_time"), meanRows: row.double("mean_rows"))
    // Utility commands that this grammar doesn't know are no loss.
    if workload.unreadable.count > before, !startsLikeQuery(text) {
      workload.unreadable.removeLast()
      workload.leaveOut("commands that an index can't help")
    }
  }

  private static func startsLikeQuery(_ text: String) -> Bool {
    let first = text.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
    return ["select", "with", "insert", "update", "delete", "merge", "values", "table"].contains(first)
  }
}
