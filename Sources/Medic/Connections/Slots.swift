/// The arithmetic of connection slots.
///
/// A client may connect when, with it, the reserves would still be free. Only client backends hold these slots: from 12
/// on walsenders and background workers have their own.
struct Slots: Sendable {
  enum Kind: Sendable { case ordinary, reserved, superuser }

  /// A limit with what is left of it.
  struct Bound: Sendable {
    let object: DatabaseObject
    let words: String
    let limit: Int
    let free: Bounds
  }

  let limits: ConnectionLimits
  let sessions: [SessionRow]
  let own: [OwnLimit]
  let database: String
  let used: Bounds

  init(limits: ConnectionLimits, sessions: [SessionRow], own: [OwnLimit], database: String) {
    self.limits = limits
    self.sessions = sessions
    self.own = own
    self.database = database
    used = Slots.clients(sessions, workers: limits.workers)
  }

  /// Which slots the role that logged in may take.
  var kind: Kind { limits.isSuperuser ? .superuser : limits.usesReserved ? .reserved : .ordinary }

  var freeOrdinary: Bounds { used.left(of: limits.maximum - limits.forSuperusers - limits.reserved) }
  /// Of the reserve alone.
  var freeReserved: Bounds { part(below: limits.maximum - limits.forSuperusers, size: limits.reserved) }
  var freeSuperuser: Bounds { part(below: limits.maximum, size: limits.forSuperusers) }

  private func part(below limit: Int, size: Int) -> Bounds {
    used.left(of: limit).min(Bounds(low: size, high: size))
  }

  /// Slots of the server that the role could use if nobody else were there.
  private var serverCapacity: Int {
    switch kind {
    case .superuser: limits.maximum
    case .reserved: limits.maximum - limits.forSuperusers
    case .ordinary: limits.maximum - limits.forSuperusers - limits.reserved
    }
  }

  private var server: Bound {
    let words: String
    switch kind {
    case .superuser: words = "max_connections"
    case .reserved: words = "max_connections less the superusers' reserve"
    case .ordinary: words = "max_connections less the reserves"
    }
    return Bound(
      object: DatabaseObject(.server, name: "server"), words: words, limit: serverCapacity,
      free: used.left(of: serverCapacity))
  }

  /// The server's limit and all limits that are set on roles and databases.
  var bounds: [Bound] { [server] + own.map { bound($0) } }

  private func bound(_ limit: OwnLimit) -> Bound {
    Bound(
      object: DatabaseObject(limit.kind, name: limit.name), words: "the limit of \(limit.kind.rawValue) \(limit.name)",
      limit: limit.limit, free: used(of: limit).left(of: limit.limit))
  }

  /// The limit that stops this role first, in this database.
  var binding: Bound {
    if limits.isSuperuser { return server }
    let mine = own.filter { limit in
      limit.kind == .role ? limit.name == limits.role : limit.name == database
    }
    return mine.map { bound($0) }.reduce(server) { $1.free.low < $0.free.low ? $1 : $0 }
  }

  /// How many connections this role can still make.
  var free: Bounds { binding.free }
  var capacity: Int { binding.limit }

  /// Sessions that count under a limit: client backends of a role or in a database. Neither walsenders, physical or
  /// logical, nor background and autovacuum workers do (tried on 15.20, 17.10 and 18.6; before the minors of February
  /// 2025 some did).
  func used(of limit: OwnLimit) -> Bounds {
    let counted = sessions.filter { limit.kind == .role ? $0.role == limit.name : $0.database == limit.name }
    let sure = counted.filter { $0.isClient }.count
    let hidden = counted.filter { $0.isHidden }.count
    return Bounds(low: sure + max(0, hidden - limits.workers), high: sure + hidden)
  }

  /// Client backends: of the sessions whose kind is hidden, at most `workers` can be background workers.
  private static func clients(_ sessions: [SessionRow], workers: Int) -> Bounds {
    let sure = sessions.filter { $0.isClient }.count
    let hidden = sessions.filter { $0.isHidden }.count
    return Bounds(low: sure + max(0, hidden - workers), high: sure + hidden)
  }
}

extension Slots {
  /// The limits that are nearly or wholly used up, for `\conns` and `\now`.
  var findings: [Finding] {
    bounds.compactMap { bound -> Finding? in
      guard bound.free.low * 10 <= bound.limit || bound.free.low < 3 else { return nil }
      // A limit of three or fewer is meant to be tight.
      if bound.limit <= 3 && bound.free.low > 0 { return nil }
      let isNone = bound.free.high == 0
      let free = isNone ? "no connection is" : "\(bound.free.text) of \(bound.limit) connections are"
      return Finding(
        ConnectionSlots.few, on: bound.object, "\(free) free under \(bound.words)", severity: isNone ? .error : nil,
        evidence: [
          Fact("limit", .int(bound.limit)), Fact("free_at_least", .int(bound.free.low)),
          Fact("free_at_most", .int(bound.free.high)), Fact("binding_limit", .text(bound.words)),
        ], confidence: bound.free.isExact ? .high : .medium, weight: isNone ? 2 : 1)
    }
  }
}
