import Postgres

/// Where we are, and since when.
struct NodeFacts: Sendable {
  let isStandby: Bool
  /// `default_transaction_read_only` of this session.
  let isReadOnly: Bool
  /// Since the postmaster began.
  let upSeconds: Int
  /// Since its helper processes began: they begin anew when a crashed session has made the server start over.
  let helperSeconds: Int?
  /// Since all counters began together, as they do behind a crash; nil where they began apart.
  let counterSeconds: Int?

  static let query = Query(
    from: 13,
    """
    SELECT pg_catalog.pg_is_in_recovery() AS is_standby,
      pg_catalog.current_setting('default_transaction_read_only') = 'on' AS is_read_only,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_postmaster_start_time())::bigint
        AS up_seconds,
      (SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.min(a.backend_start))::bigint
        FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_type IN ('checkpointer', 'background writer'))
        AS helper_seconds,
      (SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - v.stats_reset)::bigint
        FROM pg_catalog.pg_stat_archiver AS v
        WHERE v.stats_reset = pg_catalog.pg_stat_get_bgwriter_stat_reset_time()) AS counter_seconds
    """)

  init(_ row: Row) {
    isStandby = row.flag("is_standby")
    isReadOnly = row.flag("is_read_only")
    upSeconds = row.int("up_seconds") ?? 0
    helperSeconds = row.int("helper_seconds")
    counterSeconds = row.int("counter_seconds")
  }

  /// Seconds since a crash of a session made the server start over while its postmaster lived on. The helpers' start
  /// tells; a role that may not see it is told by the counters, which are lost then.
  var restartedWithin: Int? {
    let since = helperSeconds ?? counterSeconds
    return since.flatMap { upSeconds - $0 > 5 ? $0 : nil }
  }
}

extension Screen {
  /// Restarts and crashes are worth a line for that long, in seconds.
  private static let recent = 3600

  mutating func judgeNode() {
    guard let node else { return }
    let server = DatabaseObject(.server, name: "server")
    if node.isStandby {
      findings.append(
        Finding(
          Now.readOnly, on: server, "this is a standby: it takes no writes; what only the primary knows is not shown",
          evidence: [Fact("is_standby", true)]))
    } else if node.isReadOnly {
      findings.append(
        Finding(
          Now.readOnly.explained(by: "permission-denied"), on: server,
          "default_transaction_read_only is on for this session: writes fail with 25006", severity: .warning,
          evidence: [Fact("default_transaction_read_only", true)],
          remedy: Remedy(
            sql: ["SET default_transaction_read_only = off"], undo: ["SET default_transaction_read_only = on"],
            caution:
              "For this session only. Find out first who set it, and why: somebody may have meant to stop writes.")
        ))
    } else {
      fine.append("takes writes")
    }
    let up = Quantity.pretty(seconds: node.upSeconds)
    if let crashed = node.restartedWithin, crashed < Screen.recent {
      findings.append(
        Finding(
          Now.restart.explained(by: "out-of-memory"), on: server,
          "a server process crashed \(Quantity.pretty(seconds: crashed)) ago: all sessions were ended, the server "
            + "recovered by itself", severity: .warning,
          evidence: [Fact("crashed_seconds_ago", .int(crashed)), Fact("up_seconds", .int(node.upSeconds))],
          confidence: node.helperSeconds == nil ? .medium : .high))
    } else if node.upSeconds < Screen.recent {
      let isCounted = node.counterSeconds.map { $0 <= node.upSeconds + 1 } ?? false
      let why = isCounted ? "; its counters begin there, too: a crash, or its first start" : ", in order"
      findings.append(
        Finding(
          isCounted ? Now.restart.explained(by: "out-of-memory") : Now.restart, on: server,
          "the server started \(up) ago\(why)",
          evidence: [Fact("up_seconds", .int(node.upSeconds)), Fact("counters_lost", .bool(isCounted))]))
    } else {
      fine.append("up \(up)")
    }
  }
}
