import Testing

@testable import Sandbox

/// The demo is what it says it is, by the server's own word.
@Suite struct DemoTests {
  /// The first column of a query in the demo.
  private func ask(_ sql: String) throws -> [String] { try SharedCluster.demo().run(sql, in: "demo") }

  private func exists(_ object: String) throws -> Bool {
    let literal = "'" + object.split(separator: "'").joined(separator: "''") + "'"
    return try ask(
      """
      SELECT 'relation' FROM pg_catalog.pg_class
        WHERE relnamespace::pg_catalog.regnamespace || '.' || pg_catalog.quote_ident(relname) = \(literal)
      UNION ALL SELECT 'function' FROM pg_catalog.pg_proc
        WHERE pronamespace::pg_catalog.regnamespace || '.' || proname = \(literal)
      UNION ALL SELECT 'constraint' FROM pg_catalog.pg_constraint c
        WHERE conrelid <> 0 AND connamespace::pg_catalog.regnamespace || '.'
          || pg_catalog.quote_ident((SELECT relname FROM pg_catalog.pg_class r WHERE r.oid = c.conrelid)) || '.'
          || pg_catalog.quote_ident(conname) = \(literal)
      UNION ALL SELECT 'role' FROM pg_catalog.pg_roles WHERE rolname = \(literal)
      UNION ALL SELECT 'database' FROM pg_catalog.pg_database WHERE datname = \(literal)
      """
    ).count == 1
  }

  @Test(arguments: Demo.Kind.allCases) func everyObjectIsThere(_ kind: Demo.Kind) throws {
    let shared = try SharedCluster.demo()
    let atomic = shared.cluster.installation.major >= 14
    for truth in Demo.planted(kind) + Demo.decoys(kind) where atomic || truth.reason != "BEGIN ATOMIC" {
      #expect(try exists(truth.object), "\(truth.object)")
    }
  }

  /// The loading skips the checks of foreign keys; here they are made anew, which checks every row.
  @Test func foreignKeysHold() throws {
    let shared = try SharedCluster.demo()
    try shared.freshDatabase(named: "checked", from: "demo")
    let statements = try shared.run(
      """
      SELECT pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I %3$s',
        conrelid::pg_catalog.regclass, conname, pg_catalog.pg_get_constraintdef(oid))
      FROM pg_catalog.pg_constraint WHERE contype = 'f' AND conparentid = 0 AND convalidated
      """, in: "checked")
    #expect(statements.count > 25)
    for statement in statements { try shared.run(statement, in: "checked") }
  }

  @Test func indexesOfFailedBuildsAreInvalid() throws {
    let invalid = try ask(
      "SELECT indexrelid::pg_catalog.regclass FROM pg_catalog.pg_index WHERE NOT indisvalid ORDER BY 1::text")
    #expect(Set(invalid) == Set(Demo.planted(.invalidIndex).map(\.object)))
  }

