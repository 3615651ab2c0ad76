import Postgres

/// The statements by which foreign keys are read. Partitions' copies of a key (`conparentid`) aren't keys of their own;
/// one that is NOT ENFORCED (18) has no triggers, so nothing ever looks for its rows.
extension ForeignKey {
  /// Keys and the indexes that plainly serve them: one column without collation, of the type that the key compares,
  /// first in a whole, valid btree. That decides most keys of most databases in one join; the others are judged one by
  /// one, by `IndexFit`.
  ///
  /// A deleted parent row is looked for with `$1 = child`, by the operator in `conpfeqop`: an index needs its commutator.
  private static let plain = """
    plain (key_id, index_id) AS (
      SELECT con.oid, i.indexrelid
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_operator AS o ON o.oid = con.conpfeqop[1]
      JOIN pg_catalog.pg_index AS i ON i.indrelid = con.conrelid AND i.indkey[0] = con.conkey[1]
      JOIN pg_catalog.pg_opclass AS opc ON opc.oid = i.indclass[0] AND opc.opcintype = o.oprright
      JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod AND m.amname = 'btree'
      JOIN pg_catalog.pg_amop AS amop ON amop.amopfamily = opc.opcfamily AND amop.amopopr = o.oprcom
        AND amop.amoppurpose = 's'
      WHERE con.contype = 'f' AND con.conparentid = 0 AND pg_catalog.cardinality(con.conkey) = 1
        AND i.indisvalid AND i.indisready AND i.indislive AND i.indpred IS NULL AND i.indcollation[0] = 0
    )
    """

  /// Tables that belong to an extension, whose author has to care for them.
  private static let extensionTables = """
    SELECT d.objid FROM pg_catalog.pg_depend AS d
          WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
            AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e'
    """

  /// A row for each column of each key that no index plainly serves, or that another key between the same two tables
  /// may say again. $4: the others, too; $5: of these keys only.
  ///
  /// Types that are binary-coercible (domains, varchar for text, enums for anyenum) are compared without conversion. Yet
  /// an index that the column gets by default must be of the family, too, which text's isn't for a comparison of char(n).
  static let queries = [
    query(from: 18, isEnforced: "con.conenforced", hasPeriod: "con.conperiod"),
    query(from: 11, isEnforced: "true", hasPeriod: "false"),
  ]

  private static func query(from major: Int, isEnforced: String, hasPeriod: String) -> Query {
    Query(
      from: major,
      """
      WITH RECURSIVE domain (type, base) AS (
        SELECT oid, typbasetype FROM pg_catalog.pg_type WHERE typtype = 'd'
        UNION ALL
        SELECT d.type, t.typbasetype FROM domain AS d
        JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype = 'd'
      ), base (type, base) AS (
        SELECT d.type, d.base FROM domain AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype <> 'd'
      ), standard (type, family) AS (
        SELECT opc.opcintype, opc.opcfamily FROM pg_catalog.pg_opclass AS opc
        JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod
        WHERE m.amname = 'btree' AND opc.opcdefault
      ), \(plain), sibling AS (
        SELECT con.conrelid, con.confrelid FROM pg_catalog.pg_constraint AS con
        WHERE con.contype = 'f' AND con.conparentid = 0
        GROUP BY con.conrelid, con.confrelid HAVING pg_catalog.count(*) > 1
      ), chosen (id) AS MATERIALIZED (
        SELECT con.oid FROM pg_catalog.pg_constraint AS con
        WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced)
          AND ($5::oid[] IS NULL OR con.oid = ANY ($5::oid[]))
          AND ($4::boolean
            OR con.oid NOT IN (SELECT p.key_id FROM plain AS p)
            OR (con.conrelid, con.confrelid) IN (SELECT s.conrelid, s.confrelid FROM sibling AS s))
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
        CASE WHEN pa.attcollation <> a.attcollation AND EXISTS (SELECT FROM pg_catalog.pg_collation AS l
            WHERE l.oid = pa.attcollation AND NOT l.collisdeterministic)
          THEN pa.attcollation ELSE a.attcollation END AS collation,
        o.oprright IN (a.atttypid, coalesce(base.base, a.atttypid)) OR op_type.typtype = 'p'
          OR EXISTS (SELECT FROM pg_catalog.pg_cast AS s WHERE s.castsource = coalesce(base.base, a.atttypid)
            AND s.casttarget = o.oprright AND s.castmethod = 'b') AS is_comparable,
        standard.family AS standard_family,
        NOT (\(hasPeriod) AND con.position = pg_catalog.cardinality(con.conkey)) AS is_equality
      FROM (
        SELECT con.*, pg_catalog.unnest(con.conkey) AS attnum, pg_catalog.unnest(con.confkey) AS parent_attnum,
          pg_catalog.unnest(con.conpfeqop) AS operator,
          pg_catalog.generate_series(1, pg_catalog.cardinality(con.conkey)) AS position
        FROM pg_catalog.pg_constraint AS con WHERE con.oid = ANY (ARRAY(SELECT chosen.id FROM chosen))
      ) AS con
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_class AS p ON p.oid = con.confrelid
      JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = con.attnum
      JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = con.confrelid AND pa.attnum = con.parent_attnum
      JOIN pg_catalog.pg_operator AS o ON o.oid = con.operator
      JOIN pg_catalog.pg_type AS op_type ON op_type.oid = o.oprright
      LEFT JOIN base ON base.type = a.atttypid
      LEFT JOIN standard ON standard.type = CASE coalesce(base.base, a.atttypid)
        WHEN 'pg_catalog.varchar'::pg_catalog.regtype THEN 'pg_catalog.text'::pg_catalog.regtype
        ELSE coalesce(base.base, a.atttypid) END
      WHERE \(Scope.condition(schema: "n.nspname", name: "c.relname"))
        AND ($3::boolean OR c.oid NOT IN (\(extensionTables)))
      ORDER BY n.nspname, c.relname, con.conname, con.oid, con.position
      """)
  }

  /// How many keys of how many tables there are in scope.
  static let countQueries = [
    countQuery(from: 18, isEnforced: "con.conenforced"), countQuery(from: 11, isEnforced: "true"),
  ]

  private static func countQuery(from major: Int, isEnforced: String) -> Query {
    Query(
      from: major,
      """
      SELECT pg_catalog.count(*) AS keys, pg_catalog.count(DISTINCT con.conrelid) AS tables
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced)
        AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
        AND ($3::boolean OR c.oid NOT IN (\(extensionTables)))
      """)
  }

  /// Each key with each index of its table that may serve it, and whether that one plainly does.
  ///
  /// A partitioned table's key has a row also when only its partitions have indexes of their own.
  static let serverQueries = [
    serverQuery(from: 18, isEnforced: "con.conenforced"), serverQuery(from: 11, isEnforced: "true"),
  ]

  private static func serverQuery(from major: Int, isEnforced: String) -> Query {
    Query(
      from: major,
      """
      WITH \(plain)
      SELECT con.oid AS id, con.conname AS name, i.indexrelid AS index_id, p.key_id IS NOT NULL AS is_plain
      FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = con.conrelid AND (i.indkey[0] = ANY (con.conkey)
        OR i.indkey::int2[] && con.conkey AND i.indclass[0] NOT IN (SELECT opc.oid FROM pg_catalog.pg_opclass AS opc
          JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod WHERE m.amname = 'btree'))
      LEFT JOIN plain AS p ON p.key_id = con.oid AND p.index_id = i.indexrelid
      WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced)
        AND (i.indexrelid IS NOT NULL OR c.relkind = 'p')
      ORDER BY con.oid, i.indexrelid
      """)
  }
}
