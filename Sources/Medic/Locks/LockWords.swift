/// The lock graph in words for people.
extension LockGraph {
  /// `4711`, or `prepared transaction 'gid'`.
  func name(_ party: Party) -> String {
    switch party {
    case .session(let pid): String(pid)
    case .prepared:
      preparedTransactions[party].map { "prepared transaction \(SQLName.literal($0.gid))" }
        ?? "a prepared transaction"
    }
  }

  /// `idle in transaction 12 min`, `active 3 s`, `waits for its client`; says so where it can't be seen.
  func state(_ party: Party) -> String {
    if case .session(let pid) = party {
      guard let session = sessions[pid] else { return "gone meanwhile" }
      return session.stateWords
    }
    guard let transaction = preparedTransactions[party] else { return "holds locks" }
    return "prepared \(Quantity.pretty(seconds: transaction.seconds)) ago by \(transaction.owner)"
  }

  /// What of a party's locks somebody waits for: `ACCESS EXCLUSIVE on public.orders`.
  func holdings(_ party: Party) -> [String] {
    var words: [String] = []
    for waiter in dependents(of: party).compactMap({ waiters[$0] }) {
      for mode in waiter.edges.first(where: { $0.blocker == party })?.held ?? [] {
        let text: String
        if let row = waiter.row {
          text = row.words
        } else if waiter.target.hasModes {
          text = "\(mode.words) on \(waiter.target.words)"
        } else if waiter.target.type == "transactionid" {
          text = "rows that it changed"
        } else if waiter.target.type == "virtualxid" {
          text = "its snapshot"
        } else {
          text = waiter.target.words
        }
        if !words.contains(text) { words.append(text) }
      }
    }
    return words
  }

  /// `waits 3 min for ACCESS SHARE on public.orders (queued behind 4712)`.
  func wait(_ waiter: Waiter) -> String {
    let what =
      if let row = waiter.row {
        row.words + (waiter.target.transaction.map { ", changed by transaction \($0)" } ?? "")
      } else if waiter.target.hasModes { "\(waiter.mode.words) on \(waiter.target.words)" } else {
        waiter.target.words
      }
    let (seconds, isBound) = waitSeconds(waiter)
    let time = seconds.map { " \(isBound ? "at most " : "")\(Quantity.pretty(seconds: $0))" } ?? ""
    let held = waiter.edges.filter { $0.isHeld }.map { name($0.blocker) }
    let before = waiter.edges.filter { !$0.isHeld }.map { name($0.blocker) }
    var why: [String] = []
    if !held.isEmpty { why.append("held by \(LockGraph.listed(held))") }
    if !before.isEmpty { why.append("queued behind \(LockGraph.listed(before))") }
    return "waits\(time) for \(what) (\(why.joined(separator: ", ")))"
  }

  /// Since when a waiter waits; before 14 its statement's age, which is an upper bound.
  func waitSeconds(_ waiter: Waiter) -> (seconds: Int?, isUpperBound: Bool) {
    if let seconds = waiter.seconds { return (seconds, false) }
    guard case .session(let pid) = waiter.party, let seconds = sessions[pid]?.querySeconds else { return (nil, false) }
    return (seconds, true)
  }

  static func listed(_ names: [String]) -> String {
    names.count <= 4
      ? names.joined(separator: ", ") : names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
  }
}

extension SessionRow {
  /// `idle in transaction 12 min`, `active 3 s, waits for its client`, `autovacuum worker 3 min`.
  var stateWords: String {
    guard let kind else { return "(state hidden from this role)" }
    let age = stateSeconds.map { " \(Quantity.pretty(seconds: $0))" } ?? ""
    if kind != "client backend" {
      return kind == "startup" ? "recovery (it replays the primary's locks)" : "\(kind)\(age)"
    }
    guard let state else { return "starting" }
    if state == "active", waitType == "Client" { return "active\(age), waits for its client" }
    if waitEvent == "SyncRep" { return "commit hangs\(age), waits for a synchronous standby" }
    return state == "disabled" ? "(track_activities is off for it)" : state + age
  }
}
