import Medic
import Postgres
import SQLText

/// One run of `\advise` from the workload to the report.
struct Study: Sendable {
  let workload: Workload
  let frame: PlannerFrame
  private var settings: PlannerSettings
  private var catalog: Catalog
  private var judge: Judge
  private var volatility = Volatility()

  init(workload: Workload, frame: PlannerFrame, settings: PlannerSettings, limits: Limits, server: Server) {
    self.workload = workload
    self.frame = frame
    self.settings = settings
    catalog = Catalog(settings: settings)
    judge = Judge(
      catalog: catalog,
      planner: Planner(frame: frame, limits: limits, major: server.major, hypopgSchema: settings.hypopgSchema))
  }

  mutating func advise(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(inquiry.options.integer("time") ?? 30_000)
    let isCancelled = inquiry.request.isCancelled
    let isOver = { clock.now >= end || isCancelled() }
    try prepareHypoPG(connection, &inquiry)
    sayUnreadable(&inquiry)
    try readCatalog(connection, &inquiry)
    let judged = try judgedStatements(connection, &inquiry, isOver)
    let writers = workload.statements.map { ($0, Analyzer.analyze($0, catalog)) }
    let writes = WriteLoad(writers, catalog, share: shareOfCounters)
    var selection = Selection(
      judged, catalog, writes,
      Selection.Limits(
        budget: inquiry.options.integer("budget").map { Double($0) }, count: inquiry.options.integer("max") ?? 10),
      usesChurn: !writers.contains { $0.1.target != nil })
    try selection.run(&judge, until: isOver, connection)
    judge.planner.sweep(connection)
    if isCancelled() { throw .usage("cancelled") }
    var names = try IndexNames.read(catalog.all.map { $0.schema }, connection, &inquiry)
    AdviceReport(selection: selection, workload: workload, catalog: catalog, judge: judge).write(&inquiry, &names)
  }

  /// Whether HypoPG can be used by this role, and which of its indexes are the session's own.
  private mutating func prepareHypoPG(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard let schema = settings.hypopgSchema else { return }
    let limits = inquiry.limits
    do {
      judge.planner.own = try connection.inspect(limits) { (connection) throws(PostgresError) in
        try HypotheticalIndexes(schema: schema).list(connection)
      }
      let count = judge.planner.own.count
      if count > 0 {
        inquiry.notes.append(
          "\(Quantity.count(count, "hypothetical index", "hypothetical indexes")) of this session count as if they were there"
        )
      }
    } catch {
      guard connection.isAlive else { throw error }
      settings.hypopgSchema = nil
      catalog = Catalog(settings: settings)
      judge = Judge(
        catalog: catalog,
        planner: Planner(frame: frame, limits: limits, major: inquiry.server.major, hypopgSchema: nil))
      inquiry.notes.append("HypoPG can't be used by this role: \(error.message)")
    }
  }

  private func sayUnreadable(_ inquiry: inout Inquiry) {
    var groups: [(reason: String, count: Int, example: String)] = []
    for (text, reason) in workload.unreadable {
      if let place = groups.firstIndex(where: { $0.reason == reason }) {
        groups[place].count += 1
      } else {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        groups.append((reason, 1, String(line.prefix(60))))
      }
    }
    say("can't be read", groups, &inquiry)
  }

  private func say(
    _ what: String, _ groups: [(reason: String, count: Int, example: String)], _ inquiry: inout Inquiry
  ) {
    for group in groups {
      let more = group.count > 1 ? " (\(group.count) statements)" : ""
      inquiry.notAssessed.append(
        NotAssessed(
          Advise.missing.rule, DatabaseObject(.statement, name: group.example), "\(what)\(more): \(group.reason)"))
    }
  }

  /// The tables that the statements name, and those behind views.
  private mutating func readCatalog(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    var names: [Catalog.Name] = []
    func add(_ tree: JSONValue) {
      var found: [(schema: String?, name: String)] = []
      tree.relationNames(into: &found)
      for name in found.map({ Catalog.Name(schema: $0.schema, name: $0.name) }) where !names.contains(name) {
        names.append(name)
      }
    }
    for statement in workload.statements { add(statement.tree) }
    var read: Set<Int> = []
    for _ in 0..<8 {
      try catalog.learn(names, frame: frame, connection, &inquiry)
      let views = catalog.all.filter { $0.definition != nil && !read.contains($0.id) }
      if views.isEmpty { break }
      for view in views {
        read.insert(view.id)
        if let definition = view.definition, let tree = try? ParseTree.parse(definition) { add(tree) }
      }
    }
    let planner = judge.planner
    judge = Judge(catalog: catalog, planner: planner)
  }

