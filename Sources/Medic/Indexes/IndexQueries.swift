import Postgres

/// The statements by which indexes are read. None of them opens a relation: sizes are `relpages`.
///
/// A partitioned index with all its parts is one index, a tree: it is in scope when one of its parts is, so that all
/// parts are read, whether in scope or not.
extension Index {
  /// Each part of each tree, with the top.
  private static let tree = """
    tree (id, root) AS MATERIALIZED (
        SELECT i.indexrelid, i.indexrelid FROM pg_catalog.pg_partitioned_table AS p
        JOIN pg_catalog.pg_index AS i ON i.indrelid = p.partrelid
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = i.indexrelid)
        UNION ALL
        SELECT h.inhrelid, tree.root FROM tree JOIN pg_catalog.pg_inherits AS h ON h.inhparent = tree.id
      )
    """

  /// What belongs to an extension: tables and indexes.
  private static let owned = """
    owned (id, extension) AS MATERIALIZED (
        SELECT d.objid, pg_catalog.min(e.extname::text) FROM pg_catalog.pg_depend AS d
        JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
        WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
          AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'e'
        GROUP BY d.objid
      )
    """

  /// What is looked up only where there is something is cheap for the many indexes that have nothing of it.
  private static let columns = """
    i.indexrelid AS id, n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indrelid AS table_id,
        CASE WHEN c.relispartition
          THEN (SELECT h.inhparent FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = i.indexrelid) END AS parent_id,
        c.relkind = 'I' AS is_partitioned, c.relpages AS pages,
        i.indisvalid AND i.indisready AND i.indislive AS is_valid, i.indisunique AS is_unique,
        i.indisreplident AND t.relreplident = 'i' AS is_replica_identity, i.indisclustered AS is_clustered,
        CASE WHEN i.indexrelid IN (SELECT o.id FROM owned AS o)
          THEN (SELECT o.extension FROM owned AS o WHERE o.id = i.indexrelid)
          WHEN i.indrelid IN (SELECT o.id FROM owned AS o)
          THEN (SELECT o.extension FROM owned AS o WHERE o.id = i.indrelid) END AS extension,
        i.indexprs IS NOT NULL AS has_expression, \(scope) AS is_in_scope
    """

  private static let joins = """
    pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN (
          SELECT n.oid, n.nspname, \(Scope.condition(schema: "n.nspname")) AS is_in_scope
          FROM pg_catalog.pg_namespace AS n OFFSET 0
        ) AS n ON n.oid = c.relnamespace
    """

  private static let scope = """
    n.is_in_scope AND \(Scope.condition(ofSchema: "n.nspname", name: "c.relname", orName: "t.relname"))
    """

  /// Parts of a tree are read whatever is in scope.
  private static let isRead = "(c.relkind = 'I' OR c.relispartition OR \(scope))"

  /// How many indexes are in scope: without patterns the schema alone decides that.
  static func countQuery(_ scope: Scope) -> Query { scope.patterns.isEmpty ? countOfSchemas : countOfNames }

  static let countOfSchemas = Query(
    from: 11,
    """
    SELECT pg_catalog.count(*) AS indexes FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition AND c.relnamespace NOT IN (
      SELECT n.oid FROM pg_catalog.pg_namespace AS n
      WHERE NOT (\(Scope.condition(schema: "n.nspname", name: "c.relname"))))
    """)

  static let countOfNames = Query(
    from: 11,
    """
    WITH RECURSIVE \(tree), grouped (root, indexes) AS (
      SELECT tree.root, pg_catalog.count(*) FROM \(joins) LEFT JOIN tree ON tree.id = i.indexrelid
      WHERE \(scope) GROUP BY tree.root
    )
    SELECT pg_catalog.sum(CASE WHEN g.root IS NULL THEN g.indexes ELSE 1 END)::bigint AS indexes FROM grouped AS g
    """)

  /// Indexes that nothing has scanned and that enforce nothing. $4: indexes that were scanned elsewhere.
  ///
  /// A tree is left out whole when one of its parts was scanned.
  static let unscannedQuery = Query(
    from: 12,
    """
    WITH RECURSIVE \(tree), \(owned), scanned (id) AS MATERIALIZED (
      SELECT e.id FROM pg_catalog.unnest($4::oid[]) AS e (id)
    ), used (id) AS MATERIALIZED (
      SELECT s.id FROM scanned AS s
      UNION ALL
      SELECT tree.id FROM tree WHERE tree.root IN (SELECT part.root FROM tree AS part
        WHERE pg_catalog.pg_stat_get_numscans(part.id) > 0 OR part.id IN (SELECT s.id FROM scanned AS s))
    )
    SELECT \(columns), pg_catalog.age(i.xmin) AS transaction_age,
        CASE WHEN (SELECT pg_catalog.current_setting('track_commit_timestamp')::boolean) AND i.xmin::text::bigint > 2 THEN
          pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_xact_commit_timestamp(i.xmin))::bigint
        END AS age_seconds
    FROM \(joins)
    WHERE NOT (i.indisunique OR i.indisexclusion) AND pg_catalog.pg_stat_get_numscans(i.indexrelid) = 0
      AND i.indexrelid NOT IN (SELECT u.id FROM used AS u) AND \(isRead)
    ORDER BY i.indexrelid
    """)

