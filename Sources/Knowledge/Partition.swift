/// One table of a partition tree below its root.
public struct Partition: Sendable, Equatable {
  public let table: QualifiedName
  /// The partitioned table whose partition it is, nil where that is the root.
  public let above: QualifiedName?
  /// It holds rows: it isn't partitioned itself.
  public let isLeaf: Bool

  public init(_ table: QualifiedName, above: QualifiedName?, isLeaf: Bool) {
    self.table = table
    self.above = above
    self.isLeaf = isLeaf
  }

  /// What a template may name in a part that is there for each partition.
  static let words: Set<String> = ["partition", "partition_index", "above_index"]

  /// The values of these words, for an index that is called `index` on the root.
  func values(under index: QualifiedName) -> [String: ResolvedValue] {
    [
      "partition": .relation(table), "partition_index": .relation(Self.index(index, on: table)),
      "above_index": .relation(above.map { Self.index(index, on: $0) } ?? index),
    ]
  }

  /// The root's index name and the table's, cut where that is too long, in the table's schema.
  private static func index(_ root: QualifiedName, on table: QualifiedName) -> QualifiedName {
    let name = "\(root.name)_\(table.name)"
    let isTooLong = name.utf8.count > SQLQuoting.maximumNameBytes
    return QualifiedName(schema: table.schema, isTooLong ? SlotReader.shortened(name) : name)
  }
}

extension SlotReader {
  /// SQL statements as Ruby that executes them one by one, for the body of a method.
  static func executed(_ sql: String) -> String {
    var pieces: [String] = []
    var statement: [String] = []
    for line in lines(of: sql) where !trimmed(line).isEmpty {
      statement.append(String(line))
      if line.hasSuffix(";") {
        pieces.append(statement.joined(separator: "\n      "))
        statement = []
      }
    }
    return pieces.map { "execute <<~'SQL'\n      \($0.dropLast())\n    SQL" }.joined(separator: "\n    ")
  }
}
