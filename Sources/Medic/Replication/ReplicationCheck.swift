public import Postgres

/// `\repl`: lag by stage, slots and the WAL they keep, archiver, prepared transactions, publications without identity.
public struct ReplicationCheck: Examination {
  public static let name = "repl"
  public static let manual = Manual(
    "show replication lag, slots and the WAL they keep, archiver and publications", takes: .none,
    details: """
      On a primary: standbys with their lag by stage, in bytes and, where anything is outstanding, in time; slots; the
      archiver; what commits wait for; publications. On a standby: the receiver, replay and its conflicts. An idle
      primary isn't lag.

      Example: \\repl (lag=30s, lag_size=50MB)
      """)

  static let lag = Card(
    "replication-lag", severity: .warning, in: .replication, entry: "replication-lag",
    summary: "standbys and subscribers that are behind")
  static let inactive = Card(
    "slot-inactive", severity: .warning, in: .replication, entry: "slot-filling-disk",
    summary: "replication slots that nobody reads, and which keep WAL")
  static let lost = Card(
    "slot-lost", severity: .error, in: .replication, entry: "standby-cannot-start",
    summary: "replication slots whose WAL is gone or about to go")
  static let archiver = Card(
    "archiver-failing", severity: .error, in: .replication, entry: "wal-archive-failing",
    summary: "WAL that can't be archived and piles up")
  static let synchronous = Card(
    "sync-standby-missing", severity: .error, in: .replication, entry: "replication-setup",
    summary: "commits that wait for synchronous standbys which aren't there")
  static let prepared = Card(
    "prepared-transaction-old", severity: .warning, in: .replication, entry: "orphaned-prepared-transactions",
    summary: "prepared transactions that nobody has ended")
  static let identity = Card(
    "publication-without-identity", severity: .error, in: .replication, entry: "logical-replication-upgrade",
    summary: "published tables whose UPDATE and DELETE fail for want of a replica identity")
  static let subscription = Card(
    "subscription-failing", severity: .error, in: .replication, entry: "logical-replication-upgrade",
    summary: "subscriptions that don't run or report errors")
  static let paused = Card(
    "standby-replay-paused", severity: .warning, in: .replication, entry: "replication-lag",
    summary: "standbys whose replay is paused")
  static let receiver = Card(
    "standby-not-receiving", severity: .warning, in: .replication, entry: "standby-cannot-start",
    summary: "standbys without a connection to their primary")
  static let conflicts = Card(
    "standby-conflicts", severity: .info, in: .replication, entry: "standby-conflict",
    summary: "queries on a standby that recovery has cancelled")
  public static let rules = [
    lag, inactive, lost, archiver, synchronous, prepared, identity, subscription, paused, receiver, conflicts,
  ]

