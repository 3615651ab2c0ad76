import Postgres

/// A table or TOAST table with what autovacuum goes by.
struct VacuumTable: Sendable {
  let object: DatabaseObject
  /// The name that VACUUM takes: a TOAST table is vacuumed with its table.
  let target: String
  let isTOAST: Bool
  let isPartitioned: Bool
  /// A temporary table of some session; no autovacuum comes to it.
  let isTemporary: Bool
  let isEnabled: Bool
  /// A TOAST table without options of its own: what is said of its table is said of it.
  let goesByTable: Bool
  let pages: Int
  /// nil when the table was never analysed or vacuumed, as far as the version tells.
  let rows: Int?
  let live: Int
  let dead: Int
  let inserted: Int
  let modified: Int
  /// From how many on autovacuum comes, by the server's own arithmetic; nil where it never does.
  let vacuumThreshold: Double
  let insertThreshold: Double?
  let analyzeThreshold: Double
  let lastVacuum: Int?
  let lastAnalyze: Int?
  let transactionAge: Int
  let multixactAge: Int
  /// The ages at which autovacuum comes to freeze, whatever else is set.
  let freezeAge: Int
  let multixactFreezeAge: Int

  init(_ row: Row) {
    let schema = row.text("schema")
    let name = row.text("name")
    isTOAST = row.flag("is_toast")
    isPartitioned = row.flag("is_partitioned")
    isTemporary = row.flag("is_temporary")
    object = DatabaseObject(isTOAST ? .toast : .table, schema: schema, name: name)
    target = SQLName.qualified(schema, name)
    isEnabled = row.flag("is_enabled")
    goesByTable = isTOAST && !row.flag("has_options")
    pages = row.int("pages") ?? 0
    rows = row.int("rows")
    live = row.int("live") ?? 0
    dead = row.int("dead") ?? 0
    inserted = row.int("inserted") ?? 0
    modified = row.int("modified") ?? 0
    vacuumThreshold = row.double("vacuum_threshold") ?? 0
    insertThreshold = row.double("insert_threshold")
    analyzeThreshold = row.double("analyze_threshold") ?? 0
    lastVacuum = row.int("last_vacuum")
    lastAnalyze = row.int("last_analyze")
    transactionAge = row.int("transaction_age") ?? 0
    multixactAge = row.int("multixact_age") ?? 0
    freezeAge = row.int("freeze_age") ?? 200_000_000
    multixactFreezeAge = row.int("multixact_freeze_age") ?? 400_000_000
  }

  /// Dead rows as a multiple of what autovacuum waits for.
  var overdue: Double { vacuumThreshold > 0 ? Double(dead) / vacuumThreshold : dead > 0 ? .infinity : 0 }
  var insertsOverdue: Double { insertThreshold.map { $0 > 0 ? Double(inserted) / $0 : 0 } ?? 0 }
  var analysisOverdue: Double { analyzeThreshold > 0 ? Double(modified) / analyzeThreshold : 0 }

