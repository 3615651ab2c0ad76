import Medic

/// What a plan would cost if some indexes were there, worked out from the plan without them: scans are replaced by index
/// scans, sorts fall away, joins look up their inner side. An estimate by a model; the server isn't asked.
struct PlanModel: Sendable {
  let catalog: Catalog
  let costs: CostModel
  let analysis: StatementAnalysis
  let selectivity: Selectivity
  let uses: [Int: Int]
  private let plan: Plan

  init(_ plan: Plan, _ analysis: StatementAnalysis, _ catalog: Catalog, _ selectivity: Selectivity) {
    self.plan = plan
    self.analysis = analysis
    self.catalog = catalog
    self.selectivity = selectivity
    costs = CostModel(settings: catalog.settings)
    var matcher = UseMatcher(analysis: analysis, catalog: catalog)
    matcher.visit(plan.root)
    uses = matcher.uses
  }

  /// The cost of the whole, and which of the candidates it uses.
  func cost(with candidates: [Candidate]) -> (cost: Double, used: [Candidate]) {
    let path = path(plan.root, candidates, outer: [])
    return (max(path.best.total, 0.01), Array(Set(path.best.used)))
  }

  // MARK: Paths

  /// One way to get a node's rows.
  struct Way: Sendable {
    var startup: Double
    var total: Double
    var used: [Candidate] = []
    /// The order in which the rows come, by its place in the analysis.
    var ordering: Int?
  }

  struct Path: Sendable {
    var best: Way
    /// Ways that give rows in an order, or early.
    var others: [Way] = []
    var all: [Way] { [best] + others }

    init(_ ways: [Way]) {
      best = ways.min { $0.total < $1.total } ?? Way(startup: 0, total: 0)
      others = ways
    }
  }

  func path(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    let extra = subplans(node, candidates, outer: outer)
    var path: Path
    if node.isScan {
      path = scan(node, candidates, outer: outer)
    } else {
      let children = node.children.filter { !$0.isSubplan }
      switch node.type {
      case "Sort", "Incremental Sort": path = sort(node, candidates, outer: outer)
      case "Limit": path = limit(node, candidates, outer: outer)
      case "Nested Loop", "Hash Join", "Merge Join": path = join(node, candidates, outer: outer)
      case "Aggregate" where node.strategy == "Plain" && children.count == 1:
        path = aggregate(node, candidates, outer: outer)
      default: path = sum(node, children, candidates, outer: outer)
      }
    }
    guard extra.delta != 0 else { return path }
    return Path(
      path.all.map { way in
        var way = way
        way.total += extra.delta
        way.used += extra.used
        return way
      })
  }

  /// A node that reads its children once: what they save, it saves.
  func sum(_ node: PlanNode, _ children: [PlanNode], _ candidates: [Candidate], outer: Set<Int>) -> Path {
    var way = Way(startup: node.startup, total: node.total)
    var others: [Way] = []
    let isStreaming =
      ["Unique", "Subquery Scan", "Result", "LockRows", "Group", "WindowAgg", "ProjectSet"].contains(node.type)
      || (node.type == "Aggregate" && node.strategy == "Sorted")
    for child in children {
      let path = path(child, candidates, outer: outer)
      if isStreaming, children.count == 1 {
        others = path.others.map { other in
          Way(
            startup: other.startup, total: node.total - child.total + other.total, used: other.used,
            ordering: other.ordering)
        }
      }
      way.total += path.best.total - child.total
      way.startup = min(way.total, max(0, way.startup + path.best.startup - child.startup))
      way.used += path.best.used
    }
    return Path([way] + others)
  }

  /// What subqueries in expressions save; a correlated one runs for each row.
  private func subplans(
    _ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>
  ) -> (delta: Double, used: [Candidate]) {
    var delta = 0.0
    var used: [Candidate] = []
    let plain = node.children.filter { !$0.isSubplan }.reduce(0) { $0 + $1.total }
    let around = outer.union(usesBelow(node))
    for child in node.children where child.isSubplan {
      let path = path(child, candidates, outer: around)
      guard path.best.total < child.total else { continue }
      let own = max(0, node.total - (node.isScan ? 0 : plain))
      let loops = child.relationship == "InitPlan" ? 1 : max(1, (own / max(child.total, 0.01)).rounded(.down))
      delta += (path.best.total - child.total) * loops
      used += path.best.used
    }
    return (delta, used)
  }

