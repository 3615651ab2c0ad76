import SQLText

/// What hurts in a plan that was executed: each claim by the plan's own numbers, and only where the time goes.
struct PlanFaults: Sendable {
  static let estimate = Card(
    "plan-bad-estimate", severity: .warning, in: .statements, entry: "stale-statistics",
    summary: "row estimates that are wrong by ten times and more")
  static let spill = Card(
    "plan-spill", severity: .warning, in: .statements, entry: "temp-file-spill",
    summary: "sorts, hashes and aggregates that went to disk")
  static let lossy = Card(
    "plan-lossy-bitmap", severity: .info, in: .statements, entry: "read-explain",
    summary: "bitmaps that forgot rows and kept pages only")
  static let scan = Card(
    "plan-seq-scan-discards", severity: .warning, in: .statements, entry: "check-seq-scans",
    summary: "sequential scans that throw most rows away")
  static let filter = Card(
    "plan-filter-discards", severity: .info, in: .statements, entry: "composite-index",
    summary: "index scans and joins that throw most rows away")
  static let loop = Card(
    "plan-nested-loop", severity: .warning, in: .statements, entry: "plan-regression",
    summary: "nested loops that read much again and again")
  static let jit = Card(
    "plan-jit", severity: .info, in: .statements, entry: "read-explain",
    summary: "compiling that takes a good part of the time")
  static let trigger = Card(
    "plan-trigger-time", severity: .warning, in: .statements, entry: "conv-index-fk",
    summary: "triggers that take a good part of the time")
  static let rules = [estimate, spill, lossy, scan, filter, loop, jit, trigger]

  /// Milliseconds of the whole execution.
  private let total: Double
  private(set) var findings: [Finding] = []

  init(_ plan: ExecutedPlan) {
    total = plan.executionTime ?? 0
    // Below some milliseconds nothing hurts.
    guard total >= 2 else { return }
    visit(plan.root, parent: nil, isCut: false)
    judgeJIT(plan)
    for trigger in plan.triggers { judge(trigger) }
  }

  private func share(_ time: Double) -> Double { total > 0 ? time / total : 0 }

  private mutating func add(
    _ card: Card, _ node: PlanNode, _ message: String, _ evidence: [Fact], severity: Severity? = nil
  ) {
    let facts = [
      Fact("node", .int(node.number)), Fact("node_type", .text(node.type)),
      Fact("self_ms", PlanPage.rounded(node.selfTime)),
      Fact("share_of_time", PlanPage.rounded(share(node.time))),
    ]
    findings.append(
      Finding(
        card,
        on: node.table ?? DatabaseObject(.statement, name: "node \(node.number), \(node.type)"),
        "node \(node.number), \(node.type): \(message)", severity: severity,
        evidence: facts + evidence,
        weight: node.selfTime))
  }

  /// `isCut`: somebody above stops before all rows have come (LIMIT, a semi-join).
  private mutating func visit(_ node: PlanNode, parent: PlanNode?, isCut: Bool) {
    judgeEstimate(node, parent, isCut)
    judgeSpill(node)
    judgeBitmap(node)
    judgeFilter(node)
    judgeLoop(node)
    for (index, child) in node.children.enumerated() {
      let stops =
        node.type == "Limit"
        || (node.text("Join Type").map { ["Semi", "Anti"].contains($0) } ?? false && index == 1)
        || node.type == "Merge Join" || child.text("Parent Relationship") == "SubPlan"
      // A sort or an aggregate reads all before it gives a row.
      let isWhole = ["Sort", "Hash", "Aggregate"].contains(child.type) && !child.isInitPlan
      visit(child, parent: node, isCut: isWhole ? false : (isCut || stops))
    }
  }

  // MARK: Rows

  /// How wrong an estimate is, as a factor of at least 1.
  private func factor(_ node: PlanNode) -> Double {
    guard node.isExecuted, let actual = node.actualRows else { return 1 }
    // Workers' rows are an average of theirs, the estimate is divided in the same way.
    let (left, right) = (max(1, actual), max(1, node.estimatedRows))
    return max(left / right, right / left)
  }

