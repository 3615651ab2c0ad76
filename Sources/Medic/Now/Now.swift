public import Postgres

/// `\now`: the first screen of an incident, in under a second: one line for each thing that is wrong, worst first.
public struct Now: Examination {
  public static let name = "now"
  public static let manual = Manual(
    "show what is wrong at this moment, worst first: the first screen of an incident", takes: .none,
    details: """
      Blockers, oldest transaction, free slots, waits, hung commits, replication, slots, archiver, wraparound, running
      maintenance, restarts and read-only nodes: one line each, with the playbook for it; what is fine is one line at
      the end. Takes less than a second, each part at most a quarter of one; a part that fails is "not assessed" and
      the others go on. Free disk space can't be seen by SQL: look at df.

      Example: \\now
      """)

  static let transaction = Card(
    "transaction-open-long", severity: .warning, in: .vacuum, entry: "vacuum-xmin-horizon",
    summary: "the oldest open transaction")
  static let waits = Card(
    "sessions-waiting", severity: .warning, in: .statements, entry: "monitoring",
    summary: "most active sessions wait instead of running")
  static let lag = Card(
    "replication-lagging", severity: .warning, in: .replication, entry: "replication-lag",
    summary: "standbys that fall behind")
  static let slot = Card(
    "slot-keeps-wal", severity: .warning, in: .replication, entry: "slot-filling-disk",
    summary: "replication slots that keep WAL from being removed")
  static let wal = Card(
    "wal-directory-large", severity: .warning, in: .storage, entry: "disk-full",
    summary: "more WAL on disk than max_wal_size means to keep")
  static let wraparound = Card(
    "wraparound-near", severity: .warning, in: .vacuum, entry: "xid-wraparound",
    summary: "databases whose oldest transaction or multixact id is far back")
  static let operation = Card(
    "operation-running", severity: .info, in: .statements, entry: "monitoring",
    summary: "maintenance and DDL that runs at the moment")
  static let restart = Card(
    "server-restarted", severity: .info, in: .statements, entry: "monitoring",
    summary: "a restart or crash within the last hour")
  static let readOnly = Card(
    "node-read-only", severity: .info, in: .replication, entry: "failover-promote",
    summary: "a node that takes no writes")
  public static let rules =
    LockWaits.rules + [
      ConnectionSlots.few, transaction, ReplicationCheck.prepared, waits, lag, slot, wal, ReplicationCheck.archiver,
      wraparound,
      operation, restart, readOnly,
    ]

  /// No statement runs longer, in milliseconds.
  static let longestStatement = 250
  /// No part is begun later, in milliseconds: with the last statement it stays below a second.
  static let lastBegin = 650

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    var screen = Screen(inquiry.server, userPID: inquiry.request.userPID.map { Int($0) })
    try read(connection, into: &screen, &inquiry)
    screen.judge()
    inquiry.isBrief = true
    inquiry.scope =
      screen.sessions.map { Quantity.count($0.count, "server process", "server processes") } ?? "the server"
    inquiry.findings = screen.findings
    inquiry.notAssessed += screen.hidden
    inquiry.notes.append("free disk space can't be seen by SQL: look at df on the server")
    inquiry.summary = Now.summary(screen)
  }

  /// Reads part after part in one transaction, and goes on in a new one behind a part that failed.
  private func read(
    _ connection: borrowing Connection, into screen: inout Screen, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(Now.lastBegin)
    let limits = Limits(
      statementTimeout: min(Now.longestStatement, inquiry.limits.statementTimeout), lockTimeout: 100)
    var index = 0
    while index < Part.all.count {
      if inquiry.request.isCancelled() { throw .usage("cancelled") }
      guard clock.now < end else {
        for part in Part.all[index...] {
          inquiry.notAssessed.append(NotAssessed(part.card.rule, nil, "\(part.title): no time left in this second"))
        }
        return
      }
      do {
        try connection.inspect(limits) { (connection) throws(PostgresError) in
          while index < Part.all.count, clock.now < end {
            try Part.all[index].read(connection, &screen)
            index += 1
          }
        }
      } catch {
        try Inquiry.rethrowFatal(error, inquiry.request)
        guard index < Part.all.count else { return }
        let part = Part.all[index]
        let reason = error.sqlState == "57014" ? "took over \(limits.statementTimeout) ms" : error.message
        inquiry.notAssessed.append(NotAssessed(part.card.rule, nil, "\(part.title): \(reason)"))
        index += 1
      }
    }
  }

  private static func summary(_ screen: Screen) -> String {
    let counts = Severity.allCases.reversed().compactMap { severity -> String? in
      let count = screen.findings.filter { $0.severity == severity }.count
      if count == 0 { return nil }
      return severity == .info ? "\(count) to know" : Quantity.count(count, severity.rawValue)
    }
    let found = counts.isEmpty ? "nothing wrong" : counts.joined(separator: ", ")
    return screen.fine.isEmpty ? found : "\(found); fine: \(screen.fine.joined(separator: ", "))"
  }
}
