import Medic

/// The candidates for one occurrence of a table: columns compared for equality first, then one range or the sort.
struct UseCandidates: Sendable {
  let maker: CandidateMaker
  let table: TableFacts
  let conditions: [Condition]
  let orderings: [Ordering]
  let analysis: StatementAnalysis
  let use: Int
  var reasons: Set<String> = []

  init(
    maker: CandidateMaker, table: TableFacts, conditions: [Condition], orderings: [Ordering],
    analysis: StatementAnalysis, use: Int
  ) {
    self.maker = maker
    self.table = table
    self.conditions = conditions
    self.orderings = orderings
    self.analysis = analysis
    self.use = use
    let patterns = conditions.contains { if case .matches = $0.test { true } else { false } }
    if patterns, maker.catalog.settings.trigramSchema == nil {
      reasons.insert(
        maker.catalog.settings.hasTrigramsAvailable
          ? "a pattern inside a text needs pg_trgm: CREATE EXTENSION pg_trgm, then ask again"
          : "a pattern inside a text needs pg_trgm, which this server doesn't have")
    }
  }

  func make() -> [Candidate] {
    let local = ordered(conditions.filter { $0.isEquality && $0.isLocal })
    let ranges = distinct(conditions.filter { ($0.test == .range || $0.test == .startsWith) && $0.isLocal })
    let joins = distinct(conditions.filter { $0.test == .equal && !$0.isLocal && matchesPartner($0) })
    var made: [Candidate] = []
    made += combinations(local, ranges)
    for join in joins {
      made += combinations(ordered(local + [join]), ranges)
      made += combinations([join], [])
    }
    if joins.count > 1 { made += combinations(ordered(local + joins), []) }
    for condition in local where local.count > 1 { made += combinations([condition], []) }
    made += ranges.isEmpty ? [] : combinations([], ranges)
    made += partials(local, ranges)
    made += others()
    return made + made.filter { $0.method == "btree" }.compactMap { covering($0) }
  }

  // MARK: btree

  private func combinations(_ equal: [Condition], _ ranges: [Condition]) -> [Candidate] {
    var made: [Candidate] = []
    let keys = equal.map { key($0) }
    if !keys.isEmpty { made.append(candidate(keys, equalities: keys.count)) }
    for range in ranges where !equal.contains(where: { $0.key == range.key }) {
      made.append(candidate(keys + [key(range)], equalities: keys.count))
    }
    let pinned = equal.filter { $0.pinsOneValue }
    for ordering in orderings {
      // What is pinned to one value needs no place in the order.
      let wanted = ordering.keys.filter { wanted in !pinned.contains { $0.key == wanted.expression } }
      guard !wanted.isEmpty else { continue }
      let tail = wanted.map { key($0.expression, descending: $0.isDescending, nullsFirst: $0.nullsFirst) }
      made.append(candidate(pinned.map { key($0) } + simplest(tail), equalities: pinned.count))
    }
    return made
  }

  /// A btree is read both ways: all keys the other way round when the first is descending and none is mixed.
  private func simplest(_ keys: [Candidate.Key]) -> [Candidate.Key] {
    let isMirrored = keys.allSatisfy { $0.isDescending && $0.nullsFirst }
    return keys.map { key in
      var key = key
      if isMirrored { (key.isDescending, key.nullsFirst) = (false, false) }
      return key
    }
  }

  private func candidate(_ keys: [Candidate.Key], equalities: Int) -> Candidate {
    Candidate(table: table.id, schema: table.schema, tableName: table.name, keys: keys, equalities: equalities)
  }

  func key(_ condition: Condition) -> Candidate.Key {
    var key = key(condition.key)
    if condition.test == .startsWith, case .column(let column) = condition.key,
      let facts = table.column(column.name), !facts.hasByteOrder
    {
      key.opclass =
        facts.type == "varchar"
        ? "varchar_pattern_ops" : facts.type == "bpchar" ? "bpchar_pattern_ops" : "text_pattern_ops"
    } else if condition.test == .startsWith, case .call = condition.key {
      key.opclass = "text_pattern_ops"
    }
    return key
  }

