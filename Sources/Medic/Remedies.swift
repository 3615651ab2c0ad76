// The remedies that findings offer. This is the one place where their SQL is written.

/// The columns or expressions of an index that is to be made.
public struct IndexDefinition: Sendable, Hashable {
  public var schema: String
  public var table: String
  /// nil: `index_<table>_on_<columns>`.
  public var name: String?
  /// Key columns by their names.
  public var columns: [String]
  /// Access method, `btree` unless said.
  public var method: String

  public init(schema: String, table: String, name: String? = nil, columns: [String], method: String = "btree") {
    self.schema = schema
    self.table = table
    self.name = name
    self.columns = columns
    self.method = method
  }

  /// The name, made from table and columns when none is given, in 63 bytes.
  public var indexName: String { name ?? IndexDefinition.name(table: table, columns: columns) }

  /// `index_<table>_on_<columns>`; the table's part is cut first, so that the columns stay readable.
  public static func name(table: String, columns: [String]) -> String {
    let end = SQLName.truncated("_on_" + columns.joined(separator: "_"), to: 40)
    return SQLName.truncated("index_" + SQLName.truncated(table, to: 63 - 6 - end.utf8.count) + end)
  }

  fileprivate var tail: String {
    "\(method == "btree" ? "" : "USING \(SQLName.quoted(method)) ")(\(SQLName.list(columns)))"
  }
}

/// A partitioned table with its partitions, as far as an index has to be made on each.
public struct PartitionTree: Sendable, Equatable {
  public let schema: String
  public let table: String
  public let isPartitioned: Bool
  /// An index that fits already, to be attached instead of being made.
  public let existingIndex: DatabaseObject?
  /// Empty for a leaf.
  public let children: [PartitionTree]

  public init(
    schema: String, table: String, isPartitioned: Bool, existingIndex: DatabaseObject? = nil,
    children: [PartitionTree] = []
  ) {
    self.schema = schema
    self.table = table
    self.isPartitioned = isPartitioned
    self.existingIndex = existingIndex
    self.children = children
  }
}

extension Remedy {
  /// Makes an index while writes go on.
  public static func createIndex(_ index: IndexDefinition) -> Remedy {
    let table = SQLName.qualified(index.schema, index.table)
    let create = "CREATE INDEX CONCURRENTLY \(SQLName.quoted(index.indexName)) ON \(table) \(index.tail)"
    return Remedy(
      sql: guarded([create]),
      undo: guarded(["DROP INDEX CONCURRENTLY IF EXISTS \(SQLName.qualified(index.schema, index.indexName))"]),
      pattern: "index-concurrently",
      slots: [
        Slot("table", table), Slot("columns", SQLName.list(index.columns)),
        Slot("name", SQLName.quoted(index.indexName)), Slot("method", index.method),
      ],
      caution: "Outside a transaction. If it fails, an INVALID index is left: drop it by the undo, then try again.")
  }

  /// Makes an index on a partitioned table without blocking writes: on the parents only, on each leaf concurrently,
  /// then attached; the parent's index turns valid with its last leaf.
  public static func createPartitionedIndex(_ index: IndexDefinition, on tree: PartitionTree) -> Remedy {
    var parents: [String] = []
    var leaves: [String] = []
    var attachments: [String] = []
    var taken: Set<String> = []
    // Names that were cut to 63 bytes may meet; each partition's must be its own.
    func freeName(_ schema: String, _ wanted: String) -> String {
      var name = wanted
      var number = 2
      while !taken.insert(SQLName.qualified(schema, name)).inserted {
        let suffix = "_\(number)"
        name = SQLName.truncated(wanted, to: 63 - suffix.utf8.count) + suffix
        number += 1
      }
      return name
    }
    var restored: [String] = []
    func visit(_ node: PartitionTree, wanted: String, parent: String?) {
      var name = SQLName.qualified([node.existingIndex?.schema, node.existingIndex?.name])
      let target = "\(SQLName.qualified(node.schema, node.table)) \(index.tail)"
      func create(_ name: String) -> String {
        "CREATE INDEX " + (node.isPartitioned ? "" : "CONCURRENTLY ") + SQLName.quoted(name) + " ON "
          + (node.isPartitioned ? "ONLY " : "") + target
      }
      if let existing = node.existingIndex {
        restored.append(create(existing.name))
      } else {
        let free = freeName(node.schema, wanted)
        name = SQLName.qualified(node.schema, free)
        if node.isPartitioned { parents.append(create(free)) } else { leaves.append(create(free)) }
      }
      for child in node.children {
        visit(child, wanted: IndexDefinition.name(table: child.table, columns: index.columns), parent: name)
      }
      if let parent { attachments.append("ALTER INDEX \(parent) ATTACH PARTITION \(name)") }
    }
    let existingRoot = tree.existingIndex.map { SQLName.qualified([$0.schema, $0.name]) }
    let root = existingRoot ?? SQLName.qualified(index.schema, index.indexName)
    visit(tree, wanted: index.indexName, parent: nil)
    return Remedy(
      sql: guarded(parents + leaves + attachments),
      undo: guarded(["DROP INDEX IF EXISTS \(root)"] + restored, lockTimeout: "2s"),
      caution: "A partitioned index can't be made or dropped CONCURRENTLY as a whole: the undo takes ACCESS EXCLUSIVE "
        + "on every partition for a moment; try again when lock_timeout ends it.")
  }

