/// The recorded workload: what pg_stat_statements and the statistics counters know when the sandbox starts.
extension Demo {
  /// One statement of the application, sent many times.
  struct Traffic {
    let times: Int
    /// The statement for the i-th time.
    let sql: @Sendable (Int) -> String

    init(_ times: Int, _ sql: @escaping @Sendable (Int) -> String) {
      self.times = times
      self.sql = sql
    }
  }

  /// As the role `app` sends it, over one connection.
  static let workload: [Traffic] = [
    // PLANTED (slow, advise): a customer's orders, by the unindexed foreign key.
    Traffic(150) {
      """
      SELECT id, status, total FROM shop.orders WHERE customer_id = \(1 + $0 * 97 % 14900) \
      ORDER BY placed_at DESC LIMIT 20
      """
    },
    // PLANTED (slow, N+1): one query for each order of a page, where a join would do.
    Traffic(600) { "SELECT line, product_id, quantity FROM shop.order_line WHERE order_id = \(1 + $0 * 83 % 50000)" },
    Traffic(600) { "SELECT name, price FROM shop.product WHERE id = \(1 + $0 * 41 % 2000)" },
    // Keyed lookups as they should be.
    Traffic(200) { "SELECT id, name FROM shop.customer WHERE id = \(1 + $0 * 61 % 15000)" },
    Traffic(100) { "SELECT id, name FROM shop.customer WHERE email = 'user\($0 * 71 % 15000)@example.com'" },
    Traffic(60) { "SELECT id FROM shop.customer WHERE lower(email) = lower('User\($0 * 51 % 15000)@Example.com')" },
    // PLANTED (slow, advise): by product, by status and time, by a jsonb condition, by a piece of the name.
    Traffic(40) { "SELECT sum(quantity) FROM shop.order_line WHERE product_id = \(1 + $0 * 29 % 2000)" },
    Traffic(40) { _ in "SELECT count(*) FROM shop.orders WHERE status = 'returned' AND placed_at > '2025-10-01'" },
    Traffic(25) {
      "SELECT id, email FROM shop.customer WHERE profile @> '{\"plan\": \"gold\", \"visits\": \($0 * 7 % 997)}'"
    },
    Traffic(25) { "SELECT id, name FROM shop.customer WHERE name ILIKE '%berg \($0 * 3)%' LIMIT 20" },
    // PLANTED (slow): a sort that spills to disk, an aggregate over everything.
    Traffic(3) { _ in
      "SELECT order_id, product_id FROM shop.order_line ORDER BY product_id, quantity, order_id OFFSET 99000"
    },
    Traffic(5) { _ in
      "SELECT country, sum(total) FROM shop.orders o JOIN shop.customer c ON c.id = o.customer_id GROUP BY country"
    },
    // One partition of many is read.
    Traffic(80) {
      "SELECT avg(value) FROM ops.reading WHERE at >= '2025-06-\(10 + $0 % 10)' AND at < '2025-06-\(11 + $0 % 10)'"
    },
    Traffic(30) { "SELECT count(*) FROM ops.audit WHERE actor = 'user\($0 % 40)' AND action = 'drop'" },
    Traffic(20) { "SELECT max(at) FROM ops.audit WHERE object_id = \($0 * 17 % 5000)" },
    Traffic(20) { "SELECT name FROM shop.product WHERE sku LIKE 'SKU-00\(10 + $0)%'" },
    Traffic(20) { "SELECT id FROM shop.product WHERE sku = 'SKU-\(100_000 + $0)'" },
    // What keeps the other indexes in use.
    Traffic(30) {
      "SELECT id, actor FROM ops.audit WHERE at >= '2025-04-\(10 + $0 % 10)' AND at < '2025-04-\(10 + $0 % 10) 01:00'"
    },
    Traffic(30) { "SELECT id FROM ops.audit WHERE object_id > \($0 * 17 % 5000) ORDER BY object_id, at DESC LIMIT 5" },
    Traffic(20) {
      "SELECT id FROM ops.audit WHERE object_id = \($0 * 17 % 5000) AND action = 'drop' ORDER BY at LIMIT 1"
    },
    Traffic(30) { "SELECT at FROM ops.token WHERE token = md5('\($0 * 5)')" },
    Traffic(20) { "SELECT id FROM ops.place WHERE ops.folded(name) = 'place \(1 + $0)'" },
    Traffic(20) {
      """
      SELECT id FROM shop.shipment WHERE shipped_at >= '2025-03-\(10 + $0)' \
      AND shipped_at < '2025-03-\(10 + $0) 06:00'
      """
    },
    Traffic(20) { "SELECT id FROM shop.ticket WHERE status = 'open' AND customer_id = \(1 + $0 * 53 % 14900)" },
    Traffic(20) {
      """
      SELECT id, agent_id FROM shop.ticket WHERE opened_at >= '2025-03-\(10 + $0)' \
      AND opened_at < '2025-03-\(11 + $0)'
      """
    },
    Traffic(20) {
      """
      SELECT email FROM shop.customer WHERE created_at >= '2024-05-\(10 + $0)' \
      AND created_at < '2024-05-\(10 + $0) 06:00'
      """
    },
    Traffic(15) { "SELECT id FROM billing.contract WHERE tariff_id = \(1 + $0)" },
    Traffic(15) { "SELECT sum(counted) FROM shop.count_sheet WHERE warehouse = 1 AND id > \($0)" },
    // Writing: sound statements, and deletes of a parent that read the children.
    Traffic(120) {
      """
      INSERT INTO shop.orders (customer_id, status, total, placed_at) \
      VALUES (\(1 + $0 * 13), 'open', \($0).50, '2026-01-01')
      """
    },
    Traffic(80) { "UPDATE shop.orders SET status = 'shipped' WHERE id = \(48501 + $0)" },
    Traffic(40) { "DELETE FROM shop.customer WHERE id = \(14960 + $0 % 41)" },
    Traffic(40) { "UPDATE ops.setting SET value = '\($0)' WHERE name = 'setting \(1 + $0 % 20)'" },
  ]
}
