import SQLText

/// One node of a plan, with what it did where it was executed.
struct PlanNode: Sendable {
  /// Its place in the tree, from 1 at the top.
  let number: Int
  let depth: Int
  let type: String
  let json: JSONValue
  let children: [PlanNode]
  let totalCost: Double
  let estimatedRows: Double
  /// Of one loop; nil where the plan wasn't executed.
  let actualRows: Double?
  let loops: Double
  /// Milliseconds by the clock over all loops, with everything below; processes that work side by side count once.
  let time: Double
  /// Processes among which the work is spread.
  let processes: Double
  private(set) var selfTime: Double
  private(set) var selfCost: Double

  init(_ json: JSONValue) {
    var count = 0
    self.init(json, &count, depth: 0, processes: 1)
    settleElsewhere()
  }

  private init(_ json: JSONValue, _ count: inout Int, depth: Int, processes: Double) {
    count += 1
    number = count
    self.depth = depth
    self.json = json
    self.processes = processes
    type = json["Node Type"]?.string ?? "?"
    totalCost = json["Total Cost"]?.double ?? 0
    estimatedRows = json["Plan Rows"]?.double ?? 0
    actualRows = json["Actual Rows"]?.double
    loops = json["Actual Loops"]?.double ?? 0
    time = (json["Actual Total Time"]?.double ?? 0) * loops / max(1, processes)
    var children: [PlanNode] = []
    for plan in json["Plans"]?.array ?? [] {
      var below = processes
      if type.hasPrefix("Gather"), loops > 0 {
        below = max(1, (plan["Actual Loops"]?.double ?? 1) / loops) * processes
      }
      children.append(PlanNode(plan, &count, depth: depth + 1, processes: below))
    }
    self.children = children
    selfTime = max(0, time - children.filter { !$0.isInitPlan }.reduce(0) { $0 + $1.time })
    selfCost = max(0, totalCost - children.reduce(0) { $0 + $1.totalCost })
  }

  // MARK: What runs on behalf of another node

  /// An InitPlan hangs at one node and is run by whoever first asks for its value; a CTE by those who scan it.
  var isInitPlan: Bool { json["Parent Relationship"]?.string == "InitPlan" }

  /// Takes the time of InitPlans and CTEs out of the nodes that ran them.
  private mutating func settleElsewhere() {
    var debts: [(number: Int, time: Double)] = []
    func visit(_ node: PlanNode, _ root: PlanNode) {
      for child in node.children where child.isInitPlan {
        let runner = root.flat.first { $0.number != child.number && child.isRun(by: $0) } ?? node
        debts.append((runner.number, child.time))
      }
      for child in node.children { visit(child, root) }
    }
    visit(self, self)
    guard !debts.isEmpty else { return }
    self = settled(Dictionary(debts.map { ($0.number, $0.time) }) { $0 + $1 })
  }

  private func settled(_ debts: [Int: Double]) -> PlanNode {
    var node = PlanNode(copying: self, children: children.map { $0.settled(debts) })
    node.selfTime = max(0, selfTime - (debts[number] ?? 0))
    return node
  }

  private init(copying node: PlanNode, children: [PlanNode]) {
    number = node.number
    depth = node.depth
    type = node.type
    json = node.json
    self.children = children
    totalCost = node.totalCost
    estimatedRows = node.estimatedRows
    actualRows = node.actualRows
    loops = node.loops
    time = node.time
    processes = node.processes
    selfTime = node.selfTime
    selfCost = node.selfCost
  }

  private func isRun(by node: PlanNode) -> Bool {
    guard let name = json["Subplan Name"]?.string else { return false }
    if name.hasPrefix("CTE ") {
      return node.json["CTE Name"]?.string == String(name.dropFirst(4)) && node.loops > 0
    }
    // `InitPlan 1 (returns $0)`; from 17 on `InitPlan 1`, named so where it is used.
    let mark =
      name.split(separator: "$").dropFirst().first.map { "$" + $0.filter { $0.isNumber } } ?? name
    return node.conditions.contains { $0.value.contains(mark) }
  }

  // MARK: For people

  /// All nodes in the order in which they are printed.
  var flat: [PlanNode] { [self] + children.flatMap { $0.flat } }

  var isExecuted: Bool { actualRows != nil && loops > 0 }

  func number(_ key: String) -> Double? { json[key]?.double }
  func text(_ key: String) -> String? { json[key]?.string }

  /// The table that is scanned or changed.
  var table: DatabaseObject? {
    text("Relation Name").map { DatabaseObject(.table, schema: text("Schema"), name: $0) }
  }

  /// `Index Scan using orders_pkey on orders o`.
  var label: String {
    var label = type
    switch (type, text("Strategy")) {
    case ("Aggregate", "Hashed"): label = "HashAggregate"
    case ("Aggregate", "Sorted"): label = "GroupAggregate"
    case ("Aggregate", "Mixed"): label = "MixedAggregate"
    case ("ModifyTable", _): label = text("Operation") ?? type
    default: break
    }
    if let mode = text("Partial Mode"), mode != "Simple" { label = "\(mode) \(label)" }
    if json["Parallel Aware"]?.bool == true { label = "Parallel \(label)" }
    if let join = text("Join Type"), join != "Inner" { label += " (\(join))" }
    if let index = text("Index Name") { label += " using \(SQLName.quoted(index))" }
    if let relation = text("Relation Name") {
      label += " on \(SQLName.quoted(relation))"
      if let alias = text("Alias"), alias != relation { label += " \(SQLName.quoted(alias))" }
    } else if let name = text("CTE Name") ?? text("Function Name") {
      label += " on \(name)"
    }
    if let subplan = text("Subplan Name") { label = "\(subplan): \(label)" }
    return label
  }

  /// Conditions as the server prints them.
  var conditions: [(name: String, value: String)] {
    [
      "Index Cond", "Recheck Cond", "Filter", "Hash Cond", "Merge Cond", "Join Filter",
      "One-Time Filter", "TID Cond",
      "Order By", "Sort Key", "Group Key", "Presorted Key", "Cache Key", "Conflict Filter",
    ].compactMap { key in
      switch json[key] {
      case .string(let value)?: (key, value)
      case .array(let values)?: (key, values.compactMap { $0.string }.joined(separator: ", "))
      default: nil
      }
    }
  }

  /// Everything else that the server said of the node, but for what the tree shows.
  var details: [(name: String, value: String)] {
    let shown: Set<String> = [
      "Node Type", "Plans", "Parent Relationship", "Parallel Aware", "Async Capable",
      "Relation Name", "Schema", "Alias",
      "Total Cost", "Plan Rows", "Actual Rows", "Actual Loops", "Index Name", "Join Type",
      "Subplan Name", "Workers",
    ]
    return (json.object?.members ?? []).compactMap { member in
      if shown.contains(member.key) { return nil }
      switch member.value {
      case .string(let value): return (member.key, value)
      case .array(let values):
        return (member.key, values.compactMap { $0.string }.joined(separator: ", "))
      case .int(let value): return value == 0 ? nil : (member.key, String(value))
      case .double(let value): return value == 0 ? nil : (member.key, String(value))
      case .bool(let value): return value ? (member.key, "yes") : nil
      default: return nil
      }
    }
  }
}