  private mutating func judgeEstimate(_ node: PlanNode, _ parent: PlanNode?, _ isCut: Bool) {
    guard node.isExecuted, let actual = node.actualRows, factor(node) >= 10,
      max(actual, node.estimatedRows) >= 100,
      !node.type.hasPrefix("Bitmap") || node.type == "Bitmap Heap Scan",
      node.type != "ModifyTable", !(isCut && actual < node.estimatedRows)
    else { return }
    // The wrong guess is where it begins; above it is the same guess.
    let rows = node.children.filter { !$0.type.hasPrefix("Bitmap") && !$0.isInitPlan }
    guard !rows.contains(where: { factor($0) >= 5 }) else { return }
    // It matters where the nodes that relied on it take time.
    guard share(max(node.time, parent?.time ?? 0)) >= 0.1 else { return }
    let words = actual > node.estimatedRows ? "times more" : "times fewer"
    let ratio = Int(factor(node).rounded())
    let conditions = node.conditions.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
    let advice =
      node.table == nil
      ? "" : "; ANALYZE it, or CREATE STATISTICS where columns depend on each other"
    add(
      Self.estimate, node,
      "\(Self.count(actual)) rows, \(Self.count(node.estimatedRows)) expected: \(ratio) \(words)\(advice)",
      [
        Fact("actual_rows", PlanPage.rounded(actual)),
        Fact("estimated_rows", PlanPage.rounded(node.estimatedRows)),
        Fact("factor", .int(ratio)), Fact("loops", PlanPage.rounded(node.loops)),
        Fact("conditions", .text(conditions)),
      ])
  }

  static func count(_ rows: Double) -> String {
    Int(exactly: rows.rounded()).map { String($0) } ?? String(rows)
  }

  private mutating func judgeFilter(_ node: PlanNode) {
    guard node.isExecuted, let actual = node.actualRows else { return }
    let removed = (node.number("Rows Removed by Filter") ?? 0) * node.loops
    let joined = (node.number("Rows Removed by Join Filter") ?? 0) * node.loops
    let lost = max(removed, joined)
    let kept = actual * node.loops
    guard lost >= 5000, kept * 9 <= lost, share(node.selfTime) >= 0.2 else { return }
    let isScan = node.type == "Seq Scan"
    let condition = node.text(joined > removed ? "Join Filter" : "Filter") ?? ""
    add(
      isScan ? Self.scan : Self.filter, node,
      "reads \(Self.count(lost + kept)) rows to keep \(Self.count(kept)) (\(condition)); \\advise looks for an index",
      [
        Fact("rows_removed", PlanPage.rounded(lost)), Fact("rows_kept", PlanPage.rounded(kept)),
        Fact("condition", .text(condition)),
      ])
  }

  private mutating func judgeLoop(_ node: PlanNode) {
    guard node.type == "Nested Loop",
      let inner = node.children.last(where: { $0.text("Parent Relationship") == "Inner" }),
      inner.isExecuted, inner.loops >= 10, share(inner.time) >= 0.3
    else { return }
    // What is read in one turn, by whatever scans the table at the bottom.
    let scans = inner.flat.filter { $0.type == "Seq Scan" || $0.type == "Materialize" }
    let read =
      scans.map { (($0.actualRows ?? 0) + ($0.number("Rows Removed by Filter") ?? 0)) * $0.loops }
      .max() ?? 0
    guard read >= 100_000 else { return }
    let outer = node.children.first { $0.text("Parent Relationship") == "Outer" }
    add(
      Self.loop, node,
      "its inner side ran \(Self.count(inner.loops)) times and read \(Self.count(read)) rows in all"
        + (outer.map { "; \(Self.count($0.estimatedRows)) turns were expected" } ?? ""),
      [
        Fact("inner_loops", PlanPage.rounded(inner.loops)),
        Fact("rows_read", PlanPage.rounded(read)),
        Fact("outer_rows_estimated", Value(outer?.estimatedRows)),
      ])
  }

