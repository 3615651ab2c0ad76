/// What is read about the tables of a workload. Each query takes the oids in $1.
enum CatalogQueries {
  /// Names ($1 schemas or NULL, $2 names) to oids, by the search path of the moment.
  static let resolve = """
    SELECT t.ordinality AS place, c.oid AS id
    FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[]))
      WITH ORDINALITY AS t (schema, name, ordinality)
    CROSS JOIN LATERAL (SELECT pg_catalog.to_regclass(pg_catalog.concat(
      pg_catalog.quote_ident(t.schema), CASE WHEN t.schema IS NOT NULL THEN '.' END,
      pg_catalog.quote_ident(t.name)))::pg_catalog.oid) AS c (oid)
    """

  /// Rows and pages of partitions are their leaves' sums. `definition` is a view's.
  static let tables = """
    WITH RECURSIVE tree (root, id) AS (
      SELECT o.id, o.id FROM pg_catalog.unnest($1::oid[]) AS o (id)
      UNION ALL
      SELECT t.root, i.inhrelid FROM tree AS t
      JOIN pg_catalog.pg_class AS p ON p.oid = t.id AND p.relkind = 'p'
      JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.id
    ), leaves AS (
      SELECT t.root, pg_catalog.sum(c.reltuples) FILTER (WHERE c.reltuples >= 0) AS rows,
        pg_catalog.bool_and(c.reltuples < 0) AS uncounted, pg_catalog.sum(c.relpages) AS pages,
        pg_catalog.sum(c.relallvisible) AS visible_pages,
        pg_catalog.sum(pg_catalog.pg_stat_get_tuples_inserted(c.oid)) AS inserts,
        pg_catalog.sum(pg_catalog.pg_stat_get_tuples_updated(c.oid)) AS updates,
        pg_catalog.sum(pg_catalog.pg_stat_get_tuples_deleted(c.oid)) AS deletes,
        pg_catalog.sum(pg_catalog.pg_stat_get_live_tuples(c.oid)) AS live,
        pg_catalog.sum(pg_catalog.pg_stat_get_numscans(c.oid)) AS seq_scans
      FROM tree AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.id AND c.relkind <> 'p'
      GROUP BY t.root
    )
    SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
      CASE WHEN l.uncounted IS NOT FALSE THEN -1 ELSE l.rows END AS rows, coalesce(l.pages, 0) AS pages, l.visible_pages,
      c.oid < 16384 OR n.nspname ~ '^pg_toast' AS is_system,
      l.inserts, l.updates, l.deletes, l.live, l.seq_scans,
      (SELECT pg_catalog.sum(pg_catalog.pg_stat_get_numscans(i.indexrelid)) FROM tree AS t
        JOIN pg_catalog.pg_index AS i ON i.indrelid = t.id WHERE t.root = c.oid) AS index_scans,
      CASE WHEN c.relkind = 'v' THEN pg_catalog.pg_get_viewdef(c.oid) END AS definition
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN leaves AS l ON l.root = c.oid
    WHERE c.oid = ANY ($1::oid[])
    """

  /// What is below partitioned tables, each with its parent.
  static let partitions = """
    WITH RECURSIVE tree (root, parent, id) AS (
      SELECT o.id, NULL::oid, o.id FROM pg_catalog.unnest($1::oid[]) AS o (id)
      UNION ALL
      SELECT t.root, t.id, i.inhrelid FROM tree AS t
      JOIN pg_catalog.pg_class AS p ON p.oid = t.id AND p.relkind = 'p'
      JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.id
    )
    SELECT t.root AS table_id, t.parent AS parent_id, c.oid AS id, n.nspname AS schema, c.relname AS name,
      c.relkind AS kind, greatest(c.reltuples, 0) AS rows, c.relpages AS pages
    FROM tree AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.id AND c.relkind IN ('r', 'p') AND t.id <> t.root
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    ORDER BY n.nspname, c.relname
    """

