import Postgres

/// A table as it is stored: what decides how long its rows are, and who may read them.
struct TableLayout: Sendable {
  struct Column: Sendable {
    let name: String
    /// Bytes; −1 for a varlena, −2 for a C string.
    let length: Int
    /// 1, 2, 4 or 8.
    let alignment: Int
    /// `attstorage`: p, e, m or x.
    let storage: String
    let isNotNull: Bool
    /// Dropped columns and virtual generated ones take no room but a bit in the bitmap of nulls.
    let isStored: Bool
  }

  let id: Int
  let schema: String
  let name: String
  let isTOAST: Bool
  /// The table whose TOAST table this is.
  let owner: String?
  let method: String
  /// Blocks by the catalog, as they were at the last VACUUM or ANALYZE.
  let pages: Int
  /// Whether rows were written since the counters began, so that `pages` may be out of date.
  let hasChanged: Bool
  let isUnlogged: Bool
  let fileNode: Int
  let fillFactor: Int
  let toastTarget: Int?
  let hasTOAST: Bool
  let toastID: Int?
  let columns: [Column]
  let mayRead: Bool

  /// Not surely smaller than 64 kB: `pages` may be from before the rows came. Most TOAST tables are empty.
  var mayMatter: Bool { hasChanged || pages >= 8 || (pages == 0 && !isTOAST) }

  /// The object that a finding about it names: a TOAST table goes by its table's name.
  var object: DatabaseObject {
    isTOAST
      ? DatabaseObject(.toast, schema: schema, name: owner ?? name) : DatabaseObject(.table, schema: schema, name: name)
  }

  /// Where it is read, in SQL; a parent's children aren't its own rows.
  var source: String { "ONLY \(SQLName.qualified(isTOAST ? "pg_toast" : schema, name))" }

  /// The tables in scope, biggest first, each followed by its TOAST table. Sizes are relpages, or where nobody has
  /// counted yet, made up from the number of rows, only to order by.
  static let query = Query(
    from: 12,
    """
    SELECT c.oid AS id, n.nspname AS schema, r.relname AS name, r.relkind = 't' AS is_toast, c.relname AS owner,
      m.amname AS method, r.relpages AS pages, r.relpersistence = 'u' AS is_unlogged, r.oid AS relation_id,
      pg_catalog.pg_stat_get_tuples_inserted(r.oid) + pg_catalog.pg_stat_get_tuples_updated(r.oid)
        + pg_catalog.pg_stat_get_tuples_deleted(r.oid) > 0 AS has_changed,
      r.relfilenode AS file_node, r.reltoastrelid AS toast_id,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(r.reloptions) AS o
        WHERE o.option_name = 'fillfactor') AS fill_factor,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(r.reloptions) AS o
        WHERE o.option_name = 'toast_tuple_target') AS toast_target,
      a.names, a.lengths, a.alignments, a.storages, a.not_nulls, a.storeds,
      CASE WHEN r.relkind = 't' THEN pg_catalog.has_schema_privilege(r.relnamespace, 'USAGE')
          AND pg_catalog.has_table_privilege(r.oid, 'SELECT')
        ELSE pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND a.may_read END AS may_read
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_class AS r ON r.oid IN (c.oid, c.reltoastrelid)
    JOIN pg_catalog.pg_am AS m ON m.oid = r.relam
    CROSS JOIN LATERAL (
      SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS names,
        pg_catalog.array_agg(a.attlen::int ORDER BY a.attnum) AS lengths,
        pg_catalog.array_agg(CASE a.attalign WHEN 'd' THEN 8 WHEN 'i' THEN 4 WHEN 's' THEN 2 ELSE 1 END
          ORDER BY a.attnum) AS alignments,
        pg_catalog.array_agg(a.attstorage::text ORDER BY a.attnum) AS storages,
        pg_catalog.array_agg(a.attnotnull ORDER BY a.attnum) AS not_nulls,
        pg_catalog.array_agg(NOT a.attisdropped AND a.attgenerated <> 'v' ORDER BY a.attnum) AS storeds,
        pg_catalog.bool_and(a.attisdropped OR pg_catalog.has_column_privilege(r.oid, a.attnum, 'SELECT')) AS may_read
      FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.oid AND a.attnum > 0
    ) AS a
    WHERE c.relkind IN ('r', 'm')
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname"))
    ORDER BY greatest(c.relpages, pg_catalog.pg_stat_get_live_tuples(c.oid) / 100) DESC, n.nspname, c.relname, 4
    """)

  init(_ row: Row) {
    id = row.int("relation_id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    isTOAST = row.flag("is_toast")
    owner = row["owner"]
    method = row.text("method")
    pages = row.int("pages") ?? 0
    hasChanged = row.flag("has_changed")
    isUnlogged = row.flag("is_unlogged")
    fileNode = row.int("file_node") ?? 0
    fillFactor = row.int("fill_factor") ?? 100
    toastTarget = row.int("toast_target")
    toastID = row.int("toast_id").flatMap { $0 == 0 ? nil : $0 }
    hasTOAST = toastID != nil
    mayRead = row.flag("may_read")
    let names = row.list("names")
    let lengths = row.ints("lengths")
    let alignments = row.ints("alignments")
    let storages = row.list("storages")
    let notNulls = row.list("not_nulls")
    let storeds = row.list("storeds")
    columns = names.indices.compactMap { index in
      guard [lengths.count, alignments.count, storages.count, notNulls.count, storeds.count].allSatisfy({ $0 > index })
      else { return nil }
      return Column(
        name: names[index], length: lengths[index], alignment: alignments[index], storage: storages[index],
        isNotNull: notNulls[index] == "t", isStored: storeds[index] == "t")
    }
  }
}
