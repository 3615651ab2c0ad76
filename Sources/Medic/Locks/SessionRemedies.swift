// The remedies that end somebody's work: they name the session by more than its number, which may be reused by now.

extension Remedy {
  /// What ends a session's hold on its locks, nil where this role may not or nothing can.
  ///
  /// The statement does nothing once it isn't the same session (`backend_start`), transaction (`xact_start`) and state.
  /// Cancelling is enough for a running statement; an idle session, or one that waits for its client, doesn't hear it.
  static func end(_ session: SessionRow) -> Remedy? {
    guard session.maySignal, let start = session.backendStart, let kind = session.kind else { return nil }
    let isWorker = kind == "autovacuum worker" || kind == "logical replication worker"
    guard session.isClient || isWorker || kind.hasPrefix("parallel") else { return nil }
    let cancels = session.endsByCancelling
    var conditions = ["pid = \(session.pid)", "backend_start = \(SQLName.literal(start))::timestamptz"]
    if let transaction = session.transactionStart {
      conditions.append("xact_start = \(SQLName.literal(transaction))::timestamptz")
    }
    if let state = session.state { conditions.append("state = \(SQLName.literal(state))") }
    let statement = """
      SELECT pg_catalog.pg_\(cancels ? "cancel" : "terminate")_backend(pid) FROM pg_catalog.pg_stat_activity \
      WHERE \(conditions.joined(separator: " AND "))
      """
    return Remedy(
      sql: [statement], pattern: session.isIdleInTransaction ? "idle-in-transaction" : nil,
      slots: session.isIdleInTransaction ? [Slot("pid", String(session.pid))] : [],
      caution: ([session.endingCaution] + session.cautions).joined(separator: " "))
  }

  /// Ends a prepared transaction by undoing it. Only its owner or a superuser may, and only in its database.
  static func rollBackPrepared(gid: String, database: String) -> Remedy {
    let literal = SQLName.literal(gid)
    return Remedy(
      sql: ["ROLLBACK PREPARED \(literal)"], pattern: "orphaned-prepared-transactions",
      slots: [Slot("gid", gid)],
      caution: "Ask its transaction manager first: where the other side has committed, COMMIT PREPARED \(literal) is "
        + "right, and neither can be taken back. Works in database \(SQLName.quoted(database)) only.")
  }

  /// Lets commits go on without a standby; `undo` puts back what was set.
  static func withoutSynchronousStandby(undo: String) -> Remedy {
    Remedy(
      sql: ["ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_catalog.pg_reload_conf()"],
      undo: [undo, "SELECT pg_catalog.pg_reload_conf()"],
      caution:
        "Commits no longer wait for a standby, those that hang end at once, and what is committed from now on is "
        + "lost if this server is. Bring the standby back, then undo it.")
  }
}

extension SessionRow {
  /// A running statement hears a cancel unless it is reading from or writing to its client, as COPY does.
  var endsByCancelling: Bool {
    kind == "autovacuum worker" || (state == "active" && waitType != "Client")
  }

  fileprivate var endingCaution: String {
    if endsByCancelling {
      return "Its statement fails, and with it, unless it has a savepoint, its transaction."
    }
    let why = state == "active" ? "waits for its client" : "is \(state ?? "idle")"
    return "Its open transaction is rolled back and the client sees a lost connection; pg_cancel_backend would do "
      + "nothing to a session that \(why)."
  }

  /// What must be known besides.
  fileprivate var cautions: [String] {
    var cautions: [String] = []
    if isWraparoundVacuum {
      cautions.append(
        "This autovacuum prevents transaction ID wraparound: it comes back at once and starts over. Let it finish, or "
          + "run VACUUM yourself at a better time.")
    } else if kind == "autovacuum worker" {
      cautions.append("Autovacuum comes back to the table later; it also gives way by itself to whoever waits.")
    }
    if kind == "logical replication worker" { cautions.append("Its launcher starts it again.") }
    if waitEvent == "SyncRep" {
      cautions.append("Its commit is done here already: only its wait for the standby ends.")
    }
    if let query, query.uppercased().contains("CONCURRENTLY") {
      cautions.append("CONCURRENTLY leaves an INVALID index when it is cancelled: drop it afterwards.")
    }
    return cautions
  }

  var isWraparoundVacuum: Bool {
    kind == "autovacuum worker" && query?.contains("(to prevent wraparound)") ?? false
  }
}
