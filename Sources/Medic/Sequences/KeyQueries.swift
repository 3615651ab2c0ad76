import Postgres

/// Keys that no sequence feeds, and copies of keys in referencing columns.
enum KeyQueries {
  /// Single-column keys of integer and smallint that the application fills: no sequence, no foreign key gives them.
  static let plain = Query(
    from: 11,
    """
    WITH RECURSIVE \(KeyColumn.baseTypes), feed (relation, attribute) AS (
      SELECT d.refobjid, d.refobjsubid FROM pg_catalog.pg_depend AS d
      JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = d.objid
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
      UNION
      SELECT f.adrelid, f.adnum FROM pg_catalog.pg_attrdef AS f WHERE f.adbin::text LIKE '%:funcid 1574 %'
      UNION
      SELECT con.conrelid, con.conkey[1] FROM pg_catalog.pg_constraint AS con
      WHERE con.contype = 'f' AND pg_catalog.cardinality(con.conkey) = 1
    ), own (relation, attribute) AS (
      SELECT DISTINCT u.indrelid, u.indkey[0]
      FROM pg_catalog.pg_index AS u
      JOIN pg_catalog.pg_class AS uc ON uc.oid = u.indexrelid AND NOT uc.relispartition
      WHERE u.indisunique AND u.indisvalid AND u.indnkeyatts = 1 AND u.indpred IS NULL AND u.indkey[0] > 0
        AND (u.indisprimary OR (u.indrelid, u.indkey[0]) IN (
            SELECT g.confrelid, g.confkey[1] FROM pg_catalog.pg_constraint AS g
            WHERE g.contype = 'f' AND pg_catalog.cardinality(g.confkey) = 1))
    )
    SELECT \(KeyColumn.columns)
    FROM own AS o
    \(KeyColumn.joins(relation: "o.relation", attribute: "o.attribute"))
    WHERE coalesce(b.base, a.atttypid) IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype)
      AND r.relkind IN ('r', 'p') AND a.attidentity = ''
      AND (o.relation, o.attribute) NOT IN (SELECT f.relation, f.attribute FROM feed AS f)
      AND \(Scope.condition(schema: "rn.nspname", name: "r.relname"))
    ORDER BY r.relpages DESC, rn.nspname, r.relname, a.attnum
    """)

  /// Foreign keys, column by column, whose integer type holds less than that of the key which they copy.
  static let copies = Query(
    from: 11,
    """
    WITH RECURSIVE \(KeyColumn.baseTypes)
    SELECT con.conname AS constraint, c.relname AS child, cn.nspname AS child_schema, ca.attname AS child_column,
      pg_catalog.format_type(coalesce(cb.base, ca.atttypid), NULL) AS child_type,
      \(KeyColumn.columns)
    FROM pg_catalog.pg_constraint AS con
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(con.conkey), pg_catalog.unnest(con.confkey))
      AS pair (child, parent)
    JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
    JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS ca ON ca.attrelid = c.oid AND ca.attnum = pair.child
    LEFT JOIN base AS cb ON cb.type = ca.atttypid
    JOIN pg_catalog.pg_type AS ct ON ct.oid = coalesce(cb.base, ca.atttypid)
    \(KeyColumn.joins(relation: "con.confrelid", attribute: "pair.parent"))
    JOIN pg_catalog.pg_type AS t ON t.oid = coalesce(b.base, a.atttypid)
    WHERE con.contype = 'f' AND con.conparentid = 0
      AND ct.typname IN ('int2', 'int4') AND t.typname IN ('int4', 'int8') AND ct.typlen < t.typlen
      AND \(Scope.condition(schema: "cn.nspname", name: "c.relname"))
    ORDER BY cn.nspname, c.relname, ca.attname, con.conname
    """)
}

/// A foreign key's column that is narrower than the key which it copies.
struct NarrowCopy: Sendable {
  let constraint: String
  let column: DatabaseObject
  let type: String
  let parent: KeyColumn

  init(_ row: Row) {
    constraint = row.text("constraint")
    column = DatabaseObject(
      .column, schema: row.text("child_schema"), name: row.text("child_column"), table: row.text("child"))
    type = row.text("child_type")
    parent = KeyColumn(row)
  }
}
