/// Finds out which occurrence of a table each scan of a plan reads: by table and alias, which EXPLAIN numbers where it
/// comes again (`t`, `t_1`), and partitions too (`reading_3`).
struct UseMatcher: Sendable {
  let analysis: StatementAnalysis
  let catalog: Catalog
  private(set) var uses: [Int: Int] = [:]
  private var byAlias: [String: Int] = [:]

  init(analysis: StatementAnalysis, catalog: Catalog) {
    self.analysis = analysis
    self.catalog = catalog
  }

  mutating func visit(_ node: PlanNode) {
    if node.isScan, let relation = node.relation, let alias = node.alias {
      let tables = catalog.tables(ofRelation: relation, in: node.schema)
      uses[node.id] = use(alias, tables)
    }
    for child in node.children { visit(child) }
  }

  private mutating func use(_ alias: String, _ tables: [TableFacts]) -> Int? {
    for table in tables {
      let key = "\(table.id) \(alias)"
      if let known = byAlias[key] { return known }
      let fitting = analysis.uses.indices.filter { index in
        let use = analysis.uses[index]
        return use.table == table.id && (use.alias == alias || UseMatcher.isNumbered(alias, use.alias))
      }
      // Equal aliases in different blocks: each number its own, in the order in which they were met.
      let taken = Set(byAlias.filter { $0.key.hasPrefix("\(table.id) ") }.values)
      guard let found = fitting.first(where: { !taken.contains($0) || table.isPartitioned }) ?? fitting.first else {
        continue
      }
      byAlias[key] = found
      return found
    }
    return nil
  }

  private static func isNumbered(_ alias: String, _ base: String) -> Bool {
    guard alias.hasPrefix(base + "_") else { return false }
    return alias.dropFirst(base.count + 1).allSatisfy { $0.isASCII && $0.isNumber }
  }
}