  // MARK: Memory

  private mutating func judgeSpill(_ node: PlanNode) {
    guard node.isExecuted, share(node.time) >= 0.05 else { return }
    if node.text("Sort Space Type") == "Disk", let kilobytes = node.json["Sort Space Used"]?.int {
      spilled(node, "sorted on disk", kilobytes)
    } else if let batches = node.json["Hash Batches"]?.int, batches > 1 {
      let memory = node.json["Peak Memory Usage"]?.int ?? 0
      spilled(
        node, "hashed in \(batches) batches",
        memory.multipliedReportingOverflow(by: batches).partialValue)
    } else if let kilobytes = node.json["Disk Usage"]?.int, kilobytes > 0 {
      spilled(node, "aggregated on disk", kilobytes)
    }
  }

  private mutating func spilled(_ node: PlanNode, _ words: String, _ kilobytes: Int) {
    let bytes = kilobytes.multipliedReportingOverflow(by: 1024).partialValue
    add(
      Self.spill, node,
      "\(words), about \(Quantity.pretty(bytes: bytes)): more work_mem for this session or role",
      [
        Fact("spilled_bytes", .int(bytes)), Fact("batches", Value(node.json["Hash Batches"]?.int)),
        Fact("sort_method", Value(node.text("Sort Method"))),
      ])
  }

  private mutating func judgeBitmap(_ node: PlanNode) {
    guard node.isExecuted, let lossy = node.number("Lossy Heap Blocks"), lossy > 0,
      share(node.time) >= 0.1
    else { return }
    let removed = node.number("Rows Removed by Index Recheck") ?? 0
    add(
      Self.lossy, node,
      "\(Self.count(lossy)) blocks were kept without their rows and read whole: more work_mem",
      [
        Fact("lossy_blocks", PlanPage.rounded(lossy)),
        Fact("exact_blocks", Value(node.json["Exact Heap Blocks"]?.int)),
        Fact("rows_removed_by_recheck", PlanPage.rounded(removed * node.loops)),
      ])
  }

  // MARK: Beside the plan

  private mutating func judgeJIT(_ plan: ExecutedPlan) {
    guard let time = plan.jitTime, time >= 10, share(time) >= 0.2 else { return }
    findings.append(
      Finding(
        Self.jit, on: DatabaseObject(.statement, name: "JIT"),
        "compiling took \(PlanPage.rounded(time).text) ms, \(Quantity.percent(share(time))) of the time: "
          + "SET jit = off, or raise jit_above_cost",
        evidence: [
          Fact("jit_ms", PlanPage.rounded(time)),
          Fact("share_of_time", PlanPage.rounded(share(time))),
        ],
        weight: time))
  }

  private mutating func judge(_ trigger: ExecutedPlan.Trigger) {
    guard trigger.time >= 1, share(trigger.time) >= 0.2 else { return }
    let name =
      trigger.constraint.map { "the constraint \(SQLName.quoted($0))" }
      ?? "the trigger \(SQLName.quoted(trigger.name))"
    findings.append(
      Finding(
        Self.trigger,
        on: DatabaseObject(
          .trigger, name: trigger.constraint ?? trigger.name, table: trigger.relation),
        "\(name) took \(PlanPage.rounded(trigger.time).text) ms, \(Quantity.percent(share(trigger.time))) of the time, in "
          + Quantity.count(trigger.calls, "call")
          + (trigger.constraint == nil ? "" : "; \\fkcheck looks for its index"),
        evidence: [
          Fact("trigger_ms", PlanPage.rounded(trigger.time)), Fact("calls", .int(trigger.calls)),
          Fact("relation", .text(trigger.relation)),
        ], weight: trigger.time))
  }
}
