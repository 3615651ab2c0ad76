import Postgres

/// A partition with its bounds, as far as they are those of a range over one column.
struct Partition: Sendable {
  let id: Int
  let schema: String
  let name: String
  let kind: String
  let isDefault: Bool
  let isPending: Bool
  /// As written: `'2025-01-01'`, `100`, `MINVALUE`.
  let lower: String
  let upper: String
  /// Seconds since 1970 or the number itself; infinite at MINVALUE and MAXVALUE.
  let from: Double?
  let to: Double?
  let rows: Int
  let inserts: Int
  let pages: Int
  let isReadable: Bool
  let differingDefaults: [String]

  var label: String { SQLName.qualified(schema, name) }
  var object: DatabaseObject { DatabaseObject(.table, schema: schema, name: name) }
  /// The bounds for people: `2025-01-01`.
  var beginning: String { Partition.plain(lower) }
  var end: String { Partition.plain(upper) }

  /// Without quotes, and a day without its midnight.
  static func plain(_ bound: String) -> String {
    guard bound.hasPrefix("'"), bound.hasSuffix("'"), bound.count > 2 else { return bound }
    let parts = bound.dropFirst().dropLast().split(separator: " ", maxSplits: 1)
    guard let day = parts.first, let time = parts.dropFirst().first else { return String(bound.dropFirst().dropLast()) }
    return time.hasPrefix("00:00:00") && !time.dropFirst(8).hasPrefix(".") ? String(day) : "\(day) \(time)"
  }

  init(_ row: Row) {
    id = row.int("child_id") ?? 0
    schema = row.text("child_schema")
    name = row.text("child")
    kind = row.text("child_kind")
    isDefault = row.flag("is_default")
    isPending = row.flag("is_pending")
    lower = row.text("lower")
    upper = row.text("upper")
    from = row["lower"] == "MINVALUE" ? -.infinity : row.double("from")
    to = row["upper"] == "MAXVALUE" ? .infinity : row.double("to")
    rows = row.int("rows") ?? 0
    inserts = row.int("inserts") ?? 0
    pages = row.int("pages") ?? 0
    isReadable = row.flag("is_readable")
    differingDefaults = row.list("differing_defaults")
  }
}

/// A partitioned table with its direct partitions.
struct PartitionedTable: Sendable {
  let id: Int
  let schema: String
  let name: String
  /// `r`, `l` or `h`.
  let strategy: String
  let column: String?
  let type: String
  /// The key is one column of a date, time or integer type.
  let isTime: Bool
  let isNumber: Bool
  let isKeyIndexed: Bool
  let isReadable: Bool
  let now: Double
  /// The bounds of the partition after the newest, written by the server with its own calendar; nil where they can't be.
  let next: (upper: String, suffix: String)?
  var partitions: [Partition] = []

  var label: String { SQLName.qualified(schema, name) }
  var object: DatabaseObject { DatabaseObject(.table, schema: schema, name: name) }
  var fallback: Partition? { partitions.first { $0.isDefault } }
  var ranges: [Partition] {
    partitions.filter { !$0.isDefault && $0.from != nil && $0.to != nil }.sorted { ($0.from ?? 0) < ($1.from ?? 0) }
  }

