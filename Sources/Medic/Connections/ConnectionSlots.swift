public import Postgres

/// `\conns`: connection slots: used, free, by whom, and which limit binds.
public struct ConnectionSlots: Examination {
  public static let name = "conns"
  public static let manual = Manual(
    "count connection slots: used, free, by whom, and which limit binds", takes: .none,
    details: """
      Free slots are what can really be had: max_connections without the reserved ones, and the limits of role and
      database. Works in the last slot. (pool=N, procs=M) does the arithmetic of an application's pools.

      Example: \\conns (pool=5, procs=8)
      """)

  static let few = Card(
    "connections-few-free", severity: .warning, in: .connections, entry: "connection-exhaustion",
    summary: "connection slots that run out")
  static let idleInTransaction = Card(
    "session-idle-in-transaction", severity: .warning, in: .connections, entry: "idle-in-transaction",
    summary: "sessions that keep a transaction open and do nothing")
  static let idle = Card(
    "sessions-idle", severity: .info, in: .connections, entry: "connection-pooling",
    summary: "slots held by sessions that have long been idle")
  static let pool = Card(
    "pool-exceeds-slots", severity: .warning, in: .connections, entry: "connection-pooling",
    summary: "pools that may ask for more connections than there are")
  static let prepared = Card(
    "transaction-prepared-forgotten", severity: .warning, in: .connections, entry: "orphaned-prepared-transactions",
    summary: "prepared transactions that nobody has ended")
  public static let rules = [few, idleInTransaction, idle, pool, prepared]

  public static let options = [
    Option("pool", .integer, "connections of one application process's pool"),
    Option("procs", .integer, "application processes that have such a pool"),
    Option("idle_in_transaction", .duration, default: "5min", "from when on an idle transaction is reported"),
    Option("idle", .duration, default: "1h", "from when on an idle session counts as long idle"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    guard
      inquiry.options.given.isDisjoint(with: ["pool", "procs"])
        || inquiry.options.given.isSuperset(of: ["pool", "procs"])
    else { throw .usage("pool= and procs= go together: connections of one pool, and the processes that have one") }
    let read = try inquiry.attempt(connection, for: Self.few.rule) { (connection) throws(PostgresError) in
      (
        try connection.rows(ConnectionLimits.query.text), try connection.rows(SessionRow.query.text),
        try connection.rows(OwnLimit.query.text)
      )
    }
    guard let (limitRows, sessionRows, ownLimits) = read, let limitRow = limitRows.first else { return }
    // The examination's own second connection ends with it and leaves its slot free again.
    let ownPID = inquiry.request.userPID == nil ? nil : Int(inquiry.server.backendPID)
    let sessions = sessionRows.map { SessionRow($0) }.filter { $0.mayHoldSlot && $0.pid != ownPID }
    let slots = Slots(
      limits: ConnectionLimits(limitRow), sessions: sessions, own: ownLimits.map { OwnLimit($0) },
      database: inquiry.server.database)
    inquiry.scope = Quantity.count(sessions.count, "session")
    if !slots.used.isExact {
      let reason = "exact figures and other roles' sessions need pg_monitor: slots are a range, states are unknown"
      inquiry.notAssessed.append(NotAssessed(Self.idleInTransaction.rule, nil, reason))
    }
    report(slots, &inquiry)
    breakDown(sessions, &inquiry)
    inquiry.findings += slots.findings
    judge(sessions, &inquiry)
    judgePool(slots, &inquiry)
    judgePrepared(slots.limits, &inquiry)
  }

  // MARK: Figures

  private func report(_ slots: Slots, _ inquiry: inout Inquiry) {
    let limits = slots.limits
    var rows: [[Value]] = [
      [
        "ordinary roles", .int(limits.maximum - limits.forSuperusers - limits.reserved), slots.freeOrdinary.value,
        .bool(slots.kind == .ordinary),
      ]
    ]
    if limits.reserved > 0 {
      rows.append([
        "pg_use_reserved_connections", .int(limits.reserved), slots.freeReserved.value, .bool(slots.kind == .reserved),
      ])
    }
    rows.append(["superusers", .int(limits.forSuperusers), slots.freeSuperuser.value, .bool(slots.kind == .superuser)])
    let hidden = inquiry.server.major < 18 ? "; sessions still logging in hold slots, too, and are not shown" : ""
    let note = (slots.used.isExact ? "exact" : "a range: other sessions' kinds are hidden from this role") + hidden
    inquiry.figures += [
      Figure("max_connections", "max_connections", .int(limits.maximum)),
      Figure("used", "used by clients", slots.used.value, note: note),
      inquiry.server.isPooled
        ? Figure(
          "free", "free on the server, behind the pooler", slots.free.value,
          note: "the pool's own limits bind before; only the pooler tells them (SHOW POOLS)")
        : Figure("free", "free for you", slots.free.value, note: "bound by \(slots.binding.words)"),
      Figure("slots", "slots", columns: ["for", "slots", "free", "yours"], rows: rows),
    ]
    if !slots.own.isEmpty {
      let rows = slots.own.map { limit -> [Value] in
        let used = slots.used(of: limit)
        return [.text(limit.kind.rawValue), .text(limit.name), .int(limit.limit), used.value]
      }
      inquiry.figures.append(
        Figure("limits", "limits of roles and databases", columns: ["kind", "name", "limit", "used"], rows: rows))
    }
    if limits.preparedTransactions > 0 {
      inquiry.figures.append(
        Figure(
          "prepared_transactions", "prepared transactions", .int(limits.preparedTransactions),
          note: "they hold locks and the vacuum horizon, but no connection slot"))
    }
    inquiry.summary =
      inquiry.server.isPooled
      ? "\(slots.free.text) of \(slots.capacity) connections free on the server; you come through a pooler, and it is "
        + "the pool's limits that bind you"
      : "\(slots.free.text) of \(slots.capacity) connections free for \(limits.role), bound by \(slots.binding.words)"
  }

  private func breakDown(_ sessions: [SessionRow], _ inquiry: inout Inquiry) {
    let clients = sessions.filter { $0.isClient || $0.isHidden }
    func count(_ name: String, _ title: String, by key: (SessionRow) -> String?) {
      let groups = Dictionary(grouping: clients) { key($0) ?? "(hidden)" }
      let rows = groups.map { group in
        let seconds = group.value.filter { $0.state?.hasPrefix("idle") ?? false }.compactMap { $0.stateSeconds }
        return (key: group.key, count: group.value.count, longest: seconds.max())
      }.sorted { ($1.count, $0.key) < ($0.count, $1.key) }
      inquiry.figures.append(
        Figure(
          name, title, columns: [String(name.dropFirst(3)), "sessions", "longest_idle_seconds"],
          rows: rows.map { [.text($0.key), .int($0.count), Value($0.longest)] }, isDetail: name != "by_state"))
    }
    count("by_state", "sessions by state") { $0.state ?? ($0.isHidden ? nil : "starting") }
    count("by_user", "sessions by user") { $0.role ?? "(none)" }
    count("by_application", "sessions by application") { $0.isHidden ? nil : $0.application ?? "" }
    count("by_client", "sessions by client") { $0.isHidden ? nil : $0.client ?? "(none)" }
    count("by_database", "sessions by database") { $0.database ?? "(none)" }
  }

  // MARK: Findings

  private func judge(_ sessions: [SessionRow], _ inquiry: inout Inquiry) {
    let least = (inquiry.options.integer("idle_in_transaction") ?? 300_000) / 1000
    for session in sessions where session.isClient && session.isIdleInTransaction {
      guard let idle = session.stateSeconds, idle >= least, session.pid != inquiry.request.userPID.map({ Int($0) })
      else { continue }
      inquiry.findings.append(stuck(session, idle))
    }
    let longest = (inquiry.options.integer("idle") ?? 3_600_000) / 1000
    let clients = sessions.filter { $0.isClient }
    let idle = clients.filter { $0.state == "idle" && ($0.stateSeconds ?? 0) >= longest }
    if idle.count >= 10, idle.count * 2 > clients.count {
      let top = Dictionary(grouping: idle) { $0.role ?? "" }.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
      inquiry.findings.append(
        Finding(
          Self.idle, on: DatabaseObject(.server, name: "server"),
          "\(idle.count) of \(clients.count) sessions idle for over \(Quantity.pretty(seconds: longest))",
          evidence: [
            Fact("idle_sessions", .int(idle.count)), Fact("sessions", .int(clients.count)),
            Fact("idle_seconds_at_least", .int(longest)), Fact("most_by_role", Value(top?.key)),
          ]))
    }
  }

  private func stuck(_ session: SessionRow, _ idle: Int) -> Finding {
    let who = [session.role, session.application].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ", ")
    let state = session.state ?? ""
    return Finding(
      Self.idleInTransaction, on: DatabaseObject(.session, name: String(session.pid)),
      "pid \(session.pid) \(state) for \(Quantity.pretty(seconds: idle)) (\(who))",
      severity: idle >= 3600 ? .error : nil,
      evidence: [
        Fact("pid", .int(session.pid)), Fact("backend_start", Value(session.backendStart)),
        Fact("idle_seconds", .int(idle)), Fact("transaction_seconds", Value(session.transactionSeconds)),
        Fact("horizon_age_transactions", Value(session.horizonAge)), Fact("database", Value(session.database)),
        Fact("role", Value(session.role)), Fact("application", Value(session.application)),
        Fact("client", Value(session.client)), Fact("last_query", Value(session.query)),
      ],
      remedy: .end(session),
      weight: Double(idle))
  }

