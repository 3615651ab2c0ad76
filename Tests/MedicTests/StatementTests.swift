import Postgres
import SQLText
import Testing

@testable import Medic

/// Every statement that examinations send is a SELECT that calls only what is on this list.
///
/// READ ONLY alone would let `pg_switch_wal`, `pg_terminate_backend`, `set_config` and many more pass.
@Suite(.serialized) struct StatementTests {
  /// Functions that read and neither write, signal, wait nor lock.
  private static let allowed: Set<String> = [
    "abs", "age", "array_agg", "bool_and", "bool_or", "cardinality", "clock_timestamp", "count", "current_database",
    "current_setting", "date_part", "format_type", "generate_series", "has_column_privilege", "has_function_privilege",
    "has_schema_privilege", "has_sequence_privilege", "has_table_privilege", "host", "lower", "max", "min",
    "pg_backend_pid",
    "pg_column_size",
    "has_database_privilege", "pg_database_size",
    "pg_column_compression", "pg_get_expr", "pg_stat_get_mod_since_analyze",
    "pg_get_indexdef", "pg_has_role", "pg_is_in_recovery", "pg_options_to_table", "pg_relation_size", "quote_ident",
    "quote_literal", "regexp_replace", "split_part", "substr", "sum", "timezone", "to_char", "to_jsonb", "unnest",
    "pg_control_checkpoint", "pg_control_system", "pg_ls_waldir", "pg_stat_get_bgwriter_stat_reset_time",
    "pg_stat_get_lastscan", "pg_stat_get_live_tuples", "pg_stat_get_numscans", "pg_stat_get_tuples_deleted",
    "pg_stat_get_tuples_hot_updated",
    "pg_stat_get_tuples_inserted", "pg_stat_get_tuples_updated", "pg_xact_commit_timestamp",
    "mxid_age", "pg_blocking_pids", "pg_current_wal_lsn", "pg_is_wal_replay_paused", "pg_last_wal_receive_lsn",
    "pg_last_wal_replay_lsn", "pg_last_xact_replay_timestamp", "pg_postmaster_start_time", "pg_wal_lsn_diff",
    "abs", "btrim", "format", "isfinite", "pg_get_expr", "pg_ls_archive_statusdir", "pg_stat_get_dead_tuples",
    "pg_stat_get_ins_since_vacuum", "pg_stat_get_last_analyze_time", "pg_stat_get_last_autoanalyze_time",
    "pg_stat_get_last_autovacuum_time", "pg_stat_get_last_vacuum_time", "pg_stat_get_mod_since_analyze", "starts_with",
    "octet_length", "pg_extension_update_paths", "pg_get_function_identity_arguments", "pg_get_keywords",
    "pg_partition_root", "regexp_match", "replace",
    "pg_postmaster_start_time", "pg_stat_get_tuples_returned",
  ]
  /// Of extensions, in whatever schema they are.
  private static let measuring: Set<String> = [
    "pg_stat_statements", "bt_page_items", "bt_page_stats", "get_raw_page", "gin_metapage_info", "page_header",
    "pgstathashindex", "pgstatindex", "pgstattuple", "pgstattuple_approx",
  ]
  /// The frame's own, in the user's transaction: statistics are read anew.
  private static let framing: Set<String> = ["pg_stat_clear_snapshot"]
  /// Functions that open a relation, so that they wait behind its lock: only where relations that are locked are known
  /// and left out, and never over a set of catalog rows.
  private static let opening: Set<String> = ["pg_relation_size", "pg_get_indexdef", "pg_get_expr", "pg_table_size"]

  private static let fixed: [String] =
    [
      Server.facts, Locks.query, Horizon.query, IndexDetails.definitionQuery, EvidenceWindow.promotion, Replicas.query,
      Replicas.identity, KeySampler.definitions, Candidates.sizes, FreeNames.query, Record.query, DatabaseSize.query,
      RelationSize.exactQuery, StatementQueries.state, StatementQueries.text(StatementQueries.texts, in: "s"),
      StatementQueries.text(StatementQueries.information, in: "s"),
    ]
    + [
      Relation.treeQuery, IndexFacts.query, Index.countOfSchemas, Index.countOfNames, Index.unscannedQuery,
      ForeignKeyCheck.fewValues, SequenceFacts.query, KeyQueries.plain, KeyQueries.copies, ConnectionLimits.query,
      SessionRow.query, OwnLimit.query, TableLayout.query, IndexLayout.query, Measures.query, Candidates.query,
      RelationSize.query,
    ].map { $0.text }
    + (EvidenceWindow.queries + ForeignKey.queries + ForeignKey.countQueries + ForeignKey.serverQueries
    + Index.similarQueries + IndexDetails.counterQueries).map { $0.text }
    + StatementQueries.counters.map { StatementQueries.text($0.text, in: "s") }
    + live
    + Conventions.checks.flatMap { $0.queries.map { $0.text } }
    + [
      HorizonHolder.query, Wraparound.query, VacuumCheck.settings, VacuumCheck.count, VacuumCheck.progress,
      ReplicationQueries.node, ReplicationQueries.senders, ReplicationQueries.slots, ReplicationQueries.archiver,
      ReplicationQueries.waiting, PreparedTransaction.query, ReplicationQueries.standby, PartitionQueries.invalid,
      PartitionQueries.lookalikes, PartitionQueries.asking, PartitionQueries.timescale, PartitionQueries.hypertables,
      PartitionQueries.jobs,
    ].map { $0.text }
    + (VacuumTable.queries + ReplicationQueries.unidentified + ReplicationQueries.subscriptions
    + PartitionedTable.queries).map { $0.text }
    + [Conventions.scopeQuery, TypedColumn.query, UsedColumn.query, RecordedUses.installed].map { $0.text }