  /// Bounds are deparsed without their relation (0), so that no partition is opened and none that is locked is waited
  /// for.
  static func query(from major: Int, pending: String) -> Query {
    Query(
      from: major,
      """
      WITH parent AS (
        SELECT c.oid AS id, n.nspname AS schema, c.relname AS name, t.partstrat AS strategy, a.attname AS "column",
          pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnum AS attribute,
          t.partnatts = 1 AND a.atttypid IN ('pg_catalog.date'::pg_catalog.regtype,
            'pg_catalog.timestamp'::pg_catalog.regtype, 'pg_catalog.timestamptz'::pg_catalog.regtype) AS is_time,
          t.partnatts = 1 AND a.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype,
            'pg_catalog.int8'::pg_catalog.regtype) AS is_number,
          EXISTS (SELECT FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS xc ON xc.oid = x.indexrelid
            JOIN pg_catalog.pg_am AS m ON m.oid = xc.relam AND m.amname = 'btree'
            WHERE x.indrelid = c.oid AND x.indisvalid AND x.indpred IS NULL AND x.indkey[0] = a.attnum) AS is_key_indexed,
          pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            AS is_parent_readable
        FROM pg_catalog.pg_partitioned_table AS t
        JOIN pg_catalog.pg_class AS c ON c.oid = t.partrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = t.partattrs[0] AND a.attnum > 0
        WHERE \(Scope.condition(schema: "n.nspname", name: "c.relname"))
      ), bound AS (
        SELECT p.*, c.oid AS child_id, cn.nspname AS child_schema, c.relname AS child, c.relkind AS child_kind,
          c.relpages AS pages, greatest(pg_catalog.pg_stat_get_live_tuples(c.oid), c.reltuples::bigint, 0) AS rows,
          pg_catalog.pg_stat_get_tuples_inserted(c.oid) AS inserts, \(pending) AS is_pending,
          pg_catalog.pg_get_expr(c.relpartbound, 0) AS text,
          pg_catalog.has_schema_privilege(cn.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
            AS is_readable
        FROM parent AS p
        LEFT JOIN (pg_catalog.pg_inherits AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
          JOIN pg_catalog.pg_namespace AS cn ON cn.oid = c.relnamespace) ON i.inhparent = p.id
      ), part AS (
        SELECT b.*, b.text = 'DEFAULT' AS is_default, m.m[1] AS lower, m.m[2] AS upper,
          CASE WHEN m.m[1] IN ('MINVALUE', 'MAXVALUE') THEN NULL WHEN b.is_time OR b.is_number
            THEN pg_catalog.btrim(m.m[1], '''') END AS low,
          CASE WHEN m.m[2] IN ('MINVALUE', 'MAXVALUE') THEN NULL WHEN b.is_time OR b.is_number
            THEN pg_catalog.btrim(m.m[2], '''') END AS high
        FROM bound AS b
        LEFT JOIN LATERAL (SELECT pg_catalog.regexp_match(b.text, '^FOR VALUES FROM \\((.*)\\) TO \\((.*)\\)$') AS m)
          AS m ON b.strategy = 'r' AND (b.is_time OR b.is_number)
      ), measured AS (
        SELECT p.*,
          CASE WHEN p.is_time THEN pg_catalog.date_part('epoch', p.low::timestamptz)
            WHEN p.is_number THEN p.low::float8 END AS "from",
          CASE WHEN p.is_time THEN pg_catalog.date_part('epoch', p.high::timestamptz)
            WHEN p.is_number THEN p.high::float8 END AS "to"
        FROM part AS p
      )
      SELECT m.*, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) AS now,
        CASE WHEN m.is_time AND pg_catalog.isfinite(m.high::timestamptz) AND pg_catalog.isfinite(m.low::timestamptz) THEN
          pg_catalog.quote_literal(CASE m.type WHEN 'date'
            THEN ((m.high::timestamp + pg_catalog.age(m.high::timestamp, m.low::timestamp))::date)::text
            WHEN 'timestamp with time zone'
            THEN (m.high::timestamptz + pg_catalog.age(m.high::timestamptz, m.low::timestamptz))::text
            ELSE (m.high::timestamp + pg_catalog.age(m.high::timestamp, m.low::timestamp))::text END)
          WHEN m.is_number THEN (m.high::numeric + (m.high::numeric - m.low::numeric))::text END AS next_upper,
        CASE WHEN m.is_time AND pg_catalog.isfinite(m.high::timestamptz)
          THEN pg_catalog.to_char(m.high::timestamp, 'YYYYMMDD') WHEN m.is_number THEN m.high END AS suffix,
        ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
          JOIN pg_catalog.pg_attribute AS ca ON ca.attrelid = m.child_id AND ca.attname = a.attname
          LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_catalog.pg_attrdef AS cd ON cd.adrelid = ca.attrelid AND cd.adnum = ca.attnum
          WHERE a.attrelid = m.id AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND ca.attgenerated = ''
            AND pg_catalog.regexp_replace(d.adbin::text, ':(location|varattno|varattnosyn) -?[0-9]+', '', 'g')
              IS DISTINCT FROM
              pg_catalog.regexp_replace(cd.adbin::text, ':(location|varattno|varattnosyn) -?[0-9]+', '', 'g')
          ORDER BY a.attnum) AS differing_defaults
      FROM measured AS m
      ORDER BY m.schema, m.name, m."from" NULLS FIRST, m.child
      """)
  }

  static let queries = [
    query(from: 14, pending: "i.inhdetachpending"), query(from: 11, pending: "false"),
  ]

  /// The tables from the rows of `queries`; `next` is that of the newest finite range.
  static func all(_ rows: [Row]) -> [PartitionedTable] {
    var groups: [[Row]] = []
    for row in rows {
      if let last = groups.indices.last, groups[last].first?["id"] == row["id"] {
        groups[last].append(row)
      } else {
        groups.append([row])
      }
    }
    return groups.compactMap { group in
      guard let first = group.first else { return nil }
      let newest = group.filter { $0.double("to") != nil && $0["next_upper"] != nil }
        .max { ($0.double("to") ?? 0) < ($1.double("to") ?? 0) }
      return PartitionedTable(
        id: first.int("id") ?? 0, schema: first.text("schema"), name: first.text("name"),
        strategy: first.text("strategy"), column: first["column"], type: first.text("type"),
        isTime: first.flag("is_time"), isNumber: first.flag("is_number"), isKeyIndexed: first.flag("is_key_indexed"),
        isReadable: first.flag("is_parent_readable"), now: first.double("now") ?? 0,
        next: newest.map { ($0.text("next_upper"), $0.text("suffix")) },
        partitions: group.filter { $0["child_id"] != nil }.map { Partition($0) })
    }
  }
}
