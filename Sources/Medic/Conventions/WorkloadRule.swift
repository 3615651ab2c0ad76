/// A rule about how columns are used, read from the statements that pg_stat_statements has recorded.
///
/// A new one is a file with such a type, and its line in `Conventions.workloadRules`.
protocol WorkloadRule: Sendable {
  static var card: Card { get }
  static var examples: [Example] { get }

  init()

  /// The finding that a use of a column is, with the column and its indexes as the catalogs have them.
  func finding(_ use: ColumnUse, _ column: UsedColumn) -> Finding?
}

/// A column as conditions use it, over all statements.
struct ColumnUse: Sendable {
  let use: RecordedCondition.Use
  /// The functions or operators met, in order: `lower`, `@>`, `->>`.
  let operators: [String]
  let statements: Int
  let calls: Int
}

/// A column that conditions name.
struct UsedColumn: Sendable {
  /// An index that has the column as a key or in an expression.
  struct Index: Sendable {
    let method: String
    /// Operator classes of the keys that are the column itself.
    let opclasses: [String]
    /// The stored trees of its expressions; empty when it has none.
    let expressions: String
  }

  let object: DatabaseObject
  /// `pg_class.relkind`.
  let kind: String
  let attnum: Int
  /// The name in pg_catalog (or of an extension) of the type that it comes down to.
  let type: String
  let isText: Bool
  /// nil: nobody has counted them.
  let rows: Int?
  let bytes: Int
  let indexes: [Index]

  /// Columns and indexes of tables by the names in $4, whose columns are among $5. Parts of a partitioned table are its
  /// own affair.
  static let query = Query(
    from: 11,
    """
    SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", c.relkind AS kind, a.attnum,
      coalesce(b.typname, t.typname) AS type, coalesce(b.typcategory, t.typcategory) = 'S' AS is_text,
      CASE WHEN c.reltuples >= 0 AND (c.reltuples > 0 OR c.relpages > 0) THEN c.reltuples::bigint END AS rows,
      greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes,
      i.method, i.expressions, i.opclasses
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype AND t.typtype = 'd'
    LEFT JOIN LATERAL (
      SELECT m.amname AS method, coalesce(x.indexprs::text, '') AS expressions,
        ARRAY(SELECT o.opcname::text
          FROM ROWS FROM (pg_catalog.unnest(x.indkey::int2[]), pg_catalog.unnest(x.indclass::oid[])) WITH ORDINALITY
            AS k (attnum, opclass, position)
          JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass
          WHERE k.attnum = a.attnum ORDER BY k.position) AS opclasses
      FROM pg_catalog.pg_index AS x
      JOIN pg_catalog.pg_class AS ic ON ic.oid = x.indexrelid
      JOIN pg_catalog.pg_am AS m ON m.oid = ic.relam
      WHERE x.indrelid = c.oid AND x.indisvalid AND (x.indexprs IS NOT NULL OR a.attnum = ANY (x.indkey))
    ) AS i ON true
    WHERE c.relname = ANY ($4::name[]) AND a.attname = ANY ($5::name[]) AND a.attnum > 0 AND NOT a.attisdropped
      AND c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition
      AND \(Scope.ownTable)
    ORDER BY n.nspname, c.relname, a.attnum
    """)

  /// The columns of the query's answer, each with all its indexes.
  static func all(_ rows: [Row]) -> [UsedColumn] {
    let groups = Dictionary(grouping: rows) { $0.columnObject }
    return groups.compactMap { object, rows in
      guard let row = rows.first else { return nil }
      return UsedColumn(
        object: object, kind: row.text("kind"), attnum: row.int("attnum") ?? 0, type: row.text("type"),
        isText: row.flag("is_text") && row.text("type") != "citext", rows: row.int("rows"), bytes: row.bytes,
        indexes: rows.compactMap { row in
          row["method"].map {
            Index(method: $0, opclasses: row.list("opclasses"), expressions: row.text("expressions"))
          }
        })
    }.sorted { $0.object.fullName < $1.object.fullName }
  }

  /// A table as small as this is read whole whatever indexes it has.
  var isSmall: Bool { rows.map { $0 < 1000 } ?? false }

  /// An index has an expression over the column, and `text` in it (such as a function's `:funcid 870 `).
  func hasExpression(_ text: String? = nil) -> Bool {
    indexes.contains { index in
      PredicateTree.elements(index.expressions).contains {
        $0.contains(":varattno \(attnum) ") && (text.map($0.contains) ?? true)
      }
    }
  }
}
