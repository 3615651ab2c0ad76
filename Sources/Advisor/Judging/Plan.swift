import SQLText

/// One node of EXPLAIN's tree, with what costing asks for.
struct PlanNode: Sendable {
  /// Its place in the tree, from the top.
  let id: Int
  let type: String
  /// Outer, Inner, SubPlan, InitPlan, Member, …
  let relationship: String
  let startup: Double
  let total: Double
  let rows: Double
  let relation: String?
  let schema: String?
  let alias: String?
  let index: String?
  let joinType: String?
  let strategy: String?
  let sortKeys: [String]
  /// Filter and index conditions as printed.
  let conditions: String
  let children: [PlanNode]

  fileprivate init(_ json: JSONValue, _ count: inout Int) {
    id = count
    count += 1
    type = json["Node Type"]?.string ?? ""
    relationship = json["Parent Relationship"]?.string ?? ""
    startup = json["Startup Cost"]?.double ?? 0
    total = json["Total Cost"]?.double ?? 0
    rows = json["Plan Rows"]?.double ?? 0
    relation = json["Relation Name"]?.string
    schema = json["Schema"]?.string
    alias = json["Alias"]?.string
    index = json["Index Name"]?.string
    joinType = json["Join Type"]?.string
    strategy = json["Strategy"]?.string
    sortKeys = (json["Sort Key"]?.array ?? []).compactMap { $0.string }
    let parts = ["Filter", "Index Cond", "Recheck Cond", "Order By"].compactMap { json[$0]?.string }
    var children: [PlanNode] = []
    for child in json["Plans"]?.array ?? [] { children.append(PlanNode(child, &count)) }
    // What a bitmap is made of belongs to the heap scan above it.
    conditions = (parts + children.filter { $0.type.hasPrefix("Bitmap") }.map { $0.conditions }).joined(separator: " ")
    self.children = children
  }

  /// A scan of a table that an index could do in another way.
  var isScan: Bool {
    relation != nil && ["Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"].contains(type)
  }

  func contains(_ condition: (PlanNode) -> Bool) -> Bool {
    condition(self) || children.contains { $0.contains(condition) }
  }

  /// A child that belongs to an expression, not to the stream of rows.
  var isSubplan: Bool { relationship == "SubPlan" || relationship == "InitPlan" }

  fileprivate func indexes(into names: inout Set<String>) {
    if let index { names.insert(index) }
    for child in children { child.indexes(into: &names) }
  }
}

/// A plan as EXPLAIN gave it.
struct Plan: Sendable {
  let root: PlanNode
  /// The definitions of the pretended indexes that it uses.
  let used: Set<String>

  init(_ json: JSONValue, hypothetical: [String: String]) {
    var count = 0
    root = PlanNode(json[0]?["Plan"] ?? .null, &count)
    var names: Set<String> = []
    root.indexes(into: &names)
    // HypoPG names them `<13556>btree_…`, with their oid.
    let ids = names.compactMap { name -> String? in
      guard name.hasPrefix("<"), let end = name.firstIndex(of: ">") else { return nil }
      return String(name[name.index(after: name.startIndex)..<end])
    }
    used = Set(ids.compactMap { hypothetical[$0] })
  }

  var cost: Double { root.total }
}
