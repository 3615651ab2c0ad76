/// Which index can stand in for which.
struct Substitutes {
  struct Pair: Sendable {
    let extra: Index
    let kept: Index
    let isDuplicate: Bool
    /// Why the one is kept and not the other; nil when merely being longer makes the difference.
    let reason: String?
    let scans: Int
    let keptScans: Int
  }

  private let catalog: IndexCatalog
  private let forms: [Int: IndexForm]
  private(set) var pairs: [Pair] = []

  init(_ catalog: IndexCatalog, _ forms: [Int: IndexForm]) {
    self.catalog = catalog
    self.forms = forms
    // A partition's own index may do nothing that the partitioned table's index there doesn't do already.
    let candidates = Set(catalog.roots.map { $0.id })
    let tables = Dictionary(grouping: catalog.all.filter { $0.isValid }) { $0.tableID }
    for table in tables.keys.sorted() {
      pairs += pairs(of: tables[table] ?? [], candidates)
    }
  }

  private func pairs(of indexes: [Index], _ candidates: Set<Int>) -> [Pair] {
    // The most worth keeping first; one that is given up never serves as the reason for another.
    let ordered = indexes.compactMap { index in forms[index.id].map { (index: index, form: $0) } }
      .sorted { rank($0.index, $0.form) < rank($1.index, $1.form) }
    var replacements: [Int: Int] = [:]
    for (position, extra) in ordered.enumerated() where candidates.contains(extra.index.id) && mayGo(extra.index) {
      let others = ordered.enumerated().filter { $0.offset != position && replacements[$0.element.index.id] == nil }
      // Of two that are the same the later goes.
      let kept =
        others.first { $0.offset < position && extra.form.isSame(as: $0.element.form) }
        ?? others.first { extra.form.isPrefix(of: $0.element.form) }
      if let kept { replacements[extra.index.id] = kept.element.index.id }
    }
    return ordered.compactMap { extra in
      guard var id = replacements[extra.index.id] else { return nil }
      while let next = replacements[id] { id = next }
      guard let kept = ordered.first(where: { $0.index.id == id }) else { return nil }
      let isDuplicate = extra.form.isSame(as: kept.form)
      return Pair(
        extra: extra.index, kept: kept.index, isDuplicate: isDuplicate,
        reason: isDuplicate ? reason(kept, over: extra) : kept.form.constraint,
        scans: scans(extra.index), keptScans: scans(kept.index))
    }
  }

  private func scans(_ index: Index) -> Int { catalog.leaves(index).reduce(0) { $0 + (forms[$1.id]?.scans ?? 0) } }

  /// Constraint, then unique, then what else holds it, then used more, then older.
  private func rank(_ index: Index, _ form: IndexForm) -> (Int, Int, Int) {
    let hold: Int
    switch form {
    case _ where form.isPrimary: hold = 0
    case _ where form.constraint != nil || form.isReferenced: hold = 1
    case _ where form.isUnique: hold = 2
    case _ where index.parentID != nil || catalog.reasonToKeep(index) != nil: hold = 3
    default: hold = 4
    }
    return (hold, -scans(index), index.id)
  }

  private func reason(_ kept: (index: Index, form: IndexForm), over extra: (index: Index, form: IndexForm)) -> String {
    if let constraint = kept.form.constraint { return constraint }
    if kept.form.isReferenced { return "a foreign key refers to it" }
    if kept.form.isUnique && !extra.form.isUnique { return "unique" }
    if kept.index.parentID != nil { return "part of the partitioned table's" }
    if let reason = catalog.reasonToKeep(kept.index) { return reason }
    return scans(kept.index) > scans(extra.index) ? "used more" : "older"
  }

  /// What backs a constraint, is referred to, or is the replica identity stays; a unique index may go when an equal one
  /// stays.
  private func mayGo(_ index: Index) -> Bool {
    catalog.parts(of: index).allSatisfy { part in
      guard let form = forms[part.id] else { return false }
      return !form.isPrimary && form.constraint == nil && !form.isReferenced && part.reasonToKeep == nil
    }
  }
}
