import Postgres

/// An index as catalogs and counters describe it, without opening it or its table.
struct Index: Sendable {
  /// One key column.
  struct Key: Sendable, Equatable {
    /// The column's name quoted, or the stored tree of the expression.
    let what: String
    let isExpression: Bool
    let opclass: Int
    let collation: Int
    let isDescending: Bool
    let nullsFirst: Bool
    /// Parameters of the operator class.
    let parameters: String

    /// The same order read backwards.
    var mirrored: Key {
      Key(
        what: what, isExpression: isExpression, opclass: opclass, collation: collation,
        isDescending: !isDescending, nullsFirst: !nullsFirst, parameters: parameters)
    }
  }

  let id: Int
  let schema: String
  let name: String
  let table: String
  let tableID: Int
  /// The partitioned index that it is a part of.
  let parentID: Int?
  let isPartitioned: Bool
  let method: String
  let isValid: Bool
  let isUnique: Bool
  let isPrimary: Bool
  let isImmediate: Bool
  let nullsNotDistinct: Bool
  /// The constraint that it backs: `primary key`, `unique`, `exclusion`; nil when none.
  let constraint: String?
  /// A foreign key refers to it.
  let isReferenced: Bool
  let isReplicaIdentity: Bool
  let isClustered: Bool
  /// The extension that it, or its table, belongs to.
  let `extension`: String?
  let keys: [Key]
  /// INCLUDE columns, quoted.
  let included: Set<String>
  /// The stored tree of the predicate.
  let predicate: String?
  let pages: Int
  let scans: Int
  /// Rows written to its table: each costs an entry unless the update is heap-only.
  let writes: Int
  /// Transactions since the catalog row was made.
  let transactionAge: Int
  /// When the catalog row was made, where the server tracks commit times; seconds ago.
  let ageSeconds: Int?
  let isBeingBuilt: Bool
  /// Somebody holds the lock that a concurrent build takes (VACUUM and ANALYZE take it, too).
  let mayBeBeingBuilt: Bool

  var object: DatabaseObject { DatabaseObject(.index, schema: schema, name: name, table: table) }
  var hasExpression: Bool { keys.contains { $0.isExpression } }

  /// Why it may not be dropped whatever the counters say; nil when nothing forbids it.
  var reasonToKeep: String? {
    if let constraint { return "backs a \(constraint) constraint" }
    if isUnique { return "unique" }
    if isReferenced { return "a foreign key refers to it" }
    if isReplicaIdentity { return "replica identity" }
    if isClustered { return "the table is clustered on it" }
    if let `extension` { return "belongs to extension \(`extension`)" }
    return nil
  }

