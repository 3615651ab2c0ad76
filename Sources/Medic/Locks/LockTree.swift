/// The forest as lines that fit a narrow screen when they are broken at words.
struct LockTree {
  private let graph: LockGraph
  private let limit: Int
  private let userPID: Int?
  private var lines: [String] = []

  /// At most `limit` waiters of one tree are written out; the others are counted.
  static func lines(_ graph: LockGraph, limit: Int, userPID: Int?) -> [String] {
    var tree = LockTree(graph: graph, limit: limit, userPID: userPID)
    for node in LockForest(graph).trees { tree.write(node) }
    return tree.lines
  }

  private init(graph: LockGraph, limit: Int, userPID: Int?) {
    self.graph = graph
    self.limit = limit
    self.userPID = userPID
  }

  private mutating func write(_ root: LockForest.Node) {
    var words = [graph.name(root.party), graph.state(root.party)]
    var rest: [String] = []
    if case .session(let pid) = root.party, let session = graph.sessions[pid] {
      if pid == userPID { words.append("(your own transaction)") }
      if !session.who.isEmpty { words.append("[\(session.who)]") }
      if let seconds = session.transactionSeconds {
        rest.append("transaction open \(Quantity.pretty(seconds: seconds))")
      }
      if let query = session.query, !query.isEmpty {
        rest.append("\(session.state == "active" ? "query" : "last query"): \(query.prefix(100))")
      }
    }
    if let waiter = graph.waiters[root.party] {
      words.append(graph.wait(waiter))
    } else {
      words.append("holds \(LockGraph.listed(graph.holdings(root.party)))")
    }
    lines.append(words.filter { !$0.isEmpty }.joined(separator: "  "))
    if !rest.isEmpty { lines.append("│  " + rest.joined(separator: "; ")) }
    var left = limit
    write(root.children, lead: "", left: &left)
  }

  private mutating func write(_ nodes: [LockForest.Node], lead: String, left: inout Int) {
    for (index, node) in nodes.enumerated() {
      guard left > 0 else {
        let hidden = nodes[index...].reduce(0) { $0 + $1.count }
        lines.append(lead + "└─ … and \(hidden) more")
        return
      }
      left -= 1
      let isLast = index == nodes.count - 1
      var words = [graph.name(node.party)]
      if let waiter = graph.waiters[node.party] { words[0] += " " + graph.wait(waiter) }
      if case .session(let pid) = node.party, let session = graph.sessions[pid] {
        if pid == userPID { words.append("(your own)") }
        if !session.who.isEmpty { words.append("[\(session.who)]") }
        if let query = session.query, !query.isEmpty { words[words.count - 1] += ": \(query.prefix(60))" }
      }
      lines.append(lead + (isLast ? "└─ " : "├─ ") + words.filter { !$0.isEmpty }.joined(separator: "  "))
      write(node.children, lead: lead + (isLast ? "   " : "│  "), left: &left)
    }
  }
}