  private func key(_ expression: Expression, descending: Bool = false, nullsFirst: Bool = false) -> Candidate.Key {
    let columns = expression.columns.map { $0.name }
    if case .column(let column) = expression {
      return Candidate.Key(
        sql: SQLName.quoted(column.name), columns: columns, isColumn: true, isDescending: descending,
        nullsFirst: nullsFirst)
    }
    let sql = Candidate.Key.sql(of: expression)
    return Candidate.Key(
      sql: sql, columns: columns, isColumn: false, isDescending: descending, nullsFirst: nullsFirst)
  }

  /// Shared columns first, then those with more values; one condition a key.
  private func ordered(_ conditions: [Condition]) -> [Condition] {
    distinct(conditions).sorted { left, right in
      let (one, other) = (rank(left), rank(right))
      return one.frequency != other.frequency
        ? one.frequency > other.frequency
        : one.distinct != other.distinct ? one.distinct > other.distinct : one.name < other.name
    }
  }

  private func rank(_ condition: Condition) -> (frequency: Int, distinct: Double, name: String) {
    let sql = condition.key.sql ?? ""
    var distinct = 200.0
    if case .column(let column) = condition.key {
      distinct = table.column(column.name)?.distinct(ofRows: table.rows) ?? 200
    }
    // An array of values breaks the order of what follows, so it stands last.
    if !condition.pinsOneValue { distinct = 0 }
    return (condition.pinsOneValue ? maker.frequency["\(table.id) \(sql)"] ?? 0 : 0, distinct, sql)
  }

  private func distinct(_ conditions: [Condition]) -> [Condition] {
    var seen: Set<Expression> = []
    return conditions.filter { seen.insert($0.key).inserted }
  }

  /// Whether a join compares what one operator family can.
  private func matchesPartner(_ condition: Condition) -> Bool {
    guard case .column(let own) = condition.key, let column = table.column(own.name),
      condition.partners.count == 1, case .column(let other)? = condition.operand,
      analysis.uses.indices.contains(other.use),
      let partner = maker.catalog[analysis.uses[other.use].table]?.column(other.name)
    else { return true }
    return maker.comparable(column, partner)
  }

  // MARK: Partial

  /// A constant condition that few rows meet, on a column with few values: the index holds only those rows.
  private func partials(_ local: [Condition], _ ranges: [Condition]) -> [Candidate] {
    var made: [Candidate] = []
    for condition in conditions where condition.isLocal {
      guard let share = maker.shares[condition], share <= CandidateMaker.largestPartialShare, let sql = condition.sql,
        isFixed(condition)
      else { continue }
      let rest = local.filter { $0.key != condition.key }
      var forms = combinations(rest, ranges.filter { $0.key != condition.key })
      if forms.isEmpty { forms = [candidate([key(condition)], equalities: 1)] }
      made += forms.map { form in
        var form = form
        form.predicate = sql
        form.share = max(share, 1 / max(table.rows, 1))
        return form
      }
    }
    return made
  }

  /// A value that a query would name in its text rather than get from outside: a state, a flag, NULL.
  private func isFixed(_ condition: Condition) -> Bool {
    switch condition.test {
    case .isNull, .isNotNull, .isTrue, .isFalse: return true
    case .equal:
      guard case .column(let column) = condition.key, let facts = table.column(column.name),
        condition.operand?.constant != nil
      else { return false }
      return facts.distinct(ofRows: table.rows) <= 20
    default: return false
    }
  }

  // MARK: Covering

  /// With what else is read of the table in INCLUDE, if that is little: then the heap needn't be visited.
  private func covering(_ candidate: Candidate) -> Candidate? {
    guard !analysis.wholeRows.contains(use), let used = analysis.columns[use] else { return nil }
    let keys = Set(candidate.keys.filter { $0.isColumn }.flatMap { $0.columns })
    let rest = used.subtracting(keys).sorted()
    guard !rest.isEmpty, rest.count <= 3, candidate.keys.allSatisfy({ $0.isColumn }) else { return nil }
    let widths = rest.map { table.column($0)?.statistics?.width ?? 1000 }
    guard widths.reduce(0, +) <= 48 else { return nil }
    var covering = candidate
    covering.included = rest
    return covering
  }
}
