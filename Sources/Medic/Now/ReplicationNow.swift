import Postgres

/// A standby that streams from here.
struct WALSender: Sendable {
  let name: String
  /// nil where the role may not see it.
  let state: String?
  let lagBytes: Int?
  let lagSeconds: Int?

  /// Lag in time counts only where something is left to be replayed.
  static let query = Query(
    from: 13,
    """
    SELECT w.application_name AS name, w.state,
      pg_catalog.pg_wal_lsn_diff(p.here, w.replay_lsn)::bigint AS lag_bytes,
      CASE WHEN w.replay_lsn < p.here THEN pg_catalog.date_part('epoch', w.replay_lag)::bigint END AS lag_seconds
    FROM pg_catalog.pg_stat_replication AS w,
      (SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
        ELSE pg_catalog.pg_current_wal_lsn() END AS here) AS p
    ORDER BY 1, w.pid
    """)

  init(_ row: Row) {
    name = row.text("name")
    state = row["state"]
    lagBytes = row.int("lag_bytes").map { max(0, $0) }
    lagSeconds = row.int("lag_seconds").map { max(0, $0) }
  }
}

/// How far this standby is behind.
struct WALReceiver: Sendable {
  let isStreaming: Bool
  let isPaused: Bool
  /// Received and not yet replayed.
  let lagBytes: Int
  /// Age of the last replayed commit, nil where nothing is left to replay: it grows on an idle primary.
  let lagSeconds: Int?

  static let query = Query(
    from: 13,
    """
    SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_wal_receiver AS r WHERE r.pid IS NOT NULL) > 0
        AS is_streaming,
      pg_catalog.pg_is_wal_replay_paused() AS is_paused,
      coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_last_wal_receive_lsn(),
        pg_catalog.pg_last_wal_replay_lsn()), 0)::bigint AS lag_bytes,
      CASE WHEN pg_catalog.pg_last_wal_receive_lsn() IS DISTINCT FROM pg_catalog.pg_last_wal_replay_lsn()
        THEN pg_catalog.date_part('epoch',
          pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp())::bigint END AS lag_seconds
    """)

  init(_ row: Row) {
    isStreaming = row.flag("is_streaming")
    isPaused = row.flag("is_paused")
    lagBytes = max(0, row.int("lag_bytes") ?? 0)
    lagSeconds = row.int("lag_seconds").map { max(0, $0) }
  }
}

/// A replication slot and the WAL that it keeps.
struct ReplicationSlotFacts: Sendable {
  let name: String
  let isActive: Bool
  /// `reserved`, `extended`, `unreserved`, `lost`.
  let status: String?
  let keptBytes: Int?

  static let query = Query(
    from: 13,
    """
    SELECT s.slot_name AS name, s.active, s.wal_status AS status,
      pg_catalog.pg_wal_lsn_diff(CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
        ELSE pg_catalog.pg_current_wal_lsn() END, s.restart_lsn)::bigint AS kept_bytes
    FROM pg_catalog.pg_replication_slots AS s
    ORDER BY kept_bytes DESC NULLS LAST, s.slot_name
    """)

  init(_ row: Row) {
    name = row.text("name")
    isActive = row.flag("active")
    status = row["status"]
    keptBytes = row.int("kept_bytes").map { max(0, $0) }
  }
}

/// What the archiver last did.
struct ArchiverFacts: Sendable {
  let isOn: Bool
  let isFailing: Bool
  let failedCount: Int
  let failedFile: String
  let failingSeconds: Int?

  static let query = Query(
    from: 13,
    """
    SELECT pg_catalog.current_setting('archive_mode') <> 'off' AS is_on,
      coalesce(v.last_failed_time > coalesce(v.last_archived_time, '-infinity'), false) AS is_failing,
      v.failed_count, v.last_failed_wal AS failed_file,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - v.last_archived_time)::bigint AS failing_seconds
    FROM pg_catalog.pg_stat_archiver AS v
    """)

  init(_ row: Row) {
    isOn = row.flag("is_on")
    isFailing = row.flag("is_failing")
    failedCount = row.int("failed_count") ?? 0
    failedFile = row.text("failed_file")
    failingSeconds = row.int("failing_seconds")
  }
}

/// The size of pg_wal against what it is meant to be.
struct WALDirectory: Sendable {
  let bytes: Int
  let meantBytes: Int

  static let right = Query(
    from: 13, "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE') AS may_list")
  static let query = Query(
    from: 13,
    """
    SELECT pg_catalog.sum(f.size)::bigint AS bytes,
      (SELECT pg_catalog.sum(s.setting::bigint) FROM pg_catalog.pg_settings AS s
        WHERE s.name IN ('max_wal_size', 'wal_keep_size'))::bigint * 1048576 AS meant_bytes
    FROM pg_catalog.pg_ls_waldir() AS f
    """)

  init(_ row: Row) {
    bytes = row.int("bytes") ?? 0
    meantBytes = row.int("meant_bytes") ?? 0
  }
}

extension Screen {
  private static let gigabyte = 1_073_741_824

