extension Sequences {
  public static var examples: [Example] { runningOut + keys + copies + behindTheTable + cycles }

  /// A sequence set to a value that was drawn.
  private static func drawn(_ sequence: String, _ value: Int) -> String { "SELECT setval('\(sequence)', \(value)); " }

  private static let runningOut: [Example] = [
    .finds("public.a_id_seq", in: "CREATE TABLE a (id serial PRIMARY KEY); " + drawn("a_id_seq", 2_100_000_000)),
    .finds(
      "public.\"Order_Id_seq\"",
      in: "CREATE TABLE \"Order\" (\"Id\" int GENERATED ALWAYS AS IDENTITY); "
        + drawn("\"Order_Id_seq\"", 2_000_000_000)),
    .finds("public.a_id_seq", in: "CREATE TABLE a (id smallserial); " + drawn("a_id_seq", 32_767)),
    // The column ends before its bigint sequence does, whether owned or not.
    .finds(
      "public.s", in: "CREATE SEQUENCE s; CREATE TABLE a (id int DEFAULT nextval('s')); " + drawn("s", 2_000_000_000)),
    .finds(
      "public.s",
      in: """
        CREATE DOMAIN key AS integer; CREATE DOMAIN order_key AS key CHECK (VALUE > 0);
        CREATE SEQUENCE s; CREATE TABLE a (id order_key DEFAULT nextval('s')); \(drawn("s", 2_000_000_000))
        """),
    // One sequence for several columns: the narrowest decides.
    .finds(
      "public.s",
      in: """
        CREATE SEQUENCE s; CREATE TABLE a (id bigint DEFAULT nextval('s')); CREATE TABLE b (id int DEFAULT nextval('s'));
        CREATE TABLE c (code text DEFAULT 'c' || nextval('s')); \(drawn("s", 2_000_000_000))
        """),
    .finds("public.s", in: "CREATE SEQUENCE s MAXVALUE 1000; " + drawn("s", 990)),
    .finds(
      "public.s", in: "CREATE SEQUENCE s INCREMENT -1 MINVALUE -1000 MAXVALUE -1; " + drawn("s", -990)),
    .finds(
      "public.s",
      in: """
        CREATE SEQUENCE s INCREMENT -10; CREATE TABLE a (id smallint DEFAULT nextval('s')); \(drawn("s", -32_000))
        """),
    // A partitioned table counts once.
    .finds(
      "public.a_id_seq",
      in: """
        CREATE TABLE a (id serial, d int) PARTITION BY LIST (d);
        CREATE TABLE a1 PARTITION OF a FOR VALUES IN (1); CREATE TABLE a2 PARTITION OF a FOR VALUES IN (2);
        \(drawn("a_id_seq", 2_000_000_000))
        """),
    // CYCLE is no way out where the column's type ends first.
    .finds(
      "public.s",
      in: "CREATE SEQUENCE s CYCLE; CREATE TABLE a (id int DEFAULT nextval('s')); " + drawn("s", 2_100_000_000)),
    .clean("CREATE TABLE a (id serial PRIMARY KEY); " + drawn("a_id_seq", 214_000_000)),
    .clean("CREATE TABLE a (id bigserial PRIMARY KEY); " + drawn("a_id_seq", 2_140_000_000)),
    .clean("CREATE TABLE a (id serial PRIMARY KEY)"),
    .clean("CREATE SEQUENCE s MAXVALUE 1000 CYCLE; CREATE TABLE a (n int DEFAULT nextval('s')); " + drawn("s", 999)),
    .clean("CREATE SEQUENCE s INCREMENT -1 MINVALUE -1000 MAXVALUE -1; " + drawn("s", -20)),
    // Text and wide numbers take any value.
    .clean(
      """
      CREATE SEQUENCE s; CREATE TABLE a (code text DEFAULT 'c' || nextval('s'), n numeric DEFAULT nextval('s'));
      \(drawn("s", 2_100_000_000))
      """),
    .finds(
      "public.s",
      in: "CREATE SEQUENCE s; CREATE TABLE a (n numeric(8,2) DEFAULT nextval('s')); " + drawn("s", 950_000)),
    .finds(
      "public.s", rule: wider.rule,
      in: "CREATE SEQUENCE s; CREATE TABLE a (id int DEFAULT nextval('s')); SELECT nextval('s')"),
    .clean("CREATE TABLE a (id serial, n bigserial, g int GENERATED ALWAYS AS IDENTITY)", rule: wider.rule),
    .clean("CREATE SEQUENCE s AS int; CREATE TABLE a (id int DEFAULT nextval('s'))", rule: wider.rule),
  ]

