import Medic
import Postgres

/// A statement with all that is needed to judge indexes for it.
struct JudgedStatement: Sendable {
  let statement: WorkloadStatement
  let analysis: StatementAnalysis
  /// The plan as it is.
  let plan: Plan
  let candidates: [Candidate]
  let bundles: [[Candidate]]
  /// Why nothing, or not more, was considered.
  let reasons: Set<String>

  var tables: Set<Int> { Set(analysis.uses.map { $0.table }) }
}

/// What a statement costs with some indexes more: by HypoPG where it can pretend them, else by the model.
struct Judge: Sendable {
  let catalog: Catalog
  var planner: Planner
  var selectivity = Selectivity()
  private var cache: [String: Verdict] = [:]
  private var modelPlans: [Int: Plan] = [:]
  /// What the server would not make, with its reason.
  private(set) var refused: [Candidate: String] = [:]

  enum Method: String, Sendable { case hypopg = "HypoPG", model = "estimated by a model" }

  struct Verdict: Sendable {
    let cost: Double
    let used: Set<Candidate>
    let method: Method
  }

  init(catalog: Catalog, planner: Planner) {
    self.catalog = catalog
    self.planner = planner
  }

  func canPretend(_ candidate: Candidate) -> Bool { planner.hypopgSchema != nil && candidate.canBePretended }

  /// The cost of a statement if `indexes` were there.
  mutating func verdict(
    _ statement: JudgedStatement, with indexes: [Candidate], _ connection: borrowing Connection
  ) throws(PostgresError) -> Verdict {
    let tables = statement.tables
    let relevant = indexes.filter { tables.contains($0.table) && refused[$0] == nil }
    guard !relevant.isEmpty else { return Verdict(cost: statement.plan.cost, used: [], method: method(of: [])) }
    let key =
      "\(statement.statement.number)|" + relevant.map { "\($0.table) \($0.tail)" }.sorted().joined(separator: "|")
    if let known = cache[key] { return known }
    let verdict = try judge(statement, relevant, connection)
    cache[key] = verdict
    return verdict
  }

  private func method(of candidates: [Candidate]) -> Method {
    planner.hypopgSchema != nil && candidates.allSatisfy { canPretend($0) } ? .hypopg : .model
  }

  private mutating func judge(
    _ statement: JudgedStatement, _ indexes: [Candidate], _ connection: borrowing Connection
  ) throws(PostgresError) -> Verdict {
    let pretended = indexes.filter { canPretend($0) }
    var best = Verdict(cost: statement.plan.cost, used: [], method: method(of: indexes))
    if !pretended.isEmpty {
      let answer = try planner.plan(
        statement.statement.text, parameters: statement.statement.parameterCount,
        with: pretended.map { $0.hypotheticalDefinition }, connection)
      switch answer {
      case .success(let plan):
        let used = Set(pretended.filter { plan.used.contains($0.hypotheticalDefinition) })
        best = Verdict(cost: plan.cost, used: used, method: .hypopg)
      case .failure(let error):
        if pretended.count == 1, let candidate = pretended.first { refused[candidate] = error.message }
      }
      if pretended.count == indexes.count { return best }
    }
    let plan = try modelPlan(statement, connection)
    let model = PlanModel(plan, statement.analysis, catalog, selectivity).cost(with: indexes)
    let cost = statement.plan.cost * model.cost / max(plan.cost, 0.01)
    return cost < best.cost ? Verdict(cost: cost, used: Set(model.used), method: .model) : best
  }

  /// The model knows plans of one process only.
  private mutating func modelPlan(
    _ statement: JudgedStatement, _ connection: borrowing Connection
  ) throws(PostgresError) -> Plan {
    if let known = modelPlans[statement.statement.number] { return known }
    var plan = statement.plan
    if plan.root.contains({ $0.type.hasPrefix("Gather") }) {
      let answer = try planner.plan(
        statement.statement.text, parameters: statement.statement.parameterCount, parallel: false, connection)
      if case .success(let serial) = answer { plan = serial }
    }
    modelPlans[statement.statement.number] = plan
    return plan
  }
}
