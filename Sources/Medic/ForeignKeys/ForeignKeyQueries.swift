import Postgres

/// The statements by which foreign keys are read. Partitions' copies of a key (`conparentid`) aren't keys of their own;
/// one that is NOT ENFORCED (18) has no triggers, so nothing ever looks for its rows.
///
/// A constraint is in its table's schema (the server keeps them together), so `pg_class` is read for patterns only:
/// without any, the planner drops the outer join with it.
extension ForeignKey {
  /// Operators of keys with the operator classes of the same type that plainly hold them. A deleted parent row is looked
  /// for with `$1 = child`, by the operator in `conpfeqop`: an index needs its commutator.
  private static let fitting = """
    fitting (operator, opclass) AS MATERIALIZED (
        SELECT o.oid, opc.oid FROM pg_catalog.pg_am AS m
        JOIN pg_catalog.pg_opclass AS opc ON opc.opcmethod = m.oid
        JOIN pg_catalog.pg_amop AS amop ON amop.amopfamily = opc.opcfamily AND amop.amoppurpose = 's'
        JOIN pg_catalog.pg_operator AS o ON o.oprcom = amop.amopopr AND o.oprright = opc.opcintype
        WHERE m.amname = 'btree'
      )
    """

  /// The index `i` plainly serves a key: one column without collation, of the type that the key compares, first in a
  /// whole, valid btree. That decides most keys of most databases in one join; the others are judged one by one, by
  /// `IndexFit`.
  private static func isPlain(column: String, operator: String) -> String {
    """
    i.indkey[0] = \(column) AND i.indcollation[0] = 0 AND i.indpred IS NULL
          AND i.indisvalid AND i.indisready AND i.indislive
          AND (\(`operator`), i.indclass[0]) IN (SELECT f.operator, f.opclass FROM fitting AS f)
    """
  }

  /// In scope, and not of a table that belongs to an extension, whose author has to care for it.
  private static let scope = """
    \(Scope.condition(schema: "n.nspname", name: "c.relname"))
          AND ($3::boolean OR con.conrelid NOT IN (
            SELECT d.objid FROM pg_catalog.pg_depend AS d
            WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
              AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e'))
    """

  private static let keysInScope = """
    pg_catalog.pg_constraint AS con
        JOIN pg_catalog.pg_namespace AS n ON n.oid = con.connamespace
        LEFT JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
    """

  /// What two keys have in common that say the same, as far as it can be told without looking at all their columns.
  private static let likeness = """
    con.conrelid, con.confrelid, CASE pg_catalog.cardinality(con.conkey) WHEN 1 THEN con.conkey[1] ELSE 0 END
    """

  /// A row for each column of each key that no index plainly serves, or that another key between the same two tables
  /// may say again. $4: the others, too; $5: of these keys only.
  ///
  /// Types that are binary-coercible (domains, varchar for text, enums for anyenum) are compared without conversion. Yet
  /// an index that the column gets by default must be of the family, too, which text's isn't for a comparison of char(n).
  ///
  /// The limit on a key's columns is no limit: by it the planner expects few of them and looks up each in `pg_attribute`.
  static let queries = [
    query(from: 18, isEnforced: "con.conenforced", hasPeriod: "con.conperiod"),
    query(from: 11, isEnforced: "true", hasPeriod: "false"),
  ]

