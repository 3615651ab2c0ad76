public import Postgres

/// `\locks`: who waits for whom, as a tree, and what ending the root would free.
public struct LockWaits: Examination {
  public static let name = "locks"
  public static let manual = Manual(
    "show who waits for whom, as a tree, and what ending the root would free", takes: .none,
    details: """
      The first line of each tree is what must end: a session or a prepared transaction that waits for nobody. "held
      by" is a lock that somebody has, "queued behind" one that somebody only asked for earlier. Commits that hang on
      a synchronous standby are shown, too. \\fix gives the statement that ends the root, and nobody else.

      Example: \\locks
      """)

  static let root = Card(
    "lock-root-blocker", severity: .warning, in: .locks, entry: "verify-no-blocking",
    summary: "sessions and prepared transactions that others wait for")
  static let queueHead = Card(
    "lock-queue-head", severity: .warning, in: .locks, entry: "lock-timeout-index",
    summary: "waiting statements behind which others queue")
  static let circle = Card(
    "lock-deadlock", severity: .warning, in: .locks, entry: "deadlock",
    summary: "sessions that wait for each other in a circle")
  static let hungCommit = Card(
    "commit-waits-for-standby", severity: .error, in: .replication, entry: "replication-setup",
    summary: "commits that hang on a synchronous standby")
  public static let rules = [root, queueHead, circle, hungCommit]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    guard let locks = LockRow.queries.text(for: inquiry.server.major) else {
      inquiry.notAssessed.append(
        NotAssessed(Self.root.rule, nil, "needs a server from 13 on, this is \(inquiry.server.versionText)"))
      return
    }
    let read = try inquiry.attempt(connection, for: Self.root.rule) { (connection) throws(PostgresError) in
      (
        try LockGraph.read(connection, locks: locks),
        try connection.rows(SynchronousStandbys.query.text).first.map { SynchronousStandbys($0) }
      )
    }
    guard let (graph, standbys) = read else { return }
    let hung = HungCommits(graph.sessions.values, standbys)
    let userPID = inquiry.request.userPID.map { Int($0) }
    inquiry.scope = Quantity.count(graph.sessions.count, "server process", "server processes")
    inquiry.findings += graph.findings(userPID: userPID)
    if let finding = hung.finding { inquiry.findings.append(finding) }
    inquiry.summary = graph.summary + (hung.sessions.isEmpty ? "" : "; \(hung.words)")
    noteHidden(graph, &inquiry)
    report(graph, userPID, &inquiry)
  }

  private func report(_ graph: LockGraph, _ userPID: Int?, _ inquiry: inout Inquiry) {
    guard !graph.waiters.isEmpty else { return }
    let limit = inquiry.request.isComplete ? Int.max : inquiry.options.integer("limit") ?? 20
    inquiry.figures += [
      Figure(
        "tree", "who waits for whom", lines: LockTree.lines(graph, limit: limit, userPID: userPID),
        note: "the first line of a tree is what must end"),
      graph.figure,
    ]
    if graph.waitCount > graph.waiters.count {
      inquiry.notes.append(
        "\(graph.waitCount) wait for locks; \(graph.waiters.count) of them are followed up here, the rest have moved on "
          + "or are beyond the first \(LockRow.mostWaiters)")
    }
  }

  private func noteHidden(_ graph: LockGraph, _ inquiry: inout Inquiry) {
    let hidden = graph.sessions.values.filter { $0.isHidden && $0.role != nil }
    guard !hidden.isEmpty else { return }
    let reason =
      "whether commits hang on a standby: sessions of other roles are hidden from this role; needs pg_monitor"
    inquiry.notAssessed.append(NotAssessed(Self.hungCommit.rule, nil, reason))
    let involved = hidden.filter { graph.involves($0.pid) }
    guard !involved.isEmpty else { return }
    inquiry.notAssessed.append(
      NotAssessed(
        Self.root.rule, nil,
        "state, transaction and statement of \(Quantity.count(involved.count, "session")) in these waits are hidden from "
          + "this role; needs pg_monitor"))
  }
}

extension LockGraph {
  /// The moment's graph. Locks are read before sessions, so that whoever has a lock is known. Only inside
  /// `Connection.inspect`.
  static func read(_ connection: borrowing Connection, locks: String) throws(PostgresError) -> LockGraph {
    let rows = try connection.rows(locks).compactMap { LockRow($0) }
    let prepared =
      rows.contains { $0.pid == nil }
      ? try connection.rows(PreparedTransaction.query.text).map { PreparedTransaction($0) } : []
    return LockGraph(
      rows, sessions: try connection.rows(SessionRow.query.text).map { SessionRow($0) }, prepared: prepared)
  }

  func involves(_ pid: Int) -> Bool { waiters[.session(pid)] != nil || !dependents(of: .session(pid)).isEmpty }

  /// `3 sessions wait for locks, the longest for 3 min, behind 1 root`.
  var summary: String {
    guard !waiters.isEmpty else { return "nobody waits for a lock" }
    let longest = longestWait(of: waiters.keys)
    let time = longest.map {
      ", the longest for \($0.isUpperBound ? "at most " : "")\(Quantity.pretty(seconds: $0.seconds))"
    }
    let verb = waiters.count == 1 ? "waits" : "wait"
    let behind = roots.isEmpty ? "in a circle" : "behind \(Quantity.count(roots.count, "root"))"
    return "\(Quantity.count(waiters.count, "session")) \(verb) for locks\(time ?? ""), \(behind)"
  }

  func longestWait(of parties: some Sequence<Party>) -> (seconds: Int, isUpperBound: Bool)? {
    parties.compactMap { party in
      waiters[party].flatMap { waiter in
        let (seconds, isUpperBound) = waitSeconds(waiter)
        return seconds.map { (seconds: $0, isUpperBound: isUpperBound) }
      }
    }.max { $0.seconds < $1.seconds }
  }

  /// One row a waiter.
  var figure: Figure {
    let rows = waiters.values.sorted { $0.party < $1.party }.map { waiter -> [Value] in
      let session: SessionRow? = if case .session(let pid) = waiter.party { sessions[pid] } else { nil }
      let (seconds, isUpperBound) = waitSeconds(waiter)
      let held = waiter.edges.filter { $0.isHeld }.map { name($0.blocker) }
      let before = waiter.edges.filter { !$0.isHeld }.map { name($0.blocker) }
      let behind = roots.filter { waiting(for: [$0]).contains(waiter.party) }.map { name($0) }
      return [
        .text(name(waiter.party)), .text(held.joined(separator: ", ")), .text(before.joined(separator: ", ")),
        .text(behind.joined(separator: ", ")), Value(seconds), .bool(isUpperBound), .text(waiter.target.type),
        .text(waiter.mode.words), .text((waiter.row ?? waiter.target).words), Value(session?.role),
        Value(session?.application), Value(session?.query),
      ]
    }
    return Figure(
      "waits", "waits",
      columns: [
        "pid", "held_by", "queued_behind", "roots", "wait_seconds", "wait_is_upper_bound", "lock_type", "mode",
        "object",
        "role", "application", "query",
      ], rows: rows, isDetail: true)
  }
}
