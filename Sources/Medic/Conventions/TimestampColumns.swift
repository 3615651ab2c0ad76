/// Points in time without their zone: what is stored depends on the session's TimeZone, and nothing says which it was.
struct TimestampColumns: ColumnRule {
  static let card = Card(
    "conv-timestamp", severity: .warning, in: .schema, entry: "conv-timestamptz",
    summary: "timestamp columns without time zone")
  static let types = ["timestamp", "tsrange", "tsmultirange"]

  func finding(_ column: TypedColumn) -> Finding? {
    let better = ["tsrange": "tstzrange", "tsmultirange": "tstzmultirange"][column.base] ?? "timestamptz"
    return column.finding(Self.card, "another instant in another TimeZone; use \(better)")
  }

  static let examples: [Example] = [
    .finds("public.t.at", in: "CREATE TABLE t (at timestamp)"),
    .finds("public.t.at", in: "CREATE TABLE t (at timestamp(0) without time zone DEFAULT now())"),
    .finds("public.\"Bookings\".\"At\"", in: "CREATE TABLE \"Bookings\" (\"At\" timestamp)"),
    .finds("public.t.during", in: "CREATE TABLE t (during tsrange)"),
    .finds("public.t.at", in: "CREATE DOMAIN moment AS timestamp; CREATE TABLE t (at moment)"),
    .finds("public.t.at", in: "CREATE DOMAIN m AS timestamp; CREATE DOMAIN m2 AS m; CREATE TABLE t (at m2[])"),
    .finds("public.t.day", in: "CREATE TABLE t (at timestamptz, day timestamp GENERATED ALWAYS AS ('epoch') STORED)"),
    // Once, at the top: partitions and children have the column from there.
    .finds(
      "public.t.at",
      in: """
        CREATE TABLE t (at timestamp) PARTITION BY RANGE (at);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
        CREATE TABLE s (at timestamp); ALTER TABLE t ATTACH PARTITION s FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')
        """),
    .finds("public.p.at", in: "CREATE TABLE p (at timestamp); CREATE TABLE c (x int) INHERITS (p)"),
    .clean("CREATE TABLE t (at timestamptz, day date, t time, during tstzrange)"),
    .clean("CREATE TABLE t (x int, at timestamp); ALTER TABLE t DROP COLUMN at"),
    .clean("CREATE TABLE t (x int); CREATE VIEW v AS SELECT localtimestamp AS at; CREATE TYPE c AS (at timestamp)"),
    .clean("CREATE TEMP TABLE t (at timestamp); CREATE TABLE ar_internal_metadata (key text, created_at timestamp(6))"),
    // A type of the same name is another type.
    .clean("CREATE DOMAIN public.\"timestamp\" AS timestamptz; CREATE TABLE t (at public.\"timestamp\")"),
  ]
}
