/// Who waits for whom at one moment.
///
/// The blockers of a waiter are the server's own (`pg_blocking_pids`). Whether one holds the lock or only stands before
/// the waiter in the queue is told by the locks on the same thing. Parallel workers count as their leaders.
struct LockGraph: Sendable {
  /// Whoever holds or waits for locks.
  enum Party: Hashable, Comparable, Sendable {
    case session(Int)
    /// By its virtual transaction, since it has no process.
    case prepared(String)

    static func < (left: Party, right: Party) -> Bool {
      switch (left, right) {
      case (.session(let one), .session(let other)): one < other
      case (.prepared(let one), .prepared(let other)): one < other
      case (.session, .prepared): true
      case (.prepared, .session): false
      }
    }
  }

  /// One blocker of a waiter.
  struct Edge: Sendable, Equatable {
    let blocker: Party
    /// It holds the lock, in these modes; with none it only queued before the waiter.
    let held: [LockMode]

    var isHeld: Bool { !held.isEmpty }
  }

  struct Waiter: Sendable {
    let party: Party
    let target: LockTarget
    let mode: LockMode
    /// Seconds since the wait began; nil where the server doesn't tell (before 14).
    let seconds: Int?
    let edges: [Edge]
    /// The row that a wait for a transaction's end is about.
    let row: LockTarget?
  }

  let waiters: [Party: Waiter]
  let sessions: [Int: SessionRow]
  let preparedTransactions: [Party: PreparedTransaction]
  /// All waits that the server has, of which at most `LockRow.mostWaiters` are in the graph.
  let waitCount: Int
  /// Sets of waiters that wait for each other in a circle, and for no root.
  private(set) var cycles: [[Party]] = []
  /// The other way round: who waits for a party.
  private let dependents: [Party: [Party]]

  init(_ rows: [LockRow], sessions list: [SessionRow], prepared: [PreparedTransaction]) {
    let sessions = Dictionary(list.map { ($0.pid, $0) }) { first, _ in first }
    self.sessions = sessions
    func party(_ row: LockRow) -> Party {
      row.pid.map { .session(sessions[$0]?.leader ?? $0) } ?? .prepared(row.virtualTransaction)
    }
    let onSameThing = Dictionary(grouping: rows) { $0.tag }
    var found: [Party: Waiter] = [:]
    for row in rows where !row.isGranted && found[party(row)] == nil {
      let waiter = party(row)
      let others = (onSameThing[row.tag] ?? []).filter { party($0) != waiter }
      var edges: [Edge] = []
      func add(_ blocker: Party) {
        guard !edges.contains(where: { $0.blocker == blocker }) else { return }
        let own = others.filter { party($0) == blocker }
        let held = Set(own.filter { $0.isGranted && $0.mode.conflicts(with: row.mode) }.map { $0.mode })
        // Whoever neither holds nor awaits it has moved on between the two readings.
        guard !held.isEmpty || own.contains(where: { !$0.isGranted }) else { return }
        edges.append(Edge(blocker: blocker, held: held.sorted(by: >)))
      }
      for pid in row.blockers where pid != 0 { add(.session(pid)) }
      if row.blockers.contains(0) {
        for other in others where other.pid == nil && other.isGranted { add(party(other)) }
        edges.removeAll { if case .prepared = $0.blocker { !$0.isHeld } else { false } }
      }
      guard !edges.isEmpty else { continue }
      let locked = rows.first { $0.isGranted && $0.target.type == "tuple" && party($0) == waiter }?.target
      found[waiter] = Waiter(
        party: waiter, target: row.target, mode: row.mode, seconds: row.waitSeconds,
        edges: edges.sorted { $0.blocker < $1.blocker }, row: row.target.type == "transactionid" ? locked : nil)
    }
    waiters = found
    waitCount = Set(rows.filter { !$0.isGranted }.map { party($0) }).count
    var dependents: [Party: [Party]] = [:]
    for waiter in found.values.sorted(by: { $0.party < $1.party }) {
      for edge in waiter.edges { dependents[edge.blocker, default: []].append(waiter.party) }
    }
    self.dependents = dependents
    let byTransaction = Dictionary(prepared.map { ($0.transaction, $0) }) { first, _ in first }
    var named: [Party: PreparedTransaction] = [:]
    for row in rows where row.pid == nil && row.target.type == "transactionid" {
      if let id = row.target.transaction, let transaction = byTransaction[id] { named[party(row)] = transaction }
    }
    preparedTransactions = named
    cycles = circles()
  }

  /// Those that block somebody and wait for no lock themselves.
  var roots: [Party] { dependents.keys.filter { waiters[$0] == nil }.sorted() }

  func dependents(of party: Party) -> [Party] { dependents[party] ?? [] }

  /// Everybody who, by any chain of waits, waits for one of these.
  func waiting(for parties: some Sequence<Party>, without removed: Party? = nil) -> Set<Party> {
    var reached: Set<Party> = []
    var open = parties.filter { $0 != removed }
    while let party = open.popLast() {
      for dependent in dependents(of: party) where dependent != removed && reached.insert(dependent).inserted {
        open.append(dependent)
      }
    }
    return reached
  }

  /// Who would go on, sooner or later, if a party were gone: those that wait for it and for no other root.
  ///
  /// Whoever queues for a row behind it takes its place: that one then waits for the row's holder, and isn't free.
  func freed(by party: Party) -> Set<Party> {
    let concerned = waiting(for: [party])
    guard !concerned.isEmpty else { return [] }
    var others = roots.filter { $0 != party }
    if waiters[party] != nil {
      others += dependents(of: party).filter { waiters[$0]?.target.type == "tuple" }
    }
    var kept = waiting(for: others, without: party)
    for other in others where waiters[other] != nil { kept.insert(other) }
    // In a cycle that the party isn't in, nobody goes on either.
    for cycle in cycles where !cycle.contains(party) {
      kept.formUnion(cycle)
      kept.formUnion(waiting(for: cycle, without: party))
    }
    return concerned.subtracting(kept).subtracting([party])
  }

  /// Those that queue only because a waiter stands before them: what cancelling the waiter would free.
  ///
  /// Only for a waiter whose lock somebody really holds: one that itself only queues is innocent.
  func queue(behind party: Party) -> Set<Party> {
    guard let waiter = waiters[party], waiter.edges.contains(where: { $0.isHeld }) else { return [] }
    let isBefore = dependents(of: party).contains { dependent in
      waiters[dependent]?.edges.contains { $0.blocker == party && !$0.isHeld } ?? false
    }
    return isBefore ? freed(by: party) : []
  }

  private func circles() -> [[Party]] {
    var open = Set(waiters.keys).subtracting(waiting(for: roots))
    var found: [[Party]] = []
    for party in open.sorted() where open.contains(party) {
      let behind = waiting(for: [party])
      guard behind.contains(party) else { continue }
      let circle = behind.filter { waiting(for: [$0]).contains(party) }.sorted()
      found.append(circle)
      open.subtract(circle)
    }
    return found
  }
}
