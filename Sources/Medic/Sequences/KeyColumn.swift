import Postgres

/// A column that holds keys: what its type can hold, and how its values can be looked at cheaply.
struct KeyColumn: Sendable, Hashable {
  let tableID: Int
  let schema: String
  let table: String
  let name: String
  let attribute: Int
  /// As declared: `integer`, or a domain's name.
  let type: String
  /// `integer`, whatever domain is over it.
  let baseType: String
  /// The values that the type takes; nil where none of a bigint sequence is too large (bigint's own limits apart).
  let range: ClosedRange<Int>?
  let isPartitioned: Bool
  let isUnlogged: Bool
  /// A plain unique index on this column alone forbids a value twice.
  let isUnique: Bool
  /// A plain btree begins with it, so that its ends can be read without a scan.
  let isIndexed: Bool
  let isReadable: Bool
  /// By the last ANALYZE or VACUUM, nil when there was none.
  let rows: Int?
  let pages: Int

  var object: DatabaseObject { DatabaseObject(.column, schema: schema, name: name, table: table) }
  /// `orders.id`, for messages that name the schema elsewhere.
  var shortName: String { SQLName.qualified(table, name) }

  init(_ row: Row) {
    tableID = row.int("table_id") ?? 0
    schema = row.text("table_schema")
    table = row.text("table")
    name = row.text("column")
    attribute = row.int("attribute") ?? 0
    type = row.text("column_type")
    baseType = row.text("base_type")
    range = KeyColumn.range(type: baseType, modifier: row.int("modifier") ?? -1)
    isPartitioned = row.flag("is_partitioned")
    isUnlogged = row.flag("is_unlogged_table")
    isUnique = row.flag("is_unique")
    isIndexed = row.flag("is_indexed")
    isReadable = row.flag("is_readable_column")
    rows = row.int("rows")
    pages = row.int("pages") ?? 0
  }

  /// What a base type holds, as far as that is less than or as much as a bigint; `modifier` is `atttypmod`, which for
  /// numeric holds precision and scale.
  static func range(type: String, modifier: Int) -> ClosedRange<Int>? {
    switch type {
    case "smallint": return -32_768...32_767
    case "integer": return -2_147_483_648...2_147_483_647
    case "bigint": return Int.min...Int.max
    case "numeric":
      let scale = (modifier - 4) & 0x7ff
      let digits = ((modifier - 4) >> 16 & 0xffff) - scale
      guard modifier >= 4, scale < 1024, (0...18).contains(digits) else { return nil }
      let limit = (0..<digits).reduce(1) { power, _ in power * 10 } - 1
      return -limit...limit
    default: return nil
    }
  }

  // MARK: The parts of queries that read it

  /// Domains with the type that they come down to.
  static let baseTypes = """
    domain (type, base, modifier) AS (
      SELECT t.oid, t.typbasetype, t.typtypmod FROM pg_catalog.pg_type AS t WHERE t.typtype = 'd'
      UNION ALL
      SELECT d.type, t.typbasetype, t.typtypmod FROM domain AS d
      JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype = 'd'
    ), base (type, base, modifier) AS (
      SELECT d.type, d.base, d.modifier FROM domain AS d
      JOIN pg_catalog.pg_type AS t ON t.oid = d.base AND t.typtype <> 'd'
    )
    """

  /// Reads r, rn, a, b and k, which `joins` brings in.
  static let columns = """
    r.oid AS table_id, rn.nspname AS table_schema, r.relname AS "table", a.attname AS "column", a.attnum AS attribute,
      pg_catalog.format_type(a.atttypid, a.atttypmod) AS column_type,
      pg_catalog.format_type(coalesce(b.base, a.atttypid), NULL) AS base_type,
      coalesce(b.modifier, a.atttypmod) AS modifier,
      r.relkind = 'p' AS is_partitioned, r.relpersistence = 'u' AS is_unlogged_table,
      coalesce(k.is_unique, false) AS is_unique, k.is_unique IS NOT NULL AS is_indexed,
      pg_catalog.has_schema_privilege(rn.oid, 'USAGE')
        AND pg_catalog.has_column_privilege(r.oid, a.attnum, 'SELECT') AS is_readable_column,
      CASE WHEN r.reltuples > 0 OR (r.reltuples = 0 AND r.relpages > 0) THEN r.reltuples::bigint END AS rows,
      r.relpages AS pages
    """

  /// Indexes are looked up row by row, by the index on `indrelid`: joined as a set they cost minutes at 20,000 tables
  /// where statistics mislead.
  static func joins(relation: String, attribute: String, outer: Bool = false) -> String {
    let join = outer ? "LEFT JOIN" : "JOIN"
    return """
      \(join) pg_catalog.pg_class AS r ON r.oid = \(relation)
      \(join) pg_catalog.pg_namespace AS rn ON rn.oid = r.relnamespace
      \(join) pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attnum = \(attribute)
      LEFT JOIN base AS b ON b.type = a.atttypid
      LEFT JOIN LATERAL (
        SELECT pg_catalog.bool_or(x.indisunique AND x.indimmediate AND x.indnkeyatts = 1) AS is_unique
        FROM pg_catalog.pg_index AS x
        JOIN pg_catalog.pg_class AS xc ON xc.oid = x.indexrelid
          AND xc.relam = (SELECT m.oid FROM pg_catalog.pg_am AS m WHERE m.amname = 'btree')
        WHERE x.indrelid = r.oid AND x.indkey[0] = a.attnum AND x.indisvalid AND x.indpred IS NULL
      ) AS k ON true
      """
  }
}
