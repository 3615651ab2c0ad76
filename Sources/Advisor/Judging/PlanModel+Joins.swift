extension PlanModel {
  func join(_ node: PlanNode, _ candidates: [Candidate], outer: Set<Int>) -> Path {
    let sides = node.children.filter { !$0.isSubplan }
    guard sides.count == 2 else { return sum(node, sides, candidates, outer: outer) }
    let (left, right) = (sides[0], sides[1])
    let leftPath = path(left, candidates, outer: outer)
    let rightPath = path(right, candidates, outer: node.type == "Nested Loop" ? outer.union(usesBelow(left)) : outer)
    let isRepeated = node.type == "Nested Loop" && right.type != "Materialize" && right.type != "Memoize"
    let repeats = isRepeated ? max(left.rows, 1) : 1
    var ways = [
      Way(
        startup: node.startup,
        total: node.total + leftPath.best.total - left.total + (rightPath.best.total - right.total) * repeats,
        used: leftPath.best.used + rightPath.best.used)
    ]
    let kind = node.joinType ?? "Inner"
    if ["Inner", "Left", "Semi", "Anti"].contains(kind) {
      ways += lookUps(right, Driver(leftPath.best, left.rows), usesBelow(left), node, candidates, outer)
    }
    if ["Inner", "Right"].contains(kind), let driver = driver(right, rightPath, node, candidates, outer) {
      ways += lookUps(left, driver, usesBelow(right), node, candidates, outer)
    }
    return Path(ways)
  }

  /// The side of a join that is read once.
  private struct Driver: Sendable {
    let way: Way
    let rows: Double

    init(_ way: Way, _ rows: Double) {
      self.way = way
      self.rows = max(rows, 1)
    }
  }

  /// The right side as the one that is read once. Where a nested loop looks it up by values of the left side, its plan
  /// says nothing of that: then it must be a single table, which is read by its own conditions.
  private func driver(
    _ side: PlanNode, _ path: Path, _ node: PlanNode, _ candidates: [Candidate], _ outer: Set<Int>
  ) -> Driver? {
    if node.type != "Nested Loop" || side.type == "Materialize" { return Driver(path.best, side.rows) }
    let target = underneath(side)
    guard target.isScan, let use = uses[target.id], let table = catalog[analysis.uses[use].table] else { return nil }
    let heap = heap(target, table)
    let local = analysis.conditions.filter { $0.use == use && $0.isLocal }
    let share = local.reduce(1.0) { $0 * selectivity.share($1, table) }
    let settings = catalog.settings
    var ways = [
      Way(
        startup: 0,
        total: heap.pages * settings.sequentialPage
          + heap.rows * (settings.tuple + Double(local.count) * settings.operation))
    ]
    for candidate in candidates where candidate.table == table.id {
      ways += self.ways(candidate, target, table, use, outer: outer, loops: 1, rows: share * heap.rows)
    }
    return Driver(Path(ways).best, share * heap.rows)
  }

  private func underneath(_ node: PlanNode) -> PlanNode {
    var target = node
    while ["Hash", "Sort", "Materialize", "Memoize"].contains(target.type), let child = target.children.first {
      target = child
    }
    return target
  }

  /// The inner side looked up for each row of the other, as a nested loop does.
  private func lookUps(
    _ inner: PlanNode, _ driver: Driver, _ others: Set<Int>, _ node: PlanNode, _ candidates: [Candidate],
    _ outer: Set<Int>
  ) -> [Way] {
    let target = underneath(inner)
    guard target.isScan, let use = uses[target.id], let table = catalog[analysis.uses[use].table] else { return [] }
    let partners = others.union(outer)
    let loops = driver.rows
    var ways: [Way] = []
    for candidate in candidates where candidate.table == table.id {
      // Without a condition on the other side it would be no look-up.
      let match = IndexMatch(
        candidate, table, use: use, analysis, selectivity, partners: partners, allows: { _ in true })
      guard let match, match.used.contains(where: { !$0.isLocal }) else { continue }
      let probes = self.ways(candidate, target, table, use, outer: partners, loops: max(loops, 1.0001))
      guard let probe = probes.min(by: { $0.total < $1.total }) else { continue }
      ways.append(
        Way(
          startup: driver.way.startup,
          total: driver.way.total + loops * probe.total + node.rows * catalog.settings.tuple,
          used: driver.way.used + [candidate]))
    }
    return ways
  }
}
