import Medic

/// What one candidate does for one occurrence of a table: which conditions it looks up and which order it gives.
struct IndexMatch: Sendable {
  /// Of the table's rows, what the index conditions select.
  let share: Double
  /// Conditions that the index checks.
  let used: [Condition]
  /// Orders (by their place in the analysis) that a scan delivers.
  let orderings: [Int]
  /// Everything that is read is in the index.
  let isCovering: Bool

  /// Nil when the candidate can't be used: nothing to look up and no order, or its predicate isn't asked for.
  init?(
    _ candidate: Candidate, _ table: TableFacts, use: Int, _ analysis: StatementAnalysis, _ selectivity: Selectivity,
    partners: Set<Int>, allows: (Condition) -> Bool
  ) {
    let conditions = analysis.conditions.filter { condition in
      condition.use == use
        && (condition.isLocal ? allows(condition) : condition.partners.allSatisfy { partners.contains($0.use) })
    }
    if let predicate = candidate.predicate, !conditions.contains(where: { $0.sql == predicate }) { return nil }
    var used: [Condition] = []
    var share = candidate.share
    var pinned = 0
    for (position, key) in candidate.keys.enumerated() {
      let own = conditions.filter {
        Candidate.Key.sql(of: $0.key) == key.sql && (candidate.predicate == nil || $0.sql != candidate.predicate)
      }
      guard let match = IndexMatch.match(own, key, candidate, table, isFirst: position == 0, selectivity) else { break }
      share *= match.share
      used += match.conditions
      guard match.isEquality else { break }
      if match.pinsOneValue && pinned == position { pinned += 1 }
    }
    self.used = used
    self.share = share
    orderings =
      candidate.method == "btree"
      ? analysis.orderings.indices.filter { index in
        IndexMatch.gives(candidate, pinned, analysis.orderings[index], use, conditions)
      } : []
    let inside = Set(candidate.keys.filter { $0.isColumn }.flatMap { $0.columns } + candidate.included)
    isCovering =
      candidate.method == "btree" && !analysis.wholeRows.contains(use)
      && (analysis.columns[use] ?? []).isSubset(of: inside)
    if used.isEmpty && orderings.isEmpty && candidate.predicate == nil && !isCovering { return nil }
  }

  private static func match(
    _ conditions: [Condition], _ key: Candidate.Key, _ candidate: Candidate, _ table: TableFacts, isFirst: Bool,
    _ selectivity: Selectivity
  ) -> (share: Double, conditions: [Condition], isEquality: Bool, pinsOneValue: Bool)? {
    func only(_ fits: (Condition) -> Bool) -> (Double, [Condition], Bool, Bool)? {
      conditions.first(where: fits).map { (selectivity.share($0, table), [$0], false, false) }
    }
    switch candidate.method {
    case "gin", "gist":
      let isTrigram = key.opclass?.hasSuffix("gin_trgm_ops") == true
      return only { condition in
        switch condition.test {
        case .contains: !isTrigram
        case .matches, .startsWith: isTrigram
        default: false
        }
      }
    case "hash": return only { $0.test == .equal }
    case "brin": break
    default:
      if let equal = conditions.filter({ $0.isEquality }).min(by: {
        selectivity.share($0, table) < selectivity.share($1, table)
      }) {
        return (selectivity.share(equal, table), [equal], true, equal.pinsOneValue)
      }
    }
    if key.opclass != nil { return only { $0.test == .startsWith } }
    let ranges = conditions.filter {
      $0.test == .range || ($0.test == .startsWith && key.isColumn && hasByteOrder(key, table))
    }
    guard !ranges.isEmpty else { return nil }
    // Two bounds together: the planner adds what each leaves out, or guesses 0.5 % for values that it doesn't know.
    let shares = ranges.map { selectivity.share($0, table) }
    let isKnown = ranges.contains { selectivity.estimated[$0] != nil }
    let share =
      shares.count < 2 ? shares[0] : isKnown ? max(shares.reduce(0, +) - Double(shares.count - 1), 0.0001) : 0.005
    return (share, ranges, false, false)
  }

  private static func hasByteOrder(_ key: Candidate.Key, _ table: TableFacts) -> Bool {
    key.columns.first.flatMap { table.column($0) }?.hasByteOrder == true
  }

  /// Whether the keys after the pinned ones are those of the order, all the same way or all the other way.
  private static func gives(
    _ candidate: Candidate, _ pinned: Int, _ ordering: Ordering, _ use: Int, _ conditions: [Condition]
  ) -> Bool {
    guard ordering.use == use else { return false }
    let fixed = candidate.keys.prefix(pinned).map { $0.sql }
    let wanted = ordering.keys.filter { !fixed.contains(Candidate.Key.sql(of: $0.expression)) }
    let offered = candidate.keys.dropFirst(pinned).prefix(wanted.count)
    guard !wanted.isEmpty, offered.count == wanted.count,
      zip(offered, wanted).allSatisfy({ $0.sql == Candidate.Key.sql(of: $1.expression) && $0.opclass == nil })
    else { return false }
    if ordering.purpose != .sort { return true }
    let pairs = zip(offered, wanted).map { ($0.isDescending == $1.isDescending, $0.nullsFirst == $1.nullsFirst) }
    return pairs.allSatisfy { $0.0 && $0.1 } || pairs.allSatisfy { !$0.0 && !$0.1 }
  }
}
