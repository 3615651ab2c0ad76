import Postgres

/// Indexes with their partition trees: what counts for one of a partitioned table is the sum of its leaves.
struct IndexCatalog: Sendable {
  private let indexes: [Int: Index]
  private let children: [Int: [Index]]
  /// Indexes in scope that aren't a partition of another, in the order in which they were read. A tree is in scope when
  /// one of its parts is.
  let roots: [Index]

  init(_ all: [Index]) {
    indexes = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
    let children = Dictionary(grouping: all.filter { $0.parentID != nil }) { $0.parentID ?? 0 }
    func isInScope(_ index: Index) -> Bool {
      index.isInScope || (index.isPartitioned && (children[index.id] ?? []).contains { isInScope($0) })
    }
    roots = all.filter { $0.parentID == nil && isInScope($0) }
    self.children = children
  }

  /// All that were read, by their oid: parts, too.
  var all: [Index] { indexes.values.sorted { $0.id < $1.id } }

  subscript(_ id: Int) -> Index? { indexes[id] }

  /// The index with all its parts.
  func parts(of index: Index) -> [Index] { [index] + descendants(index) }

  func descendants(_ index: Index) -> [Index] {
    (children[index.id] ?? []).flatMap { [$0] + descendants($0) }
  }

  /// The index itself, or the indexes on the leaf partitions.
  func leaves(_ index: Index) -> [Index] {
    index.isPartitioned ? descendants(index).filter { !$0.isPartitioned } : [index]
  }

  /// The oid of the index at the top of the tree that an index is a part of.
  func root(of id: Int) -> Int {
    var current = id
    for _ in 0..<100 {
      guard let parent = indexes[current]?.parentID else { return current }
      current = parent
    }
    return current
  }

  func pages(_ index: Index) -> Int { leaves(index).reduce(0) { $0 + $1.pages } }

  /// Why it, or one of its parts, may not be dropped.
  func reasonToKeep(_ index: Index) -> String? {
    index.reasonToKeep ?? descendants(index).lazy.compactMap { $0.reasonToKeep }.first
  }
}
