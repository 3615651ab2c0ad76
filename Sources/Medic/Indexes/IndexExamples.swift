extension UnusedIndexes {
  public static let examples: [Example] = [
    .finds("public.t_x_idx", in: "CREATE TABLE t (x int); CREATE INDEX ON t (x)"),
    .finds("public.\"T x\"", in: "CREATE TABLE \"T\" (\"X\" int); CREATE INDEX \"T x\" ON \"T\" ((\"X\" + 1))"),
    // One scan of one partition is a use of the whole.
    .clean(
      """
      CREATE TABLE t (x int, y int) PARTITION BY RANGE (x);
      CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
      CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20);
      CREATE INDEX ON t (y);
      INSERT INTO t SELECT i % 20, i FROM generate_series(1, 1000) AS i;
      SET enable_seqscan = off;
      SET enable_bitmapscan = off;
      SELECT y FROM t1 WHERE y = 5;

      """, committed: true),
    .finds(
      "public.t_y_idx",
      in: """
        CREATE TABLE t (x int, y int) PARTITION BY RANGE (x);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10);
        CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20) PARTITION BY LIST (x);
        CREATE TABLE t21 PARTITION OF t2 FOR VALUES IN (11);
        CREATE INDEX ON t (y)
        """),
    .clean("CREATE TABLE t (x int PRIMARY KEY, y int UNIQUE); CREATE UNIQUE INDEX ON t (x, y)"),
    .clean("CREATE TABLE t (r int4range, EXCLUDE USING gist (r WITH &&))"),
    .clean("CREATE TABLE t (x int); CREATE INDEX i ON t (x); ALTER TABLE t CLUSTER ON i"),
    .clean(
      """
      CREATE TABLE t (x int NOT NULL); CREATE UNIQUE INDEX i ON t (x); ALTER TABLE t REPLICA IDENTITY USING INDEX i
      """),
    // Nothing scans it until a parent row is deleted, and then it is needed.
    .clean("CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a)"),
    .finds(
      "public.b_a_x_idx",
      in: """
        CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int PRIMARY KEY REFERENCES a, x int);
        CREATE INDEX ON b (a, x)
        """),
    .clean(
      "CREATE TABLE t (x int); CREATE INDEX ON t (x)", options: [("min_size", "10MB")]),
    .clean("CREATE TEMP TABLE t (x int); CREATE INDEX ON t (x)"),
    .clean(
      """
      CREATE TABLE t (x int);
      CREATE INDEX i ON t (x);
      UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'i'::pg_catalog.regclass;

      """, committed: true),
  ]
}

extension RedundantIndexes {
  public static var examples: [Example] { duplicates + prefixes + invalids }

  private static let table = "CREATE TABLE t (a int, b int, c text, d jsonb); "

  private static let duplicates: [Example] = [
    .finds("public.t_a_idx1", in: table + "CREATE INDEX ON t (a); CREATE INDEX ON t (a)"),
    .finds("public.t_b_idx", in: "CREATE TABLE t (a int, b int PRIMARY KEY); CREATE INDEX ON t (b)"),
    .finds("public.u2", in: table + "CREATE UNIQUE INDEX u1 ON t (a); CREATE UNIQUE INDEX u2 ON t (a)"),
    // A backward scan of the one is a forward scan of the other.
    .finds(
      "public.m2", in: table + "CREATE INDEX m1 ON t (a, b DESC); CREATE INDEX m2 ON t (a DESC, b)"),
    .finds(
      "public.x2",
      in: table + """
        CREATE INDEX x1 ON t (lower(c), (a + b)) WHERE a > 3; CREATE INDEX x2 ON t (  lower(c), (a+b)) WHERE a  > 3
        """),
    .clean(table + "CREATE INDEX ON t (a) WHERE b > 3; CREATE INDEX ON t (a) WHERE b > 4; CREATE INDEX ON t (a)"),
    .clean(table + "CREATE INDEX ON t (lower(c)); CREATE INDEX ON t (upper(c)); CREATE INDEX ON t (c)"),
    .clean(
      table + "CREATE INDEX ON t (c); CREATE INDEX ON t (c text_pattern_ops); CREATE INDEX ON t (c COLLATE \"POSIX\")"),
    .clean(table + "CREATE INDEX ON t (a, b); CREATE INDEX ON t (a DESC, b); CREATE INDEX ON t (a NULLS FIRST)"),
    .clean(table + "CREATE INDEX ON t (a); CREATE INDEX ON t USING hash (a); CREATE INDEX ON t USING brin (a)"),
    .clean(table + "CREATE INDEX ON t USING gin (d); CREATE INDEX ON t USING gin (d jsonb_path_ops)"),
    .clean("CREATE TABLE t (a int PRIMARY KEY, UNIQUE (a) DEFERRABLE)"),
    .clean(
      table + "CREATE UNIQUE INDEX ON t (a); CREATE UNIQUE INDEX ON t (a) NULLS NOT DISTINCT", from: 15),
    .clean(
      """
      CREATE EXTENSION pg_trgm; CREATE TABLE t (c text);
      CREATE INDEX ON t USING gist (c gist_trgm_ops (siglen = 16)); CREATE INDEX ON t USING gist (c gist_trgm_ops)
      """),
  ]

  private static let prefixes: [Example] = [
    .finds("public.t_a_idx", rule: prefix.rule, in: table + "CREATE INDEX ON t (a); CREATE INDEX ON t (a, b)"),
    .finds(
      "public.i", rule: prefix.rule,
      in: table + "CREATE INDEX i ON t (a) INCLUDE (b); CREATE UNIQUE INDEX ON t (a, c, b)"
    ),
    .finds(
      "public.i", rule: prefix.rule, in: table + "CREATE INDEX i ON t (a); CREATE INDEX ON t (a) INCLUDE (b)"),
    .finds(
      "public.t_a_idx", rule: prefix.rule,
      in: """
        CREATE TABLE t (a int, b int) PARTITION BY LIST (b); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE INDEX ON t (a); CREATE INDEX ON t (a, b)
        """),
    .clean(
      table + """
        CREATE UNIQUE INDEX ON t (a); CREATE INDEX ON t (a, b); CREATE INDEX ON t (b) INCLUDE (d); CREATE INDEX ON t (b, c);
        CREATE INDEX ON t USING brin (c); CREATE INDEX ON t USING brin (c, a)
        """, rule: prefix.rule),
  ]

  private static let invalids: [Example] = [
    .finds(
      "public.i_ccnew", rule: invalid.rule, committed: true,
      in: """
        CREATE TABLE t (a int);
        CREATE INDEX i ON t (a);
        CREATE INDEX i_ccnew ON t (a);
        UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'i_ccnew'::pg_catalog.regclass;

        """),
    .finds(
      "public.i", rule: invalid.rule,
      in: """
        CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
        CREATE INDEX i ON ONLY t (a)
        """),
    .clean(table + "CREATE INDEX ON t (a); CREATE INDEX \"i_ccnew\" ON t (b)", rule: invalid.rule),
  ]
}
