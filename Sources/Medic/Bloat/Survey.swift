import Postgres

/// The relations that one `\bloat` looks at, each in a transaction of its own, by the best means that the role has.
struct Survey {
  struct Result {
    let object: DatabaseObject
    let estimate: BloatEstimate
    let isExclusion: Bool
  }

  let threshold: Double
  let horizon: String?
  private let seed: Int?
  private let exact: Bool
  private let minimum: Int
  private let limit: Int
  private let server: Server
  private let measures: Measures
  private let locks: [Int: ExclusiveLock]
  private(set) var results: [Result] = []
  /// Tables looked at, with their rows where a sample counted them.
  private(set) var rows: [Int: Double?] = [:]

  /// Extensions that read whole relations aren't let loose on bigger ones unless `exact=on` asks for it.
  private static let wholeReadLimit = 268_435_456

  init(_ inquiry: Inquiry, measures: Measures, locks: [Int: ExclusiveLock], horizon: String?) {
    threshold = Double(inquiry.options.integer("threshold") ?? 30) / 100
    seed = inquiry.options.integer("seed")
    exact = inquiry.options.flag("exact")
    minimum = inquiry.options.integer("min_size") ?? 65536
    limit = inquiry.options.integer("tables") ?? 200
    server = inquiry.server
    self.measures = measures
    self.locks = locks
    self.horizon = horizon
  }

  /// The tables to look at; what the number cuts off is said.
  func selected(_ layouts: [TableLayout], _ inquiry: inout Inquiry) -> [TableLayout] {
    let candidates = layouts.filter { $0.mayMatter }
    let cut = max(0, candidates.count - limit)
    if cut > 0 {
      let reason = "\(cut) smaller tables left out: name them, or raise tables="
      inquiry.notAssessed.append(NotAssessed(BloatCheck.table.rule, nil, reason))
    }
    return Array(candidates.prefix(limit))
  }

  // MARK: Tables

  mutating func look(
    at table: TableLayout, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let rule = table.isTOAST ? BloatCheck.toast.rule : BloatCheck.table.rule
    if let reason = obstacle(table, inquiry.lockTimeouts) {
      inquiry.notAssessed.append(NotAssessed(rule, table.object, reason))
      return
    }
    let answer: HeapSampler.Answer??
    if exact, measures.pgstattuple != nil, measures.mayScan {
      answer = try measure(table, exact: true, connection, &inquiry, rule)
    } else if table.mayRead {
      let sampler = HeapSampler(
        table: table, seed: seed ?? table.fileNode, blockSize: server.blockSize, threshold: threshold)
      answer = try inquiry.attempt(connection, for: rule, on: table.object) { (connection) throws(PostgresError) in
        try sampler.sample(connection)
      }
    } else {
      answer = try measure(table, exact: false, connection, &inquiry, rule)
    }
    // Refused (said already), or smaller than 64 kB.
    guard let answer, let answer else { return }
    if !table.isTOAST { rows[table.id] = answer.rows }
    add(table.object, answer.estimate)
  }

  /// Why a table isn't opened at all.
  private func obstacle(_ table: TableLayout, _ timeouts: Int) -> String? {
    if let lock = locks[table.id] { return "skipped: \(lock.words)" }
    if timeouts >= 10 { return "skipped: too many locks waited for already" }
    if table.method != "heap" { return "its access method is \(table.method), not heap" }
    if table.isUnlogged && server.isStandby { return "unlogged: not there on a standby" }
    if exact && (measures.pgstattuple == nil || !measures.mayScan) {
      return "exact=on needs CREATE EXTENSION pgstattuple, and pg_stat_scan_tables to call it"
    }
    if !table.mayRead && (measures.pgstattuple == nil || !measures.mayScan) {
      return table.isTOAST
        ? "TOAST: needs pg_read_all_data, or pgstattuple with pg_stat_scan_tables"
        : "needs SELECT (pg_read_all_data), or pgstattuple with pg_stat_scan_tables"
    }
    if !table.mayRead && table.pages * server.blockSize > Self.wholeReadLimit {
      return "pgstattuple_approx would read too much of it: needs pg_read_all_data, or exact=on"
    }
    return nil
  }

  private func measure(
    _ table: TableLayout, exact: Bool, _ connection: borrowing Connection, _ inquiry: inout Inquiry, _ rule: String
  ) throws(PostgresError) -> HeapSampler.Answer?? {
    let blockSize = server.blockSize
    let measures = measures
    return try inquiry.attempt(connection, for: rule, on: table.object) { (connection) throws(PostgresError) in
      try measures.table(table, exact: exact, blockSize: blockSize, connection)
    }
  }

  private mutating func add(_ object: DatabaseObject, _ estimate: BloatEstimate, isExclusion: Bool = false) {
    guard estimate.size * server.blockSize >= minimum else { return }
    results.append(Result(object: object, estimate: estimate, isExclusion: isExclusion))
  }

  // MARK: Indexes

  mutating func look(
    at index: IndexLayout, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let rule = BloatCheck.index.rule
    if index.pages > 0 && index.pages < 8 || index.method == "brin" { return }
    if let lock = locks[index.id] ?? locks[index.tableID] {
      inquiry.notAssessed.append(NotAssessed(rule, index.object, "skipped: \(lock.words)"))
      return
    }
    let estimate: BloatEstimate??
    let whole =
      measures.pgstattuple != nil && measures.mayScan
      && (exact || index.pages * server.blockSize <= Self.wholeReadLimit)
    let (measures, server, threshold, tableRows) = (measures, server, threshold, rows[index.tableID] ?? nil)
    switch index.method {
    case "btree" where server.isSuperuser && measures.pageinspect != nil:
      let sampler = BTreeSampler(
        index: index, seed: seed ?? index.fileNode, extension: measures.pageinspect ?? "",
        blockSize: server.blockSize, threshold: threshold, major: server.major)
      estimate = try inquiry.attempt(connection, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try sampler.sample(connection)
      }
    case "btree" where whole:
      estimate = try inquiry.attempt(connection, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try measures.btree(index, blockSize: server.blockSize, connection)
      }
    case "btree" where tableRows != nil:
      let guess = BTreeEstimate(index: index, blockSize: server.blockSize, tableRows: tableRows ?? 0)
      estimate = try inquiry.attempt(connection, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try guess.estimate(connection)
      }
    case "gist" where whole, "hash" where whole:
      estimate = try inquiry.attempt(connection, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try measures.other(index, blockSize: server.blockSize, connection)
      }
    default:
      let means = index.method == "gin" ? "no means to tell a GIN index's bloat" : "needs pgstattuple"
      inquiry.notAssessed.append(NotAssessed(rule, index.object, "\(index.method): \(means)"))
      return
    }
    guard let estimate, let estimate else { return }
    add(index.object, estimate, isExclusion: index.isExclusion)
  }
}