  /// idx_scan went with the copy, and is 0 for what is planted and decoyed as unused, not for the rest.
  @Test func scansAreCountedAcrossTheCopy() throws {
    let unused = Set(
      try ask(
        """
        SELECT s.indexrelid::pg_catalog.regclass
        FROM pg_catalog.pg_stat_user_indexes s JOIN pg_catalog.pg_index i USING (indexrelid)
        WHERE idx_scan = 0 AND indisvalid AND NOT indisunique
        """))
    let redundant = Set(Demo.planted(.redundantIndex).map(\.object))
    for truth in Demo.planted(.unusedIndex) { #expect(unused.contains(truth.object), "\(truth.object)") }
    for busy in ["shop.product_sku_pattern_idx", "ops.reading_2025_06_at_idx", "ops.audit_actor_action_idx"] {
      #expect(!unused.contains(busy), "\(busy)")
    }
    // What serves no foreign key and is not planted is used.
    let servesKeys = Set(
      try ask(
        """
        SELECT DISTINCT i.indexrelid::pg_catalog.regclass
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_constraint c ON c.conrelid = i.indrelid
        WHERE c.contype = 'f' AND i.indkey[0] = ANY (c.conkey)
        """))
    let partitions = Set(try ask("SELECT inhrelid::pg_catalog.regclass FROM pg_catalog.pg_inherits"))
    let planted = Set(Demo.planted(.unusedIndex).map(\.object))
    let left = unused.subtracting(planted).subtracting(redundant).subtracting(servesKeys).subtracting(partitions)
    #expect(left.isEmpty, "\(left.sorted())")
  }

  @Test func theWorkloadIsRecorded() throws {
    let shared = try SharedCluster.demo()
    guard shared.cluster.installation.hasLibrary("pg_stat_statements") else { return }
    let calls = Dictionary(
      uniqueKeysWithValues: try ask(
        """
        SELECT calls || ':' || query FROM public.pg_stat_statements
        WHERE userid = 'app'::pg_catalog.regrole AND query LIKE 'SELECT%order%' ORDER BY 1
        """
      ).map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (String(parts.last ?? ""), Int(parts.first ?? "") ?? 0)
      })
    #expect(calls["SELECT line, product_id, quantity FROM shop.order_line WHERE order_id = $1"] == 600)
    #expect(
      calls["SELECT id, status, total FROM shop.orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT $2"] == 150)
    // Nothing of the loading.
    #expect(
      try ask(
        "SELECT count(*) FROM public.pg_stat_statements WHERE userid = 'app'::pg_catalog.regrole AND query ~ '^(CREATE|VACUUM)'"
      )
        == ["0"])
  }

  /// What VACUUM FULL, CLUSTER or REINDEX would give back, by doing it on a copy.
  @Test func bloatIsWhereItIsSaidToBe() throws {
    let shared = try SharedCluster.demo()
    try shared.freshDatabase(named: "rebuilt", from: "demo")
    func size(_ object: String, in database: String) throws -> Double {
      let sizes = try shared.run("SELECT pg_catalog.pg_table_size('\(object)')", in: database)
      return try #require(sizes.first.flatMap(Double.init))
    }
    func share(_ truth: Demo.Truth) throws -> Double {
      let kind = try shared.run(
        "SELECT relkind FROM pg_catalog.pg_class WHERE oid = '\(truth.object)'::pg_catalog.regclass", in: "rebuilt")
      try shared.run((kind == ["i"] ? "REINDEX INDEX " : "VACUUM FULL ") + truth.object, in: "rebuilt")
      return try 1 - size(truth.object, in: "rebuilt") / size(truth.object, in: "demo")
    }
    for truth in Demo.planted(.bloat) { #expect(try share(truth) > 0.45, "\(truth.object)") }
    for truth in Demo.decoys(.bloat) where truth.reason != "small" {
      #expect(try share(truth) < 0.15, "\(truth.object)")
    }
    #expect(try size("ops.setting", in: "demo") < 65536)
  }

  @Test func sequencesAreAsFarAsTheySay() throws {
    #expect(try ask("SELECT last_value FROM ops.alert_id_seq") == ["1996000499"])
    #expect(try ask("SELECT max(measurement_id) FROM ops.measurement_note") == ["2040000499"])
    #expect(try ask("SELECT max(number) FROM ops.voucher") == ["95100"])
    #expect(try ask("SELECT min(id) FROM ops.launch") == ["-964"])
  }

  @Test func rolesHaveTheirRights() throws {
    let shared = try SharedCluster.demo()
    func can(_ role: String, _ sql: String) throws -> String? {
      try Link(socketDirectory: shared.cluster.socketDirectory, database: "demo", user: role).failure(of: sql)
    }
    #expect(try can("readonly", "SELECT count(*) FROM shop.orders") == nil)
    #expect(try can("readonly", "DELETE FROM shop.coupon") == "42501")
    #expect(try can("watcher", "SELECT count(*) FROM shop.orders") == "42501")
    #expect(try can("watcher", "SELECT pg_catalog.pg_ls_logdir()") != "42501")
    #expect(try can("app", "SELECT 1 FROM shop.orders LIMIT 1") == nil)
    #expect(
      try ask(
        """
        SELECT count(*) FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p')
          AND relnamespace::pg_catalog.regnamespace::text IN ('shop', 'billing', 'ops')
          AND relowner <> 'app'::pg_catalog.regrole
        """
      ) == ["0"])
  }

  @Test func itIsNotLarge() throws {
    let size = try #require(try ask("SELECT pg_catalog.pg_database_size('demo')").first.flatMap(Int.init))
    #expect(size < 120 << 20)
  }
}