  /// Of what looks at sessions, locks and replication.
  private static let live: [String] =
    (LockRow.queries + RunningOperation.queries + [
      PreparedTransaction.query, SynchronousStandbys.query, NodeFacts.query, WALSender.query, WALReceiver.query,
      ReplicationSlotFacts.query, ArchiverFacts.query, WALDirectory.right, WALDirectory.query, DatabaseAge.query,
    ]).map { $0.text }

  /// The functions that a statement calls, as schema and name.
  private func calls(_ value: JSONValue) -> [[String]] {
    var found: [[String]] = []
    for element in value.array ?? [] { found += calls(element) }
    for member in value.object?.members ?? [] {
      if member.key == "FuncCall" {
        found.append((member.value["funcname"]?.array ?? []).compactMap { $0["String"]?["sval"]?.string })
      }
      found += calls(member.value)
    }
    return found
  }

  private func check(_ sql: String, alsoAllowed: Set<String> = []) throws {
    let tree = try ParseTree.parse(sql)
    let statements = tree["stmts"]?.array ?? []
    #expect(statements.count == 1)
    #expect(statements.allSatisfy { $0["stmt"]?["SelectStmt"] != nil }, "\(sql)")
    let isWriting = statements.contains { $0["stmt"]?["SelectStmt"]?["lockingClause"] != nil }
    #expect(!isWriting, "\(sql)")
    for name in calls(tree) {
      let function = name.last ?? ""
      let isOurs = Self.allowed.contains(function) && name.first == "pg_catalog"
      #expect(isOurs || Self.measuring.contains(function) || alsoAllowed.contains(function), "\(name) in \(sql)")
    }
  }

  @Test(arguments: fixed.indices) func fixedStatementsCallOnlyWhatIsAllowed(_ index: Int) throws {
    try check(Self.fixed[index])
  }

  @Test func queriesOverCatalogsOpenNoRelation() throws {
    // Partition bounds are deparsed without their relation, which PartitionCheckTests proves to open none.
    let exempt =
      [IndexDetails.definitionQuery, RelationSize.exactQuery, KeySampler.definitions, Candidates.sizes]
      + PartitionedTable.queries.map { $0.text }
    for sql in Self.fixed where !exempt.contains(sql) {
      let opened = calls(try ParseTree.parse(sql)).compactMap { $0.last }.filter { Self.opening.contains($0) }
      #expect(opened == [], "\(sql)")
    }
  }

  /// Only remedies call these, which nobody runs but the user: they may stand in the sources, and must never be seen by
  /// the server.
  private static let remedying: Set<String> = [
    "pg_reload_conf", "pg_terminate_backend", "pg_cancel_backend", "setval", "nextval",
    "pg_wal_replay_resume", "pg_wal_replay_pause", "pg_drop_replication_slot",
  ]

