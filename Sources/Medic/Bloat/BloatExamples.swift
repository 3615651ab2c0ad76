extension BloatCheck {
  public static let examples: [Example] = [
    .finds(
      "public.\"T\"", committed: true,
      in: """
        CREATE TABLE "T" WITH (autovacuum_enabled = off) AS SELECT i FROM generate_series(1, 20000) i;
        DELETE FROM "T" WHERE i % 2 = 0;

        """),
    // A partition is a table like any other; its parent has no blocks.
    .finds(
      "public.t1", committed: true,
      in: """
        CREATE TABLE t (i int) PARTITION BY RANGE (i);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100000) WITH (autovacuum_enabled = off);
        INSERT INTO t SELECT i FROM generate_series(1, 20000) i;
        DELETE FROM t WHERE i > 5000;

        """),
    // One row a block can't be packed better, a fillfactor is meant, small tables aren't worth a word.
    .clean(
      """
      CREATE TABLE wide (v text);
      ALTER TABLE wide ALTER v SET STORAGE plain;
      INSERT INTO wide SELECT repeat('x', 4200) FROM generate_series(1, 100) i;
      CREATE TABLE filled WITH (fillfactor = 50) AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i;
      CREATE TABLE small WITH (autovacuum_enabled = off) AS SELECT i FROM generate_series(1, 200) i;
      DELETE FROM small;

      """, committed: true),
    .clean(
      """
      CREATE TABLE t AS SELECT i FROM generate_series(1, 20000) i;
      DELETE FROM t WHERE i % 5 = 0;

      """, committed: true),
    .finds(
      "public.t", rule: toast.rule, committed: true,
      in: """
        CREATE TABLE t (i int, v text) WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off);
        ALTER TABLE t ALTER v SET STORAGE external;
        INSERT INTO t SELECT i, repeat('x', 5000) FROM generate_series(1, 500) i;
        DELETE FROM t WHERE i % 2 = 0;

        """),
    .clean(
      """
      CREATE TABLE t (i int, v text);
      ALTER TABLE t ALTER v SET STORAGE external;
      INSERT INTO t SELECT i, repeat('x', 5000) FROM generate_series(1, 500) i;

      """, rule: toast.rule, committed: true),
    .finds(
      "public.t_i_idx", rule: index.rule, committed: true,
      in: """
        CREATE TABLE t (i int NOT NULL) WITH (autovacuum_enabled = off);
        CREATE UNIQUE INDEX ON t (i);
        INSERT INTO t SELECT i FROM generate_series(1, 50000) i;
        DELETE FROM t WHERE i % 4 <> 0;
        VACUUM ANALYZE t;

        """),
    .clean(
      """
      CREATE TABLE t (i int NOT NULL, s text);
      CREATE INDEX ON t (i) WITH (fillfactor = 50);
      CREATE INDEX ON t (s);
      INSERT INTO t SELECT i, 'status ' || i % 3 FROM generate_series(1, 50000) i;
      REINDEX TABLE t;
      ANALYZE t;

      """, rule: index.rule, committed: true),
  ]
}
