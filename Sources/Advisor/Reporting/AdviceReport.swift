import Medic

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Puts advice into words: findings for what is to be made, figures for what was looked at, reasons for what wasn't.
struct AdviceReport: Sendable {
  let selection: Selection
  let workload: Workload
  let catalog: Catalog
  let judge: Judge

  func write(_ inquiry: inout Inquiry, _ names: inout IndexNames) {
    let statements = selection.statements
    inquiry.scope = scope
    if let seconds = workload.seconds, let whole = Int(exactly: seconds.rounded()) {
      inquiry.window = Window(
        since: nil, seconds: whole, note: "statements recorded for \(Quantity.pretty(seconds: whole))")
    }
    for chosen in selection.chosen {
      guard let table = catalog[chosen.candidate.table] else { continue }
      inquiry.findings.append(finding(chosen, table, &names))
    }
    let before = total(statements.map { $0.plan.cost })
    let after = total(selection.costs)
    let count = selection.chosen.count
    if statements.isEmpty {
      inquiry.summary =
        workload.leftOut.isEmpty
        ? "no statement could be judged"
        : "no statement to judge: \(workload.leftOut.map { $0.reason }.joined(separator: ", "))"
    } else if count == 0 {
      inquiry.summary = "no index is advised: " + (statements.count == 1 ? mainReason : "none would help enough")
    } else {
      let indexes = Quantity.count(count, "index", "indexes")
      let share = before > 0 ? Quantity.percent((before - after) / before) : "0 %"
      inquiry.summary = "\(indexes) advised; the estimated cost falls by \(share)"
    }
    figures(before, after, &inquiry)
    notes(&inquiry)
  }

  private var scope: String {
    let count = Quantity.count(selection.statements.count, "statement")
    switch workload.source {
    case .statement: return count
    case .file(let name): return "\(count) of \(name)"
    case .recorded: return "\(count) of pg_stat_statements"
    }
  }

  private func total(_ costs: [Double]) -> Double {
    zip(selection.statements, costs).reduce(0.0) { $0 + $1.0.statement.calls * $1.1 }
  }

  /// Why a single statement gets nothing.
  private var mainReason: String {
    if let rejected = selection.rejected.first { return "\(rejected.candidate.keyList): \(rejected.reason)" }
    guard let statement = selection.statements.first else { return "nothing was judged" }
    return reason(statement)
  }

  private func reason(_ statement: JudgedStatement) -> String {
    var reasons = statement.reasons.sorted()
    if statement.candidates.isEmpty && statement.bundles.isEmpty {
      if reasons.isEmpty { return "found no condition, join or order that an index serves" }
    } else if let refused = statement.candidates.compactMap({ judge.refused[$0] }).first {
      reasons.insert(refused, at: 0)
    } else if statement.plan.cost <= 2 * Selection.leastPages * catalog.settings.randomPage {
      reasons = ["fast already (cost \(round(statement.plan.cost)))"]
    } else {
      let least = Quantity.percent(Selection.leastSaving)
      reasons.insert(
        "no \(reasons.isEmpty ? "" : "other ")index would save \(least) of its cost: it needs too many rows", at: 0)
    }
    return reasons.prefix(3).joined(separator: "; ")
  }

  // MARK: Findings

  private func finding(_ chosen: Selection.Chosen, _ table: TableFacts, _ names: inout IndexNames) -> Finding {
    let candidate = chosen.candidate
    let card: Card =
      candidate.predicate != nil
      ? Advise.partial : candidate.keys.count + candidate.included.count > 1 ? Advise.composite : Advise.missing
    let calls = chosen.helped.reduce(0.0) { $0 + $1.statement.statement.calls }
    let before = chosen.helped.reduce(0.0) { $0 + $1.before * $1.statement.statement.calls }
    let after = chosen.helped.reduce(0.0) { $0 + $1.after * $1.statement.statement.calls }
    let numbers = chosen.helped.map { $0.statement.statement.number }.sorted()
    let list = numbers.prefix(8).map { String($0) }.joined(separator: ", ") + (numbers.count > 8 ? ", …" : "")
    let perCall = max(calls, 1)
    let message =
      "an index \(candidate.tail) would help \(numbers.count == 1 ? "statement" : "statements") \(list): "
      + "cost \(round(before / perCall)) → \(round(after / perCall)); \(why(chosen))"
    let evidence = [
      Fact("index", .text(candidate.tail)),
      Fact("statements", .text(numbers.map { String($0) }.joined(separator: ", "))),
      Fact("cost_before", .double(rounded(before / perCall))), Fact("cost_after", .double(rounded(after / perCall))),
      Fact("calls", .int(whole(calls))), Fact("est_size_bytes", .int(whole(chosen.size.bytes))),
      Fact("write_cost", .double(rounded(chosen.writeCost))),
      Fact("entries_written", .int(whole(chosen.entriesWritten))),
      Fact("rows_inserted_counted", .int(whole(table.inserts))),
      Fact("rows_updated_counted", .int(whole(table.updates))),
      Fact("method", .text(chosen.method.rawValue)), Fact("why", .text(why(chosen))),
    ]
    return Finding(
      card, on: table.object, aspect: candidate.tail, message, evidence: evidence,
      confidence: confidence(chosen, table), remedy: IndexRemedy.remedy(candidate, table, &names),
      weight: chosen.gain - chosen.writeCost)
  }