  /// The share of the counters' time that the recorded workload covers.
  private var shareOfCounters: Double? {
    guard let seconds = workload.seconds, let all = settings.counterSeconds, all > 0 else { return nil }
    return min(1, seconds / all)
  }

  // MARK: Statements

  private mutating func judgedStatements(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, _ isOver: () -> Bool
  ) throws(PostgresError) -> [JudgedStatement] {
    var planned: [(WorkloadStatement, StatementAnalysis, Plan)] = []
    var refusals: [(reason: String, count: Int, example: String)] = []
    for statement in workload.statements {
      if isOver() { break }
      let analysis = Analyzer.analyze(statement, catalog)
      let tables = analysis.uses.compactMap { catalog[$0.table] }
      // What only reads catalogs or nothing at all can't be helped, but text with unknown names is for the server.
      if analysis.unknown.isEmpty, tables.allSatisfy({ $0.isSystem }), analysis.target == nil,
        workload.source == .recorded
      {
        continue
      }
      switch try judge.planner.plan(statement.text, parameters: statement.parameterCount, connection) {
      case .success(let plan): planned.append((statement, analysis, plan))
      case .failure(let error):
        let reason = error.sqlState == "55P03" ? "a table is locked by another session" : error.message
        if let place = refusals.firstIndex(where: { $0.reason == reason }) {
          refusals[place].count += 1
        } else {
          refusals.append((reason, 1, statement.excerpt(60)))
        }
      }
    }
    say("the server gives no plan", refusals, &inquiry)
    let frequency = frequencies(planned.map { $0.1 })
    var judged: [JudgedStatement] = []
    for (statement, analysis, plan) in planned {
      if isOver() { break }
      judged.append(try judgedStatement(statement, analysis, plan, frequency, connection, inquiry.limits))
    }
    return judged
  }

  private func frequencies(_ analyses: [StatementAnalysis]) -> [String: Int] {
    var frequency: [String: Int] = [:]
    for analysis in analyses {
      var keys: Set<String> = []
      for condition in analysis.conditions where condition.pinsOneValue && analysis.uses.indices.contains(condition.use)
      {
        keys.insert("\(analysis.uses[condition.use].table) \(condition.key.sql ?? "")")
      }
      for key in keys { frequency[key, default: 0] += 1 }
    }
    return frequency
  }

  private mutating func judgedStatement(
    _ statement: WorkloadStatement, _ analysis: StatementAnalysis, _ plan: Plan, _ frequency: [String: Int],
    _ connection: borrowing Connection, _ limits: Limits
  ) throws(PostgresError) -> JudgedStatement {
    var immutable: Set<Expression> = []
    let keys = analysis.conditions.map { $0.key } + analysis.orderings.flatMap { $0.keys.map { $0.expression } }
    for key in Set(keys) {
      if case .column = key { continue }
      guard let use = key.onlyUse, analysis.uses.indices.contains(use), let table = catalog[analysis.uses[use].table],
        table.takesIndexes
      else { continue }
      if try volatility.isImmutable(key, table, frame, connection, limits) { immutable.insert(key) }
    }
    for condition in analysis.conditions + analysis.disjunctions.flatMap({ $0.flatMap { $0 } }) {
      guard analysis.uses.indices.contains(condition.use), let table = catalog[analysis.uses[condition.use].table],
        table.takesIndexes, table.largestPart >= CandidateMaker.fewestPages
      else { continue }
      try judge.selectivity.estimate(condition, table, &judge.planner, connection)
    }
    let maker = CandidateMaker(
      catalog: catalog, frequency: frequency, immutable: immutable, shares: judge.selectivity.shares(analysis, catalog))
    let made = maker.make(analysis)
    return JudgedStatement(
      statement: statement, analysis: analysis, plan: plan, candidates: made.candidates, bundles: made.bundles,
      reasons: made.reasons)
  }
}