  /// All indexes in scope, by index or table name.
  ///
  /// Constraints are grouped first, since the catalog has no index by which they could be looked up one by one.
  /// `to_jsonb` reads a column that only 15 on has. Sizes are relpages. The table's lock is looked up because a
  /// concurrent build of another role shows up in the progress view only to pg_monitor.
  static let query = Query(
    from: 12,
    """
    WITH locks AS MATERIALIZED (
      SELECT l.relation FROM pg_catalog.pg_locks AS l
      WHERE l.locktype = 'relation' AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.database
        = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
    ), backed AS (
      SELECT con.conindid AS id, pg_catalog.bool_or(con.contype = 'f') AS is_referenced,
        pg_catalog.min(CASE con.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'x' THEN 'exclusion' END)
          AS "constraint"
      FROM pg_catalog.pg_constraint AS con WHERE con.conindid <> 0 GROUP BY con.conindid
    )
    SELECT i.indexrelid AS id, n.nspname AS schema, c.relname AS name, t.relname AS "table", i.indrelid AS table_id,
      h.inhparent AS parent_id, c.relkind = 'I' AS is_partitioned, m.amname AS method,
      i.indisvalid AND i.indisready AND i.indislive AS is_valid, i.indisunique AS is_unique,
      i.indisprimary AS is_primary, i.indimmediate AS is_immediate,
      coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
      backed."constraint", coalesce(backed.is_referenced, false) AS is_referenced,
      i.indisreplident AND t.relreplident = 'i' AS is_replica_identity, i.indisclustered AS is_clustered,
      (SELECT e.extname FROM pg_catalog.pg_depend AS d JOIN pg_catalog.pg_extension AS e ON e.oid = d.refobjid
        WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid IN (i.indexrelid, i.indrelid)
          AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
        LIMIT 1) AS extension,
      ARRAY(SELECT CASE WHEN k.attnum = 0 THEN NULL ELSE pg_catalog.quote_ident(a.attname) END
        FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
        ORDER BY k.position) AS columns,
      i.indnkeyatts AS key_count, i.indclass::oid[] AS opclasses, i.indcollation::oid[] AS collations,
      i.indoption::int2[] AS options,
      ARRAY(SELECT coalesce(a.attoptions::text, '') FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = i.indexrelid AND a.attnum BETWEEN 1 AND i.indnkeyatts ORDER BY a.attnum) AS parameters,
      i.indexprs::text AS expressions, i.indpred::text AS predicate, c.relpages AS pages,
      pg_catalog.pg_stat_get_numscans(i.indexrelid) AS scans,
      pg_catalog.pg_stat_get_tuples_inserted(i.indrelid) + pg_catalog.pg_stat_get_tuples_updated(i.indrelid)
        - pg_catalog.pg_stat_get_tuples_hot_updated(i.indrelid) AS writes,
      pg_catalog.age(i.xmin) AS transaction_age,
      CASE WHEN pg_catalog.current_setting('track_commit_timestamp')::boolean AND i.xmin::text::bigint > 2 THEN
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - pg_catalog.pg_xact_commit_timestamp(i.xmin))::bigint
      END AS age_seconds,
      EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index AS p
        WHERE p.index_relid = i.indexrelid) AS is_being_built,
      EXISTS (SELECT FROM locks AS l WHERE l.relation = i.indrelid) AS may_be_being_built
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
    LEFT JOIN pg_catalog.pg_inherits AS h ON h.inhrelid = i.indexrelid
    LEFT JOIN backed ON backed.id = i.indexrelid
    WHERE t.relkind IN ('r', 'p', 'm', 't')
      AND \(Scope.condition(schema: "n.nspname", name: "c.relname", orName: "t.relname"))
    ORDER BY n.nspname, t.relname, c.relname
    """)

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    table = row.text("table")
    tableID = row.int("table_id") ?? 0
    parentID = row.int("parent_id")
    isPartitioned = row.flag("is_partitioned")
    method = row.text("method")
    isValid = row.flag("is_valid")
    isUnique = row.flag("is_unique")
    isPrimary = row.flag("is_primary")
    isImmediate = row.flag("is_immediate")
    nullsNotDistinct = row.flag("nulls_not_distinct")
    constraint = row["constraint"]
    isReferenced = row.flag("is_referenced")
    isReplicaIdentity = row.flag("is_replica_identity")
    isClustered = row.flag("is_clustered")
    `extension` = row["extension"]
    predicate = row["predicate"].map { PredicateTree.withoutLocations($0) }
    pages = row.int("pages") ?? 0
    scans = row.int("scans") ?? 0
    writes = row.int("writes") ?? 0
    transactionAge = row.int("transaction_age") ?? 0
    ageSeconds = row.int("age_seconds")
    isBeingBuilt = row.flag("is_being_built")
    mayBeBeingBuilt = row.flag("may_be_being_built")
    let columns = row.optionalList("columns")
    let keyCount = min(row.int("key_count") ?? 0, columns.count)
    keys = Index.keys(row, columns.prefix(keyCount))
    included = Set(columns.dropFirst(keyCount).compactMap { $0 })
  }

  private static func keys(_ row: Row, _ columns: ArraySlice<String?>) -> [Key] {
    var expressions = (row["expressions"].map { PredicateTree.elements($0) } ?? [])[...]
    let opclasses = row.ints("opclasses")
    let collations = row.ints("collations")
    let options = row.ints("options")
    let parameters = row.list("parameters")
    func at<T>(_ list: [T], _ position: Int, _ none: T) -> T { list.indices.contains(position) ? list[position] : none }
    return columns.enumerated().map { position, column in
      Key(
        what: column ?? PredicateTree.withoutLocations(expressions.popFirst() ?? ""), isExpression: column == nil,
        opclass: at(opclasses, position, 0), collation: at(collations, position, 0),
        isDescending: at(options, position, 0) & 1 != 0, nullsFirst: at(options, position, 0) & 2 != 0,
        parameters: at(parameters, position, ""))
    }
  }
}