  func usesBelow(_ node: PlanNode) -> Set<Int> {
    var found = Set([uses[node.id]].compactMap { $0 })
    for child in node.children { found.formUnion(usesBelow(child)) }
    return found
  }

  // MARK: Scans

  func heap(_ node: PlanNode, _ table: TableFacts) -> CostModel.Heap {
    if let name = node.relation, let leaf = catalog.partition(name, in: node.schema, of: table) {
      return CostModel.Heap(rows: max(leaf.rows, 1), pages: max(leaf.pages, 1))
    }
    return CostModel.Heap(rows: max(table.rows, 1), pages: max(table.pages, 1))
  }

  private func scan(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    var ways = [Way(startup: node.startup, total: node.total)]
    guard let use = uses[node.id], let table = catalog[analysis.uses[use].table] else { return Path(ways) }
    var others: [Way] = []
    for candidate in candidates where candidate.table == table.id {
      others += self.ways(candidate, node, table, use, outer: outer, loops: 1)
    }
    others += alternatives(node, table, use, candidates)
    guard let extra = subqueryCost(node, table) else { return Path(ways) }
    for var way in others {
      way.total += extra
      ways.append(way)
    }
    return Path(ways)
  }

  /// What of a scan's cost its subqueries make out, which another scan pays as well: all beyond reading the table. Nil
  /// where that can't be told.
  private func subqueryCost(_ node: PlanNode, _ table: TableFacts) -> Double? {
    guard node.children.contains(where: { $0.relationship == "SubPlan" }) else { return 0 }
    guard node.type == "Seq Scan" else { return nil }
    let heap = heap(node, table)
    return max(
      0, node.total - heap.pages * catalog.settings.sequentialPage - heap.rows * catalog.settings.tuple)
  }

  func ways(
    _ candidate: Candidate, _ node: PlanNode, _ table: TableFacts, _ use: Int, outer: Set<Int>, loops: Double,
    rows: Double? = nil
  ) -> [Way] {
    let match = IndexMatch(
      candidate, table, use: use, analysis, selectivity, partners: outer,
      allows: { condition in
        // It counts where the plan applies it at this very scan; behind an outer join it may not be.
        loops > 1 || condition.key.columns.allSatisfy { node.conditions.contains($0.name) }
      })
    guard let match else { return [] }
    let heap = heap(node, table)
    let size = IndexSize(
      candidate, of: table, rows: heap.rows, pages: heap.pages, pageSize: catalog.settings.pageSize)
    // The plan knows how many rows meet everything; an index can't select fewer.
    let share = loops > 1 ? match.share : max(match.share, min(1, (rows ?? node.rows) / heap.rows))
    let checked = max(match.used.count, 1)
    let local = analysis.conditions.filter { $0.use == use && $0.isLocal }.count
    let filters = max(0, local - match.used.count)
    if candidate.method == "brin" {
      let scan = costs.blockRangeScan(size, heap: heap, share: share, filters: checked)
      return [Way(startup: scan.startup, total: scan.total, used: [candidate])]
    }
    var ways: [Way] = []
    if !match.used.isEmpty || candidate.predicate != nil {
      let scan = costs.bitmapScan(size, heap: heap, share: share, conditions: checked, filters: filters, loops: loops)
      ways.append(Way(startup: scan.startup, total: scan.total, used: [candidate]))
    }
    guard candidate.method == "btree" || candidate.method == "hash" else { return ways }
    let scan = costs.indexScan(
      size, heap: heap, share: share, conditions: match.used.count, filters: filters,
      correlation: correlation(candidate, table), visible: match.isCovering ? table.visibleShare : 0, loops: loops)
    ways.append(Way(startup: scan.startup, total: scan.total, used: [candidate]))
    ways += match.orderings.map { Way(startup: scan.startup, total: scan.total, used: [candidate], ordering: $0) }
    return ways
  }

  private func correlation(_ candidate: Candidate, _ table: TableFacts) -> Double {
    guard let key = candidate.keys.first, key.isColumn, let name = key.columns.first else { return 0 }
    let own = table.column(name)?.statistics?.correlation ?? 0
    return candidate.keys.count > 1 ? own * 0.75 : own
  }

