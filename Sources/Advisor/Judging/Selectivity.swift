import Medic
import Postgres

/// Which share of a table's rows meets a condition: by the planner's own estimate where the condition is made of
/// constants, else as the planner would guess for a value that it doesn't know.
struct Selectivity: Sendable {
  /// The planner's estimates.
  private(set) var estimated: [Condition: Double] = [:]
  private var rows: [Int: Double] = [:]
  private var bySQL: [String: Double] = [:]

  /// Asks for one condition on a table.
  mutating func estimate(
    _ condition: Condition, _ table: TableFacts, _ planner: inout Planner, _ connection: borrowing Connection
  ) throws(PostgresError) {
    guard let sql = condition.sql, estimated[condition] == nil else { return }
    let name = "\(table.id) \(sql)"
    if let known = bySQL[name] {
      estimated[condition] = known
      return
    }
    if rows[table.id] == nil {
      let plan = try planner.plan("SELECT FROM \(table.displayName)", parameters: 0, connection)
      guard case .success(let whole) = plan else { return }
      rows[table.id] = max(whole.root.rows, 1)
    }
    let plan = try planner.plan("SELECT FROM \(table.displayName) WHERE \(sql)", parameters: 0, connection)
    guard case .success(let part) = plan, let all = rows[table.id] else { return }
    let share = min(1, part.root.rows / all)
    estimated[condition] = share
    bySQL[name] = share
  }

  /// The shares of a statement's conditions that are made of constants or tell something by themselves.
  func shares(_ analysis: StatementAnalysis, _ catalog: Catalog) -> [Condition: Double] {
    var shares: [Condition: Double] = [:]
    for condition in analysis.conditions where condition.sql != nil && analysis.uses.indices.contains(condition.use) {
      if let table = catalog[analysis.uses[condition.use].table] { shares[condition] = share(condition, table) }
    }
    return shares
  }

  func share(_ condition: Condition, _ table: TableFacts) -> Double {
    if let share = estimated[condition] { return share }
    var nulls = 0.0
    var distinct = 200.0
    var column: Column?
    if case .column(let use) = condition.key, let facts = table.column(use.name) {
      column = facts
      nulls = facts.statistics?.nullFraction ?? 0
      distinct = facts.distinct(ofRows: max(table.rows, 1))
    }
    switch condition.test {
    case .equal: return (1 - nulls) / distinct
    case .anyOf(let count): return min(1, Double(count ?? 10) * (1 - nulls) / distinct)
    case .isNull: return column == nil ? 0.005 : nulls
    case .isNotNull: return column == nil ? 0.995 : 1 - nulls
    case .isTrue: return frequency(of: "t", column) ?? 0.5
    case .isFalse: return frequency(of: "f", column) ?? 0.5
    case .range: return 1 / 3
    case .startsWith, .matches: return 0.005
    case .contains(let name): return name == "@@" || name == "&&" ? 0.005 : 0.001
    }
  }

  private func frequency(of value: String, _ column: Column?) -> Double? {
    guard let statistics = column?.statistics else { return nil }
    guard let place = statistics.commonValues.firstIndex(of: value),
      statistics.commonFrequencies.indices.contains(place)
    else { return 0 }
    return statistics.commonFrequencies[place]
  }
}
