import Postgres

/// The statements by which indexes are read. None of them opens a relation: sizes are `relpages`.
///
/// A partitioned index with all its parts is one index, a tree: it is in scope when one of its parts is, so that all
/// parts are read, whether in scope or not.
extension Index {
  /// Each part of each tree, with the part above it and the top.
  private static let tree = """
    tree (id, parent, root) AS (
      SELECT c.oid, NULL::oid, c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'I' AND NOT c.relispartition
      UNION ALL
      SELECT h.inhrelid, h.inhparent, tree.root FROM tree JOIN pg_catalog.pg_inherits AS h ON h.inhparent = tree.id
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

  private static let columns = """
    i.indexrelid AS id, n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indrelid AS table_id,
        tree.parent AS parent_id, c.relkind = 'I' AS is_partitioned, c.relpages AS pages,
        i.indisvalid AND i.indisready AND i.indislive AS is_valid, i.indisunique AS is_unique,
        i.indisreplident AND t.relreplident = 'i' AS is_replica_identity, i.indisclustered AS is_clustered,
        coalesce(own.extension, table_own.extension) AS extension, i.indexprs IS NOT NULL AS has_expression,
        \(scope) AS is_in_scope
    """

  private static let joins = """
    (pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
        LEFT JOIN tree ON tree.id = i.indexrelid)
    """

  private static let owners = """
    LEFT JOIN owned AS own ON own.id = i.indexrelid
        LEFT JOIN owned AS table_own ON table_own.id = i.indrelid
    """

  private static let scope = """
    t.relkind IN ('r', 'p', 'm', 't')
        AND \(Scope.condition(schema: "n.nspname", name: "c.relname", orName: "t.relname"))
    """

  /// How many indexes are in scope: without patterns the schema alone decides that.
  static func countQuery(_ scope: Scope) -> Query { scope.patterns.isEmpty ? countOfSchemas : countOfNames }

  static let countOfSchemas = Query(
    from: 11,
    """
    SELECT pg_catalog.count(*) AS indexes FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('i', 'I') AND NOT c.relispartition
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    """)

  static let countOfNames = Query(
    from: 11,
    """
    WITH RECURSIVE \(tree), grouped (root, indexes) AS (
      SELECT tree.root, pg_catalog.count(*) FROM \(joins) WHERE \(scope) GROUP BY tree.root
    )
    SELECT pg_catalog.sum(CASE WHEN g.root IS NULL THEN g.indexes ELSE 1 END)::bigint AS indexes FROM grouped AS g
    """)

  /// Indexes that nothing has scanned and that enforce nothing. $4: indexes that were scanned elsewhere.
  static let unscannedQuery = Query(
    from: 12,
    """
    WITH RECURSIVE \(tree), \(owned), scanned (root) AS MATERIALIZED (
      SELECT tree.root FROM tree
      WHERE pg_catalog.pg_stat_get_numscans(tree.id) > 0
        OR tree.id IN (SELECT e.id FROM pg_catalog.unnest($4::oid[]) AS e (id))
    ), chosen (id) AS MATERIALIZED (
      SELECT i.indexrelid FROM pg_catalog.pg_index AS i
      WHERE NOT (i.indisunique OR i.indisexclusion) AND pg_catalog.pg_stat_get_numscans(i.indexrelid) = 0
        AND i.indexrelid NOT IN (SELECT e.id FROM pg_catalog.unnest($4::oid[]) AS e (id))
        AND i.indexrelid NOT IN (SELECT t.id FROM tree AS t)
      UNION ALL
      SELECT tree.id FROM tree WHERE tree.root NOT IN (SELECT s.root FROM scanned AS s)
    )
    SELECT \(columns), pg_catalog.age(i.xmin) AS transaction_age,
        CASE WHEN pg_catalog.current_setting('track_commit_timestamp')::boolean AND i.xmin::text::bigint > 2 THEN
          pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_xact_commit_timestamp(i.xmin))::bigint
        END AS age_seconds
    FROM chosen JOIN \(joins) ON i.indexrelid = chosen.id \(owners)
    WHERE NOT (i.indisunique OR i.indisexclusion) AND (tree.id IS NOT NULL OR \(scope))
    ORDER BY i.indexrelid
    """)

  /// Indexes that may be made unnecessary by another one of their table, since both start with the same column (or with
  /// an expression), and those that aren't valid. REINDEX makes all the new copies of a table's indexes before it tells
  /// which one it is at.
  ///
  /// An index's constraint is found through pg_depend, which has the index for it that pg_constraint lacks. The table's
  /// lock is looked up because a concurrent build of another role is in the progress view only for pg_monitor.
  static let similarQueries = [
    similarQuery(from: 15, nullsNotDistinct: "i.indnullsnotdistinct"),
    similarQuery(from: 12, nullsNotDistinct: "false"),
  ]

  private static func similarQuery(from major: Int, nullsNotDistinct: String) -> Query {
    Query(
      from: major,
      """
      WITH RECURSIVE \(tree), \(owned), wanted (id) AS MATERIALIZED (
        SELECT i.indexrelid FROM pg_catalog.pg_index AS i
        WHERE EXISTS (SELECT FROM pg_catalog.pg_index AS o WHERE o.indrelid = i.indrelid
          AND o.indkey[0] = i.indkey[0] AND o.indexrelid <> i.indexrelid)
        UNION
        SELECT i.indexrelid FROM pg_catalog.pg_index AS i WHERE NOT (i.indisvalid AND i.indisready AND i.indislive)
      ), chosen (id) AS MATERIALIZED (
        SELECT w.id FROM wanted AS w WHERE w.id NOT IN (SELECT t.id FROM tree AS t)
        UNION
        SELECT tree.id FROM tree
        WHERE tree.root IN (SELECT m.root FROM tree AS m WHERE m.id IN (SELECT w.id FROM wanted AS w))
      ), locks AS MATERIALIZED (
        SELECT l.relation AS id FROM pg_catalog.pg_locks AS l
        WHERE l.locktype = 'relation' AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.database
          = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      ), builds AS MATERIALIZED (
        SELECT p.index_relid AS id, p.relid AS table_id, p.command LIKE 'REINDEX%' AS is_reindex
        FROM pg_catalog.pg_stat_progress_create_index AS p
      )
      SELECT \(columns), i.indisprimary AS is_primary, i.indimmediate AS is_immediate,
        \(nullsNotDistinct) AS nulls_not_distinct,
        (SELECT pg_catalog.min(
            CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' END)
          FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_constraint AS con ON con.oid = d.refobjid
          WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
            AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.deptype = 'i') AS "constraint",
        EXISTS (SELECT FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_constraint AS con ON con.oid = d.objid
          WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indexrelid
            AND d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND con.contype = 'f') AS is_referenced,
        (SELECT m.amname FROM pg_catalog.pg_am AS m WHERE m.oid = c.relam) AS method,
        ARRAY(SELECT CASE WHEN k.attnum = 0 THEN NULL ELSE pg_catalog.quote_ident(a.attname) END
          FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
          LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
          ORDER BY k.position) AS columns,
        i.indnkeyatts AS key_count, i.indclass::oid[] AS opclasses, i.indcollation::oid[] AS collations,
        i.indoption::int2[] AS options,
        ARRAY(SELECT coalesce(a.attoptions::text, '') FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = i.indexrelid AND a.attnum BETWEEN 1 AND i.indnkeyatts ORDER BY a.attnum) AS parameters,
        i.indexprs::text AS expressions, i.indpred::text AS predicate,
        pg_catalog.pg_stat_get_numscans(i.indexrelid) AS scans,
        EXISTS (SELECT FROM builds AS b WHERE b.id = i.indexrelid
          OR b.is_reindex AND b.table_id = i.indrelid AND c.relname ~ '_cc(new|old)[0-9]*$') AS is_being_built,
        EXISTS (SELECT FROM builds AS b WHERE b.table_id = i.indrelid) AS is_table_being_indexed,
        i.indrelid IN (SELECT l.id FROM locks AS l) AS may_be_being_built
      FROM \(joins) \(owners)
      WHERE i.indexrelid = ANY (ARRAY(SELECT ch.id FROM chosen AS ch)) AND (tree.id IS NOT NULL OR \(scope))
      ORDER BY i.indexrelid
      """)
  }
}