  /// Drops an index while queries go on; `definition` is its `pg_get_indexdef`, for the undo. With `onlyInvalid` it stops
  /// before the drop when the index has become valid since.
  public static func dropIndex(
    schema: String, name: String, definition: String, onlyInvalid: Bool = false
  ) -> Remedy {
    let index = SQLName.qualified(schema, name)
    let guardian = """
      DO $pgmedic$ BEGIN IF (SELECT indisvalid FROM pg_catalog.pg_index WHERE indexrelid = \
      \(SQLName.literal(index))::pg_catalog.regclass) THEN RAISE EXCEPTION 'the index is valid now: it stays'; \
      END IF; END $pgmedic$
      """
    return Remedy(
      sql: guarded((onlyInvalid ? [guardian] : []) + ["DROP INDEX CONCURRENTLY \(index)"]),
      undo: guarded([concurrently(definition)]),
      pattern: "drop-index-safely", slots: [Slot("index", index), Slot("definition", definition)],
      caution: onlyInvalid
        ? "Outside a transaction. Nothing reads it, but a unique one still refuses duplicates: then build it anew first."
        : "Outside a transaction. Ask every standby and every month-end job first.")
  }

  /// Drops a partitioned index, for which there is no CONCURRENTLY; `undo` makes it again.
  public static func dropPartitionedIndex(schema: String, name: String, undo: [String]) -> Remedy {
    let index = SQLName.qualified(schema, name)
    return Remedy(
      sql: guarded(["DROP INDEX \(index)"], lockTimeout: "2s"), undo: guarded(undo),
      caution: "A partitioned index has no DROP CONCURRENTLY: this takes ACCESS EXCLUSIVE on the table and all its "
        + "partitions for a moment. When lock_timeout ends it, try again.")
  }

  /// Rebuilds an index while writes go on; an exclusion constraint's can't be.
  public static func reindex(
    schema: String, name: String, concurrently: Bool = true, warning: String? = nil
  ) -> Remedy {
    let index = SQLName.qualified(schema, name)
    let caution =
      concurrently
      ? "Needs room for a second copy. If it fails, drop the invalid …_ccnew that is left."
      : "An exclusion constraint's index can't be rebuilt CONCURRENTLY: writes to the table wait until it is done."
    return Remedy(
      sql: guarded(["REINDEX INDEX \(concurrently ? "CONCURRENTLY " : "")\(index)"]), pattern: "index-bloat-reindex",
      slots: [Slot("index", index)], caution: [caution, warning].compactMap { $0 }.joined(separator: " "))
  }

  /// Rebuilds a table with its indexes and TOAST. The server has no way to do it without locking everybody out.
  public static func rebuild(schema: String, table: String, warning: String? = nil) -> Remedy {
    let name = SQLName.qualified(schema, table)
    let caution =
      "No safe form exists in the server itself: this keeps even readers out until it is done, and needs room for a "
      + "second copy of the live rows and indexes. On a busy server use pg_repack or pg_squeeze."
    return Remedy(
      sql: guarded(["VACUUM (FULL, ANALYZE) \(name)"], lockTimeout: "2s"), pattern: "table-bloat",
      slots: [Slot("table", name)], caution: [caution, warning].compactMap { $0 }.joined(separator: " "))
  }

  /// Drops a foreign key; the undo adds it again, as NOT VALID first, which partitioned tables don't know.
  static func dropConstraint(_ key: ForeignKey) -> Remedy {
    let relation = SQLName.qualified(key.schema, key.table)
    let constraint = SQLName.quoted(key.name)
    let add = "ALTER TABLE \(relation) ADD CONSTRAINT \(constraint) \(key.definition)"
    var undo = [key.isPartitioned ? add : add + " NOT VALID"]
    if key.isValidated && !key.isPartitioned {
      undo.append("ALTER TABLE \(relation) VALIDATE CONSTRAINT \(constraint)")
    }
    return Remedy(
      sql: guarded(["ALTER TABLE \(relation) DROP CONSTRAINT \(constraint)"], lockTimeout: "2s"),
      undo: guarded(undo, lockTimeout: "2s"),
      caution: "Takes ACCESS EXCLUSIVE on both tables for a moment; when lock_timeout ends it, try again.")
  }

  /// `CREATE INDEX … ON ONLY` of a partitioned index's `pg_get_indexdef`, which the server prints so for such.
  static func onOnly(_ definition: String) -> String {
    guard !definition.contains(" ON ONLY "), let on = definition.firstRange(of: " ON ") else { return definition }
    return definition[..<on.lowerBound] + " ON ONLY " + definition[on.upperBound...]
  }

  /// `CREATE [UNIQUE] INDEX` of `pg_get_indexdef` with CONCURRENTLY in it.
  static func concurrently(_ definition: String) -> String {
    for start in ["CREATE UNIQUE INDEX ", "CREATE INDEX "] where definition.hasPrefix(start) {
      return start + "CONCURRENTLY " + definition.dropFirst(start.count)
    }
    return definition
  }
}
