/// A rule about columns of certain types. All such rules are answered by one pass over the columns.
///
/// A new one is a file with such a type, and its line in `Conventions.columnRules`.
protocol ColumnRule: Sendable {
  static var card: Card { get }
  /// Names of the types in pg_catalog; domains over them, arrays of them and domains over those count, too.
  static var types: [String] { get }
  static var examples: [Example] { get }

  init()

  func finding(_ column: TypedColumn) -> Finding?
}

/// A column of an ordinary or partitioned table that has a type some rule asks about.
///
/// A column that a partition or a child has from its parent is its parent's affair. Views take their types from below,
/// foreign tables from elsewhere.
struct TypedColumn: Sendable {
  let object: DatabaseObject
  /// The name in pg_catalog of the type that it comes down to, such as `bpchar`.
  let base: String
  /// As a person writes it: `character(3)`, `shop.code`, `timestamp without time zone[]`.
  let type: String
  let isDomain: Bool
  let isArray: Bool
  /// −1 when the type has none.
  let modifier: Int
  let bytes: Int

  /// The types named in an array, with those made of them: `types (id, base, modifier, is_domain, is_array)`.
  ///
  /// Every table has an array type of its own, which can't matter here and is left out first.
  static func types(namedIn names: String) -> String {
    """
    made (id, source, modifier, is_domain) AS MATERIALIZED (
      SELECT t.oid, CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END, t.typtypmod, t.typtype = 'd'
      FROM pg_catalog.pg_type AS t
      WHERE t.typtype = 'd' OR (t.typcategory = 'A' AND t.typlen = -1 AND (t.typelem < 16384 OR t.typelem IN (
        SELECT d.oid FROM pg_catalog.pg_type AS d WHERE d.typtype = 'd')))
    ), types (id, base, modifier, is_domain, is_array) AS (
      SELECT t.oid, t.typname, -1, false, false FROM pg_catalog.pg_type AS t
      WHERE t.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND t.typname = ANY (\(names))
      UNION ALL
      SELECT made.id, types.base, CASE WHEN made.modifier >= 0 THEN made.modifier ELSE types.modifier END,
        made.is_domain, types.is_array OR NOT made.is_domain
      FROM types JOIN made ON made.source = types.id
    )
    """
  }

  /// `ar_internal_metadata` is Rails' own, which makes it anew as it likes.
  static let query = Query(
    from: 11,
    """
    WITH RECURSIVE \(types(namedIn: "$4::name[]"))
    SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", types.base,
      pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, types.is_domain, types.is_array,
      CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE types.modifier END AS modifier,
      greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
    FROM pg_catalog.pg_attribute AS a
    JOIN types ON types.id = a.atttypid
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE a.atttypid = ANY (ARRAY(SELECT t.id FROM types AS t)) AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attinhcount = 0 AND c.relkind IN ('r', 'p') AND c.relname <> 'ar_internal_metadata'
      AND \(Scope.ownTable)
    ORDER BY n.nspname, c.relname, a.attnum
    """)

  init(_ row: Row) {
    object = row.columnObject
    base = row.text("base")
    type = row.text("type")
    isDomain = row.flag("is_domain")
    isArray = row.flag("is_array")
    modifier = row.int("modifier") ?? -1
    bytes = row.bytes
  }

  /// A finding on the column, with its type in the message. Another type rewrites the table, which no SQL makes safe on
  /// a busy server: the entry shows the way, so no remedy is offered.
  func finding(
    _ card: Card, _ message: String, severity: Severity? = nil, confidence: Confidence = .high
  ) -> Finding {
    Finding(
      card, on: object, "\(isDomain ? "domain \(type)" : type): \(message)", severity: severity,
      evidence: [
        Fact("type", .text(type)), Fact("base_type", .text(base)), Fact("domain", .bool(isDomain)),
        Fact("table_bytes", .int(bytes)),
      ], confidence: confidence, weight: Double(bytes))
  }
}
