import Postgres

/// A table as it is stored: what decides how long its rows are, and who may read them.
struct TableLayout: Sendable {
  struct Column: Sendable {
    let name: String
    /// `attnum`.
    let number: Int
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
  let isMaterializedView: Bool
  /// The table whose TOAST table this is.
  let owner: String?
  let method: String
  let isUnlogged: Bool
  let fileNode: Int
  let fillFactor: Int
  let toastTarget: Int?
  let hasTOAST: Bool
  let toastID: Int?
  let columns: [Column]
  let mayRead: Bool

  /// The object that a finding about it names: a TOAST table goes by its table's name.
  var object: DatabaseObject {
    if isTOAST { return DatabaseObject(.toast, schema: schema, name: owner ?? name) }
    return DatabaseObject(isMaterializedView ? .materializedView : .table, schema: schema, name: name)
  }

  /// Where it is read, in SQL; a parent's children aren't its own rows.
  var source: String { "ONLY \(SQLName.qualified(isTOAST ? "pg_toast" : schema, name))" }

  /// The tables and TOAST tables in $1. Columns are asked for their privileges only where the table's own isn't there.
  static let query = Query(
    from: 12,
    """
    SELECT r.oid AS id, coalesce(o.nspname, n.nspname) AS schema, r.relname AS name, r.relkind = 't' AS is_toast,
      r.relkind = 'm' AS is_materialized_view,
      c.relname AS owner, m.amname AS method, r.relpersistence = 'u' AS is_unlogged,
      CASE WHEN r.relfilenode = 0 THEN r.oid ELSE r.relfilenode END AS file_node, r.reltoastrelid AS toast_id,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(r.reloptions) AS o
        WHERE o.option_name = 'fillfactor') AS fill_factor,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(r.reloptions) AS o
        WHERE o.option_name = 'toast_tuple_target') AS toast_target,
      a.names, a.numbers, a.lengths, a.alignments, a.storages, a.not_nulls, a.storeds,
      pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND (pg_catalog.has_table_privilege(r.oid, 'SELECT')
        OR r.relkind <> 't' AND coalesce((
          SELECT pg_catalog.bool_and(k.attisdropped OR pg_catalog.has_column_privilege(r.oid, k.attnum, 'SELECT'))
          FROM pg_catalog.pg_attribute AS k WHERE k.attrelid = r.oid AND k.attnum > 0), false)) AS may_read
    FROM pg_catalog.pg_class AS r
    JOIN pg_catalog.pg_namespace AS n ON n.oid = r.relnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.reltoastrelid = r.oid AND r.relkind = 't'
    LEFT JOIN pg_catalog.pg_namespace AS o ON o.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = r.relam
    CROSS JOIN LATERAL (
      SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS names,
        pg_catalog.array_agg(a.attnum::int ORDER BY a.attnum) AS numbers,
        pg_catalog.array_agg(a.attlen::int ORDER BY a.attnum) AS lengths,
        pg_catalog.array_agg(CASE a.attalign WHEN 'd' THEN 8 WHEN 'i' THEN 4 WHEN 's' THEN 2 ELSE 1 END
          ORDER BY a.attnum) AS alignments,
        pg_catalog.array_agg(a.attstorage::text ORDER BY a.attnum) AS storages,
        pg_catalog.array_agg(a.attnotnull ORDER BY a.attnum) AS not_nulls,
        pg_catalog.array_agg(NOT a.attisdropped AND a.attgenerated <> 'v' ORDER BY a.attnum) AS storeds
      FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = r.oid AND a.attnum > 0
    ) AS a
    WHERE r.oid = ANY ($1::oid[])
    ORDER BY 2, 5 NULLS FIRST, 3
    """)

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    isTOAST = row.flag("is_toast")
    isMaterializedView = row.flag("is_materialized_view")
    owner = row["owner"]
    method = row.text("method")
    isUnlogged = row.flag("is_unlogged")
    fileNode = row.int("file_node") ?? 0
    fillFactor = row.int("fill_factor") ?? 100
    toastTarget = row.int("toast_target")
    toastID = row.int("toast_id").flatMap { $0 == 0 ? nil : $0 }
    hasTOAST = toastID != nil
    mayRead = row.flag("may_read")
    let names = row.list("names")
    let numbers = row.ints("numbers")
    let lengths = row.ints("lengths")
    let alignments = row.ints("alignments")
    let storages = row.list("storages")
    let notNulls = row.list("not_nulls")
    let storeds = row.list("storeds")
    columns = names.indices.compactMap { index in
      let counts = [
        numbers.count, lengths.count, alignments.count, storages.count, notNulls.count, storeds.count,
      ]
      guard counts.allSatisfy({ $0 > index }) else { return nil }
      return Column(
        name: names[index], number: numbers[index], length: lengths[index], alignment: alignments[index],
        storage: storages[index],
        isNotNull: notNulls[index] == "t", isStored: storeds[index] == "t")
    }
  }
}
