import Medic

/// One column as catalog and statistics describe it.
struct Column: Sendable {
  let name: String
  let number: Int
  /// The type's name without schema, a domain's base type.
  let type: String
  /// `pg_type.typcategory`: N, S, D, B, A, R, U, …
  let category: String
  let isNotNull: Bool
  /// Text compares byte by byte, so that a plain index serves LIKE 'x%'.
  let hasByteOrder: Bool
  /// The type has a default operator class for btree.
  let isOrdered: Bool
  /// From pg_stats; nil where the column has no statistics or the role may not see them.
  let statistics: Statistics?

  struct Statistics: Sendable {
    let nullFraction: Double
    /// As stored: negative is a share of the rows.
    let distinct: Double
    let width: Int
    let correlation: Double?
    let commonValues: [String]
    let commonFrequencies: [Double]
  }

  /// How many distinct values a table of that many rows has; 200 where nobody knows, as the planner takes it.
  func distinct(ofRows rows: Double) -> Double {
    guard let statistics, statistics.distinct != 0 else { return min(max(rows, 1), 200) }
    return max(1, statistics.distinct > 0 ? statistics.distinct : -statistics.distinct * rows)
  }
}

/// An index that is there.
struct ExistingIndex: Sendable {
  let name: String
  let method: String
  let isValid: Bool
  let isUnique: Bool
  /// Key columns (quoted) and expressions as the server prints them.
  let keys: [String]
  /// Operator classes, nil for the type's default.
  let opclasses: [String?]
  let descending: [Bool]
  let nullsFirst: [Bool]
  let included: [String]
  let predicate: String?
}

/// A table that the workload names, with all that judging an index on it needs.
struct TableFacts: Sendable {
  let id: Int
  let schema: String
  let name: String
  /// `pg_class.relkind`: r, p, m, v, f.
  let kind: String
  /// Rows and pages over all partitions; rows are -1 where nobody has counted.
  let rows: Double
  let pages: Double
  let isSystem: Bool
  /// The share of pages that an index-only scan needn't visit.
  let visibleShare: Double
  let columns: [Column]
  let indexes: [ExistingIndex]
  let inserts: Double
  let updates: Double
  let deletes: Double
  let liveRows: Double
  let sequentialScans: Double
  let indexScans: Double
  let definition: String?
  /// All that is below a partitioned table.
  let partitions: [Partition]

  struct Partition: Sendable {
    let id: Int
    let parent: Int
    let schema: String
    let name: String
    let isPartitioned: Bool
    let rows: Double
    let pages: Double
  }

  var object: DatabaseObject { DatabaseObject(kind == "m" ? .materializedView : .table, schema: schema, name: name) }
  var displayName: String { SQLName.qualified(schema, name) }
  var isPartitioned: Bool { kind == "p" }
  var takesIndexes: Bool { !isSystem && ["r", "p", "m"].contains(kind) }
  var isAnalyzed: Bool { rows >= 0 && columns.contains { $0.statistics != nil } }

  /// Pages of the largest partition, or of the table itself.
  var largestPart: Double {
    isPartitioned ? partitions.filter { !$0.isPartitioned }.map { $0.pages }.max() ?? 0 : pages
  }

  func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// Rows written beyond those that were loaded once and are still there.
  var ongoingInserts: Double { max(0, inserts - max(liveRows, 0)) }
}