  /// `most` and `unfrozen` are what 18 has: a ceiling of the threshold, and the share of pages that inserts count over.
  private static func query(from major: Int, most: String, unfrozen: String) -> Query {
    Query(
      from: major,
      """
      WITH RECURSIVE tree (root, id) AS (
        SELECT c.oid, c.oid FROM pg_catalog.pg_class AS c WHERE c.relkind = 'p'
        UNION ALL
        SELECT t.root, i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.id
      ), leaves AS (
        SELECT t.root, pg_catalog.sum(pg_catalog.pg_stat_get_live_tuples(t.id))::bigint AS live FROM tree AS t GROUP BY 1
      ), setting AS (
        SELECT pg_catalog.current_setting('autovacuum_vacuum_threshold')::float8 AS vacuum_base,
          pg_catalog.current_setting('autovacuum_vacuum_scale_factor')::float8 AS vacuum_scale,
          \(most)::float8 AS vacuum_most,
          pg_catalog.current_setting('autovacuum_vacuum_insert_threshold')::float8 AS insert_base,
          pg_catalog.current_setting('autovacuum_vacuum_insert_scale_factor')::float8 AS insert_scale,
          pg_catalog.current_setting('autovacuum_analyze_threshold')::float8 AS analyze_base,
          pg_catalog.current_setting('autovacuum_analyze_scale_factor')::float8 AS analyze_scale,
          pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint AS freeze_age,
          pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::bigint AS multixact_age
      ), candidate AS (
        -- A TOAST table without options of its own goes by its table's.
        SELECT c.oid AS id, m.oid AS main, coalesce(c.reloptions, m.reloptions) AS options
        FROM pg_catalog.pg_class AS c
        LEFT JOIN pg_catalog.pg_class AS m ON m.reltoastrelid = c.oid AND c.relkind = 't'
        WHERE c.relkind IN ('r', 'm', 't', 'p')
      ), own AS (
        SELECT c.id, o.* FROM candidate AS c CROSS JOIN LATERAL (
          SELECT pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_enabled') AS enabled,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_vacuum_threshold') AS vacuum_base,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_vacuum_scale_factor') AS vacuum_scale,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_vacuum_max_threshold') AS vacuum_most,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_vacuum_insert_threshold') AS insert_base,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_vacuum_insert_scale_factor')
              AS insert_scale,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_analyze_threshold') AS analyze_base,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_analyze_scale_factor') AS analyze_scale,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_freeze_max_age') AS freeze_age,
            pg_catalog.max(x.option_value) FILTER (WHERE x.option_name = 'autovacuum_multixact_freeze_max_age')
              AS multixact_age
          FROM pg_catalog.pg_options_to_table(c.options) AS x) AS o
        WHERE c.options IS NOT NULL
      ), tables AS (
        SELECT n.nspname AS schema, s.relname AS name, c.relkind = 't' AS is_toast, c.relkind = 'p' AS is_partitioned,
          c.relpersistence = 't' AS is_temporary, coalesce(o.enabled::boolean, true) AS is_enabled,
          c.reloptions IS NOT NULL AS has_options, c.relpages AS pages,
          CASE WHEN c.reltuples > 0 OR (c.reltuples = 0 AND c.relpages > 0) THEN c.reltuples::bigint END AS rows,
          coalesce(l.live, pg_catalog.pg_stat_get_live_tuples(c.oid)) AS live, pg_catalog.pg_stat_get_dead_tuples(c.oid) AS dead,
          pg_catalog.pg_stat_get_ins_since_vacuum(c.oid) AS inserted,
          pg_catalog.pg_stat_get_mod_since_analyze(c.oid) AS modified,
          CASE WHEN coalesce(o.vacuum_most::float8, g.vacuum_most) >= 0
            THEN least(coalesce(o.vacuum_most::float8, g.vacuum_most), t.vacuum) ELSE t.vacuum END AS vacuum_threshold,
          CASE WHEN coalesce(o.insert_base::float8, g.insert_base) >= 0 AND c.relkind <> 'p'
            THEN coalesce(o.insert_base::float8, g.insert_base)
              + coalesce(o.insert_scale::float8, g.insert_scale) * t.rows * \(unfrozen) END AS insert_threshold,
          coalesce(o.analyze_base::float8, g.analyze_base)
            + coalesce(o.analyze_scale::float8, g.analyze_scale) * t.rows AS analyze_threshold,
          pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - greatest(
            pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)))::bigint
            AS last_vacuum,
          pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - greatest(
            pg_catalog.pg_stat_get_last_analyze_time(c.oid), pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid)))::bigint
            AS last_analyze,
          CASE WHEN c.relkind <> 'p' THEN pg_catalog.age(c.relfrozenxid) ELSE 0 END AS transaction_age,
          CASE WHEN c.relkind <> 'p' THEN pg_catalog.mxid_age(c.relminmxid) ELSE 0 END AS multixact_age,
          least(coalesce(o.freeze_age::bigint, g.freeze_age), g.freeze_age) AS freeze_age,
          least(coalesce(o.multixact_age::bigint, g.multixact_age), g.multixact_age) AS multixact_freeze_age,
          \(Scope.condition(schema: "n.nspname", name: "s.relname")) AS is_in_scope
        FROM candidate AS f
        JOIN pg_catalog.pg_class AS c ON c.oid = f.id
        JOIN pg_catalog.pg_class AS s ON s.oid = coalesce(f.main, f.id)
        JOIN pg_catalog.pg_namespace AS n ON n.oid = s.relnamespace
        CROSS JOIN setting AS g
        LEFT JOIN own AS o ON o.id = c.oid
        LEFT JOIN leaves AS l ON l.root = c.oid
        CROSS JOIN LATERAL (SELECT greatest(c.reltuples, 0)::float8 AS rows,
          coalesce(o.vacuum_base::float8, g.vacuum_base)
            + coalesce(o.vacuum_scale::float8, g.vacuum_scale) * greatest(c.reltuples, 0) AS vacuum) AS t
      )
      SELECT t.*, pg_catalog.count(*) FILTER (WHERE t.is_in_scope AND NOT t.is_toast) OVER () AS in_scope
      FROM tables AS t
      WHERE (t.is_in_scope AND (t.dead > t.vacuum_threshold OR t.inserted > t.insert_threshold
          OR NOT t.is_enabled AND (t.has_options OR NOT t.is_toast)
          OR t.modified > t.analyze_threshold OR (t.rows IS NULL AND t.live > 0) OR t.is_partitioned OR t.dead >= 1000))
        OR t.transaction_age > 1.25 * t.freeze_age OR t.multixact_age > 1.25 * t.multixact_freeze_age
      ORDER BY t.schema, t.name, t.is_toast
      """)
  }

  static let queries = [
    query(
      from: 18, most: "pg_catalog.current_setting('autovacuum_vacuum_max_threshold')",
      unfrozen: "CASE WHEN c.relpages > 0 THEN 1 - least(c.relallfrozen, c.relpages)::float8 / c.relpages ELSE 1 END"),
    query(from: 13, most: "'-1'", unfrozen: "1"),
  ]
}
