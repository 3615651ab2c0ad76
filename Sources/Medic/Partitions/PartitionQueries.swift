import Postgres

enum PartitionQueries {
  /// Partitioned indexes that aren't valid, since some partition has none, with the partitions that lack it.
  static let invalid = Query(
    from: 11,
    """
    SELECT n.nspname AS schema, ic.relname AS name, c.relname AS "table",
      ARRAY(SELECT pg_catalog.format('%I.%I', cn.nspname, cc.relname) FROM pg_catalog.pg_inherits AS p
        JOIN pg_catalog.pg_class AS cc ON cc.oid = p.inhrelid
        JOIN pg_catalog.pg_namespace AS cn ON cn.oid = cc.relnamespace
        WHERE p.inhparent = c.oid AND cc.relkind <> 'f' AND NOT EXISTS (
          SELECT FROM pg_catalog.pg_inherits AS q JOIN pg_catalog.pg_index AS y ON y.indexrelid = q.inhrelid AND y.indisvalid
          WHERE q.inhparent = x.indexrelid AND y.indrelid = cc.oid)
        ORDER BY 1) AS lacking
    FROM pg_catalog.pg_index AS x
    JOIN pg_catalog.pg_class AS ic ON ic.oid = x.indexrelid AND ic.relkind = 'I'
    JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE NOT x.indisvalid AND \(Scope.condition(schema: "n.nspname", name: "c.relname", orName: "ic.relname"))
    ORDER BY n.nspname, c.relname, ic.relname
    """)

  /// Tables that are named like a partitioned table's partitions and have its columns, but aren't attached.
  ///
  /// Columns are compared only where the names fit: those of all tables would cost seconds where there are 20,000.
  /// `relnatts` can't stand for them, since it counts dropped ones.
  static let lookalikes = Query(
    from: 11,
    """
    WITH pair AS (
      SELECT n.nspname AS schema, c.oid AS id, c.relname AS name, c.reltuples, p.oid AS parent_id, p.relname AS parent
      FROM pg_catalog.pg_class AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.relnamespace
      JOIN pg_catalog.pg_class AS c ON c.relnamespace = p.relnamespace AND c.relkind = 'r' AND NOT c.relispartition
        AND pg_catalog.starts_with(c.relname::text, p.relname::text)
      WHERE p.relkind = 'p' AND c.relname <> p.relname
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid)
        AND \(Scope.condition(schema: "n.nspname", name: "p.relname", orName: "c.relname"))
    ), shape AS (
      SELECT a.attrelid AS id, pg_catalog.array_agg(a.attname || ' ' || a.atttypid ORDER BY a.attname) AS columns
      FROM pg_catalog.pg_attribute AS a
      WHERE a.attnum > 0 AND NOT a.attisdropped
        AND a.attrelid IN (SELECT p.id FROM pair AS p UNION SELECT p.parent_id FROM pair AS p)
      GROUP BY a.attrelid
    )
    SELECT p.schema, p.name, p.parent,
      greatest(pg_catalog.pg_stat_get_live_tuples(p.id), p.reltuples::bigint, 0) AS rows
    FROM pair AS p
    JOIN shape AS ps ON ps.id = p.parent_id
    JOIN shape AS cs ON cs.id = p.id AND cs.columns = ps.columns
    ORDER BY p.schema, p.name, p.parent
    """)

  /// Big tables that only grow, with a time column in whose order they lie.
  static let asking = Query(
    from: 11,
    """
    SELECT n.nspname AS schema, c.relname AS name, c.relpages AS pages, c.reltuples::bigint AS rows,
      s.attname AS "column", s.correlation, pg_catalog.pg_stat_get_tuples_inserted(c.oid) AS inserts,
      pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid) AS changes
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = c.relname AND NOT s.inherited
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
    WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relpages >= $4::bigint AND pg_catalog.abs(s.correlation) > 0.9
      AND a.atttypid IN ('pg_catalog.date'::pg_catalog.regtype, 'pg_catalog.timestamp'::pg_catalog.regtype,
        'pg_catalog.timestamptz'::pg_catalog.regtype)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent))
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    ORDER BY c.relpages DESC, n.nspname, c.relname, pg_catalog.abs(s.correlation) DESC, s.attname
    """)

  // MARK: TimescaleDB, from its documents (2.x)

  static let timescale = Query(
    from: 11, "SELECT e.extversion AS version FROM pg_catalog.pg_extension AS e WHERE e.extname = 'timescaledb'")

  /// Through `to_jsonb`, since its views have changed their columns from version to version.
  static let hypertables = Query(
    from: 11,
    """
    SELECT pg_catalog.to_jsonb(h) ->> 'hypertable_schema' AS schema, pg_catalog.to_jsonb(h) ->> 'hypertable_name' AS name,
      pg_catalog.to_jsonb(h) ->> 'num_chunks' AS chunks, pg_catalog.to_jsonb(h) ->> 'compression_enabled' AS compressed,
      (SELECT pg_catalog.count(*) FROM timescaledb_information.jobs AS j
        WHERE pg_catalog.to_jsonb(j) ->> 'hypertable_schema' = pg_catalog.to_jsonb(h) ->> 'hypertable_schema'
          AND pg_catalog.to_jsonb(j) ->> 'hypertable_name' = pg_catalog.to_jsonb(h) ->> 'hypertable_name') AS policies
    FROM timescaledb_information.hypertables AS h ORDER BY 1, 2
    """)

  static let jobs = Query(
    from: 11,
    """
    SELECT j.job_id AS id, pg_catalog.to_jsonb(j) ->> 'proc_name' AS procedure,
      pg_catalog.to_jsonb(s) ->> 'last_run_status' AS status, pg_catalog.to_jsonb(s) ->> 'total_failures' AS failures,
      pg_catalog.to_jsonb(s) ->> 'total_runs' AS runs, pg_catalog.to_jsonb(s) ->> 'last_successful_finish' AS succeeded
    FROM timescaledb_information.jobs AS j
    JOIN timescaledb_information.job_stats AS s ON s.job_id = j.job_id
    WHERE pg_catalog.to_jsonb(s) ->> 'last_run_status' = 'Failed' ORDER BY j.job_id
    """)
}
