import Postgres

extension ReplicationCheck {
  // MARK: Publications and subscriptions

  func judgePublications(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    for row in try inquiry.read(connection, ReplicationQueries.unidentified, for: Self.identity.rule) ?? [] {
      let verbs = [row.flag("updates") ? "UPDATE" : nil, row.flag("deletes") ? "DELETE" : nil].compactMap { $0 }
      let publications = row.list("publications")
      let reason =
        switch row.text("identity") {
        case "n": "its replica identity is NOTHING"
        case "i": "the index of its replica identity is gone"
        default: "it has no primary key that can identify rows"
        }
      inquiry.findings.append(
        Finding(
          Self.identity, on: DatabaseObject(.table, schema: row.text("schema"), name: row.text("name")),
          "\(reason): \(verbs.joined(separator: " and ")) fail (55000) while "
            + "\(publications.map { SQLName.quoted($0) }.joined(separator: ", ")) publishes it",
          evidence: [
            Fact("publications", .text(publications.joined(separator: ", "))),
            Fact("replica_identity", .text(row.text("identity"))), Fact("unique_index", Value(row["candidate"])),
          ],
          remedy: .replicaIdentity(
            schema: row.text("schema"), table: row.text("name"), index: row["candidate"], was: row.text("identity"))))
    }
  }

  func judgeSubscriptions(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    for row in try inquiry.read(connection, ReplicationQueries.subscriptions, for: Self.subscription.rule) ?? [] {
      let errors = (row.int("apply_errors") ?? 0) + (row.int("sync_errors") ?? 0)
      let isEnabled = row.flag("is_enabled")
      let isDown = isEnabled && !row.flag("is_running")
      guard !isEnabled || isDown || errors > 0 else { continue }
      let counted = errors > 0 ? "; \(Quantity.count(errors, "error")) counted" : ""
      let message =
        !isEnabled
        ? "disabled: its slot on the publisher keeps WAL"
        : isDown ? "enabled, but its worker doesn't run" : "runs, but has failed before"
      inquiry.findings.append(
        Finding(
          Self.subscription, on: DatabaseObject(.subscription, name: row.text("name")), message + counted,
          severity: isDown ? nil : errors > 0 ? .warning : .info,
          evidence: [
            Fact("enabled", .bool(isEnabled)), Fact("running", .bool(row.flag("is_running"))),
            Fact("apply_errors", Value(row.int("apply_errors"))), Fact("sync_errors", Value(row.int("sync_errors"))),
            Fact("tables_not_ready", Value(row.int("unready"))),
          ], confidence: isDown ? .medium : .high))
    }
  }

  // MARK: On a standby

  func judgeStandby(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    guard let row = try inquiry.read(connection, [ReplicationQueries.standby], for: Self.receiver.rule)?.first
    else { return }
    let server = DatabaseObject(.server, name: "standby")
    let bytes = row.int("replay_bytes")
    // The last replayed transaction's age grows on an idle primary, too: it is lag only where WAL waits for replay.
    let seconds = (bytes ?? 0) > 0 ? row.int("replayed_seconds") : nil
    inquiry.figures.append(
      Figure(
        "standby", "this standby",
        columns: ["receiver", "replay_bytes", "lag_seconds", "paused", "delay", "feedback", "slot", "conflicts"],
        rows: [
          [
            .text(row["receiver_status"] ?? (row.int("receivers") == 0 ? "none" : "hidden")), Value(bytes),
            Value(seconds),
            .bool(row.flag("is_paused")), .text(row.text("delay")), .text(row.text("feedback")),
            .text(row.text("slot")),
            Value(row.int("conflicts")),
          ]
        ]))
    if row.flag("is_paused") {
      inquiry.findings.append(
        Finding(
          Self.paused, on: server,
          "replay is paused: \(Quantity.pretty(bytes: bytes ?? 0)) wait, and more every minute",
          evidence: [Fact("replay_bytes", Value(bytes)), Fact("replay_seconds", Value(seconds))],
          remedy: Remedy(
            sql: ["SELECT pg_catalog.pg_wal_replay_resume()"], undo: ["SELECT pg_catalog.pg_wal_replay_pause()"],
            caution: "A pause may be meant, for a copy or a look at a point in time: ask first.")))
    } else if let seconds, row.text("delay") == "0",
      (bytes ?? 0) >= inquiry.options.integer("lag_size") ?? 104_857_600
        || seconds * 1000 >= inquiry.options.integer("lag") ?? 60_000
    {
      inquiry.findings.append(
        Finding(
          Self.lag, on: server,
          "\(Quantity.pretty(bytes: bytes ?? 0)) received and not replayed, \(Quantity.pretty(seconds: seconds)) behind",
          evidence: [Fact("replay_bytes", Value(bytes)), Fact("replay_seconds", .int(seconds))]))
    }
    if row.int("receivers") == 0 {
      inquiry.findings.append(
        Finding(
          Self.receiver, on: server, "no WAL receiver runs: it replays from an archive, or not at all",
          evidence: [
            Fact("replayed_seconds_ago", Value(row.int("replayed_seconds"))), Fact("slot", .text(row.text("slot"))),
          ], confidence: .medium))
    }
    if let count = row.int("conflicts"), count > 0 {
      inquiry.findings.append(
        Finding(
          Self.conflicts, on: server,
          "\(Quantity.count(count, "query", "queries")) cancelled by recovery since the reset",
          evidence: [Fact("conflicts", .int(count)), Fact("hot_standby_feedback", .text(row.text("feedback")))]))
    }
  }
}

extension Remedy {
  /// Lets a published table's rows be told apart: by a unique index, else by all of the row.
  static func replicaIdentity(schema: String, table: String, index: String?, was: String) -> Remedy {
    let name = SQLName.qualified(schema, table)
    let identity = index.map { "USING INDEX \(SQLName.quoted($0))" } ?? "FULL"
    return Remedy(
      sql: guarded(["ALTER TABLE \(name) REPLICA IDENTITY \(identity)"], lockTimeout: "2s"),
      undo: was == "i"
        ? []
        : guarded(["ALTER TABLE \(name) REPLICA IDENTITY \(was == "n" ? "NOTHING" : "DEFAULT")"], lockTimeout: "2s"),
      caution: index == nil
        ? "FULL writes whole old rows to WAL, and subscribers search for each: a primary key is the better way."
        : "Takes ACCESS EXCLUSIVE for a moment.")
  }
}
