import Postgres

/// An index of a table, as far as it decides what it can be used for.
struct IndexFacts: Sendable {
  let id: Int
  let schema: String
  let name: String
  let tableID: Int
  let method: String
  let isValid: Bool
  /// Whether a CREATE INDEX or REINDEX is at work on it now (as far as this role can see).
  let isBeingBuilt: Bool
  /// Key columns in order, nil for an expression.
  let keys: [String?]
  let families: [Int]
  let collations: [Int]
  /// Columns that the predicate says are not null; empty without a predicate, nil when it says anything else.
  let notNullColumns: Set<String>?
  /// Nothing but these keys: btree, no INCLUDE, no predicate.
  let isPlain: Bool
  /// Already a partition of an index above it.
  let isAttached: Bool

  /// The indexes of the tables in $1, and of the tables of the foreign keys in $2 those that have a column of the key.
  /// The names of `indkey`'s columns are the table's own, so that partitions whose attribute numbers differ can be
  /// compared.
  static let query = Query(
    from: 11,
    """
    WITH builds AS MATERIALIZED (
      SELECT p.index_relid AS id FROM pg_catalog.pg_stat_progress_create_index AS p
    ), chosen (id) AS MATERIALIZED (
      SELECT i.indexrelid FROM pg_catalog.pg_index AS i WHERE i.indrelid = ANY ($1::oid[])
      UNION
      SELECT i.indexrelid FROM pg_catalog.pg_constraint AS con
      JOIN pg_catalog.pg_index AS i ON i.indrelid = con.conrelid AND i.indkey::int2[] && con.conkey
      WHERE con.oid = ANY (ARRAY(SELECT k.id FROM pg_catalog.unnest($2::oid[]) AS k (id)))
    )
    SELECT i.indexrelid AS id, n.nspname AS schema, c.relname AS name, i.indrelid AS table_id, m.amname AS method,
      i.indisvalid AND i.indisready AND i.indislive AS is_valid,
      i.indexrelid IN (SELECT b.id FROM builds AS b) AS is_being_built,
      ARRAY(SELECT (SELECT a.attname FROM pg_catalog.pg_attribute AS a
          WHERE a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0)
        FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, position)
        WHERE k.position <= i.indnkeyatts ORDER BY k.position) AS keys,
      ARRAY(SELECT (SELECT o.opcfamily FROM pg_catalog.pg_opclass AS o WHERE o.oid = k.opclass)
        FROM pg_catalog.unnest(i.indclass) WITH ORDINALITY AS k (opclass, position) ORDER BY k.position) AS families,
      i.indcollation::oid[] AS collations, i.indpred::text AS predicate,
      CASE WHEN i.indpred IS NOT NULL THEN ARRAY(SELECT a.attnum::text FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = i.indrelid AND a.attnum > 0 ORDER BY a.attnum) END AS attribute_numbers,
      CASE WHEN i.indpred IS NOT NULL THEN ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = i.indrelid AND a.attnum > 0 ORDER BY a.attnum) END AS attribute_names,
      m.amname = 'btree' AND i.indnatts = i.indnkeyatts AND i.indpred IS NULL AS is_plain,
      c.relispartition AS is_attached
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
    WHERE i.indexrelid = ANY (ARRAY(SELECT ch.id FROM chosen AS ch))
    ORDER BY i.indrelid, c.relname
    """)

  /// Its first keys are these columns, in any order.
  func starts(with columns: [String]) -> Bool {
    let wanted = Set(columns)
    return !wanted.isEmpty && Set(keys.prefix(wanted.count).compactMap { $0 }) == wanted
  }

  init(_ row: Row) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    tableID = row.int("table_id") ?? 0
    method = row.text("method")
    isValid = row.flag("is_valid")
    isBeingBuilt = row.flag("is_being_built")
    keys = row.optionalList("keys")
    families = row.ints("families")
    collations = row.ints("collations")
    isPlain = row.flag("is_plain")
    isAttached = row.flag("is_attached")
    guard let predicate = row["predicate"] else {
      notNullColumns = []
      return
    }
    let names = Dictionary(zip(row.ints("attribute_numbers"), row.list("attribute_names"))) { first, _ in first }
    notNullColumns = PredicateTree.notNullColumns(predicate).map { Set($0.compactMap { names[$0] }) }
  }
}

/// How well an index serves the referential-integrity query of a foreign key.
enum IndexFit: Sendable, Equatable {
  case serves
  case weak(String)
  case refused(String)

  /// Whether the query `child = $1 [AND …]` over `columns` can use the index to go straight to its rows.
  ///
  /// `isLowCardinality` tells whether a column has so few values that a skip scan (18) may pass over it.
  static func of(
    _ index: IndexFacts, for columns: [ForeignKey.Column], major: Int, isLowCardinality: (String) -> Bool
  ) -> IndexFit {
    if !index.isValid { return .refused(index.isBeingBuilt ? "is being built now" : "is not valid") }
    guard let notNull = index.notNullColumns, notNull.isSubset(of: columns.map { $0.name }) else {
      return .refused("partial: its predicate says more than that the key is not null")
    }
    var reasons: [String] = []
    let matches = index.keys.indices.map { position -> String? in
      guard let column = columns.first(where: { $0.name == index.keys[position] }) else { return nil }
      if !column.families.contains(index.families.indices.contains(position) ? index.families[position] : 0) {
        reasons.append("its operator class for \(column.name) lacks the key's comparison")
        return nil
      }
      if column.collation != 0, index.collations.indices.contains(position), index.collations[position] != 0,
        index.collations[position] != column.collation
      {
        reasons.append("\(column.name) has another collation in it")
        return nil
      }
      return column.name
    }
    let covered = Set(matches.compactMap { $0 })
    guard !covered.isEmpty else { return .refused(reasons.first ?? "none of its keys is of the foreign key") }
    let wanted = Set(columns.map { $0.name })
    let leading = Set(matches.prefix { $0 != nil }.compactMap { $0 })
    switch index.method {
    case "btree", "gist":
      if leading == wanted { return .serves }
      if let reason = reasons.first { return .refused(reason) }
      if leading.isEmpty {
        let before = index.keys.prefix(while: { key in !(key.map { covered.contains($0) } ?? false) })
        if index.method == "btree", major >= 18, before.allSatisfy({ $0.map(isLowCardinality) ?? false }) {
          return .weak("only a skip scan over \(listed(before)) reaches the key")
        }
        if index.method == "gist" { return .weak("GiST: its first column isn't the key's") }
        return .refused("starts with \(listed(index.keys.prefix(1))), not with the key")
      }
      if covered == wanted { return .weak("other columns lie between its key columns") }
      return .weak("covers only \(leading.sorted().joined(separator: ", ")) of the key")
    case "gin":
      return covered == wanted ? .serves : .weak("covers only \(covered.sorted().joined(separator: ", ")) of the key")
    case "hash", "spgist":
      return columns.count == 1 ? .serves : .weak("\(index.method): covers only one column of the key")
    case "brin": return .weak("BRIN: each lookup reads whole block ranges")
    default: return .weak("\(index.method): each lookup reads much of the index")
    }
  }

  private static func listed(_ keys: some Collection<String?>) -> String {
    keys.map { $0 ?? "an expression" }.joined(separator: ", ")
  }
}
