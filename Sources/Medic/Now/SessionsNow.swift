/// Locks, transactions, waits, hung commits and connection slots.
extension Screen {
  mutating func judgeSessions() {
    guard let sessions else { return }
    let hiddenCount = sessions.filter { $0.isHidden && $0.role != nil }.count
    if hiddenCount > 0 {
      hidden.append(
        NotAssessed(
          Now.waits.rule, nil,
          "transactions, waits and hung commits of \(Quantity.count(hiddenCount, "session")) of other roles are hidden "
            + "from this one; needs pg_monitor"))
    }
    let blocking = judgeLocks(sessions)
    judgeCommits(sessions, areHidden: hiddenCount > 0)
    judgeTransactions(sessions, except: blocking, areHidden: hiddenCount > 0)
    judgeWaits(sessions, areHidden: hiddenCount > 0)
  }

  /// The sessions that are named as roots.
  private mutating func judgeLocks(_ sessions: [SessionRow]) -> Set<String> {
    guard let locks else { return [] }
    let graph = LockGraph(locks, sessions: sessions, prepared: prepared ?? [])
    let found = graph.findings(userPID: userPID)
    findings += found
    if found.isEmpty {
      fine.append(
        graph.waiters.isEmpty ? "no lock waits" : Quantity.count(graph.waiters.count, "lock wait") + ", just begun")
    }
    return Set(found.map { $0.object.name })
  }

  private mutating func judgeCommits(_ sessions: [SessionRow], areHidden: Bool) {
    if let finding = HungCommits(sessions, standbys).finding {
      findings.append(finding)
    } else if let standbys, !standbys.names.isEmpty, !areHidden {
      fine.append("no commit hangs")
    }
  }

  private mutating func judgeTransactions(_ sessions: [SessionRow], except named: Set<String>, areHidden: Bool) {
    let open = sessions.filter { session in
      session.isClient && session.transactionSeconds != nil && session.pid != Int(server.backendPID)
    }.sorted { ($1.transactionSeconds ?? 0, $0.pid) < ($0.transactionSeconds ?? 0, $1.pid) }
    let limits = (idle: 300, active: 900)
    let long = open.filter { session in
      (session.transactionSeconds ?? 0) >= (session.isIdleInTransaction ? limits.idle : limits.active)
    }
    if let oldest = long.first, !named.contains(String(oldest.pid)) {
      findings.append(transaction(oldest, besides: long.count - 1))
    } else if long.isEmpty, let oldest = open.first {
      fine.append("oldest transaction \(Quantity.pretty(seconds: oldest.transactionSeconds ?? 0))")
    } else if long.isEmpty, !areHidden {
      fine.append("no open transaction")
    }
    guard let oldest = prepared?.first, oldest.seconds >= limits.idle, !named.contains(oldest.gid) else { return }
    let mayEnd = oldest.mayEnd ? Remedy.rollBackPrepared(gid: oldest.gid, database: oldest.database) : nil
    findings.append(
      Finding(
        ReplicationCheck.prepared, on: DatabaseObject(.session, name: oldest.gid),
        "prepared transaction \(SQLName.literal(oldest.gid)) of \(oldest.owner) in \(oldest.database) is "
          + "\(Quantity.pretty(seconds: oldest.seconds)) old: it keeps its locks and holds back VACUUM",
        severity: oldest.seconds >= 3600 ? .error : nil,
        evidence: [
          Fact("gid", .text(oldest.gid)), Fact("prepared_seconds", .int(oldest.seconds)),
          Fact("prepared_transactions", .int(prepared?.count ?? 0)), Fact("database", .text(oldest.database)),
        ], remedy: mayEnd, weight: Double(oldest.seconds)))
  }

  private func transaction(_ session: SessionRow, besides others: Int) -> Finding {
    let seconds = session.transactionSeconds ?? 0
    let isOwn = session.pid == userPID
    let more = others > 0 ? "; \(others) more are old" : ""
    let whose = isOwn ? "your own, pid \(session.pid)" : "pid \(session.pid) \(session.stateWords)"
    let who = session.who.isEmpty ? "" : " (\(session.who))"
    let card = session.isIdleInTransaction ? Now.transaction.explained(by: "idle-in-transaction") : Now.transaction
    return Finding(
      card, on: DatabaseObject(.session, name: String(session.pid)),
      "oldest transaction \(Quantity.pretty(seconds: seconds)): \(whose)\(who)\(more)",
      severity: session.isIdleInTransaction && seconds >= 3600 ? .error : nil, evidence: session.facts,
      remedy: isOwn ? nil : .end(session), weight: Double(seconds))
  }

  private mutating func judgeWaits(_ sessions: [SessionRow], areHidden: Bool) {
    let active = sessions.filter { $0.isClient && $0.state == "active" && $0.pid != Int(server.backendPID) }
    let waiting = active.filter { $0.waitType != nil && $0.waitType != "Timeout" }
    let groups = Dictionary(grouping: waiting) { $0.waitType ?? "" }
      .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
    let words = groups.map { name, members in
      let events = Dictionary(grouping: members) { $0.waitEvent ?? "" }
      let most = events.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? ""
      return "\(name) \(members.count) (\(most))"
    }
    let running = active.count - waiting.count
    let list = (words + [running > 0 ? "running \(running)" : ""]).filter { !$0.isEmpty }.joined(separator: ", ")
    guard waiting.count >= 10, waiting.count * 2 > active.count else {
      if !areHidden || !active.isEmpty {
        fine.append(active.isEmpty ? "nobody else active" : "\(active.count) active: \(list)")
      }
      return
    }
    findings.append(
      Finding(
        Now.waits, on: DatabaseObject(.server, name: "server"),
        "\(waiting.count) of \(active.count) active sessions wait: \(list)",
        evidence: [Fact("active", .int(active.count)), Fact("waiting", .int(waiting.count))]
          + groups.map { Fact("waiting_\($0.key.lowercased())", .int($0.value.count)) },
        weight: Double(waiting.count)))
  }

  mutating func judgeSlots() {
    guard let slots, let sessions else { return }
    // The examination's own second connection ends with it.
    let own = userPID == nil ? nil : Int(server.backendPID)
    let model = Slots(
      limits: slots.limits, sessions: sessions.filter { $0.mayHoldSlot && $0.pid != own }, own: slots.own,
      database: server.database)
    let found = model.findings
    findings += found
    let binding = model.binding
    if !found.contains(where: { $0.object == binding.object }) {
      fine.append("slots \(binding.free.text) of \(binding.limit) free")
    }
  }
}