  /// What the pools of an application can ask for against what there is for its role.
  private func judgePool(_ slots: Slots, _ inquiry: inout Inquiry) {
    guard let pool = inquiry.options.integer("pool"), let processes = inquiry.options.integer("procs") else { return }
    let (demand, overflow) = pool.multipliedReportingOverflow(by: processes)
    let wanted = overflow ? Int.max : demand
    inquiry.figures.append(
      Figure(
        "pool_demand", "the pools may ask for", .int(wanted),
        note: "\(pool) connections × \(processes) processes, of \(slots.capacity)"))
    guard wanted > slots.capacity else { return }
    inquiry.findings.append(
      Finding(
        Self.pool, on: slots.binding.object,
        "\(processes) processes × \(pool) connections = \(wanted), but \(slots.binding.words) leaves \(slots.capacity)",
        evidence: [
          Fact("pool", .int(pool)), Fact("procs", .int(processes)), Fact("demand", .int(wanted)),
          Fact("capacity", .int(slots.capacity)),
          Fact("pool_that_fits", .int(processes > 0 ? slots.capacity / processes : slots.capacity)),
        ]))
  }

  private func judgePrepared(_ limits: ConnectionLimits, _ inquiry: inout Inquiry) {
    guard let age = limits.oldestPrepared, age >= 300 else { return }
    inquiry.findings.append(
      Finding(
        Self.prepared, on: DatabaseObject(.server, name: "server"),
        "\(Quantity.count(limits.preparedTransactions, "prepared transaction")), the oldest "
          + "\(Quantity.pretty(seconds: age)) old",
        evidence: [
          Fact("prepared_transactions", .int(limits.preparedTransactions)), Fact("oldest_seconds", .int(age)),
        ]))
  }
}
