import Postgres

/// What an index answers and enforces, so that two can be compared.
struct IndexForm: Sendable {
  /// One key column.
  struct Key: Sendable, Equatable {
    /// The number of the table's column, or the stored tree of the expression: comparable within one table.
    let what: String
    let isExpression: Bool
    let opclass: Int
    let collation: Int
    let isDescending: Bool
    let nullsFirst: Bool
    /// Parameters of the operator class.
    let parameters: String

    /// The same order read backwards.
    var mirrored: Key {
      Key(
        what: what, isExpression: isExpression, opclass: opclass, collation: collation,
        isDescending: !isDescending, nullsFirst: !nullsFirst, parameters: parameters)
    }
  }

  let method: String
  let keys: [Key]
  /// The numbers of INCLUDE columns.
  let included: Set<String>
  /// The stored tree of the predicate.
  let predicate: String?
  let isUnique: Bool
  let isPrimary: Bool
  let isImmediate: Bool
  let nullsNotDistinct: Bool
  /// The constraint that it backs: `primary key`, `unique`, `exclusion`; nil when none.
  let constraint: String?
  /// A foreign key refers to it.
  let isReferenced: Bool
  let scans: Int
  /// CREATE INDEX or REINDEX is at work on it now (as far as this role can see).
  let isBeingBuilt: Bool
  /// One of them is at work on some index of its table (as far as this role can see).
  let isTableBeingIndexed: Bool
  /// Somebody holds the lock that a concurrent build takes (VACUUM and ANALYZE take it, too).
  let mayBeBeingBuilt: Bool

  init(_ row: Row) {
    method = row.text("method")
    predicate = row["predicate"].map { PredicateTree.withoutLocations($0) }
    isUnique = row.flag("is_unique")
    isPrimary = row.flag("is_primary")
    isImmediate = row.flag("is_immediate")
    nullsNotDistinct = row.flag("nulls_not_distinct")
    constraint = row["constraint"]
    isReferenced = row.flag("is_referenced")
    scans = row.int("scans") ?? 0
    isBeingBuilt = row.flag("is_being_built")
    isTableBeingIndexed = row.flag("is_table_being_indexed")
    mayBeBeingBuilt = row.flag("may_be_being_built")
    let columns = row.ints("columns")
    let keyCount = min(row.int("key_count") ?? 0, columns.count)
    keys = IndexForm.keys(row, columns.prefix(keyCount))
    included = Set(columns.dropFirst(keyCount).map { String($0) })
  }

  private static func keys(_ row: Row, _ columns: ArraySlice<Int>) -> [Key] {
    var expressions = (row["expressions"].map { PredicateTree.elements($0) } ?? [])[...]
    let opclasses = row.ints("opclasses")
    let collations = row.ints("collations")
    let options = row.ints("options")
    let parameters = row.list("parameters")
    func at<T>(_ list: [T], _ position: Int, _ none: T) -> T { list.indices.contains(position) ? list[position] : none }
    return columns.enumerated().map { position, column in
      Key(
        what: column != 0 ? String(column) : PredicateTree.withoutLocations(expressions.popFirst() ?? ""),
        isExpression: column == 0,
        opclass: at(opclasses, position, 0), collation: at(collations, position, 0),
        isDescending: at(options, position, 0) & 1 != 0, nullsFirst: at(options, position, 0) & 2 != 0,
        parameters: at(parameters, position, ""))
    }
  }

  /// The other answers and enforces all that this one does.
  func isSame(as other: IndexForm) -> Bool {
    guard method == other.method, predicate == other.predicate, included == other.included else { return false }
    if isUnique {
      guard other.isUnique, isImmediate == other.isImmediate, nullsNotDistinct == other.nullsNotDistinct else {
        return false
      }
    }
    // A btree can be read backwards, if all of it turns round.
    return keys == other.keys || (method == "btree" && keys == other.keys.map { $0.mirrored })
  }

  /// A longer btree begins with this one's keys and has its INCLUDE columns somewhere.
  ///
  /// A unique one only where the other says the same of the same keys and merely includes more columns.
  func isPrefix(of other: IndexForm) -> Bool {
    guard method == "btree", other.method == "btree", predicate == other.predicate else { return false }
    if isUnique {
      guard other.isUnique, keys.count == other.keys.count, isImmediate == other.isImmediate,
        nullsNotDistinct == other.nullsNotDistinct
      else { return false }
    }
    let held = other.included.union(other.keys.filter { !$0.isExpression }.map { $0.what })
    guard included.isSubset(of: held) else { return false }
    let isLonger = other.keys.count > keys.count || !included.isSuperset(of: other.included)
    guard isLonger, other.keys.count >= keys.count else { return false }
    let start = Array(other.keys.prefix(keys.count))
    return keys == start || keys == start.map { $0.mirrored }
  }
}