  mutating func judgeReplication() {
    judgeStandbys()
    judgeReceiver()
    judgeReplicationSlots()
    judgeArchiver()
    guard let walDirectory else { return }
    let size = Quantity.pretty(bytes: walDirectory.bytes)
    if walDirectory.bytes > 2 * walDirectory.meantBytes {
      findings.append(
        Finding(
          Now.wal, on: DatabaseObject(.server, name: "server"),
          "pg_wal holds \(size), max_wal_size and wal_keep_size mean \(Quantity.pretty(bytes: walDirectory.meantBytes)): "
            + "a slot, the archiver or a burst of writes keeps it",
          evidence: [Fact("wal_bytes", .int(walDirectory.bytes)), Fact("meant_bytes", .int(walDirectory.meantBytes))],
          weight: Double(walDirectory.bytes)))
    } else {
      fine.append("pg_wal \(size)")
    }
  }

  private mutating func judgeStandbys() {
    guard let senders, !senders.isEmpty else { return }
    if senders.contains(where: { $0.state == nil }) {
      hidden.append(NotAssessed(Now.lag.rule, nil, "lag of standbys is hidden from this role; needs pg_monitor"))
      return
    }
    let late = senders.filter { ($0.lagSeconds ?? 0) >= 30 || ($0.lagBytes ?? 0) >= Screen.gigabyte }
    for sender in late {
      let bytes = sender.lagBytes.map { Quantity.pretty(bytes: $0) } ?? "an unknown amount"
      let time = sender.lagSeconds.map { ", \(Quantity.pretty(seconds: $0))" } ?? ""
      findings.append(
        Finding(
          Now.lag, on: DatabaseObject(.server, name: sender.name),
          "standby \(sender.name) is \(bytes)\(time) behind (\(sender.state ?? ""))",
          severity: (sender.lagSeconds ?? 0) >= 300 ? .error : nil,
          evidence: [
            Fact("lag_bytes", Value(sender.lagBytes)), Fact("lag_seconds", Value(sender.lagSeconds)),
            Fact("state", Value(sender.state)),
          ], weight: Double(sender.lagBytes ?? 0)))
    }
    if late.isEmpty {
      let most = senders.compactMap { $0.lagBytes }.max() ?? 0
      fine.append(
        "\(Quantity.count(senders.count, "standby", "standbys")), at most \(Quantity.pretty(bytes: most)) behind")
    }
  }

  private mutating func judgeReceiver() {
    guard let receiver else { return }
    let object = DatabaseObject(.server, name: "server")
    let evidence = [
      Fact("is_streaming", .bool(receiver.isStreaming)), Fact("is_paused", .bool(receiver.isPaused)),
      Fact("replay_lag_bytes", .int(receiver.lagBytes)), Fact("replay_lag_seconds", Value(receiver.lagSeconds)),
    ]
    let behind = Quantity.pretty(bytes: receiver.lagBytes)
    var problems: [String] = []
    if receiver.isPaused { problems.append("replay is paused") }
    if !receiver.isStreaming { problems.append("it does not stream (from an archive, or the primary is away)") }
    if let seconds = receiver.lagSeconds, seconds >= 30, receiver.lagBytes > 0 {
      problems.append("replay is \(behind), \(Quantity.pretty(seconds: seconds)) behind")
    }
    if problems.isEmpty {
      fine.append("streams, \(behind) to replay")
    } else {
      findings.append(
        Finding(Now.lag, on: object, "this standby: \(problems.joined(separator: "; "))", evidence: evidence))
    }
  }

  private mutating func judgeReplicationSlots() {
    guard let replicationSlots, !replicationSlots.isEmpty else { return }
    var found = false
    for slot in replicationSlots {
      let kept = slot.keptBytes ?? 0
      let isLost = slot.status == "lost" || slot.status == "unreserved"
      guard isLost || kept >= 10 * Screen.gigabyte || (!slot.isActive && kept >= Screen.gigabyte) else { continue }
      found = true
      let words = isLost ? "its WAL is \(slot.status ?? "")" : "keeps \(Quantity.pretty(bytes: kept)) of WAL"
      findings.append(
        Finding(
          Now.slot, on: DatabaseObject(.replicationSlot, name: slot.name),
          "slot \(slot.name) (\(slot.isActive ? "active" : "nobody uses it")) \(words)",
          severity: isLost || kept >= 10 * Screen.gigabyte ? .error : nil,
          evidence: [
            Fact("active", .bool(slot.isActive)), Fact("wal_status", Value(slot.status)),
            Fact("kept_bytes", Value(slot.keptBytes)),
          ], weight: Double(kept)))
    }
    if !found {
      let most = replicationSlots.compactMap { $0.keptBytes }.max() ?? 0
      fine.append("\(Quantity.count(replicationSlots.count, "slot")) keep at most \(Quantity.pretty(bytes: most))")
    }
  }

  private mutating func judgeArchiver() {
    guard let archiver, archiver.isOn else { return }
    guard archiver.isFailing else {
      fine.append("archiver works")
      return
    }
    let since =
      archiver.failingSeconds.map { "nothing archived for \(Quantity.pretty(seconds: $0))" }
      ?? "nothing was archived yet"
    findings.append(
      Finding(
        ReplicationCheck.archiver, on: DatabaseObject(.server, name: "archiver"),
        "archiving fails at \(archiver.failedFile) (\(archiver.failedCount) times): \(since); pg_wal grows",
        evidence: [
          Fact("failed_file", .text(archiver.failedFile)), Fact("failed_count", .int(archiver.failedCount)),
          Fact("last_archived_seconds_ago", Value(archiver.failingSeconds)),
        ]))
  }
}
