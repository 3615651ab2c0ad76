import Postgres

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An index as it is stored, and how the extensions that measure it can be called.
struct IndexLayout: Sendable {
  struct Key: Sendable {
    /// The column of the table, or of the index where it is an expression, that `pg_stats` has a row for.
    let name: String
    let isExpression: Bool
    let length: Int
    let alignment: Int
    let isNotNull: Bool
  }

  let id: Int
  let schema: String
  let name: String
  let table: String
  let tableID: Int
  let method: String
  let pages: Int
  let rows: Int?
  let fileNode: Int
  let fillFactor: Int?
  let isUnique: Bool
  let isPartial: Bool
  let isExclusion: Bool
  /// Equal keys may share a posting list; INCLUDE, or an equality that isn't one of bytes, forbids it.
  let mayDeduplicate: Bool
  let keys: [Key]

  var object: DatabaseObject { DatabaseObject(.index, schema: schema, name: name, table: table) }

  /// Valid indexes of the tables in $1.
  static let query = Query(
    from: 11,
    """
    SELECT i.indexrelid AS id, n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indrelid AS table_id,
      m.amname AS method, c.relpages AS pages, CASE WHEN c.relpages > 0 THEN c.reltuples::bigint END AS rows,
      c.relfilenode AS file_node, i.indisunique AS is_unique, i.indpred IS NOT NULL AS is_partial,
      i.indisexclusion AS is_exclusion,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'fillfactor') AS fill_factor,
      i.indnatts = i.indnkeyatts AND NOT EXISTS (SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'deduplicate_items' AND o.option_value IN ('off', 'false', 'no', '0'))
        AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indclass) AS k (opclass)
          JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass
          WHERE o.opcname IN ('numeric_ops', 'float4_ops', 'float8_ops', 'jsonb_ops', 'array_ops', 'range_ops',
            'record_ops', 'citext_ops', 'interval_ops'))
        AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indcollation) AS k (id)
          JOIN pg_catalog.pg_collation AS l ON l.oid = k.id WHERE NOT l.collisdeterministic) AS may_deduplicate,
      k.names, k.are_expressions, k.lengths, k.alignments, k.not_nulls
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
    CROSS JOIN LATERAL (
      SELECT pg_catalog.array_agg(coalesce(a.attname, x.attname)::text ORDER BY x.attnum) AS names,
        pg_catalog.array_agg(a.attname IS NULL ORDER BY x.attnum) AS are_expressions,
        pg_catalog.array_agg(x.attlen::int ORDER BY x.attnum) AS lengths,
        pg_catalog.array_agg(CASE x.attalign WHEN 'd' THEN 8 WHEN 'i' THEN 4 WHEN 's' THEN 2 ELSE 1 END
          ORDER BY x.attnum) AS alignments,
        pg_catalog.array_agg(coalesce(a.attnotnull, false) ORDER BY x.attnum) AS not_nulls
      FROM pg_catalog.pg_attribute AS x
      LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[x.attnum - 1]
        AND a.attnum <> 0
      WHERE x.attrelid = i.indexrelid AND x.attnum > 0
    ) AS k
    WHERE i.indrelid = ANY ($1::oid[]) AND i.indisvalid AND c.relkind = 'i'
    ORDER BY c.relpages DESC, n.nspname, c.relname
    """)

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    table = row.text("table")
    tableID = row.int("table_id") ?? 0
    method = row.text("method")
    pages = row.int("pages") ?? 0
    rows = row.int("rows")
    fileNode = row.int("file_node") ?? 0
    fillFactor = row.int("fill_factor")
    isUnique = row.flag("is_unique")
    isPartial = row.flag("is_partial")
    isExclusion = row.flag("is_exclusion")
    mayDeduplicate = row.flag("may_deduplicate")
    let names = row.list("names")
    let expressions = row.list("are_expressions")
    let lengths = row.ints("lengths")
    let alignments = row.ints("alignments")
    let notNulls = row.list("not_nulls")
    keys = names.indices.compactMap { index in
      guard [expressions.count, lengths.count, alignments.count, notNulls.count].allSatisfy({ $0 > index }) else {
        return nil
      }
      return Key(
        name: names[index], isExpression: expressions[index] == "t", length: lengths[index],
        alignment: alignments[index], isNotNull: notNulls[index] == "t")
    }
  }
}

/// The arithmetic of btree leaves.
struct BTreePages: Sendable {
  let blockSize: Int
  let fillFactor: Int

  init(blockSize: Int, fillFactor: Int?) {
    self.blockSize = blockSize
    self.fillFactor = fillFactor ?? 90
  }

  /// Bytes of entries on a leaf as a build leaves it: it goes on to the next when less than the reserve is free, and
  /// takes the last entry along, so half an entry on average stays free.
  func capacity(entry: Double) -> Double {
    max(1, Double(blockSize - 40 - blockSize * (100 - fillFactor) / 100) - entry / 2)
  }

  /// All pages of a tree with so many leaves: the metapage, and inner pages with an entry a leaf, filled to 70 %.
  func whole(leaves: Double, key: Double) -> Double {
    let perPage = 0.7 * Double(blockSize) / (key + 4)
    var level = max(1, leaves)
    var total = 1 + level
    while level > 1 {
      level = max(1, (level / max(2, perPage)).rounded(.up))
      total += level
    }
    return total
  }

  /// The biggest posting list that a build makes.
  var longestPosting: Int { blockSize / 10 / 8 * 8 - 4 }

  /// Bytes of the entries, with their line pointers, of `count` rows with one key whose plain entry takes `base` bytes.
  func postingBytes(base: Int, count: Int) -> Int {
    let most = max(1, (longestPosting - base) / 6)
    func list(_ rows: Int) -> Int {
      switch rows {
      case 0: 0
      case 1: base + 4
      default: (base + 6 * rows + 7) / 8 * 8 + 4
      }
    }
    return count / most * list(most) + list(count % most)
  }
}