  /// Indexes that may be made unnecessary by another one of their table, since both start with the same column (or with
  /// an expression), and those that aren't valid. REINDEX makes all the new copies of a table's indexes before it tells
  /// which one it is at.
  ///
  /// An index's constraint is found through pg_depend, which has the index for it that pg_constraint lacks. The table's
  /// lock is looked up because a concurrent build of another role is in the progress view only for pg_monitor. Of
  /// btree's operator classes only those with a support function 5 take parameters.
  static let similarQueries = [
    similarQuery(from: 15, nullsNotDistinct: "i.indnullsnotdistinct"),
    similarQuery(from: 12, nullsNotDistinct: "false"),
  ]

  private static func similarQuery(from major: Int, nullsNotDistinct: String) -> Query {
    Query(
      from: major,
      """
      WITH RECURSIVE \(tree), \(owned), wanted (id) AS MATERIALIZED (
        SELECT pg_catalog.unnest(pg_catalog.array_agg(i.indexrelid)) FROM pg_catalog.pg_index AS i
        GROUP BY i.indrelid, i.indkey[0] HAVING pg_catalog.count(*) > 1
        UNION
        SELECT i.indexrelid FROM pg_catalog.pg_index AS i WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
      ), chosen (id) AS MATERIALIZED (
        SELECT w.id FROM wanted AS w
        UNION
        SELECT tree.id FROM tree
        WHERE tree.root IN (SELECT part.root FROM tree AS part WHERE part.id IN (SELECT w.id FROM wanted AS w))
      ), locks AS MATERIALIZED (
        SELECT l.relation AS id FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'relation' AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.database
          = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      ), builds AS MATERIALIZED (
        SELECT p.index_relid AS id, p.relid AS table_id, p.command LIKE 'REINDEX%' AS is_reindex
        FROM pg_catalog.pg_stat_progress_create_index AS p
      ), plain (opclass) AS MATERIALIZED (
        SELECT opc.oid FROM pg_catalog.pg_opclass AS opc
        JOIN pg_catalog.pg_am AS m ON m.oid = opc.opcmethod AND m.amname = 'btree'
        WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_amproc AS p
          WHERE p.amprocfamily = opc.opcfamily AND p.amproclefttype = opc.opcintype AND p.amprocnum = 5)
      )
      SELECT \(columns), i.indisprimary AS is_primary, i.indimmediate AS is_immediate,
        \(nullsNotDistinct) AS nulls_not_distinct,
        CASE WHEN i.indisunique OR i.indisexclusion THEN (SELECT pg_catalog.min(
            CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' END)
          FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_constraint AS con ON con.oid = d.refobjid
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.deptype = 'i') END AS "constraint",
        (i.indisunique OR i.indisexclusion) AND EXISTS (SELECT FROM pg_catalog.pg_depend AS d
          JOIN pg_catalog.pg_constraint AS con ON con.oid = d.objid
          WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indexrelid
            AND d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND con.contype = 'f') AS is_referenced,
        m.amname AS method, i.indkey::int2[] AS columns, i.indnkeyatts AS key_count, i.indclass::oid[] AS opclasses,
        i.indcollation::oid[] AS collations, i.indoption::int2[] AS options,
        CASE WHEN NOT i.indclass::oid[] <@ ARRAY(SELECT p.opclass FROM plain AS p) THEN
          ARRAY(SELECT coalesce(a.attoptions::text, '') FROM pg_catalog.pg_attribute AS a
            WHERE a.attrelid = i.indexrelid AND a.attnum BETWEEN 1 AND i.indnkeyatts ORDER BY a.attnum) END AS parameters,
        i.indexprs::text AS expressions, i.indpred::text AS predicate,
        pg_catalog.pg_stat_get_numscans(i.indexrelid) AS scans,
        EXISTS (SELECT FROM builds AS b WHERE b.id = i.indexrelid
          OR b.is_reindex AND b.table_id = i.indrelid AND c.relname ~ '_cc(new|old)[0-9]*$') AS is_being_built,
        EXISTS (SELECT FROM builds AS b WHERE b.table_id = i.indrelid) AS is_table_being_indexed,
        i.indrelid IN (SELECT l.id FROM locks AS l) AS may_be_being_built
      FROM \(joins) JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
      WHERE i.indexrelid = ANY (ARRAY(SELECT ch.id FROM chosen AS ch)) AND \(isRead)
      ORDER BY i.indexrelid
      """)
  }
}