  /// OR: a bitmap of each arm, and the heap once.
  private func alternatives(
    _ node: PlanNode, _ table: TableFacts, _ use: Int, _ candidates: [Candidate]
  ) -> [Way] {
    var ways: [Way] = []
    let heap = heap(node, table)
    for arms in analysis.disjunctions where arms.allSatisfy({ $0.allSatisfy { $0.use == use } }) {
      var way = Way(startup: 0, total: 0)
      var share = 0.0
      for arm in arms {
        guard let found = cheapest(arm, table, candidates, heap) else {
          share = .infinity
          break
        }
        way.startup += found.scan.startup
        share += found.share
        way.used += found.candidate.map { [$0] } ?? []
      }
      guard share < 1, !way.used.isEmpty else { continue }
      let whole = CostModel(settings: catalog.settings)
      let size = IndexSize(
        Candidate(table: table.id, schema: table.schema, tableName: table.name, keys: []), of: table, rows: heap.rows,
        pageSize: catalog.settings.pageSize)
      let scan = whole.bitmapScan(size, heap: heap, share: share, conditions: arms.count, filters: arms.count)
      way.total = way.startup + scan.total - scan.startup
      ways.append(way)
    }
    return ways
  }

  private func cheapest(
    _ arm: [Condition], _ table: TableFacts, _ candidates: [Candidate], _ heap: CostModel.Heap
  ) -> (candidate: Candidate?, scan: CostModel.Scan, share: Double)? {
    for condition in arm where condition.isLocal {
      let key = Candidate.Key.sql(of: condition.key)
      let share = selectivity.share(condition, table)
      let candidate = candidates.first { $0.table == table.id && $0.keys.first?.sql == key && $0.predicate == nil }
      let isThere = table.indexes.contains { $0.isValid && $0.predicate == nil && $0.keys.first == key }
      guard candidate != nil || isThere else { continue }
      let plain =
        candidate
        ?? Candidate(
          table: table.id, schema: table.schema, tableName: table.name,
          keys: [Candidate.Key(sql: key, columns: condition.key.columns.map { $0.name }, isColumn: true)])
      let size = IndexSize(plain, of: table, rows: heap.rows, pageSize: catalog.settings.pageSize)
      let scan = costs.bitmapScan(size, heap: heap, share: share, conditions: 1, filters: 0)
      return (isThere ? nil : candidate, scan, share)
    }
    return nil
  }

  // MARK: Sorts, limits, extremes

  private func sort(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    guard let child = node.children.first(where: { !$0.isSubplan }) else {
      return Path([Way(startup: node.startup, total: node.total)])
    }
    let path = path(child, candidates, outer: outer)
    var ways = [
      Way(
        startup: node.startup - child.total + path.best.total, total: node.total - child.total + path.best.total,
        used: path.best.used)
    ]
    for way in path.others {
      guard let index = way.ordering, analysis.orderings.indices.contains(index) else { continue }
      let keys = analysis.orderings[index].keys
      let isSame = zip(keys, node.sortKeys).allSatisfy { key, text in
        key.expression.columns.allSatisfy { text.contains($0.name) }
      }
      if keys.count == node.sortKeys.count, isSame { ways.append(way) }
    }
    return Path(ways)
  }

  private func limit(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    guard let child = node.children.first(where: { !$0.isSubplan }) else {
      return Path([Way(startup: node.startup, total: node.total)])
    }
    let path = path(child, candidates, outer: outer)
    let part = min(1, node.rows / max(child.rows, 1))
    let ways = path.all.filter { !$0.used.isEmpty }.map { way in
      Way(startup: way.startup, total: way.startup + (way.total - way.startup) * part, used: way.used)
    }
    return Path([Way(startup: node.startup, total: node.total)] + ways)
  }

  private func aggregate(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    guard let child = node.children.first(where: { !$0.isSubplan }) else {
      return Path([Way(startup: node.startup, total: node.total)])
    }
    let path = path(child, candidates, outer: outer)
    var ways = [
      Way(
        startup: node.startup - child.total + path.best.total, total: node.total - child.total + path.best.total,
        used: path.best.used)
    ]
    let extremes = analysis.orderings.filter { $0.purpose == .extreme && $0.use == uses[child.id] }
    for way in path.others where child.isScan && !extremes.isEmpty {
      guard let index = way.ordering, analysis.orderings[index].purpose == .extreme else { continue }
      let first = min(
        way.total, way.startup + catalog.settings.randomPage + (way.total - way.startup) / max(child.rows, 1))
      // Each extreme is a look-up of its own; only one of them is served by this order.
      if extremes.count == 1 { ways.append(Way(startup: first, total: first + 0.02, used: way.used)) }
    }
    return Path(ways)
  }
}
