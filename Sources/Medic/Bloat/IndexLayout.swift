import Postgres

/// An index as it is stored, and how the extensions that measure it can be called.
struct IndexLayout: Sendable {
  struct Key: Sendable {
    /// The column of the table, or of the index where it is an expression.
    let name: String
    let isExpression: Bool
    let length: Int
    let alignment: Int
    let storage: String
    let isNotNull: Bool
  }

  let id: Int
  let schema: String
  let name: String
  let table: String
  let tableID: Int
  let method: String
  /// Blocks by the catalog, as they were at the last VACUUM or ANALYZE.
  let pages: Int
  /// Rows of the table were written since, so that `pages` may say too little.
  let isStale: Bool
  let fileNode: Int
  let fillFactor: Int?
  let isUnique: Bool
  let isPartial: Bool
  let isExclusion: Bool
  /// Equal keys may share a posting list; INCLUDE, or an equality that isn't one of bytes, forbids it.
  let mayDeduplicate: Bool
  /// Types, functions and operators are the server's own, so that its expressions may be computed by anybody.
  let isBuiltIn: Bool
  /// Numbers of the table's columns that keys, expressions and predicate read.
  let tableColumns: Set<Int>
  let keys: [Key]

  /// A build puts equal keys together, which it never does in a unique index.
  var mergesEqual: Bool { mayDeduplicate && !isUnique }

  var object: DatabaseObject { DatabaseObject(.index, schema: schema, name: name, table: table) }

  /// Valid indexes of the tables in $1. Equal keys may share posting lists where the operator class has the support
  /// function that says so (4), but not for interval, whose function was wrong on older servers, nor
  /// for bpchar before 17: what indexes say of themselves (allequalimage; 15.20 against 17.10 and 18.6).
  static let query = Query(
    from: 11,
    """
    SELECT i.indexrelid AS id, n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indrelid AS table_id,
      m.amname AS method, c.relpages AS pages,
      c.relpages = 0 OR pg_catalog.pg_stat_get_mod_since_analyze(i.indrelid) > 0 AS is_stale,
      c.relfilenode AS file_node, i.indisunique AS is_unique, i.indpred IS NOT NULL AS is_partial,
      i.indisexclusion AS is_exclusion,
      (SELECT o.option_value FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'fillfactor') AS fill_factor,
      i.indnatts = i.indnkeyatts AND NOT EXISTS (SELECT FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'deduplicate_items' AND o.option_value IN ('off', 'false', 'no', '0'))
        AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indclass) AS k (opclass)
          JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass
          WHERE o.opcname = 'interval_ops'
            OR o.opcname = 'bpchar_ops' AND pg_catalog.current_setting('server_version_num')::int < 170000 OR NOT EXISTS (SELECT FROM pg_catalog.pg_amproc AS p
            WHERE p.amprocfamily = o.opcfamily AND p.amproclefttype = o.opcintype AND p.amprocrighttype = o.opcintype
              AND p.amprocnum = 4))
        AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indcollation) AS k (id)
          JOIN pg_catalog.pg_collation AS l ON l.oid = k.id WHERE NOT l.collisdeterministic) AS may_deduplicate,
      NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid AND d.refclassid IN (
          'pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass,
          'pg_catalog.pg_opclass'::pg_catalog.regclass, 'pg_catalog.pg_opfamily'::pg_catalog.regclass,
          'pg_catalog.pg_type'::pg_catalog.regclass)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS y WHERE y.oid = d.refobjid AND y.typtype = 'e')) AS is_built_in,
      (SELECT pg_catalog.array_agg(u.number) FROM (
        SELECT d.refobjsubid AS number FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = i.indexrelid
          AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = i.indrelid
        UNION SELECT k.number FROM pg_catalog.unnest(i.indkey) AS k (number)) AS u) AS table_columns,
      k.names, k.are_expressions, k.lengths, k.alignments, k.storages,
      k.not_nulls
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
        pg_catalog.array_agg(x.attstorage::text ORDER BY x.attnum) AS storages,
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
    isStale = row.flag("is_stale")
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
    let storages = row.list("storages")
    let notNulls = row.list("not_nulls")
    isBuiltIn = row.flag("is_built_in")
    tableColumns = Set(row.ints("table_columns"))
    keys = names.indices.compactMap { index in
      guard
        [expressions.count, lengths.count, alignments.count, storages.count, notNulls.count].allSatisfy({ $0 > index })
      else {
        return nil
      }
      return Key(
        name: names[index], isExpression: expressions[index] == "t", length: lengths[index],
        alignment: alignments[index], storage: storages[index], isNotNull: notNulls[index] == "t")
    }
  }
}