  private func confidence(_ chosen: Selection.Chosen, _ table: TableFacts) -> Confidence {
    if !table.isAnalyzed { return .low }
    let isBlind = chosen.helped.contains { helped in
      helped.statement.analysis.conditions.contains { $0.test == .matches(isKnown: false) }
    }
    if isBlind && chosen.candidate.method == "gin" { return .low }
    if chosen.method == .model { return .medium }
    return chosen.helped.contains { $0.statement.statement.parameterCount > 0 } ? .medium : .high
  }

  /// Why these columns in this order.
  private func why(_ chosen: Selection.Chosen) -> String {
    let candidate = chosen.candidate
    var words: [String] = []
    let equal = candidate.keys.prefix(candidate.equalities).map { $0.sql }
    let rest = candidate.keys.dropFirst(candidate.equalities).map { $0.sql }
    if candidate.method != "btree" {
      words.append(
        "\(candidate.method) serves the operator on \(candidate.keys.map { $0.sql }.joined(separator: ", "))")
    } else {
      if !equal.isEmpty {
        words.append("\(equal.joined(separator: ", ")) \(equal.count == 1 ? "is" : "are") compared with =")
      }
      if !rest.isEmpty {
        words.append(
          "\(equal.isEmpty ? "" : "then ")\(rest.joined(separator: ", ")) \(isOrder(chosen) ? (rest.count == 1 ? "gives the order" : "give the order") : "is a range")"
        )
      }
    }
    if let predicate = candidate.predicate {
      words.append("only \(Quantity.percent(candidate.share)) of the rows meet \(predicate)")
    }
    if !candidate.included.isEmpty {
      words.append(
        "\(SQLName.list(candidate.included)) \(candidate.included.count == 1 ? "is" : "are") read along without visiting the table"
      )
    }
    return words.joined(separator: ", ")
  }

  private func isOrder(_ chosen: Selection.Chosen) -> Bool {
    let rest = Set(chosen.candidate.keys.dropFirst(chosen.candidate.equalities).map { $0.sql })
    return chosen.helped.contains { helped in
      helped.statement.analysis.orderings.contains { ordering in
        ordering.keys.contains { rest.contains(Candidate.Key.sql(of: $0.expression)) }
      }
    }
  }

  // MARK: Figures and notes

  private func figures(_ before: Double, _ after: Double, _ inquiry: inout Inquiry) {
    if selection.statements.isEmpty { return }
    inquiry.figures.append(Figure("cost_before", "estimated cost of the workload", .double(rounded(before))))
    inquiry.figures.append(Figure("cost_after", "with the advised indexes", .double(rounded(after))))
    inquiry.figures.append(
      Figure("planner_calls", "plans asked for", .int(judge.planner.calls), isDetail: true))
    let rows = zip(selection.statements, selection.costs).map { statement, cost -> [Value] in
      [
        .int(statement.statement.number), .int(whole(statement.statement.calls)),
        Value(statement.statement.meanTime.map { rounded($0) }), .double(rounded(statement.plan.cost)),
        .double(rounded(cost)), cost < statement.plan.cost * Selection.helpedAt ? nil : .text(reason(statement)),
        .text(statement.statement.excerpt()),
      ]
    }
    inquiry.figures.append(
      Figure(
        "statements", "statements",
        columns: ["number", "calls", "mean_ms", "cost_before", "cost_after", "why_not", "statement"], rows: rows,
        isDetail: true))
    var seen: Set<Candidate> = []
    let rejected = selection.rejected.filter { seen.insert($0.candidate).inserted }.map {
      candidate, reason -> [Value] in
      [.text(SQLName.qualified(candidate.schema, candidate.tableName)), .text(candidate.tail), .text(reason)]
    }
    if !rejected.isEmpty {
      inquiry.figures.append(
        Figure("not_advised", "considered and not advised", columns: ["table", "index", "reason"], rows: rejected))
    }
  }

  private func notes(_ inquiry: inout Inquiry) {
    if catalog.settings.hypopgSchema == nil && !selection.statements.isEmpty {
      inquiry.notes.append(
        "HypoPG is not installed in this database: costs are estimated by a model, not by the planner")
    }
    for (reason, count) in workload.leftOut {
      inquiry.notes.append("left out: \(Quantity.count(count, "statement")) (\(reason))")
    }
    if selection.writes.loads > 0 {
      inquiry.notes.append("\(Quantity.count(selection.writes.loads, "bulk load")) not counted as writing")
    }
    if inquiry.server.isStandby {
      inquiry.notes.append("writes are counted on the primary only: what an index costs them is not weighed here")
    }
    if selection.isCutShort {
      inquiry.notes.append("time= ran out before all was weighed: more time may give more or better advice")
    }
    let notAnalyzed = Set(selection.statements.flatMap { $0.tables }).compactMap { catalog[$0] }
      .filter { $0.takesIndexes && $0.largestPart >= CandidateMaker.fewestPages && !$0.isAnalyzed }
    for table in notAnalyzed.sorted(by: { $0.displayName < $1.displayName }) {
      inquiry.notes.append(
        "\(table.displayName) has no statistics (never analyzed, or none that this role may see): run ANALYZE first")
    }
    let needs = Set(selection.statements.flatMap { $0.reasons.filter { $0.contains("pg_trgm") } })
    for need in needs.sorted() { inquiry.notes.append(need) }
    if !selection.chosen.isEmpty {
      inquiry.notes.append(
        "costs are the planner's units, an estimate; after making an index look at EXPLAIN again, and at \\redundant for what it supersedes"
      )
    }
  }

  private func round(_ cost: Double) -> String {
    cost >= 10 ? String(whole(cost.rounded())) : Value.double(rounded(cost)).text
  }

  private func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }

  private func whole(_ number: Double) -> Int { Int(exactly: min(number, 9e15).rounded()) ?? 0 }
}
