/// Tables without a primary key: their rows can't be told apart, and where they are published UPDATE and DELETE fail.
struct MissingPrimaryKeys: SchemaRule {
  static let card = Card(
    "conv-no-primary-key", severity: .warning, in: .schema, entry: "unique-constraint-online",
    summary: "tables without a primary key")

  /// $4 from 15 on: publications of whole schemas. The rest is the same.
  private static func text(publishedSchemas: String) -> String {
    """
    WITH keyed AS (SELECT i.indrelid AS id FROM pg_catalog.pg_index AS i WHERE i.indisprimary),
    published AS (
      SELECT r.prrelid AS id FROM pg_catalog.pg_publication_rel AS r
      JOIN pg_catalog.pg_publication AS p ON p.oid = r.prpubid WHERE p.pubupdate OR p.pubdelete\(publishedSchemas)
      UNION
      SELECT c.oid FROM pg_catalog.pg_class AS c
      WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND c.oid >= 16384
        AND EXISTS (SELECT FROM pg_catalog.pg_publication AS p WHERE p.puballtables AND (p.pubupdate OR p.pubdelete))
    ),
    identified AS (
      SELECT c.oid AS id FROM pg_catalog.pg_class AS c
      WHERE c.relreplident = 'f' OR (c.relreplident = 'd' AND c.oid IN (SELECT k.id FROM keyed AS k))
        OR (c.relreplident = 'i' AND EXISTS (
          SELECT FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid AND i.indisreplident AND i.indisvalid))
    ),
    keyless AS MATERIALIZED (
      SELECT c.* FROM pg_catalog.pg_class AS c
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.oid NOT IN (SELECT k.id FROM keyed AS k)
        AND NOT (c.relkind = 'p' AND EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid)
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h
            WHERE h.inhparent = c.oid AND h.inhrelid NOT IN (SELECT k.id FROM keyed AS k)))
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h
          WHERE h.inhrelid = c.oid AND h.inhparent NOT IN (SELECT k.id FROM keyed AS k))
    )
    SELECT n.nspname AS schema, c.relname AS "table", c.relkind AS kind, c.relreplident AS identity,
      CASE WHEN c.reltuples >= 0 AND (c.reltuples > 0 OR c.relpages > 0) THEN c.reltuples::bigint END AS rows,
      greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint AS bytes,
      CASE WHEN c.relkind = 'p'
        THEN EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid
          AND (h.inhparent IN (SELECT p.id FROM published AS p) OR h.inhrelid IN (SELECT p.id FROM published AS p))
          AND h.inhrelid NOT IN (SELECT i.id FROM identified AS i))
        ELSE c.oid IN (SELECT p.id FROM published AS p) AND c.oid NOT IN (SELECT i.id FROM identified AS i)
      END AS is_stuck,
      c.oid IN (SELECT p.id FROM published AS p) AS is_published,
      candidate.name AS candidate, candidate.columns, candidate.is_usable AND c.relkind = 'r' AS is_usable
    FROM keyless AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN LATERAL (
      SELECT u.relname AS name, columns.names AS columns,
        u.reloptions IS NULL AND u.reltablespace = 0 AND i.indoption::text !~ '[1-9]' AND columns.are_plain
          AND i.indnkeyatts = i.indnatts AND NOT i.indisreplident AND NOT i.indisclustered
          AND i.indexrelid NOT IN (SELECT con.conindid FROM pg_catalog.pg_constraint AS con)
          AND NOT coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS is_usable
      FROM pg_catalog.pg_index AS i
      JOIN pg_catalog.pg_class AS u ON u.oid = i.indexrelid
      CROSS JOIN LATERAL (
        SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.position) AS names,
          pg_catalog.bool_and(a.attnotnull) AS are_not_null,
          pg_catalog.bool_and(o.opcdefault AND i.indcollation[k.position - 1] = a.attcollation) AS are_plain
        FROM ROWS FROM (pg_catalog.unnest(i.indkey::int2[]), pg_catalog.unnest(i.indclass::oid[])) WITH ORDINALITY
          AS k (attnum, opclass, position)
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        JOIN pg_catalog.pg_opclass AS o ON o.oid = k.opclass
      ) AS columns
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL AND columns.are_not_null
      ORDER BY is_usable DESC, i.indnatts, i.indexrelid
      LIMIT 1
    ) AS candidate ON true
    WHERE \(Scope.ownTable)
    ORDER BY n.nspname, c.relname
    """
  }

  static let queries = [
    Query(
      from: 15,
      text(
        publishedSchemas: """

            UNION
            SELECT c.oid FROM pg_catalog.pg_publication_namespace AS s
            JOIN pg_catalog.pg_publication AS p ON p.oid = s.pnpubid
            JOIN pg_catalog.pg_class AS c ON c.relnamespace = s.pnnspid AND c.relkind IN ('r', 'p')
              AND c.relpersistence = 'p'
            WHERE p.pubupdate OR p.pubdelete
          """)),
    Query(from: 11, text(publishedSchemas: "")),
  ]

  func finding(_ row: Row) -> Finding? {
    let isStuck = row.flag("is_stuck")
    var message = "no primary key"
    if let candidate = row["candidate"] { message += "; \(SQLName.quoted(candidate)) could become it" }
    if isStuck { message += "; published without a replica identity: UPDATE and DELETE fail" }
    let identity = ["d": "default", "n": "nothing", "f": "full", "i": "index"][row.text("identity")]
    return Finding(
      Self.card, on: row.tableObject, message, severity: isStuck ? .error : nil,
      evidence: [
        Fact("rows", Value(row.int("rows"))), Fact("table_bytes", .int(row.bytes)),
        Fact("published", .bool(row.flag("is_published"))), Fact("replica_identity", Value(identity)),
        Fact("unique_index", Value(row["candidate"])),
      ],
      remedy: row.flag("is_usable")
        ? row["candidate"].map {
          .primaryKey(schema: row.text("schema"), table: row.text("table"), index: $0, columns: row.list("columns"))
        } : nil,
      weight: Double(row.bytes))
  }

  static let examples: [Example] = [
    .finds("public.t", in: "CREATE TABLE t (id int NOT NULL, n int); CREATE UNIQUE INDEX t_id ON t (id)"),
    .finds("public.\"T\"", in: "CREATE TABLE \"T\" (\"Id\" int NOT NULL); CREATE UNIQUE INDEX \"K\" ON \"T\" (\"Id\")"),
    // Reported once, at the top.
    .finds(
      "public.t",
      in: """
        CREATE TABLE t (id int NOT NULL UNIQUE) PARTITION BY RANGE (id);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (2) PARTITION BY LIST (id);
        CREATE TABLE t11 PARTITION OF t1 FOR VALUES IN (1)
        """),
    .finds("public.p", in: "CREATE TABLE p (id int NOT NULL UNIQUE); CREATE TABLE c () INHERITS (p)"),
    // A child has no key from its parent.
    .finds("public.c", in: "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (UNIQUE (id)) INHERITS (p)"),
    .clean("CREATE TABLE t (id int PRIMARY KEY); CREATE TABLE m (a int, b int, PRIMARY KEY (a, b))"),
    .clean("CREATE TABLE schema_migrations (version varchar PRIMARY KEY)"),
    .clean(
      """
      CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
      ALTER TABLE t1 ADD PRIMARY KEY (id)
      """),
    .clean(
      "CREATE TEMP TABLE t (id int); CREATE VIEW v AS SELECT 1 AS id; CREATE MATERIALIZED VIEW m AS SELECT 1 AS id"),
  ]
}
