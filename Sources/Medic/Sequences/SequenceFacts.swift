import Postgres

/// A sequence of the catalog with the columns that take their values from it.
struct SequenceFacts: Sendable {
  let id: Int
  let schema: String
  let name: String
  /// `smallint`, `integer` or `bigint`.
  let type: String
  let start: Int
  let minimum: Int
  let maximum: Int
  let increment: Int
  let cycles: Bool
  let isReadable: Bool
  /// Unlogged (15 on): not there on a standby.
  let isUnlogged: Bool
  var columns: [FedColumn] = []

  /// Named with the table of the column that it was made for, or of the only one that uses it.
  var object: DatabaseObject {
    let owner = columns.first { $0.isOwner } ?? (columns.count == 1 ? columns.first : nil)
    return DatabaseObject(.sequence, schema: schema, name: name, table: owner?.key.table)
  }

  /// A row for each sequence and column that it feeds: by identity, by OWNED BY, or by a default that calls nextval
  /// (function 1574) with it. What partitions and children have from their parent counts there once.
  static let query = Query(
    from: 11,
    """
    WITH RECURSIVE \(KeyColumn.baseTypes), feeds (sequence, relation, attribute, kind) AS (
      SELECT d.objid, d.refobjid, d.refobjsubid::smallint, CASE d.deptype WHEN 'i' THEN 2 ELSE 1 END
      FROM pg_catalog.pg_depend AS d
      WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
      UNION ALL
      SELECT d.refobjid, f.adrelid, f.adnum, 0
      FROM pg_catalog.pg_depend AS d
      JOIN pg_catalog.pg_attrdef AS f ON f.oid = d.objid
      WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND f.adbin::text LIKE '%:funcid 1574 %'
    ), every_feed AS (
      SELECT f.sequence, f.relation, f.attribute, pg_catalog.max(f.kind) AS kind
      FROM feeds AS f
      JOIN pg_catalog.pg_sequence AS s ON s.seqrelid = f.sequence
      GROUP BY 1, 2, 3
    ), fed AS (
      SELECT f.* FROM every_feed AS f
      WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i
        JOIN every_feed AS u ON u.relation = i.inhparent
        JOIN pg_catalog.pg_attribute AS ua ON ua.attrelid = u.relation AND ua.attnum = u.attribute
        JOIN pg_catalog.pg_attribute AS fa ON fa.attrelid = i.inhrelid AND fa.attname = ua.attname
        WHERE i.inhrelid = f.relation AND u.sequence = f.sequence AND fa.attnum = f.attribute)
    ), tree (root, relation) AS (
      SELECT DISTINCT f.relation, f.relation FROM fed AS f
      UNION
      SELECT t.root, i.inhrelid FROM tree AS t JOIN pg_catalog.pg_inherits AS i ON i.inhparent = t.relation
    ), inserts AS (
      SELECT t.root, pg_catalog.sum(pg_catalog.pg_stat_get_tuples_inserted(t.relation))::bigint AS inserts,
        pg_catalog.count(*) AS members, pg_catalog.array_agg(t.relation::bigint) AS ids
      FROM tree AS t GROUP BY t.root
    )
    SELECT s.seqrelid AS id, n.nspname AS schema, c.relname AS name, pg_catalog.format_type(s.seqtypid, NULL) AS type,
      s.seqstart AS start, s.seqmin AS minimum, s.seqmax AS maximum, s.seqincrement AS increment, s.seqcycle AS cycles,
      pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT')
        AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS is_readable,
      c.relpersistence = 'u' AS is_unlogged, f.kind > 0 AS is_owner, i.inserts, i.members, i.ids AS member_ids,
      \(KeyColumn.columns)
    FROM pg_catalog.pg_sequence AS s
    JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN fed AS f ON f.sequence = s.seqrelid
    LEFT JOIN inserts AS i ON i.root = f.relation
    \(KeyColumn.joins(relation: "f.relation", attribute: "f.attribute", outer: true))
    WHERE s.seqrelid IN (
      SELECT s.seqrelid FROM pg_catalog.pg_sequence AS s
      JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN fed AS f ON f.sequence = s.seqrelid
      LEFT JOIN pg_catalog.pg_class AS r ON r.oid = f.relation
      WHERE \(Scope.condition(schema: "n.nspname", name: "c.relname", orName: "r.relname")))
    ORDER BY n.nspname, c.relname, s.seqrelid, rn.nspname, r.relname, a.attnum
    """)

  /// The sequences from the rows of `query`.
  static func all(_ rows: [Row]) -> [SequenceFacts] {
    var sequences: [SequenceFacts] = []
    for row in rows {
      let column = row["table_id"].map { _ in FedColumn(row) }
      if let last = sequences.indices.last, sequences[last].id == row.int("id") {
        if let column { sequences[last].columns.append(column) }
        continue
      }
      sequences.append(
        SequenceFacts(
          id: row.int("id") ?? 0, schema: row.text("schema"), name: row.text("name"), type: row.text("type"),
          start: row.int("start") ?? 1, minimum: row.int("minimum") ?? 1, maximum: row.int("maximum") ?? Int.max,
          increment: row.int("increment") ?? 1, cycles: row.flag("cycles"), isReadable: row.flag("is_readable"),
          isUnlogged: row.flag("is_unlogged"), columns: column.map { [$0] } ?? []))
    }
    return sequences
  }

  /// What the values end at when they end: the narrowest column's type or the sequence's own limit.
  var bound: (limit: Int, column: FedColumn?) {
    let isUp = increment > 0
    let own = isUp ? maximum : minimum
    var bound: (limit: Int, column: FedColumn?) = (own, nil)
    for column in columns {
      guard let range = column.key.range else { continue }
      let limit = isUp ? range.upperBound : range.lowerBound
      if isUp ? limit < bound.limit : limit > bound.limit { bound = (limit, column) }
    }
    return bound
  }
}

/// A column that takes its values from a sequence.
struct FedColumn: Sendable {
  let key: KeyColumn
  /// By identity or OWNED BY, not just by a default.
  let isOwner: Bool
  /// Rows ever inserted into the table and its partitions and children, by the statistics.
  let inserts: Int
  /// The table and everything below it.
  let memberIDs: [Int]

  init(_ row: Row) {
    key = KeyColumn(row)
    isOwner = row.flag("is_owner")
    inserts = row.int("inserts") ?? 0
    memberIDs = row.ints("member_ids")
  }
}
