/// A table, or a partitioned table with all that is below it.
struct TableTree: Sendable {
  private let top: RelationSize
  private let leaves: [RelationSize]

  /// Largest first.
  static func all(of sizes: [RelationSize]) -> [TableTree] {
    let tops = Set(sizes.filter { $0.rootID == nil }.map { $0.id })
    let parts = Dictionary(grouping: sizes.filter { $0.hasStorage }) { size in
      // A partition that was asked for without its top stands for itself.
      size.rootID.flatMap { tops.contains($0) ? $0 : nil } ?? size.id
    }
    return sizes.compactMap { size -> TableTree? in
      guard let leaves = parts[size.id] else { return nil }
      return TableTree(top: size, leaves: leaves)
    }.sorted { ($1.bytes, $0.label) < ($0.bytes, $1.label) }
  }

  var id: Int { top.id }
  var label: String {
    top.hasStorage ? top.displayName : "\(top.displayName) (\(Quantity.count(leaves.count, "partition")))"
  }
  var object: DatabaseObject {
    DatabaseObject(top.kind == "m" ? .materializedView : .table, schema: top.schema, name: top.name)
  }
  var heapBytes: Int { leaves.reduce(0) { $0 + $1.heapBytes } }
  var toastBytes: Int { leaves.reduce(0) { $0 + $1.toastBytes } }
  var indexBytes: Int { leaves.reduce(0) { $0 + $1.indexBytes.reduce(0, +) } }
  var bytes: Int { heapBytes + toastBytes + indexBytes }
  /// All of it was read from the files.
  var isExact: Bool { leaves.allSatisfy { $0.isExact } }

  /// Rows by the catalog; of a tree those of the partitions that were ever counted.
  var rows: Value {
    let counted = leaves.compactMap { leaf -> Int? in
      if case .estimate(let rows) = leaf.rows { rows } else { nil }
    }
    return counted.isEmpty ? RelationSize.Rows.neverCounted.value : .int(counted.reduce(0, +))
  }
}

/// What has changed since the last look. Only like is compared with like: files with files, page counts with page
/// counts.
struct Growth: Sendable {
  private var trees: [Int: Change] = [:]
  private var databases: [Int: Change] = [:]
  private var numbers = Look(time: 0)
  private var current: Change?

  /// Relations below this are not remembered.
  private static let least = 1_048_576

  init(_ record: Record?, trees: [TableTree], databases: [DatabaseSize]) {
    for tree in trees {
      let kind = tree.isExact ? Look.Kind.relationBytes : .estimatedBytes
      if tree.bytes >= Self.least { numbers[kind, tree.id] = tree.bytes }
      if let record { self.trees[tree.id] = record.earlier.change(kind, tree.id, to: tree.bytes, at: record.time) }
    }
    for database in databases {
      guard let bytes = database.bytes else { continue }
      numbers[.databaseBytes, database.id] = bytes
      guard let record else { continue }
      let change = record.earlier.change(.databaseBytes, database.id, to: bytes, at: record.time)
      self.databases[database.id] = change
      if database.isCurrent { current = change }
    }
  }

  var isKnown: Bool { !trees.isEmpty || !databases.isEmpty }

  subscript(_ tree: TableTree) -> Change? { trees[tree.id] }

  /// What is to be remembered.
  func look(at time: Int) -> Look { Look(time: time, numbers: numbers.numbers) }

  /// `, +12 MB in 3 d`, for the summary.
  var words: String {
    guard let current else { return "" }
    let sign = current.difference < 0 ? "-" : "+"
    let bytes = Quantity.pretty(bytes: abs(current.difference))
    return "; the database \(sign)\(bytes) in \(Quantity.pretty(seconds: current.seconds))"
  }

  // Without an earlier look there are no columns for it.
  var treeColumns: [String] { trees.isEmpty ? [] : ["growth_bytes", "over_seconds"] }
  var databaseColumns: [String] { databases.isEmpty ? [] : ["growth_bytes", "over_seconds"] }

  func cells(_ tree: TableTree) -> [Value] { trees.isEmpty ? [] : Self.cells(trees[tree.id]) }
  func cells(_ database: DatabaseSize) -> [Value] { databases.isEmpty ? [] : Self.cells(databases[database.id]) }

  private static func cells(_ change: Change?) -> [Value] { [Value(change?.difference), Value(change?.seconds)] }
}
