import SQLText

/// What EXPLAIN (FORMAT JSON) said of one statement.
struct ExecutedPlan: Sendable {
  struct Trigger: Sendable, Equatable {
    let name: String
    /// Of a foreign key, whose triggers have no telling names.
    let constraint: String?
    let relation: String
    /// Milliseconds.
    let time: Double
    let calls: Int
  }

  let root: PlanNode
  let planningTime: Double?
  /// Milliseconds, triggers among them; nil where the statement wasn't executed.
  let executionTime: Double?
  let jitTime: Double?
  let triggers: [Trigger]
  /// Settings that differ from their defaults and bear on the plan.
  let settings: [(name: String, value: String)]

  init?(_ json: JSONValue) {
    guard let top = json[0], let plan = top["Plan"] else { return nil }
    root = PlanNode(plan)
    planningTime = top["Planning Time"]?.double
    executionTime = top["Execution Time"]?.double
    jitTime = top["JIT"]?["Timing"]?["Total"]?.double
    triggers = (top["Triggers"]?.array ?? []).map {
      Trigger(
        name: $0["Trigger Name"]?.string ?? "", constraint: $0["Constraint Name"]?.string,
        relation: $0["Relation"]?.string ?? "", time: $0["Time"]?.double ?? 0,
        calls: $0["Calls"]?.int ?? 0)
    }
    settings = (top["Settings"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }
  }

  /// The rows that a change is expected to change: those that come to it.
  var rowsToChange: Double {
    root.type == "ModifyTable"
      ? root.children.filter { !$0.isInitPlan }.reduce(0) { $0 + $1.estimatedRows }
      : root.flat.filter { $0.type == "ModifyTable" }.flatMap { $0.children }.reduce(0) {
        $0 + $1.estimatedRows
      }
  }
}

/// A plan as figures: the tree, and each node's details.
enum PlanPage {
  static func figures(_ plan: ExecutedPlan) -> [Figure] {
    let nodes = plan.root.flat
    let isExecuted = plan.executionTime != nil
    let columns =
      isExecuted
      ? ["n", "node", "self_ms", "rows", "expected", "loops"]
      : ["n", "node", "self_cost", "cost", "rows"]
    let rows = nodes.map { node -> [Value] in
      let label = Value.text(String(repeating: " ", count: node.depth) + node.label)
      guard isExecuted else {
        return [
          .int(node.number), label, rounded(node.selfCost), rounded(node.totalCost),
          rounded(node.estimatedRows),
        ]
      }
      guard node.isExecuted else {
        return [.int(node.number), label, "never run", nil, rounded(node.estimatedRows), 0]
      }
      return [
        .int(node.number), label, rounded(node.selfTime), rounded(node.actualRows ?? 0),
        rounded(node.estimatedRows),
        rounded(node.loops),
      ]
    }
    let details = nodes.flatMap { node in
      (buffers(node) + node.details).map {
        [Value.int(node.number), .text($0.name), .text($0.value)]
      }
    }
    var figures = [
      Figure(
        "plan",
        isExecuted
          ? "plan as it ran (rows and expected rows of one loop)" : "plan as it is expected",
        columns: columns, rows: rows, layout: .tree),
      Figure(
        "details", "nodes in detail", columns: ["n", "property", "value"], rows: details,
        isDetail: true),
    ]
    if !plan.triggers.isEmpty {
      figures.append(
        Figure(
          "triggers", "triggers", columns: ["trigger", "relation", "ms", "calls"],
          rows: plan.triggers.map {
            [.text($0.constraint ?? $0.name), .text($0.relation), rounded($0.time), .int($0.calls)]
          }))
    }
    if !plan.settings.isEmpty {
      figures.append(
        Figure(
          "settings", "settings that differ from their defaults", columns: ["name", "value"],
          rows: plan.settings.map { [.text($0.name), .text($0.value)] }, isDetail: true))
    }
    return figures
  }

  /// Blocks of the node itself: the server counts those below with it.
  private static func buffers(_ node: PlanNode) -> [(name: String, value: String)] {
    let kinds = [
      "Shared Hit", "Shared Read", "Shared Dirtied", "Shared Written", "Temp Read", "Temp Written",
    ]
    let parts = kinds.compactMap { kind -> String? in
      let own = node.children.reduce(node.json["\(kind) Blocks"]?.int ?? 0) {
        $0 - ($1.json["\(kind) Blocks"]?.int ?? 0)
      }
      return own > 0 ? "\(kind.lowercased()) \(own)" : nil
    }
    return parts.isEmpty ? [] : [("Own Blocks", parts.joined(separator: ", "))]
  }

  /// Two digits behind the point; three where it is small.
  static func rounded(_ value: Double) -> Value {
    let factor: Double = abs(value) < 1 ? 1000 : 100
    return .double((value * factor).rounded() / factor)
  }
}
