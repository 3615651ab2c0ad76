import Medic

/// Makes the indexes that might serve what one statement asks.
struct CandidateMaker: Sendable {
  let catalog: Catalog
  /// How often each key is compared for equality in the whole workload, to give shared ones the front.
  let frequency: [String: Int]
  /// Expressions that may be indexed; others aren't immutable.
  let immutable: Set<Expression>
  /// Shares of rows by condition, where the server has estimated them.
  let shares: [Condition: Double]

  /// Tables smaller than this are read faster than any index is looked up.
  static let fewestPages = 64.0
  /// A share above which a condition doesn't make a partial index.
  static let largestPartialShare = 0.2

  /// What came out for one statement.
  struct Outcome: Sendable {
    var candidates: [Candidate] = []
    /// Indexes that help only together, for the arms of an OR.
    var bundles: [[Candidate]] = []
    /// Why something was not considered.
    var reasons: Set<String> = []
  }

  func make(_ analysis: StatementAnalysis) -> Outcome {
    var outcome = Outcome()
    for (use, place) in analysis.uses.enumerated() {
      guard let table = catalog[place.table] else { continue }
      if !table.takesIndexes {
        if !table.isSystem { outcome.reasons.insert("\(table.displayName) can have no indexes") }
        continue
      }
      if table.largestPart < Self.fewestPages {
        let whose = table.isPartitioned ? "every partition of \(table.displayName)" : table.displayName
        outcome.reasons.insert("\(whose) is tiny (\(Quantity.count(Int(table.largestPart), "page")))")
        continue
      }
      let usable = analysis.conditions.filter { $0.use == use && isIndexable($0, table, &outcome) }
      let orderings = analysis.orderings.filter {
        $0.use == use && $0.keys.allSatisfy { isKey($0.expression, table, &outcome) }
      }
      let own = UseCandidates(
        maker: self, table: table, conditions: usable, orderings: orderings, analysis: analysis, use: use)
      outcome.candidates += own.make()
      outcome.reasons.formUnion(own.reasons)
    }
    for arms in analysis.disjunctions { disjunction(arms, analysis, &outcome) }
    var seen: Set<Candidate> = []
    outcome.candidates = outcome.candidates.filter { candidate in
      guard seen.insert(candidate).inserted, let table = catalog[candidate.table] else { return false }
      // Where a unique index finds the one row, more key columns can't find it faster.
      let pinned = Set(candidate.keys.prefix(candidate.equalities).map { $0.sql })
      let unique = table.indexes.first {
        $0.isUnique && $0.isValid && $0.predicate == nil && pinned.isSuperset(of: $0.keys)
      }
      guard
        let existing = table.indexes.first(where: { candidate.isServed(by: $0) })
          ?? (candidate.included.isEmpty ? unique : nil)
      else { return true }
      outcome.reasons.insert("\(SQLName.quoted(existing.name)) is there already for (\(candidate.keyList))")
      return false
    }
    return outcome
  }

  // MARK: What can be a key

  func isKey(_ expression: Expression, _ table: TableFacts, _ outcome: inout Outcome) -> Bool {
    if case .column(let column) = expression { return table.column(column.name)?.isOrdered == true }
    if immutable.contains(expression) { return true }
    if let sql = expression.sql {
      outcome.reasons.insert("\(sql) can't be indexed: not immutable, or not known to be")
    }
    return false
  }

  private func isIndexable(_ condition: Condition, _ table: TableFacts, _ outcome: inout Outcome) -> Bool {
    switch condition.test {
    case .contains, .matches:
      if case .column = condition.key { return true }
      return isKey(condition.key, table, &outcome)
    case .isNotNull: return true
    default: break
    }
    guard isKey(condition.key, table, &outcome) else { return false }
    guard case .column(let own) = condition.key, let column = table.column(own.name) else { return true }
    if let reason = mismatch(column, condition) {
      outcome.reasons.insert(reason)
      return false
    }
    return true
  }

  /// A comparison that casts the column, such as an integer with a decimal number, can use no index on it.
  private func mismatch(_ column: Column, _ condition: Condition) -> String? {
    let integers: Set<String> = ["int2", "int4", "int8"]
    if integers.contains(column.type) {
      if case .constant(.decimal(let digits))? = condition.operand, digits.contains(".") {
        return "\(SQLName.quoted(column.name)) is compared with a decimal number, which casts the column"
      }
      if case .cast(_, let type)? = condition.operand, ["numeric", "float8", "float4"].contains(type) {
        return "\(SQLName.quoted(column.name)) is compared with a \(type), which casts the column"
      }
    }
    return nil
  }

  func comparable(_ one: Column, _ other: Column) -> Bool {
    let families: [Set<String>] = [
      ["int2", "int4", "int8"], ["float4", "float8"], ["text", "varchar"], ["date", "timestamp", "timestamptz"],
    ]
    return one.type == other.type || families.contains { $0.contains(one.type) && $0.contains(other.type) }
  }

  // MARK: OR

  /// Each arm needs an index of its own; they help only together, by a bitmap.
  private func disjunction(_ arms: [[Condition]], _ analysis: StatementAnalysis, _ outcome: inout Outcome) {
    var bundle: [Candidate] = []
    for arm in arms {
      let uses = Set(arm.map { $0.use })
      guard uses.count == 1 else { return }
      guard let index = armIndex(arm, analysis) else { return }
      if let candidate = index.wanted, !bundle.contains(candidate) { bundle.append(candidate) }
    }
    if bundle.isEmpty { return }
    if bundle.count == 1 { outcome.candidates += bundle } else { outcome.bundles.append(bundle) }
  }

  /// The index that an arm wants; none where one is there.
  private struct ArmIndex { let wanted: Candidate? }

  private func armIndex(_ arm: [Condition], _ analysis: StatementAnalysis) -> ArmIndex? {
    guard let condition = arm.first(where: { $0.isEquality && $0.isLocal }) ?? arm.first(where: { $0.test == .range }),
      case .column(let column) = condition.key,
      analysis.uses.indices.contains(condition.use), let table = catalog[analysis.uses[condition.use].table],
      table.takesIndexes,
      table.largestPart >= Self.fewestPages, table.column(column.name)?.isOrdered == true
    else { return nil }
    let key = Candidate.Key(sql: SQLName.quoted(column.name), columns: [column.name], isColumn: true)
    let candidate = Candidate(
      table: table.id, schema: table.schema, tableName: table.name, keys: [key],
      equalities: condition.isEquality ? 1 : 0)
    return ArmIndex(wanted: table.indexes.contains { candidate.isServed(by: $0) } ? nil : candidate)
  }

}