  private static let keys: [Example] = [
    .finds(
      "public.a.id", rule: keyRunsOut.rule,
      in: "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a SELECT generate_series(2100000000, 2100000100)"),
    .finds(
      "public.a.id", rule: keyRunsOut.rule, in: "CREATE TABLE a (id smallint PRIMARY KEY); INSERT INTO a VALUES (32000)"
    ),
    .clean(
      "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 100)", rule: keyRunsOut.rule),
    .clean("CREATE TABLE a (id bigint PRIMARY KEY); INSERT INTO a VALUES (2147483647)", rule: keyRunsOut.rule),
    // The parent's key is what runs out, not its copy; and a value that is no key isn't looked at.
    .clean(
      """
      CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY REFERENCES a, n int);
      INSERT INTO a VALUES (2147483640); INSERT INTO b VALUES (2147483640, 2147483640); CREATE INDEX ON b (n)
      """, rule: keyRunsOut.rule),
    .clean("CREATE TABLE a (id serial PRIMARY KEY); INSERT INTO a VALUES (2147483640)", rule: keyRunsOut.rule),
  ]

  private static let copies: [Example] = [
    .finds(
      "public.b.a", rule: copyNarrower.rule,
      in: "CREATE TABLE a (id bigserial PRIMARY KEY); CREATE TABLE b (a int REFERENCES a)"),
    .finds(
      "public.b.n", rule: copyNarrower.rule,
      in: """
        CREATE TABLE a (id bigint, n int, PRIMARY KEY (n, id));
        CREATE TABLE b (n smallint, a bigint, FOREIGN KEY (n, a) REFERENCES a)
        """),
    .clean(
      """
      CREATE TABLE a (id bigserial PRIMARY KEY); CREATE TABLE b (a bigint REFERENCES a, n int);
      CREATE TABLE c (id serial PRIMARY KEY); CREATE TABLE d (c bigint REFERENCES c, again int REFERENCES c)
      """, rule: copyNarrower.rule),
  ]

  private static let behindTheTable: [Example] = [
    .finds(
      "public.a_id_seq", rule: behind.rule,
      in: "CREATE TABLE a (id serial PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 100)"),
    .finds(
      "public.a_id_seq", rule: behind.rule,
      in: """
        CREATE TABLE a (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY); INSERT INTO a DEFAULT VALUES;
        INSERT INTO a VALUES (5)
        """),
    .finds(
      "public.s", rule: behind.rule,
      in: """
        CREATE SEQUENCE s INCREMENT -1; CREATE TABLE a (id int DEFAULT nextval('s') UNIQUE);
        INSERT INTO a VALUES (-1), (-2)
        """),
    .finds(
      "public.a_id_seq", rule: behind.rule,
      in: """
        CREATE TABLE a (id serial PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE a1 PARTITION OF a FOR VALUES FROM (0) TO (10);
        CREATE TABLE a2 PARTITION OF a FOR VALUES FROM (10) TO (100); INSERT INTO a VALUES (1), (20)
        """),
    .clean(
      "CREATE TABLE a (id serial PRIMARY KEY); INSERT INTO a SELECT FROM generate_series(1, 100)", rule: behind.rule),
    // Gaps are usual, and a value twice is allowed where nothing is unique.
    .clean(
      "CREATE TABLE a (id serial PRIMARY KEY); INSERT INTO a VALUES (3); " + drawn("a_id_seq", 50), rule: behind.rule),
    .clean("CREATE TABLE a (id serial); INSERT INTO a SELECT generate_series(1, 100)", rule: behind.rule),
    .clean(
      """
      CREATE TABLE a (id serial, d int, PRIMARY KEY (id, d)); INSERT INTO a SELECT generate_series(1, 100), 1
      """, rule: behind.rule),
    // Two servers that count odd and even hold each other's rows.
    .clean(
      """
      CREATE SEQUENCE s INCREMENT 2 START 1; CREATE TABLE a (id int PRIMARY KEY DEFAULT nextval('s'));
      INSERT INTO a DEFAULT VALUES; INSERT INTO a SELECT generate_series(2, 100, 2)
      """, rule: behind.rule),
    .finds(
      "public.s", rule: behind.rule,
      in: """
        CREATE SEQUENCE s INCREMENT 2 START 1; CREATE TABLE a (id int PRIMARY KEY DEFAULT nextval('s'));
        INSERT INTO a DEFAULT VALUES; INSERT INTO a VALUES (3)
        """),
  ]

  private static let cycles: [Example] = [
    .finds(
      "public.s", rule: cycling.rule,
      in: "CREATE SEQUENCE s MAXVALUE 100 CYCLE; CREATE TABLE a (id int PRIMARY KEY DEFAULT nextval('s')); "
        + drawn("s", 95)),
    .clean(
      "CREATE SEQUENCE s MAXVALUE 100 CYCLE; CREATE TABLE a (n int DEFAULT nextval('s')); " + drawn("s", 95),
      rule: cycling.rule),
    .clean(
      "CREATE SEQUENCE s MAXVALUE 100 CYCLE; CREATE TABLE a (id int PRIMARY KEY DEFAULT nextval('s')); "
        + drawn("s", 5),
      rule: cycling.rule),
  ]
}
