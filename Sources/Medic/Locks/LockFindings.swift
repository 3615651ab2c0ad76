/// What is wrong in a lock graph, for `\locks` and `\now`.
extension LockGraph {
  func findings(userPID: Int?) -> [Finding] {
    roots.compactMap { root($0, userPID: userPID) } + heads() + cycles.map { deadlock($0) }
  }

  // MARK: Roots

  private func root(_ party: Party, userPID: Int?) -> Finding? {
    let behind = waiting(for: [party])
    let freed = freed(by: party)
    let longest = longestWait(of: behind)
    let ending: Ending
    var evidence: [Fact]
    let name: String
    let card: Card
    switch party {
    case .session(let pid):
      guard let session = sessions[pid] else { return nil }
      name = String(pid)
      ending = Ending(session, isOwn: pid == userPID)
      card = session.isIdleInTransaction ? LockWaits.root.explained(by: "idle-in-transaction") : LockWaits.root
      evidence = session.facts
    case .prepared:
      guard let prepared = preparedTransactions[party] else { return nil }
      name = prepared.gid
      ending = Ending(prepared)
      card = LockWaits.root.explained(by: "orphaned-prepared-transactions")
      evidence = [
        Fact("gid", .text(prepared.gid)), Fact("transaction", .text(prepared.transaction)),
        Fact("owner", .text(prepared.owner)), Fact("database", .text(prepared.database)),
        Fact("prepared_seconds", .int(prepared.seconds)),
      ]
    }
    let holdings = holdings(party)
    evidence += [
      Fact("holds", .text(holdings.joined(separator: "; "))), Fact("waiters", .int(behind.count)),
      Fact("frees", .int(freed.count)), Fact("longest_wait_seconds", Value(longest?.seconds)),
      Fact("wait_is_upper_bound", .bool(longest?.isUpperBound ?? false)),
      Fact("waiting", .text(behind.sorted().map { self.name($0) }.joined(separator: ", "))),
      Fact("ended_by", .text(ending.evidence)),
    ]
    let subject = if case .session = party { "pid \(self.name(party))" } else { self.name(party) }
    let time =
      longest.map { " (\($0.isUpperBound ? "at most" : "longest") \(Quantity.pretty(seconds: $0.seconds)))" } ?? ""
    let message =
      "\(subject) \(state(party)) blocks \(behind.count)\(time), holding \(LockGraph.listed(holdings)); "
      + ending.words(frees: freed.count, of: behind.count)
    return Finding(
      card, on: DatabaseObject(.session, name: name), message,
      severity: LockGraph.isBad(behind.count, longest) ? .error : nil, evidence: evidence, remedy: ending.remedy,
      weight: Double(behind.count) * 1000 + Double(longest?.seconds ?? 0))
  }

  /// From a minute on, or from ten sessions on, users have noticed.
  private static func isBad(_ count: Int, _ longest: (seconds: Int, isUpperBound: Bool)?) -> Bool {
    count >= 10 || (longest?.seconds ?? 0) >= 60
  }

  // MARK: Queues

  /// The statement that waits for a lock and keeps others waiting who would not wait for the holder: mostly DDL behind
  /// a long query. Cancelling it lets them go on at once, and the holder need not be touched.
  private func heads() -> [Finding] {
    waiters.keys.sorted().compactMap { party -> Finding? in
      guard case .session(let pid) = party, let session = sessions[pid], let waiter = waiters[party] else { return nil }
      let freed = queue(behind: party)
      guard !freed.isEmpty else { return nil }
      let ending = Ending(session, isOwn: false)
      let longest = longestWait(of: freed)
      return Finding(
        LockWaits.queueHead, on: DatabaseObject(.session, name: String(pid)),
        "pid \(pid) \(wait(waiter)); \(Quantity.count(freed.count, "session")) only \(freed.count == 1 ? "queues" : "queue") behind it: "
          + ending.words(frees: freed.count, of: freed.count),
        severity: LockGraph.isBad(freed.count, longest) ? .error : nil,
        evidence: session.facts + [
          Fact("mode", .text(waiter.mode.words)), Fact("object", .text(waiter.target.words)),
          Fact("frees", .int(freed.count)), Fact("longest_wait_seconds", Value(longest?.seconds)),
          Fact("waiting", .text(freed.sorted().map { name($0) }.joined(separator: ", "))),
          Fact("ended_by", .text(ending.evidence)),
        ], remedy: ending.remedy, weight: Double(freed.count) * 1000)
    }
  }

