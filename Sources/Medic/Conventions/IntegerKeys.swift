/// Keys of four or two bytes: the day their sequence passes 2,147,483,647 (or 32,767) every insert fails. `\seqs` says
/// how far it is to that day.
struct IntegerKeys: SchemaRule {
  static let card = Card(
    "conv-integer-key", severity: .warning, in: .schema, entry: "conv-bigint-pk",
    summary: "integer and smallint keys where bigint would never run out")

  /// A key that also refers elsewhere has its type from there.
  static let queries = [
    Query(
      from: 11,
      """
      WITH RECURSIVE \(TypedColumn.types(namedIn: "ARRAY['int2', 'int4']::name[]")),
      keys (table_id, attnum, is_key, generator) AS (
        SELECT con.conrelid, con.conkey[1], true, NULL FROM pg_catalog.pg_constraint AS con
        WHERE con.contype = 'p' AND pg_catalog.cardinality(con.conkey) = 1
        UNION ALL
        SELECT d.refobjid, d.refobjsubid, false, CASE d.deptype WHEN 'i' THEN 'identity' ELSE 'serial' END
        FROM pg_catalog.pg_sequence AS s
        CROSS JOIN LATERAL (
          SELECT p.refobjid, p.refobjsubid, p.deptype FROM pg_catalog.pg_depend AS p
          WHERE p.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.objid = s.seqrelid AND p.refobjsubid > 0
            AND p.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND p.deptype IN ('a', 'i')
          LIMIT 1
        ) AS d
        UNION ALL
        SELECT e.adrelid, e.adnum, false, 'nextval' FROM pg_catalog.pg_attrdef AS e
        WHERE e.adbin::text LIKE '%{FUNCEXPR :funcid 1574 %'
      )
      SELECT n.nspname AS schema, c.relname AS "table", a.attname AS "column", types.base,
        pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, pg_catalog.bool_or(k.is_key) AS is_key,
        pg_catalog.max(k.generator) AS generator,
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes
      FROM keys AS k
      JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.table_id AND a.attnum = k.attnum
      JOIN types ON types.id = a.atttypid AND NOT types.is_array
      JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE a.atttypid = ANY (ARRAY(SELECT t.id FROM types AS t)) AND NOT a.attisdropped AND a.attinhcount = 0
        AND c.relkind IN ('r', 'p')
        AND \(Scope.ownTable)
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
          WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.conkey @> ARRAY[a.attnum])
      GROUP BY n.nspname, c.relname, a.attname, a.attnum, types.base, a.atttypid, a.atttypmod, c.relpages
      ORDER BY n.nspname, c.relname, a.attnum
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let isSmall = row.text("base") == "int2"
    let generator = row["generator"]
    let use = row.flag("is_key") ? "primary key" : "numbered column"
    let how = generator.map { " (\($0))" } ?? " with values given by hand"
    return Finding(
      Self.card, on: row.columnObject,
      "\(row.text("type")) \(use)\(how) ends at \(isSmall ? "32767" : "2147483647"); how near: \\seqs",
      severity: generator == nil ? .info : nil,
      evidence: [
        Fact("type", .text(row.text("type"))), Fact("generator", Value(generator)),
        Fact("primary_key", .bool(row.flag("is_key"))), Fact("table_bytes", .int(row.bytes)),
      ],
      confidence: generator == nil ? .medium : .high, weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.t.id", in: "CREATE TABLE t (id serial PRIMARY KEY)"),
    .finds("public.t.id", in: "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n bigint)"),
    .finds("public.t.id", in: "CREATE TABLE t (id smallint PRIMARY KEY)"),
    .finds(
      "public.\"T\".\"Id\"", in: "CREATE SEQUENCE s; CREATE TABLE \"T\" (\"Id\" int DEFAULT nextval('s') PRIMARY KEY)"),
    .finds("public.t.number", in: "CREATE TABLE t (id uuid PRIMARY KEY, number serial)"),
    .finds("public.t.id", in: "CREATE DOMAIN key AS int; CREATE TABLE t (id key PRIMARY KEY)"),
    .finds(
      "public.t.id",
      in: """
        CREATE TABLE t (id serial PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (100)
        """),
    .clean("CREATE TABLE t (id bigserial PRIMARY KEY); CREATE TABLE u (id uuid PRIMARY KEY, n int, m int[] UNIQUE)"),
    .clean(
      "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY); CREATE TABLE s (version text PRIMARY KEY)"),
    // Its parent decides; and a pair of keys is no counter.
    .clean(
      """
      CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a);
      CREATE TABLE c (x int, y int, PRIMARY KEY (x, y))
      """),
  ]
}
