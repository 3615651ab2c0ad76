import Postgres

/// A foreign key of the catalog, with what decides whether an index can serve it.
struct ForeignKey: Sendable {
  /// One pair of columns.
  struct Column: Sendable, Equatable {
    let name: String
    let parentName: String
    let type: String
    let parentType: String
    /// Operator families that hold the comparison of the referential-integrity query, with the child column at left.
    let families: Set<Int>
    /// The collation of that comparison, 0 for none.
    let collation: Int
    /// False when no index that the column can have by default helps: the comparison converts the column first, or
    /// orders it in another way.
    let isIndexable: Bool
    /// False for the range column of a PERIOD key (18), which is compared by overlap.
    let isEquality: Bool
  }

  let id: Int
  let name: String
  let schema: String
  let table: String
  let tableID: Int
  let isPartitioned: Bool
  let parentSchema: String
  let parent: String
  let parentID: Int
  /// `pg_constraint.confdeltype` and `confupdtype`: a, r, c, n, d.
  let onDelete: String
  let onUpdate: String
  let matchesFull: Bool
  let isDeferrable: Bool
  let isDeferred: Bool
  let isValidated: Bool
  var columns: [Column]

  var object: DatabaseObject { DatabaseObject(.foreignKey, schema: schema, name: name, table: table) }

  /// The columns that an index for it has to have.
  var indexableNames: [String] { columns.filter { $0.isIndexable }.map { $0.name } }

  /// `DELETE` on the parent, in the words of the key's definition.
  var deleteAction: String { ForeignKey.action(onDelete) }

  private static func action(_ code: String) -> String {
    switch code {
    case "r": "RESTRICT"
    case "c": "CASCADE"
    case "n": "SET NULL"
    case "d": "SET DEFAULT"
    default: "NO ACTION"
    }
  }

  /// The definition for ALTER TABLE … ADD CONSTRAINT, without NOT VALID.
  var definition: String {
    var text = "FOREIGN KEY (\(SQLName.list(columns.map { $0.name }))) REFERENCES "
    text += "\(SQLName.qualified(parentSchema, parent)) (\(SQLName.list(columns.map { $0.parentName })))"
    if matchesFull { text += " MATCH FULL" }
    if onUpdate != "a" { text += " ON UPDATE \(ForeignKey.action(onUpdate))" }
    if onDelete != "a" { text += " ON DELETE \(ForeignKey.action(onDelete))" }
    if isDeferrable { text += isDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE" }
    return text
  }

  /// The tables that the rows of `queries` are about, on both sides.
  static func tables(_ rows: [Row]) -> [Int] {
    Set(rows.flatMap { [$0.int("table_id") ?? 0, $0.int("parent_id") ?? 0] }).sorted()
  }

  /// The keys from the rows of `queries`, in the order of their tables' names and their own; `relations` has the tables.
  static func keys(_ rows: [Row], _ relations: RelationSet) -> [ForeignKey] {
    var keys: [ForeignKey] = []
    for row in rows {
      guard let table = row.int("table_id").flatMap({ relations[$0] }),
        let parent = row.int("parent_id").flatMap({ relations[$0] })
      else { continue }
      let families = Set(row.ints("families"))
      let hasOtherOrder = row.int("standard_family").map { !families.contains($0) } ?? false
      let column = Column(
        name: row.text("column"), parentName: row.text("parent_column"), type: row.text("type"),
        parentType: row.text("parent_type"), families: families,
        collation: row.int("collation") ?? 0, isIndexable: row.flag("is_comparable") && !hasOtherOrder,
        isEquality: row.flag("is_equality"))
      if let last = keys.indices.last, keys[last].id == row.int("id") {
        keys[last].columns.append(column)
        continue
      }
      keys.append(
        ForeignKey(
          id: row.int("id") ?? 0, name: row.text("name"), schema: table.schema, table: table.name, tableID: table.id,
          isPartitioned: table.kind == "p", parentSchema: parent.schema, parent: parent.name, parentID: parent.id,
          onDelete: row.text("on_delete"), onUpdate: row.text("on_update"), matchesFull: row.flag("matches_full"),
          isDeferrable: row.flag("is_deferrable"), isDeferred: row.flag("is_deferred"),
          isValidated: row.flag("is_validated"), columns: [column]))
    }
    return keys.sorted { ($0.schema, $0.table, $0.name, $0.id) < ($1.schema, $1.table, $1.name, $1.id) }
  }
}
