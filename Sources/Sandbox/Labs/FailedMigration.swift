/// A migration that died in the middle: one statement is applied, the next has left an INVALID unique index behind.
struct FailedMigration: Lab {
  let id = "migration-failed-midway"
  let title = "A migration died half-way, and can't be repeated"
  let situation = """
    Last night's migration was to give "orders" a column "note" and a unique index over "number". It stopped with an \
    error. Run again, it stops at once: the column is already there. \\d shows the index, yet lookups by number still \
    read the whole table.

    The migration before it, of the same evening, has added the column "channel"; that one is fine and in use. \
    schema_migrations holds what the framework thinks has been applied. Each order counts; a retry in the shop has \
    stored some of them twice.

    Clean up behind the failed migration.
    """
  let hints = [
    "\\d orders shows what of the migration is there. Which of its two statements can't be taken back by a transaction?",
    "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid: an index that no query reads, and that "
      + "is in the way of the next try.",
    "DROP INDEX CONCURRENTLY takes it away; so does mending the duplicates (keep one of each) and REINDEX INDEX "
      + "CONCURRENTLY. Rolling back \"the last migration\" would undo the good one.",
  ]

  private func orders(_ scene: Scene) -> Int { scene.figure("orders", in: 4000...6000) }
  private let unique = "orders_number_key"

  func provoke(_ scene: Scene, on cluster: borrowing Cluster) throws(SandboxError) {
    try scene.makeRoles("lab_app")
    let server = try scene.link()
    try server.run(
      """
      CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, number text NOT NULL,
        channel text NOT NULL DEFAULT 'web', placed_at timestamptz NOT NULL, total numeric(10, 2) NOT NULL);
      INSERT INTO orders (number, placed_at, total)
      SELECT 'Q' || lpad(i::text, 6, '0'), timestamptz '2026-01-01 00:00+00' + i * interval '7 minutes',
        (i * 131 % 20000) / 100.0
      FROM generate_series(1, \(orders(scene))) i;
      INSERT INTO orders (number, placed_at, total)
      SELECT number, placed_at + interval '3 seconds', total FROM orders
      WHERE id % \(scene.figure("every", in: 60...140)) = 0;
      CREATE INDEX orders_placed_at ON orders (placed_at);
      CREATE TABLE schema_migrations (version text PRIMARY KEY);
      INSERT INTO schema_migrations VALUES ('20260301090000'), ('20260401190000');
      ALTER TABLE orders ADD COLUMN note text
      """)
    let build = "CREATE UNIQUE INDEX CONCURRENTLY \(unique) ON orders (number)"
    guard try server.failure(of: build) == "23505" else {
      throw .statement(build, message: "the incident did not come about: there were no duplicates")
    }
  }

  func judge(_ scene: Scene, _ server: borrowing Link) throws(SandboxError) -> Verdict {
    var verdict = Verdict()
    guard try server.says("to_regclass('orders') IS NOT NULL") else {
      verdict.keeps(false, "the table orders is gone")
      return verdict
    }
    // the failed build has written no page, and a query that plans with such an index fails
    let isMarked = try server.says(
      """
      EXISTS (SELECT FROM pg_index
        WHERE indexrelid = to_regclass('\(unique)') AND indisvalid AND pg_relation_size(indexrelid) = 0)
      """)
    if isMarked {
      verdict.keeps(false, "\(unique) calls itself valid and is empty: its mark was changed by hand")
      return verdict
    }
    let invalid = try server.run(
      "SELECT indexrelid::regclass FROM pg_index WHERE indrelid = 'orders'::regclass AND NOT indisvalid ORDER BY 1")
    verdict.wants(invalid.isEmpty, "orders has an invalid index: \(invalid.joined(separator: ", "))")
    let gone = try orders(scene) - server.count("SELECT count(DISTINCT number) FROM orders")
    verdict.keeps(gone <= 0, "\(gone) orders are gone; of each one had to stay")
    verdict.keeps(
      try server.says(
        """
        EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'channel')
        AND EXISTS (SELECT FROM schema_migrations WHERE version = '20260401190000')
        """),
      "the migration before it, with the column channel, has been undone")
    verdict.keeps(
      try server.says(
        """
        (SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid IN (
          to_regclass('orders_pkey'), to_regclass('orders_placed_at'))) = 2
        """), "an index that was in order is gone: orders_pkey or orders_placed_at")
    return verdict
  }
}