  private func deadlock(_ circle: [Party]) -> Finding {
    let names = circle.map { name($0) }
    return Finding(
      LockWaits.circle, on: DatabaseObject(.session, name: names.first ?? ""),
      "\(names.joined(separator: " and ")) wait for each other: the server ends one of them after deadlock_timeout",
      evidence: [
        Fact("waiting", .text(names.joined(separator: ", "))),
        Fact("longest_wait_seconds", Value(longestWait(of: circle)?.seconds)),
      ])
  }
}

/// How a root can be made to let go.
private struct Ending {
  let remedy: Remedy?
  /// `cancel`, `terminate`, `commit or rollback`, `ROLLBACK PREPARED`, or why nothing does.
  let evidence: String
  private let verb: String?
  private let obstacle: String

  init(_ session: SessionRow, isOwn: Bool) {
    let verb = session.endsByCancelling ? "cancelling" : "terminating"
    if isOwn {
      (remedy, evidence, self.verb, obstacle) = (
        nil, "commit or rollback", "COMMIT or ROLLBACK in your own session", ""
      )
    } else if let remedy = Remedy.end(session) {
      let comesBack = session.isWraparoundVacuum ? ", but it comes back: it prevents wraparound" : ""
      (self.remedy, evidence, self.verb, obstacle) =
        (remedy, session.endsByCancelling ? "cancel" : "terminate", "\(verb) it", comesBack)
    } else if session.isHidden {
      let why = "how to end it is hidden from this role (needs pg_monitor)"
      (remedy, evidence, self.verb, obstacle) = (nil, why, nil, why)
    } else if !session.maySignal {
      let why = "\(verb) it takes \(session.neededToSignal)"
      (remedy, evidence, self.verb, obstacle) = (nil, why, nil, why)
    } else {
      let why = "a \(session.kind ?? "server process") can't be ended like a session"
      (remedy, evidence, self.verb, obstacle) = (nil, why, nil, why)
    }
  }

  init(_ prepared: PreparedTransaction) {
    let place = prepared.isHere ? "" : " (in database \(SQLName.quoted(prepared.database)))"
    if prepared.mayEnd {
      remedy = .rollBackPrepared(gid: prepared.gid, database: prepared.database)
      (evidence, verb, obstacle) = ("ROLLBACK PREPARED", "COMMIT or ROLLBACK PREPARED", place)
    } else {
      let why = "ending it takes role \(SQLName.quoted(prepared.owner)) or a superuser\(place)"
      (remedy, evidence, verb, obstacle) = (nil, why, nil, why)
    }
  }

  /// `terminating it frees 2 of 3, the others wait for somebody else, too`.
  func words(frees count: Int, of all: Int) -> String {
    guard let verb else { return obstacle }
    if count == all { return "\(verb) frees \(count)\(obstacle)" }
    return "\(verb) frees \(count) of \(all), the others wait for somebody else, too\(obstacle)"
  }
}

extension Card {
  /// The same rule where another entry explains it better.
  func explained(by entry: String) -> Card {
    Card(rule, severity: severity, in: area, entry: entry, summary: summary)
  }
}

extension SessionRow {
  /// Who may signal it when the role that asks may not.
  fileprivate var neededToSignal: String {
    if role == nil { return "a superuser, or pg_signal_autovacuum_worker from 18 on" }
    return "a superuser, pg_signal_backend or role \(SQLName.quoted(role ?? ""))"
  }

  /// What is known of it, as evidence.
  var facts: [Fact] {
    [
      Fact("pid", .int(pid)), Fact("backend_start", Value(backendStart)), Fact("backend_type", Value(kind)),
      Fact("state", Value(state)), Fact("state_seconds", Value(stateSeconds)),
      Fact("transaction_seconds", Value(transactionSeconds)), Fact("database", Value(database)),
      Fact("role", Value(role)), Fact("application", Value(application)), Fact("client", Value(client)),
      Fact("last_query", Value(query)), Fact("may_signal", .bool(maySignal)),
    ]
  }
}
