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
  private let server: Server
  private let measures: Measures
  private let locks: [Int: ExclusiveLock]
  private(set) var results: [Result] = []
  /// Tables looked at, with their rows where they were counted.
  private(set) var tables: [Int: (layout: TableLayout, count: RowCount?)] = [:]

  /// Extensions that read whole relations aren't let loose on bigger ones unless `exact=on` asks for it.
  private static let wholeReadLimit = 268_435_456

  init(_ inquiry: Inquiry, measures: Measures, locks: [Int: ExclusiveLock], horizon: String?) {
    threshold = Double(inquiry.options.integer("threshold") ?? 30) / 100
    seed = inquiry.options.integer("seed")
    exact = inquiry.options.flag("exact")
    minimum = inquiry.options.integer("min_size") ?? 65536
    server = inquiry.server
    self.measures = measures
    self.locks = locks
    self.horizon = horizon
  }

  var mayScan: Bool { measures.pgstattuple != nil && measures.mayScan }
  private var inspects: Bool { server.isSuperuser && measures.pageinspect != nil }

  /// Runs `body` in a short transaction of its own, unless the user gave a time or asked for a whole reading.
  private func attempt<R>(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rule: String, on object: DatabaseObject,
    isWhole: Bool = false, _ body: (borrowing Connection) throws(PostgresError) -> R
  ) throws(PostgresError) -> R? {
    let isLong = isWhole || exact || inquiry.options.given.contains("timeout")
    let limits = Limits(
      statementTimeout: isLong ? inquiry.limits.statementTimeout : SampleClock.limit,
      lockTimeout: inquiry.limits.lockTimeout)
    var part = Inquiry(request: inquiry.request, server: server, limits: limits)
    defer {
      inquiry.notAssessed += part.notAssessed
      inquiry.lockTimeouts += part.lockTimeouts
    }
    return try part.attempt(connection, for: rule, on: object, body)
  }

  private mutating func add(_ object: DatabaseObject, _ estimate: BloatEstimate, isExclusion: Bool = false) {
    guard estimate.size * server.blockSize >= minimum else { return }
    results.append(Result(object: object, estimate: estimate, isExclusion: isExclusion))
  }

  // MARK: Tables

  /// `size` in bytes, as far as it is known.
  mutating func look(
    at table: TableLayout, size: Int, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let rule = table.isTOAST ? BloatCheck.toast.rule : BloatCheck.table.rule
    if let reason = obstacle(table, size, inquiry.lockTimeouts) {
      inquiry.notAssessed.append(NotAssessed(rule, table.object, reason))
      return
    }
    let answer: HeapSampler.Answer?
    if exact || !table.mayRead {
      let (exact, blockSize, measures) = (exact, server.blockSize, measures)
      answer =
        try attempt(connection, &inquiry, for: rule, on: table.object, isWhole: true) {
          (connection) throws(PostgresError) in
          try measures.table(table, exact: exact, blockSize: blockSize, connection)
        } ?? nil
    } else {
      let sampler = HeapSampler(
        table: table, seed: seed ?? table.fileNode, blockSize: server.blockSize, threshold: threshold,
        lengths: RowLengths(table, blockSize: server.blockSize, major: server.major), clock: SampleClock())
      answer = try attempt(connection, &inquiry, for: rule, on: table.object) { (connection) throws(PostgresError) in
        try sampler.sample(connection)
      }
    }
    // Refused: said already.
    guard let answer else { return }
    if !table.isTOAST { tables[table.id] = (table, answer.count) }
    if let estimate = answer.estimate { add(table.object, estimate) }
  }

  /// Why a table isn't opened at all.
  private func obstacle(_ table: TableLayout, _ size: Int, _ timeouts: Int) -> String? {
    if let lock = locks[table.id] { return "skipped: \(lock.words)" }
    if timeouts >= 10 { return "skipped: too many locks waited for already" }
    if table.method != "heap" { return "its access method is \(table.method), not heap" }
    if table.isUnlogged && server.isStandby { return "unlogged: not there on a standby" }
    if exact {
      return mayScan ? nil : "exact=on needs CREATE EXTENSION pgstattuple, and pg_stat_scan_tables to call it"
    }
    if table.mayRead { return nil }
    if !mayScan {
      return table.isTOAST
        ? "TOAST: needs pg_read_all_data or pgstattuple" : "needs pg_read_all_data or pgstattuple"
    }
    if size > Self.wholeReadLimit {
      return "pgstattuple_approx would read too much of it: needs pg_read_all_data, or exact=on"
    }
    return nil
  }

  // MARK: Indexes

  mutating func look(
    at index: IndexLayout, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let rule = BloatCheck.index.rule
    if index.pages > 0 && index.pages < 8 && !index.isStale { return }
    if let lock = locks[index.id] ?? locks[index.tableID] {
      inquiry.notAssessed.append(NotAssessed(rule, index.object, "skipped: \(lock.words)"))
      return
    }
    guard inquiry.lockTimeouts < 10 else {
      inquiry.notAssessed.append(NotAssessed(rule, index.object, "skipped: too many locks waited for already"))
      return
    }
    let means = self.means(of: index)
    if case .none(let reason) = means {
      inquiry.notAssessed.append(NotAssessed(rule, index.object, reason))
      return
    }
    var estimate = try measure(index, by: means, connection, &inquiry, rule)
    // Cheap but vague: the whole index is read where that is allowed.
    if case .keys = means, mayRead(index), estimate.map({ $0?.verdict(threshold) == .undecided }) ?? false {
      estimate = try measure(index, by: .whole, connection, &inquiry, rule)
    }
    guard let estimate, let estimate else { return }
    add(index.object, estimate, isExclusion: index.isExclusion)
  }

  /// How an index is measured, in the order in which one is tried.
  private enum Means {
    /// Its own pages, or how full pages are.
    case pages(extension: String)
    case freeSpace(extension: String)
    /// The keys of its table's rows.
    case keys(TableLayout, RowCount)
    /// pgstattuple, which reads all of it.
    case whole
    case none(String)
  }

  /// Whether pgstattuple may be let loose on it.
  private func mayRead(_ index: IndexLayout) -> Bool {
    mayScan && ["btree", "gist", "hash"].contains(index.method)
      && (exact || index.pages * server.blockSize <= Self.wholeReadLimit)
  }

  private func means(of index: IndexLayout) -> Means {
    let table = tables[index.tableID]
    if inspects, let schema = measures.pageinspect {
      if index.method == "btree" { return .pages(extension: schema) }
      if PageSampler.covers(index.method) { return .freeSpace(extension: schema) }
    }
    if exact, mayRead(index) { return .whole }
    if index.method == "btree", let layout = table?.layout, layout.mayRead, let count = table?.count,
      !count.blocks.isEmpty || count.rows == 0
    {
      return .keys(layout, count)
    }
    if mayRead(index) { return .whole }
    switch index.method {
    case "btree", "gist", "hash":
      return .none(
        mayScan
          ? "pgstattuple would read too much of it: exact=on allows that" : "needs pg_read_all_data or pgstattuple")
    default:
      return .none(
        "\(index.method): only a superuser with pageinspect can tell how full its pages are; REINDEX on a copy shows it"
      )
    }
  }

  private func measure(
    _ index: IndexLayout, by means: Means, _ connection: borrowing Connection, _ inquiry: inout Inquiry, _ rule: String
  ) throws(PostgresError) -> BloatEstimate?? {
    let (measures, server, threshold) = (measures, server, threshold)
    let seed = seed ?? index.fileNode
    let count = index.isPartial ? nil : tables[index.tableID]?.count
    let clock = SampleClock()
    switch means {
    case .pages(let schema):
      let keys = tables[index.tableID].flatMap { table in
        table.count.map {
          KeySampler(index: index, table: table.layout, count: $0, blockSize: server.blockSize, major: server.major)
        }
      }
      return try attempt(connection, &inquiry, for: rule, on: index.object) { (connection) throws(PostgresError) in
        let sampler = BTreeSampler(
          index: index, seed: seed, extension: schema, blockSize: server.blockSize, threshold: threshold,
          major: server.major, count: index.isPartial ? try keys?.partialCount(connection) : count, clock: clock)
        return try sampler.sample(connection)
      }
    case .freeSpace(let schema):
      let sampler = PageSampler(
        index: index, seed: seed, extension: schema, blockSize: server.blockSize, threshold: threshold,
        major: server.major)
      return try attempt(connection, &inquiry, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try sampler.sample(connection)
      }
    case .keys(let table, let count):
      let sampler = KeySampler(
        index: index, table: table, count: count, blockSize: server.blockSize, major: server.major)
      return try attempt(connection, &inquiry, for: rule, on: index.object) { (connection) throws(PostgresError) in
        try sampler.estimate(connection)
      }
    case .whole:
      return try attempt(connection, &inquiry, for: rule, on: index.object, isWhole: true) {
        (connection) throws(PostgresError) in
        try measures.index(index, count: count, blockSize: server.blockSize, connection)
      }
    case .none: return nil
    }
  }
}
