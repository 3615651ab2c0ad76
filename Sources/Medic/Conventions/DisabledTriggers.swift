/// Triggers that don't fire. Those of a constraint are the worst: it is there, `\d` shows it, and nothing enforces it.
struct DisabledTriggers: SchemaRule {
  static let card = Card(
    "conv-trigger-disabled", severity: .warning, in: .schema, entry: "constraint-violation",
    summary: "triggers and constraints that have been disabled")

  /// A partition's copy whose parent is off as well is reported there (copies are `tgisinternal` before 15).
  static let queries = [
    Query(
      from: 13,
      """
      WITH off AS (
        SELECT g.*, c.relname, n.nspname FROM pg_catalog.pg_trigger AS g
        JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE g.tgenabled IN ('D', 'R')
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS above
            WHERE above.oid = g.tgparentid AND above.tgenabled IN ('D', 'R'))
          AND \(Scope.ownTable)
      )
      SELECT 'trigger' AS kind, o.nspname AS schema, o.relname AS "table", o.tgname AS name,
        o.tgenabled = 'R' AS is_for_replicas, ARRAY[o.nspname::text] AS schemas, ARRAY[o.relname::text] AS tables,
        ARRAY[o.tgname::text] AS triggers, 0 AS bytes
      FROM off AS o WHERE NOT o.tgisinternal OR (o.tgconstraint = 0 AND o.tgparentid <> 0)
      UNION ALL
      SELECT CASE con.contype WHEN 'f' THEN 'foreign_key' ELSE 'constraint' END, n.nspname, c.relname, con.conname,
        pg_catalog.bool_and(o.tgenabled = 'R'), pg_catalog.array_agg(o.nspname::text ORDER BY o.oid),
        pg_catalog.array_agg(o.relname::text ORDER BY o.oid), pg_catalog.array_agg(o.tgname::text ORDER BY o.oid),
        greatest(c.relpages, 0) * pg_catalog.current_setting('block_size')::bigint
      FROM off AS o
      JOIN pg_catalog.pg_constraint AS con ON con.oid = o.tgconstraint
      JOIN pg_catalog.pg_class AS c ON c.oid = con.conrelid
      JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE o.tgisinternal
      GROUP BY con.contype, n.nspname, c.relname, con.conname, c.relpages
      ORDER BY 2, 3, 4
      """)
  ]

  func finding(_ row: Row) -> Finding? {
    let isTrigger = row.text("kind") == "trigger"
    let isForReplicas = row.flag("is_for_replicas")
    let kind = DatabaseObject.Kind(rawValue: row.text("kind")) ?? .trigger
    let tables = zip(row.list("schemas"), row.list("tables")).map { SQLName.qualified($0, $1) }
    let triggers = Array(zip(tables, row.list("triggers")))
    let places = tables.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: " and ")
    let message: String
    if isTrigger {
      message =
        isForReplicas ? "ENABLE REPLICA: fires only for changes that replication applies" : "disabled: never fires"
    } else {
      message = "not enforced: its triggers on \(places) are \(isForReplicas ? "for replicas only" : "disabled")"
    }
    return Finding(
      Self.card, on: DatabaseObject(kind, schema: row.text("schema"), name: row.text("name"), table: row.text("table")),
      message, severity: isTrigger ? (isForReplicas ? .info : nil) : .error,
      evidence: [
        Fact("state", .text(isForReplicas ? "replica" : "disabled")), Fact("triggers", .int(triggers.count)),
        Fact("tables", .text(places)),
      ],
      remedy: .enableTriggers(triggers, isForReplicas: isForReplicas, isConstraint: !isTrigger),
      weight: Double(row.bytes))
  }

  private static let trigger = """
    CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER "Watch" AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();

    """
  private static let keys = "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a int REFERENCES a); "

  static let examples: [Example] = [
    .finds("public.t.\"Watch\"", in: trigger + "ALTER TABLE t DISABLE TRIGGER \"Watch\""),
    .finds("public.t1.\"Watch\"", in: trigger + "ALTER TABLE t1 DISABLE TRIGGER \"Watch\""),
    .finds("public.t1.\"Watch\"", in: trigger + "ALTER TABLE t1 ENABLE REPLICA TRIGGER \"Watch\""),
    .finds("public.b.b_a_fkey", in: keys + "ALTER TABLE b DISABLE TRIGGER ALL"),
    .finds("public.b.b_a_fkey", in: keys + "ALTER TABLE a DISABLE TRIGGER ALL; ALTER TABLE b DISABLE TRIGGER ALL"),
    .finds(
      "public.c.once",
      in: "CREATE TABLE c (id int CONSTRAINT once UNIQUE DEFERRABLE); ALTER TABLE c DISABLE TRIGGER ALL"),
    .clean(trigger + keys + "ALTER TABLE t ENABLE ALWAYS TRIGGER \"Watch\"; ALTER TABLE b DISABLE TRIGGER USER"),
  ]
}