  public static let options = [
    Option("lag", .duration, default: "1min", "from when on a standby is behind in time"),
    Option("lag_size", .size, default: "100MB", "from how much WAL on it is behind"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let node = try inquiry.read(connection, [ReplicationQueries.node], for: Self.synchronous.rule)?.first
    let senders = try readSenders(connection, node, &inquiry)
    let slots = try inquiry.read(connection, [ReplicationQueries.slots], for: Self.inactive.rule) ?? []
    if let senders { judge(senders, &inquiry) }
    judgeSlots(slots, node, &inquiry)
    if inquiry.server.isStandby {
      try judgeStandby(connection, &inquiry)
    } else {
      if let node, let senders { judgeSynchronous(node, senders, &inquiry) }
      try judgeArchiver(node, connection, &inquiry)
      try judgePrepared(connection, &inquiry)
      try judgePublications(connection, &inquiry)
    }
    try judgeSubscriptions(connection, &inquiry)
    let role = inquiry.server.isStandby ? "standby" : "primary"
    let readers =
      (senders.map { Quantity.count($0.count, "receiver") } ?? "receivers hidden")
      + (inquiry.server.isStandby ? " below it" : "")
    inquiry.scope = "\(role), \(readers), \(Quantity.count(slots.count, "slot"))"
    let kept = slots.compactMap { $0.int("kept_bytes") }.max()
    let behind = senders?.compactMap { $0.int("replay_bytes") }.max()
    let parts = [
      inquiry.findings.isEmpty ? "nothing wrong found" : Quantity.count(inquiry.findings.count, "finding"),
      behind.map { "farthest receiver \(Quantity.pretty(bytes: max(0, $0))) behind" },
      kept.map { "slots keep up to \(Quantity.pretty(bytes: max(0, $0))) of WAL" },
    ]
    inquiry.summary = parts.compactMap { $0 }.joined(separator: "; ")
  }

  // MARK: Those who receive

  /// nil when this role is shown that they are there but nothing about them.
  private func readSenders(
    _ connection: borrowing Connection, _ node: Row?, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Row]? {
    guard let rows = try inquiry.read(connection, [ReplicationQueries.senders], for: Self.lag.rule) else { return nil }
    if !rows.isEmpty, rows.allSatisfy({ $0["state"] == nil }) {
      let reason = "\(Quantity.count(rows.count, "receiver")), of which this role sees nothing more: needs pg_monitor"
      let waitsForNone = node.map { SynchronousNames($0.text("synchronous_names")).count == 0 } ?? false
      let cards = waitsForNone ? [Self.lag] : [Self.lag, Self.synchronous]
      inquiry.notAssessed += cards.map { NotAssessed($0.rule, nil, reason) }
      return nil
    }
    return rows
  }

  private func judge(_ senders: [Row], _ inquiry: inout Inquiry) {
    let most = inquiry.options.integer("lag_size") ?? 104_857_600
    let longest = Double(inquiry.options.integer("lag") ?? 60_000) / 1000
    var cells: [[Value]] = []
    for row in senders {
      let bytes = row.int("replay_bytes") ?? 0
      // Without anything outstanding a lag in time is that of the last transaction, however long ago.
      func seconds(_ name: String) -> Double? { bytes > 0 ? row.double(name) : nil }
      cells.append([
        .text(row.text("name")), Value(row["state"]), Value(row["sync_state"]), Value(row.int("send_bytes")),
        Value(row.int("write_bytes")), Value(row.int("flush_bytes")), .int(bytes),
        Value(seconds("replay_seconds").map { Int(min($0.rounded(), 1e9)) }),
      ])
      let time = seconds("replay_seconds") ?? 0
      guard row["state"] != "backup", bytes >= most || time >= longest else { continue }
      let stages = ["send", "write", "flush", "replay"]
      let reached = [0] + stages.map { row.int("\($0)_bytes") ?? 0 }
      let steps = zip(stages, zip(reached, reached.dropFirst())).map { (stage: $0, bytes: $1.1 - $1.0) }
      let worst = steps.max { $0.bytes < $1.bytes }
      let duration = time > 0 ? ", \(Quantity.pretty(seconds: Int(min(time, 1e9))))" : ""
      inquiry.findings.append(
        Finding(
          Self.lag, on: DatabaseObject(.session, name: "pid \(row.text("pid"))"),
          "\(row.text("name")) is \(Quantity.pretty(bytes: bytes))\(duration) behind, most of it in "
            + "\(worst?.stage ?? "replay") (\(row.text("state")))",
          severity: bytes >= most * 10 || time >= longest * 10 ? .error : nil,
          evidence: [
            Fact("application", .text(row.text("name"))), Fact("address", Value(row["address"])),
            Fact("state", Value(row["state"])), Fact("send_bytes", Value(row.int("send_bytes"))),
            Fact("write_bytes", Value(row.int("write_bytes"))), Fact("flush_bytes", Value(row.int("flush_bytes"))),
            Fact("replay_bytes", .int(bytes)), Fact("write_seconds", Value(seconds("write_seconds"))),
            Fact("flush_seconds", Value(seconds("flush_seconds"))),
            Fact("replay_seconds", Value(seconds("replay_seconds"))),
            Fact("reply_seconds", Value(row.int("silent_seconds"))),
          ], weight: Double(bytes)))
    }
    if !cells.isEmpty {
      inquiry.figures.append(
        Figure(
          "receivers", "receivers, and how far each stage is behind",
          columns: [
            "name", "state", "sync", "send_bytes", "write_bytes", "flush_bytes", "replay_bytes", "lag_seconds",
          ], rows: cells))
    }
  }

  private func judgeSynchronous(_ node: Row, _ senders: [Row], _ inquiry: inout Inquiry) {
    let wanted = SynchronousNames(node.text("synchronous_names")).count
    guard wanted > 0 else { return }
    let there = senders.filter { ["sync", "quorum"].contains($0.text("sync_state")) && $0["state"] == "streaming" }
      .count
    let hanging = node.int("hanging") ?? 0
    guard there < wanted else { return }
    let isLocal = ["off", "local"].contains(node.text("synchronous_commit"))
    inquiry.findings.append(
      Finding(
        Self.synchronous, on: DatabaseObject(.server, name: "server"),
        "\(there) of \(wanted) synchronous standbys are there: commits hang, \(hanging) at the moment",
        severity: isLocal ? .warning : nil,
        evidence: [
          Fact("synchronous_standby_names", .text(node.text("synchronous_names"))),
          Fact("synchronous_commit", .text(node.text("synchronous_commit"))), Fact("wanted", .int(wanted)),
          Fact("there", .int(there)), Fact("commits_hanging", .int(hanging)),
        ],
        remedy: inquiry.server.provider == nil
          ? .withoutSynchronousStandby(
            undo: "ALTER SYSTEM SET synchronous_standby_names = \(SQLName.literal(node.text("synchronous_names")))")
          : nil,
        weight: Double(hanging) + 1e15))
  }

  // MARK: Slots and archiver

  private func judgeSlots(_ rows: [Row], _ node: Row?, _ inquiry: inout Inquiry) {
    let limit = node?["slot_limit"] ?? "-1"
    var cells: [[Value]] = []
    for row in rows {
      let name = row.text("name")
      let object = DatabaseObject(.replicationSlot, name: name)
      let kept = max(0, row.int("kept_bytes") ?? 0)
      let status = row["wal_status"]
      cells.append([
        .text(name), .text(row.text("kind")), Value(row["database"]), .bool(row.flag("active")),
        Value(row.int("kept_bytes")),
        Value(status), Value(row.int("safe_wal_size")),
      ])
      let evidence = [
        Fact("kind", .text(row.text("kind"))), Fact("active", .bool(row.flag("active"))),
        Fact("kept_bytes", .int(kept)),
        Fact("wal_status", Value(status)), Fact("safe_wal_bytes", Value(row.int("safe_wal_size"))),
        Fact("invalidation_reason", Value(row["invalidation"])), Fact("max_slot_wal_keep_size", .text(limit)),
        Fact("inactive_seconds", Value(row.int("inactive_seconds"))),
      ]
      // A slot that is kept in step with the primary's is never read here.
      if row.flag("synced") { continue }
      if status == "lost" || row["invalidation"] != nil {
        let why = row["invalidation"].map { " (\($0))" } ?? ""
        inquiry.findings.append(
          Finding(
            Self.lost, on: object, "invalidated\(why): its reader can't go on from it", evidence: evidence,
            remedy: row.flag("active") ? nil : .dropSlot(name), weight: 1e15))
      } else if status == "unreserved" {
        inquiry.findings.append(
          Finding(
            Self.lost, on: object,
            "keeps \(Quantity.pretty(bytes: kept)), more than max_slot_wal_keep_size (\(limit)): lost at the next checkpoint",
            evidence: evidence, weight: 1e15))
      } else if !row.flag("active"), !row.flag("temporary") {
        let time = row.int("inactive_seconds").map { " for \(Quantity.pretty(seconds: $0))" } ?? ""
        let horizon = row.flag("holds_horizon") ? " and the vacuum horizon" : ""
        let bound = limit == "-1" ? "no limit is set" : "up to \(limit)"
        let nothing = row["kept_bytes"] == nil
        inquiry.findings.append(
          Finding(
            Self.inactive, on: object,
            nothing
              ? "nobody reads it\(time); it keeps nothing yet"
              : "nobody reads it\(time): keeps \(Quantity.pretty(bytes: kept)) of WAL\(horizon), \(bound)",
            severity: nothing ? .info : kept >= 10 << 30 ? .error : nil, evidence: evidence, remedy: .dropSlot(name),
            weight: Double(kept)))
      }
    }
    if !cells.isEmpty {
      inquiry.figures.append(
        Figure(
          "slots", "replication slots",
          columns: ["slot", "kind", "database", "active", "kept_bytes", "wal_status", "safe_wal_bytes"], rows: cells,
          note: "max_slot_wal_keep_size \(limit)"
            + (node?["slot_timeout"].map { ", idle_replication_slot_timeout \($0)" } ?? "")))
    }
  }

  private func judgeArchiver(
    _ node: Row?, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard let node, node.text("archive_mode") != "off",
      let row = try inquiry.read(connection, [ReplicationQueries.archiver], for: Self.archiver.rule)?.first
    else { return }
    var ready: Int?
    if inquiry.server.readsAllStatistics {
      ready = try inquiry.read(connection, [ReplicationQueries.waiting], for: Self.archiver.rule)?.first?.int("ready")
    }
    if let ready {
      inquiry.figures.append(
        Figure(
          "archive_ready", "segments waiting for the archiver", .int(ready),
          note: row.int("archived_seconds").map { "last archived \(Quantity.pretty(seconds: $0)) ago" }))
    }
    guard row.flag("is_failing") || (ready ?? 0) >= 100 else { return }
    let waiting = ready.map { "; \(Quantity.count($0, "segment")) waiting" } ?? ""
    inquiry.findings.append(
      Finding(
        Self.archiver, on: DatabaseObject(.server, name: "archiver"),
        row.flag("is_failing")
          ? "failed \(Quantity.count(row.int("failed_count") ?? 0, "time")), last at \(row.text("last_failed_wal")) "
            + "\(Quantity.pretty(seconds: row.int("failed_seconds") ?? 0)) ago\(waiting)"
          : "doesn't keep up\(waiting)",
        severity: row.flag("is_failing") ? nil : .warning,
        evidence: [
          Fact("failed_count", Value(row.int("failed_count"))), Fact("last_failed_wal", Value(row["last_failed_wal"])),
          Fact("failed_seconds_ago", Value(row.int("failed_seconds"))),
          Fact("archived_seconds_ago", Value(row.int("archived_seconds"))), Fact("segments_ready", Value(ready)),
        ], weight: 1e14))
  }

  private func judgePrepared(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rows = try inquiry.read(connection, [PreparedTransaction.query], for: Self.prepared.rule) ?? []
    for prepared in rows.map({ PreparedTransaction($0) }) where prepared.seconds >= 300 {
      inquiry.findings.append(
        Finding(
          Self.prepared, on: DatabaseObject(.session, name: prepared.gid),
          "prepared transaction, \(Quantity.pretty(seconds: prepared.seconds)) old, in \(prepared.database) by "
            + "\(prepared.owner): holds its locks, the horizon, and the start of logical decoding",
          severity: prepared.seconds >= 3600 ? .error : nil,
          evidence: [
            Fact("gid", .text(prepared.gid)), Fact("seconds", .int(prepared.seconds)),
            Fact("owner", .text(prepared.owner)), Fact("database", .text(prepared.database)),
          ], remedy: prepared.isHere ? .rollBackPrepared(gid: prepared.gid, database: prepared.database) : nil,
          weight: Double(prepared.seconds)))
    }
  }
}
