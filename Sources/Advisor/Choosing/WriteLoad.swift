import Medic

/// What a new index costs the statements that write.
struct WriteLoad: Sendable {
  struct Table: Sendable {
    var inserts = 0.0
    /// Updates by the columns that they set.
    var updates: [(columns: Set<String>, count: Double)] = []
    /// From the counters of the table, where the workload is recorded: rows beyond those that the statements show.
    var unseen = 0.0
  }

  private var tables: [Int: Table] = [:]
  /// Statements that filled a table once, which isn't what an index slows down day by day.
  private(set) var loads = 0
  let costs: CostModel

  /// - Parameter share: of the time of the table counters that the workload covers; nil when unknown.
  init(_ statements: [(WorkloadStatement, StatementAnalysis)], _ catalog: Catalog, share: Double?) {
    costs = CostModel(settings: catalog.settings)
    for (statement, analysis) in statements {
      guard let target = analysis.target else { continue }
      let rows = statement.calls * max(statement.meanRows ?? 1, 0)
      switch statement.kind {
      case .insert where statement.isBulkLoad: loads += 1
      case .insert: tables[target.table, default: Table()].inserts += rows
      case .update, .merge: tables[target.table, default: Table()].updates.append((target.columns, rows))
      case .select, .delete: break
      }
    }
    guard let share else { return }
    for table in catalog.all {
      let seen = tables[table.id]?.inserts ?? 0
      tables[table.id, default: Table()].unseen = max(0, table.ongoingInserts * share - seen)
    }
  }

  /// Index entries written over the time of the workload.
  func entries(_ candidate: Candidate) -> Double {
    guard let table = tables[candidate.table] else { return 0 }
    let columns = Set(candidate.keys.flatMap { $0.columns } + candidate.included)
    let updates = table.updates.reduce(0.0) { $0 + ($1.columns.isDisjoint(with: columns) ? 0 : $1.count) }
    return (table.inserts + table.unseen) * candidate.share + updates
      * (candidate.predicate == nil ? 1 : 2 * candidate.share)
  }

  func cost(_ candidate: Candidate, _ size: IndexSize) -> Double {
    entries(candidate) * costs.writeCost(size, method: candidate.method)
  }

  /// A table whose rows have been replaced many times over, by its counters: how many rows were written.
  static func churn(_ table: TableFacts) -> Double? {
    let written = table.ongoingInserts + table.updates
    return written > 20 * max(table.liveRows, table.rows, 1000) ? written : nil
  }
}