  private static func query(from major: Int, isEnforced: String, hasPeriod: String) -> Query {
    Query(
      from: major,
      """
      WITH \(fitting), single (id, table_id, attnum, operator) AS MATERIALIZED (
        SELECT con.oid, con.conrelid, con.conkey[1], con.conpfeqop[1] FROM pg_catalog.pg_constraint AS con
        WHERE con.contype = 'f' AND con.conparentid = 0 AND pg_catalog.cardinality(con.conkey) < 2
      ), chosen (id) AS MATERIALIZED (
        SELECT con.oid FROM \(keysInScope)
        WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced)
          AND ($5::oid[] IS NULL OR con.oid = ANY ($5::oid[]))
          AND ($4::boolean
            OR con.oid NOT IN (SELECT s.id FROM single AS s
              JOIN pg_catalog.pg_index AS i ON i.indrelid = s.table_id
              WHERE \(isPlain(column: "s.attnum", operator: "s.operator")))
            OR (\(likeness)) IN (SELECT \(likeness) FROM pg_catalog.pg_constraint AS con
              WHERE con.contype = 'f' AND con.conparentid = 0 GROUP BY 1, 2, 3 HAVING pg_catalog.count(*) > 1))
          AND \(scope)
      ), comparison (operator, type, is_pseudo, families) AS MATERIALIZED (
        SELECT o.oid, o.oprright, t.typtype = 'p', ARRAY(SELECT amop.amopfamily FROM pg_catalog.pg_amop AS amop
          WHERE amop.amopopr = o.oprcom AND amop.amoppurpose = 's')
        FROM pg_catalog.pg_operator AS o JOIN pg_catalog.pg_type AS t ON t.oid = o.oprright
        WHERE o.oid IN (SELECT pg_catalog.unnest(con.conpfeqop) FROM pg_catalog.pg_constraint AS con
          WHERE con.oid = ANY (ARRAY(SELECT ch.id FROM chosen AS ch)))
      ), standard (type, family) AS MATERIALIZED (
        SELECT opc.opcintype, opc.opcfamily FROM pg_catalog.pg_opclass AS opc
        JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod
        WHERE m.amname = 'btree' AND opc.opcdefault
      )
      SELECT con.oid AS id, con.conname AS name, con.conrelid AS table_id, con.confrelid AS parent_id,
        con.confdeltype AS on_delete, con.confupdtype AS on_update, con.confmatchtype = 'f' AS matches_full,
        con.condeferrable AS is_deferrable, con.condeferred AS is_deferred, con.convalidated AS is_validated,
        a.attname AS "column", pa.attname AS parent_column,
        pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
        pg_catalog.format_type(pa.atttypid, pa.atttypmod) AS parent_type,
        comparison.families,
        CASE WHEN pa.attcollation <> a.attcollation AND EXISTS (SELECT FROM pg_catalog.pg_collation AS l
            WHERE l.oid = pa.attcollation AND NOT l.collisdeterministic)
          THEN pa.attcollation ELSE a.attcollation END AS collation,
        comparison.type IN (a.atttypid, base.type) OR comparison.is_pseudo
          OR EXISTS (SELECT FROM pg_catalog.pg_cast AS s WHERE s.castsource = base.type
            AND s.casttarget = comparison.type AND s.castmethod = 'b') AS is_comparable,
        standard.family AS standard_family,
        NOT (\(hasPeriod) AND k.position = pg_catalog.cardinality(con.conkey)) AS is_equality
      FROM pg_catalog.pg_constraint AS con
      CROSS JOIN LATERAL (
        SELECT k.attnum, k.parent_attnum, k.operator, k.position
        FROM ROWS FROM (pg_catalog.unnest(con.conkey), pg_catalog.unnest(con.confkey), pg_catalog.unnest(con.conpfeqop))
          WITH ORDINALITY AS k (attnum, parent_attnum, operator, position)
        LIMIT pg_catalog.cardinality(con.conkey)
      ) AS k
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = k.attnum
      JOIN pg_catalog.pg_attribute AS pa ON pa.attrelid = con.confrelid AND pa.attnum = k.parent_attnum
      JOIN comparison ON comparison.operator = k.operator
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      CROSS JOIN LATERAL (
        SELECT CASE WHEN t.typtype <> 'd' THEN t.oid ELSE (
          WITH RECURSIVE domain (base) AS (
            SELECT t.typbasetype
            UNION ALL
            SELECT d.typbasetype FROM domain JOIN pg_catalog.pg_type AS d ON d.oid = domain.base AND d.typtype = 'd'
          )
          SELECT b.oid FROM domain JOIN pg_catalog.pg_type AS b ON b.oid = domain.base AND b.typtype <> 'd') END
        OFFSET 0
      ) AS base (type)
      LEFT JOIN standard ON standard.type = CASE base.type
        WHEN 'pg_catalog.varchar'::pg_catalog.regtype THEN 'pg_catalog.text'::pg_catalog.regtype ELSE base.type END
      WHERE con.oid = ANY (ARRAY(SELECT ch.id FROM chosen AS ch))
      ORDER BY con.oid, k.position
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
      SELECT pg_catalog.count(*) AS keys, pg_catalog.count(DISTINCT con.conrelid) AS tables FROM \(keysInScope)
      WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced) AND \(scope)
      """)
  }

  /// Each key that isn't plainly served by an index that was scanned or enforces something, with each index of its table
  /// that may serve it, and whether that one plainly does. $1: indexes that were scanned elsewhere.
  ///
  /// A partitioned table's key has a row also when only its partitions have indexes of their own.
  static let serverQueries = [
    serverQuery(from: 18, isEnforced: "con.conenforced"), serverQuery(from: 11, isEnforced: "true"),
  ]

  private static func serverQuery(from major: Int, isEnforced: String) -> Query {
    Query(
      from: major,
      """
      WITH \(fitting), pair (id, name, index_id, is_plain, is_enforcing) AS MATERIALIZED (
        SELECT con.oid, con.conname, i.indexrelid,
          pg_catalog.cardinality(con.conkey) = 1 AND \(isPlain(column: "con.conkey[1]", operator: "con.conpfeqop[1]")),
          i.indisunique OR i.indisexclusion
        FROM pg_catalog.pg_constraint AS con
        LEFT JOIN pg_catalog.pg_index AS i ON i.indrelid = con.conrelid AND (i.indkey[0] = ANY (con.conkey)
          OR i.indkey::int2[] && con.conkey AND i.indclass[0] NOT IN (SELECT opc.oid FROM pg_catalog.pg_opclass AS opc
            JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod WHERE m.amname = 'btree'))
        WHERE con.contype = 'f' AND con.conparentid = 0 AND \(isEnforced)
          AND (i.indexrelid IS NOT NULL OR con.conrelid IN (SELECT p.partrelid FROM pg_catalog.pg_partitioned_table AS p))
      )
      SELECT p.id, p.name, p.index_id, p.is_plain FROM pair AS p
      WHERE p.id NOT IN (SELECT s.id FROM pair AS s WHERE s.is_plain AND (s.is_enforcing
        OR pg_catalog.pg_stat_get_numscans(s.index_id) > 0
        OR s.index_id IN (SELECT e.id FROM pg_catalog.unnest($1::oid[]) AS e (id))))
      ORDER BY p.id, p.index_id
      """)
  }
}
