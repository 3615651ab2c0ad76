public import Postgres

/// `\conventions`: the schema against the rules.
public struct Conventions: Examination {
  public static let name = "conventions"
  public static let basis = Basis.schema
  public static let manual = Manual(
    "check the schema against the rules",
    details: """
      Types, keys, constraints, names, triggers, row security, functions and extensions, each by a rule of its own that
      rule= picks (with or without "conv-"). What a partition or a child has from its parent is reported there; what
      extensions bring, and temporary tables, are left out. The rules about how columns are compared read
      pg_stat_statements.

      Reported elsewhere: invalid indexes, a failed REINDEX's _ccnew among them, by \\redundant; foreign keys whose type
      differs from their reference by \\fkcheck; how full integer keys are by \\seqs.

      Example: \\conventions (rule='timestamp, serial') billing.*
      """)

  /// Rules that one query each judges, in the order in which they are run.
  static let checks: [any SchemaRule.Type] = [
    MissingPrimaryKeys.self, IntegerKeys.self, SerialColumns.self, UnvalidatedConstraints.self, DisabledTriggers.self,
    DisabledRules.self, RowSecurityWithoutPolicy.self, PolicyWithoutRowSecurity.self, SecurityDefinerFunctions.self,
    PublicCreate.self, UnloggedTables.self, OutdatedExtensions.self, CaseSensitiveKeys.self, IndexNames.self,
    QuotedNames.self, CutNames.self,
  ]
  /// Rules about columns of certain types.
  static let columnRules: [any ColumnRule.Type] = [
    TimestampColumns.self, JSONColumns.self, CharColumns.self, MoneyColumns.self, FloatMoney.self,
  ]
  /// Rules about what statements do with columns.
  static let workloadRules: [any WorkloadRule.Type] = [UnindexedDocuments.self, CaseFoldedText.self]

  public static let rules = checks.map { $0.card } + columnRules.map { $0.card } + workloadRules.map { $0.card }

  public static let options = [Option("rule", .text, "only these rules: a name, or several in quotes")]

