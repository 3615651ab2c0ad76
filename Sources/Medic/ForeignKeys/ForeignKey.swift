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
    /// False when the comparison converts the child column first, so that no index on it helps.
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

  /// A row for each column of each key that has triggers and isn't a partition's copy.
  ///
  /// Through `to_jsonb`, columns that only 18 has (`conenforced`, `conperiod`) can be asked for on every version.
  /// A deleted parent row is looked for with `$1 = child`, by the operator in `conpfeqop`, so an index needs its
  /// commutator. Binary-coercible types (domains, varchar for text, enums for anyenum) are compared without conversion.
  static let query = Query(
    from: 11,
    """
    WITH RECURSIVE domain (type, base) AS (
      SELECT oid, typbasetype FROM pg_catalog.pg_type WHERE typtype = 'd'
      UNION ALL
      SELECT d.type, t.typbasetype FROM domain AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype = 'd'
    ), base (type, base) AS (
      SELECT d.type, d.base FROM domain AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype <> 'd'
    )
    SELECT con.oid AS id, con.conname AS name, n.nspname AS schema, c.relname AS "table", c.oid AS table_id,
      c.relkind = 'p' AS is_partitioned, pn.nspname AS parent_schema, p.relname AS parent, p.oid AS parent_id,
      con.confdeltype AS on_delete, con.confupdtype AS on_update, con.confmatchtype = 'f' AS matches_full,
      con.condeferrable AS is_deferrable, con.condeferred AS is_deferred, con.convalidated AS is_validated,
      a.attname AS "column", pa.attname AS parent_column,
      pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
      pg_catalog.format_type(pa.atttypid, pa.atttypmod) AS parent_type,
      ARRAY(SELECT amop.amopfamily FROM pg_catalog.pg_amop AS amop
        WHERE amop.amopopr = o.oprcom AND amop.amoppurpose = 's') AS families,
      CASE WHEN pa.attcollation <> a.attcollation
          AND EXISTS (SELECT FROM pg_catalog.pg_collation AS l WHERE l.oid = pa.attcollation AND NOT l.collisdeterministic)
        THEN pa.attcollation ELSE a.attcollation END AS collation,
      o.oprright IN (a.atttypid, coalesce(base.base, a.atttypid)) OR op_type.typtype = 'p'
        OR EXISTS (SELECT FROM pg_catalog.pg_cast AS s WHERE s.castsource = coalesce(base.base, a.atttypid)
          AND s.casttarget = o.oprright AND s.castmethod = 'b') AS is_indexable,
      NOT (coalesce((pg_catalog.to_jsonb(con) ->> 'conperiod')::boolean, false)
        AND k.position = pg_catalog.cardinality(con.conkey)) AS is_equality
    FROM pg_catalog.pg_constraint AS con
    JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class AS p ON p.oid = con.confrelid
    JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(con.conkey), pg_catalog.unnest(con.confkey),
      pg_catalog.unnest(con.conpfeqop)) WITH ORDINALITY AS k (attnum, parent_attnum, operator, position)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
    JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = con.confrelid AND pa.attnum = k.parent_attnum
    JOIN pg_catalog.pg_operator AS o ON o.oid = k.operator
    JOIN pg_catalog.pg_type AS op_type ON op_type.oid = o.oprright
    LEFT JOIN base ON base.type = a.atttypid
    WHERE con.contype = 'f' AND con.conparentid = 0
      AND coalesce((pg_catalog.to_jsonb(con) ->> 'conenforced')::boolean, true)
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    ORDER BY n.nspname, c.relname, con.conname, con.oid, k.position
    """)

  /// The keys from the rows of `query`.
  static func keys(_ rows: [Row]) -> [ForeignKey] {
    var keys: [ForeignKey] = []
    for row in rows {
      let column = Column(
        name: row.text("column"), parentName: row.text("parent_column"), type: row.text("type"),
        parentType: row.text("parent_type"), families: Set(row.ints("families")),
        collation: row.int("collation") ?? 0, isIndexable: row.flag("is_indexable"),
        isEquality: row.flag("is_equality"))
      if let last = keys.indices.last, keys[last].id == row.int("id") {
        keys[last].columns.append(column)
        continue
      }
      keys.append(
        ForeignKey(
          id: row.int("id") ?? 0, name: row.text("name"), schema: row.text("schema"), table: row.text("table"),
          tableID: row.int("table_id") ?? 0, isPartitioned: row.flag("is_partitioned"),
          parentSchema: row.text("parent_schema"), parent: row.text("parent"), parentID: row.int("parent_id") ?? 0,
          onDelete: row.text("on_delete"), onUpdate: row.text("on_update"), matchesFull: row.flag("matches_full"),
          isDeferrable: row.flag("is_deferrable"), isDeferred: row.flag("is_deferred"),
          isValidated: row.flag("is_validated"), columns: [column]))
    }
    return keys
  }
}