  /// Every statement of every version, whether this server gets it or not; the parts of which some are made by name.
  @Test(arguments: StatementSource.all(in: ["Medic", "Advisor"]))
  func sourcesCallOnlyWhatIsAllowed(_ source: StatementSource) throws {
    var allowed = Self.allowed.union(Self.framing).union(Self.remedying)
    if source.place.hasPrefix("Advisor/") { allowed.formUnion(Self.planning) }
    if let tree = Self.tree(source.text) {
      #expect((tree["stmts"]?.array ?? []).allSatisfy { $0["stmt"]?["SelectStmt"] != nil })
      for name in calls(tree) where !name.contains(where: { $0.contains("hole") }) {
        let function = name.last ?? ""
        let isOurs = name.first == "pg_catalog" && allowed.contains(function)
        #expect(isOurs || Self.measuring.contains(function), "\(name) in \(source.text)")
      }
    }
    for call in source.text.matches(of: /pg_catalog\.([a-z_0-9]+)\(/) {
      #expect(allowed.contains(String(call.1)), "\(call.1) in \(source.text)")
    }
  }

  /// Nothing that is allowed is volatile by the server's own word but what is known to be harmless.
  @Test func whatIsAllowedChangesNothing() throws {
    let scratch = try Scratch("medic_statements", shared: true)
    let names = ArrayText.write(Self.allowed.sorted())
    let rows = try scratch.connection.rows(
      """
      SELECT DISTINCT p.proname FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
        AND p.provolatile = 'v' AND p.proname = ANY ($1::text[]) ORDER BY 1
      """, [names])
    let volatile = Set(rows.map { $0.text("proname") })
    #expect(volatile.isSubset(of: Self.harmless), "\(volatile.subtracting(Self.harmless))")
  }

  /// Volatile only because their answer changes while a statement runs.
  private static let harmless: Set<String> = [
    "clock_timestamp", "pg_ls_archive_statusdir", "pg_control_system", "pg_relation_size", "pg_xact_commit_timestamp",
    "pg_blocking_pids",
    "pg_database_size", "pg_is_in_recovery", "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn",
    "pg_last_xact_replay_timestamp", "pg_current_wal_lsn", "pg_is_wal_replay_paused", "pg_control_checkpoint",
    "pg_get_wal_replay_pause_state", "pg_last_committed_xact", "pg_ls_waldir", "pg_sequence_last_value",
    "pg_table_size", "pg_indexes_size", "pg_total_relation_size", "pg_wal_lsn_diff", "pg_safe_snapshot_blocking_pids",
    "pg_stat_get_wal_receiver", "pg_prepared_xact", "pg_lock_status", "pg_stat_get_activity",
  ]

  /// What \advise needs besides to plan statements: HypoPG's on a connection of its own, settings of the planner for the
  /// transaction, the definitions behind a statement.
  private static let planning: Set<String> = [
    "hypopg", "hypopg_create_index", "hypopg_drop_index", "hypopg_relation_size", "hypopg_reset", "set_config",
    "pg_get_expr", "pg_get_viewdef", "current_schemas", "concat", "to_regclass",
  ]

  /// The parse tree of a literal, with something in its holes that the grammar takes; nil for a part of a statement.
  private static func tree(_ text: String) -> JSONValue? {
    let trimmed = text.drop { $0.isWhitespace || $0 == "(" }
    guard trimmed.hasPrefix("SELECT") || trimmed.hasPrefix("WITH") else { return nil }
    for filling in ["hole", "true", "SELECT 1", "1", " "] {
      let sql = text.split(separator: StatementSource.hole, omittingEmptySubsequences: false).joined(separator: filling)
      if let tree = try? ParseTree.parse(sql) { return tree }
    }
    return nil
  }

  /// What was really sent, by the server's own record: nothing but what is marked as ours, and all of it allowed.
  @Test func whatTheServerSawIsMarkedAndAllowed() throws {
    let scratch = try Scratch("medic_statements")
    let connection = scratch.connection
    try Scratch.run(
      """
      CREATE EXTENSION pg_stat_statements;
      CREATE EXTENSION pgstattuple;
      CREATE TABLE a (id int PRIMARY KEY, v text, n name, d numeric NOT NULL DEFAULT 1);
      CREATE TABLE b (a int REFERENCES a, r int4range, j jsonb);
      CREATE INDEX ON a (v);
      CREATE INDEX ON b USING gist (r);
      CREATE INDEX ON b USING hash (a);
      CREATE INDEX ON b (a);
      CREATE INDEX ON b (a, r);
      INSERT INTO a SELECT i, repeat(md5(i::text), 80), 'n' FROM generate_series(1, 3000) i;
      INSERT INTO b SELECT i, int4range(i, i + 1) FROM generate_series(1, 3000) i;
      VACUUM ANALYZE;
      """, on: connection)
    let database = try connection.rows("SELECT oid FROM pg_database WHERE datname = current_database()").first
    try connection.execute("SELECT pg_stat_statements_reset(0, \(database?.text("oid") ?? "0"), 0)")
    for withInspect in [false, true] {
      if withInspect { try connection.execute("CREATE EXTENSION pageinspect") }
      for examination in Examinations.all {
        _ = try examination.look(connection)
        try connection.execute("BEGIN")
        _ = try examination.look(connection)
        try connection.execute("ROLLBACK")
      }
      _ = try BloatCheck.look(connection, [("exact", "on")])
    }
    let rows = try connection.rows(
      """
      SELECT s.query FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid
      WHERE d.datname = current_database() AND s.query !~ 'pg_stat_statements' ORDER BY 1
      """)
    let seen = rows.map { $0.text("query") }
    let foreign = seen.filter { !$0.contains(OwnMark.text) }
    #expect(Set(foreign).isSubset(of: ["BEGIN", "ROLLBACK", "CREATE EXTENSION pageinspect"]))
    #expect(seen.contains { $0.contains("bt_page_items") } && seen.contains { $0.contains("pgstatindex") })
    let own = seen.filter { $0.contains(OwnMark.text) }.map { sql in
      String(sql.replacing("\(OwnMark.text) ", with: "", maxReplacements: 1))
    }
    let selects = own.filter { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") }
    #expect(selects.count > 20)
    for sql in selects { try check(sql, alsoAllowed: Self.framing) }
    for sql in own where !selects.contains(sql) {
      let isFrame = ["BEGIN", "ROLLBACK", "SET LOCAL ", "SAVEPOINT ", "RELEASE "].contains { sql.hasPrefix($0) }
      #expect(isFrame, "\(sql)")
    }
  }
}