  /// Each rule's own, with only that rule run.
  public static var examples: [Example] {
    let own =
      checks.map { ($0.card, $0.examples) } + columnRules.map { ($0.card, $0.examples) }
      + workloadRules.map { ($0.card, $0.examples) }
    return own.flatMap { card, examples in
      examples.map {
        Example(
          expectation: $0.expectation, rule: card.rule, setup: $0.setup, isCommitted: $0.isCommitted,
          options: [("rule", card.rule)], major: $0.major)
      }
    }
  }

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let wanted = try Self.selection(inquiry.options.text("rule"))
    func isWanted(_ card: Card) -> Bool { wanted.contains(card.rule) }
    try noteScope(connection, &inquiry, rules: wanted.count)
    for (rule, rows) in try answers(Self.checks.filter { isWanted($0.card) }, connection, &inquiry) {
      inquiry.findings += rows.compactMap { rule.init().finding($0) }
    }
    try judgeColumns(Self.columnRules.filter { isWanted($0.card) }, connection, &inquiry)
    try judgeWorkload(Self.workloadRules.filter { isWanted($0.card) }, connection, &inquiry)
    summarize(&inquiry)
  }

  /// The rules that `rule=` names. Throws `.usage` when there is no such rule.
  private static func selection(_ written: String?) throws(PostgresError) -> Set<String> {
    let known = Set(rules.map { $0.rule })
    guard let written else { return known }
    var wanted: Set<String> = []
    for name in written.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
      guard let rule = [String(name), "conv-\(name)"].first(where: { known.contains($0) }) else {
        throw .usage("no rule \"\(name)\"; rules are: \(known.sorted().joined(separator: ", "))")
      }
      wanted.insert(rule)
    }
    return wanted
  }

  static let scopeQuery = Query(
    from: 10,
    """
    SELECT pg_catalog.count(*) FILTER (WHERE NOT c.relispartition) AS tables,
      pg_catalog.count(*) FILTER (WHERE c.relispartition) AS partitions
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND \(Scope.ownTable)
    """)

  private func noteScope(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, rules: Int
  ) throws(PostgresError) {
    let parameters = inquiry.request.scope.parameters
    let row = try inquiry.read(connection, [Self.scopeQuery], parameters, for: Self.name)?.first
    let partitions = row?.int("partitions") ?? 0
    inquiry.scope = Quantity.count(row?.int("tables") ?? 0, "table")
    if partitions > 0 { inquiry.scope += " with \(Quantity.count(partitions, "partition"))" }
    inquiry.scope += " by \(Quantity.count(rules, "rule"))"
  }

  /// The rows that each rule's query gives. All are read in one transaction, to save round trips; a query that fails
  /// ends it, is asked once more alone, so that what was wrong is told as for any other, and the rest go on.
  /// Rules that ask the same are answered once.
  private func answers(
    _ rules: [any SchemaRule.Type], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [(any SchemaRule.Type, [Row])] {
    let parameters = inquiry.request.scope.parameters
    let major = inquiry.server.major
    var answers: [(any SchemaRule.Type, [Row])] = []
    var pending = rules[...]
    while let first = pending.first {
      let batch = pending
      let good = try inquiry.attempt(connection, for: first.card.rule) {
        (connection) throws(PostgresError) -> [[Row]] in
        var good: [[Row]] = []
        var known: [String: [Row]] = [:]
        for rule in batch {
          guard let text = rule.queries.text(for: major) else { break }
          guard let rows = known[text] ?? (try? connection.rows(text, parameters)) else { break }
          known[text] = rows
          good.append(rows)
        }
        return good
      }
      answers += zip(batch, good ?? [])
      pending = pending.dropFirst(good?.count ?? 0)
      guard let failed = pending.popFirst() else { break }
      if let rows = try inquiry.read(connection, failed.queries, parameters, for: failed.card.rule) {
        answers.append((failed, rows))
      }
    }
    return answers
  }

  private func judgeColumns(
    _ rules: [any ColumnRule.Type], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard let first = rules.first else { return }
    let types = ArrayText.write(Set(rules.flatMap { $0.types }).sorted())
    let parameters = inquiry.request.scope.parameters + [types]
    guard let rows = try inquiry.read(connection, [TypedColumn.query], parameters, for: first.card.rule) else {
      inquiry.notAssessed += rules.dropFirst().map { NotAssessed($0.card.rule, nil, "the columns could not be read") }
      return
    }
    for column in rows.map({ TypedColumn($0) }) {
      for rule in rules where rule.types.contains(column.base) {
        if let finding = rule.init().finding(column) { inquiry.findings.append(finding) }
      }
    }
  }

  private func judgeWorkload(
    _ rules: [any WorkloadRule.Type], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard let first = rules.first,
      let recorded = try RecordedUses.read(connection, &inquiry, for: rules.map { $0.card }), !recorded.tables.isEmpty
    else { return }
    let names = [ArrayText.write(recorded.tables), ArrayText.write(recorded.columns)]
    let parameters = inquiry.request.scope.parameters + names
    guard let rows = try inquiry.read(connection, [UsedColumn.query], parameters, for: first.card.rule) else { return }
    let columns = UsedColumn.all(rows)
    for column in columns {
      let isOnly =
        columns.filter { $0.object.table == column.object.table && $0.object.name == column.object.name }
        .count == 1
      for use in recorded.uses(of: column.object, isOnly: isOnly) {
        inquiry.findings += rules.compactMap { $0.init().finding(use, column) }
      }
    }
  }

  /// How many findings each rule has: a report of thousands of columns is read by rule.
  private func summarize(_ inquiry: inout Inquiry) {
    let kept = inquiry.findings.filter { !inquiry.request.ignoring.covers($0) }
    let counts = Dictionary(grouping: kept) { $0.rule }.mapValues { ($0.count, $0.map { $0.severity }.max()) }
    let broken = Self.rules.filter { counts[$0.rule] != nil }.sorted {
      let (left, right) = (counts[$0.rule], counts[$1.rule])
      if left?.1 != right?.1 { return (left?.1 ?? .info) > (right?.1 ?? .info) }
      return (right?.0 ?? 0, $0.rule) < (left?.0 ?? 0, $1.rule)
    }
    if broken.isEmpty {
      inquiry.summary = inquiry.notAssessed.isEmpty ? "nothing breaks these rules" : ""
      return
    }
    inquiry.figures.append(
      Figure(
        "findings_by_rule", "findings by rule", columns: ["rule", "worst", "findings", "what"],
        rows: broken.map { card in
          let (count, worst) = counts[card.rule] ?? (0, nil)
          return [.text(card.rule), Value(worst?.rawValue), .int(count), .text(card.summary)]
        }))
    let words = broken.prefix(12).map { card in
      "\(card.rule.hasPrefix("conv-") ? card.rule.dropFirst(5) : card.rule[...]) \(counts[card.rule]?.0 ?? 0)"
    }
    let more = broken.count > 12 ? " and \(Quantity.count(broken.count - 12, "more rule"))" : ""
    inquiry.summary = "\(Quantity.count(kept.count, "finding")): \(words.joined(separator: ", "))\(more)"
  }
}
