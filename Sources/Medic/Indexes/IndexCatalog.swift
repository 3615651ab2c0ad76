import Postgres

/// Indexes with their partition trees: what counts for one of a partitioned table is the sum of its leaves.
struct IndexCatalog: Sendable {
  private let indexes: [Int: Index]
  private let children: [Int: [Index]]
  /// Indexes that aren't a partition of another, in the order in which they were read.
  let roots: [Index]

  init(_ all: [Index]) {
    indexes = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }
    children = Dictionary(grouping: all.filter { $0.parentID != nil }) { $0.parentID ?? 0 }
    let known = Set(indexes.keys)
    // A pattern may name a partition and not its parent: the parent's index then isn't here, and can't be judged.
    roots = all.filter { index in index.parentID.map { known.contains($0) } != true && index.parentID == nil }
  }

  var all: [Index] { indexes.values.sorted { $0.id < $1.id } }

  func parts(of roots: [Index]) -> [Index] { roots.flatMap { [$0] + descendants($0) } }

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

  func scans(_ index: Index, _ elsewhere: [Int: Int] = [:]) -> Int {
    leaves(index).reduce(0) { $0 + $1.scans + (elsewhere[$1.id] ?? 0) }
  }

  func pages(_ index: Index) -> Int { leaves(index).reduce(0) { $0 + $1.pages } }

  func writes(_ index: Index) -> Int { leaves(index).reduce(0) { $0 + $1.writes } }

  /// Why it, or one of its parts, may not be dropped.
  func reasonToKeep(_ index: Index) -> String? {
    index.reasonToKeep ?? descendants(index).lazy.compactMap { $0.reasonToKeep }.first
  }
}
