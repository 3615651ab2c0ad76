extension ForeignKeyCheck {
  public static var examples: [Example] { served + badlyServed + ofVersion18 + misfits }

  private static let parent = "CREATE TABLE a (id int PRIMARY KEY, k text, UNIQUE (id, k)); "

  private static let served: [Example] = [
    .clean(parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a)"),
    // A set: the order of the columns doesn't matter, more columns behind them don't either.
    .clean(
      parent + """
        CREATE TABLE b (a int, k text, z int, FOREIGN KEY (a, k) REFERENCES a (id, k));
        CREATE INDEX ON b (k, a, z)
        """),
    // A predicate that only says that the key isn't null is implied by the query.
    .clean(parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a) WHERE a IS NOT NULL"),
    .clean(
      parent + """
        CREATE TABLE b (a int, k text, FOREIGN KEY (a, k) REFERENCES a (id, k));
        CREATE INDEX ON b (a, k) WHERE a IS NOT NULL AND k IS NOT NULL
        """),
    .clean(parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b USING hash (a)"),
    .clean(parent + "CREATE TABLE b (a int PRIMARY KEY REFERENCES a)"),
    // A booking table has nothing but its exclusion constraint.
    .clean(
      parent + """
        CREATE EXTENSION btree_gist;
        CREATE TABLE b (a int REFERENCES a, during tstzrange, EXCLUDE USING gist (a WITH =, during WITH &&))
        """),
    .clean(
      parent + """
        CREATE EXTENSION btree_gin;
        CREATE TABLE b (a int REFERENCES a, tags text[]); CREATE INDEX ON b USING gin (tags, a)
        """),
    .clean(
      """
      CREATE TABLE t (id text PRIMARY KEY);
      CREATE TABLE b (t text REFERENCES t); CREATE INDEX ON b (t text_pattern_ops)
      """),
    // Types that are compared without conversion: varchar and domains for text, bigint for int.
    .clean(
      """
      CREATE DOMAIN code AS varchar(20);
      CREATE TABLE t (id text PRIMARY KEY); CREATE TABLE n (id int PRIMARY KEY);
      CREATE TABLE b (t code REFERENCES t, n bigint REFERENCES n); CREATE INDEX ON b (t); CREATE INDEX ON b (n)
      """),
    .clean(
      """
      CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE t (id mood PRIMARY KEY);
      CREATE TABLE b (t mood REFERENCES t); CREATE INDEX ON b (t)
      """),
    // Partitions differ in their attribute numbers; each has its index.
    .clean(
      parent + """
        CREATE TABLE b (a int REFERENCES a, x int) PARTITION BY RANGE (x);
        CREATE TABLE b1 (x int, junk int, a int); ALTER TABLE b1 DROP COLUMN junk;
        ALTER TABLE b ATTACH PARTITION b1 FOR VALUES FROM (0) TO (10);
        CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (10) TO (20) PARTITION BY LIST (a);
        CREATE TABLE b2_one PARTITION OF b2 FOR VALUES IN (1);
        CREATE INDEX ON b (a)
        """),
    // A partitioned parent makes copies of the constraint, which aren't keys of their own.
    .clean(
      """
      CREATE TABLE a (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10);
      CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a)
      """),
    .clean(parent + "CREATE TEMP TABLE b (id int PRIMARY KEY); CREATE TEMP TABLE c (b int REFERENCES b)"),
  ]

  private static let badlyServed: [Example] = [
    .finds("public.b.b_a_fkey", in: parent + "CREATE TABLE b (a int REFERENCES a)"),
    .finds(
      "public.\"Order Lines\".\"Order Lines_Order_fkey\"",
      in: """
        CREATE TABLE "Orders" ("Id" int PRIMARY KEY);
        CREATE TABLE "Order Lines" ("Order" int REFERENCES "Orders"); CREATE INDEX ON "Order Lines" (("Order" + 1))
        """),
    .finds(
      "public.tree.tree_parent_fkey", in: "CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree)"),
    .finds(
      "public.b.b_a_fkey", in: parent + "CREATE TABLE b (a int REFERENCES a, x int); CREATE INDEX ON b (x) INCLUDE (a)"),
    .finds("public.b.b_a_fkey", in: parent + "CREATE TABLE b (a int REFERENCES a, x int); CREATE INDEX ON b (x, a)"),
    .finds(
      "public.b.b_a_fkey", in: parent + "CREATE TABLE b (a int REFERENCES a, x int); CREATE INDEX ON b (a) WHERE x > 0"),
    .finds(
      "public.b.b_a_fkey",
      in: parent + """
        CREATE TABLE b (a int REFERENCES a, x int); CREATE INDEX ON b (a) WHERE a IS NOT NULL AND x IS NOT NULL
        """),
    .finds(
      "public.b.b_a_fkey", in: parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b (a) WHERE a IS NULL"),
    .finds(
      "public.b.b_t_fkey",
      in: """
        CREATE TABLE t (id text PRIMARY KEY);
        CREATE TABLE b (t text REFERENCES t); CREATE INDEX ON b (t COLLATE "POSIX")
        """),
    // One partition of three has none.
    .finds(
      "public.b.b_a_fkey",
      in: parent + """
        CREATE TABLE b (a int REFERENCES a, x int) PARTITION BY RANGE (x);
        CREATE TABLE b1 PARTITION OF b FOR VALUES FROM (0) TO (10); CREATE INDEX ON b1 (a);
        CREATE TABLE b2 PARTITION OF b FOR VALUES FROM (10) TO (20); CREATE INDEX ON b2 (a);
        CREATE TABLE b3 PARTITION OF b FOR VALUES FROM (20) TO (30); CREATE INDEX ON ONLY b (a)
        """),
    // A failed concurrent build leaves an index that nothing can use.
    .finds(
      "public.b.b_a_fkey", committed: true,
      in: """
        CREATE TABLE a (id int PRIMARY KEY);
        CREATE TABLE b (a int REFERENCES a);
        CREATE INDEX b_a ON b (a);
        UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = 'b_a'::pg_catalog.regclass;

        """),
    .finds(
      "public.b.b_a_k_fkey", rule: weak.rule,
      in: parent + """
        CREATE TABLE b (a int, k text, z int, FOREIGN KEY (a, k) REFERENCES a (id, k)); CREATE INDEX ON b (a, z, k)
        """),
    .finds(
      "public.b.b_a_k_fkey", rule: weak.rule,
      in: parent + "CREATE TABLE b (a int, k text, FOREIGN KEY (a, k) REFERENCES a (id, k)); CREATE INDEX ON b (a)"),
    .finds(
      "public.b.b_a_fkey", rule: weak.rule,
      in: parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b USING brin (a)"),
    .clean(parent + "CREATE TABLE b (a int REFERENCES a)", rule: weak.rule),
    .clean(
      parent + "CREATE TABLE b (a int REFERENCES a); CREATE INDEX ON b USING brin (a); CREATE INDEX ON b (a)",
      rule: weak.rule),
  ]

  private static let ofVersion18: [Example] = [
    // Few different values before the key: a skip scan gets to it, in as many steps.
    .finds(
      "public.b.b_a_fkey", rule: weak.rule, from: 18, committed: true,
      in: """
        CREATE TABLE a (id int PRIMARY KEY);
        INSERT INTO a SELECT generate_series(1, 1000);
        CREATE TABLE b (status int, a int REFERENCES a);
        INSERT INTO b SELECT i % 4, i FROM generate_series(1, 1000) i;
        CREATE INDEX ON b (status, a);
        ANALYZE b;

        """),
    .clean(parent + "CREATE TABLE b (a int REFERENCES a NOT ENFORCED)", from: 18),
    .finds(
      "public.b.b_id_during_fkey", from: 18,
      in: """
        CREATE TABLE a (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
        CREATE TABLE b (id int4range, during daterange, FOREIGN KEY (id, PERIOD during) REFERENCES a (id, PERIOD during))
        """),
    .clean(
      """
      CREATE TABLE a (id int4range, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
      CREATE TABLE b (id int4range, during daterange, FOREIGN KEY (id, PERIOD during) REFERENCES a (id, PERIOD during));
      CREATE INDEX ON b USING gist (id, during)
      """, from: 18),
  ]

  private static let misfits: [Example] = [
    .finds(
      "public.b.b_n_fkey", rule: mismatch.rule,
      in: """
        CREATE TABLE n (id numeric PRIMARY KEY);
        CREATE TABLE b (n int REFERENCES n); CREATE INDEX ON b (n)
        """),
    .clean(
      "CREATE TABLE n (id int PRIMARY KEY); CREATE TABLE b (n bigint REFERENCES n, m smallint REFERENCES n)",
      rule: mismatch.rule),
    .finds(
      "public.b.again", rule: duplicate.rule,
      in: parent + "CREATE TABLE b (a int REFERENCES a, CONSTRAINT again FOREIGN KEY (a) REFERENCES a)"),
    .clean(
      parent + "CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a REFERENCES c)",
      rule: duplicate.rule),
  ]
}