  /// Statistics of a partitioned table are those of the whole tree.
  static let columns = """
    SELECT a.attrelid AS table_id, a.attname AS name, a.attnum AS number, b.typname AS type, b.typcategory AS category,
      a.attnotnull AS is_not_null,
      CASE WHEN a.attcollation = 0 THEN true
        WHEN a.attcollation = 100 THEN coalesce(
          (SELECT d.datcollate IN ('C', 'POSIX') AND coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c') = 'c'
            OR pg_catalog.to_jsonb(d) ->> 'datlocprovider' = 'b'
           FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()), false)
        ELSE (SELECT co.collcollate IN ('C', 'POSIX') AND co.collprovider = 'c' FROM pg_catalog.pg_collation AS co
          WHERE co.oid = a.attcollation) END AS has_byte_order,
      EXISTS (SELECT FROM pg_catalog.pg_opclass AS o JOIN pg_catalog.pg_am AS m ON m.oid = o.opcmethod
        WHERE m.amname = 'btree' AND o.opcdefault AND (o.opcintype = b.oid
          OR (b.typname = 'varchar' AND o.opcintype = 'pg_catalog.text'::pg_catalog.regtype)
          OR (b.typtype = 'e' AND o.opcintype = 'pg_catalog.anyenum'::pg_catalog.regtype)
          OR (b.typtype = 'r' AND o.opcintype = 'pg_catalog.anyrange'::pg_catalog.regtype)
          OR (b.typcategory = 'A' AND o.opcintype = 'pg_catalog.anyarray'::pg_catalog.regtype))) AS is_ordered,
      s.null_frac, s.n_distinct, s.avg_width, s.correlation, s.most_common_vals::text::text[] AS common_values,
      s.most_common_freqs AS common_frequencies
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    JOIN pg_catalog.pg_type AS b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    LEFT JOIN pg_catalog.pg_stats AS s ON s.schemaname = n.nspname AND s.tablename = c.relname
      AND s.attname = a.attname AND s.inherited = (c.relkind = 'p')
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
    """

  /// `pg_get_indexdef` opens the table: one table at a time, so that a locked one costs only itself.
  static let indexes = """
    SELECT c.relname AS name, m.amname AS method, i.indisvalid AND i.indisready AS is_valid,
      i.indisunique AS is_unique, i.indnkeyatts AS key_count,
      ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k.position::int, true)
        FROM pg_catalog.generate_series(1, i.indnatts) AS k (position) ORDER BY k.position) AS keys,
      ARRAY(SELECT CASE WHEN NOT o.opcdefault THEN o.opcname END FROM pg_catalog.unnest(i.indclass::oid[])
        WITH ORDINALITY AS k (class, position) JOIN pg_catalog.pg_opclass AS o ON o.oid = k.class
        ORDER BY k.position) AS opclasses,
      i.indoption::int2[] AS options, pg_catalog.pg_get_expr(i.indpred, i.indrelid, true) AS predicate
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
    WHERE i.indrelid = ANY ($1::oid[])
    ORDER BY c.relname
    """

  /// What decides costs, and which extensions are there.
  static let settings = """
    SELECT pg_catalog.current_setting('seq_page_cost') AS seq_page, pg_catalog.current_setting('random_page_cost')
        AS random_page, pg_catalog.current_setting('cpu_tuple_cost') AS tuple,
      pg_catalog.current_setting('cpu_index_tuple_cost') AS index_tuple,
      pg_catalog.current_setting('cpu_operator_cost') AS operator,
      (SELECT s.setting FROM pg_catalog.pg_settings AS s WHERE s.name = 'effective_cache_size') AS cache_pages,
      (SELECT n.nspname FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'hypopg') AS hypopg,
      (SELECT n.nspname FROM pg_catalog.pg_extension AS e JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_trgm') AS trigrams,
      EXISTS (SELECT FROM pg_catalog.pg_available_extensions AS a WHERE a.name = 'pg_trgm') AS trigrams_available,
      (SELECT pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - d.stats_reset)
        FROM pg_catalog.pg_stat_database AS d WHERE d.datname = pg_catalog.current_database()) AS counter_seconds
    """
}
