import Postgres
import Sandbox
import Testing

@testable import Medic

/// Every examination as every kind of role: what a superuser finds is found or owned up to, and nothing ends in an error.
@Suite(.serialized) struct RightsMatrixTests {
  /// Sessions and statements come and go with other tests: those examinations only have to answer.
  private static let ofTheMoment: Set<String> = ["conns", "locks", "now", "slow", "repl", "checkup"]

  @Test(arguments: Examinations.all.map { $0.name }) func whatARoleCannotSeeItSays(_ name: String) throws {
    let examination = try #require(Examinations.all.first { $0.name == name })
    let scratch = try Scratch("medic_rights")
    try Scratch.run(Planted.schema + Planted.grants, on: scratch.connection)
    let all = Planted.Answer(try examination.look(scratch.connection))
    for role in Planted.roles.dropFirst() {
      let connection = try scratch.connect(user: role)
      let answer = Planted.Answer(try examination.look(connection))
      #expect(answer.report.role == role)
      #expect(!answer.report.scope.isEmpty && !answer.report.summary.isEmpty)
      if !Self.ofTheMoment.contains(name) { #expect(answer.silent(on: all) == [], "\(role)") }
      #expect(connection.transactionStatus == .idle)
    }
  }

  /// What `\checkup` finds as a plain role that may read every table.
  private static let before = Swift.Result { () throws -> Planted.Answer in
    let scratch = try Scratch("medic_revoked")
    try Scratch.run(Planted.schema + Planted.grants, on: scratch.connection)
    try Scratch.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO medic_matrix_plain", on: scratch.connection)
    return Planted.Answer(try Checkup.look(try scratch.connect(user: "medic_matrix_plain"), [("limit", "10000")]))
  }

  /// Each of the views, tables and functions that an examination may read, taken from the role: the rules that lose their
  /// findings by it say so, and the others go on.
  ///
  /// Rights on the catalog are a database's own, so nobody else is disturbed.
  @Test(arguments: revoked) func aQueryThatFailsIsNeverAnAllClear(_ object: String) throws {
    let before = try Self.before.get()
    #expect(before.found.count > 5)
    let scratch = try Scratch("medic_revoked", shared: true)
    let kind = object.hasSuffix(")") ? "EXECUTE ON FUNCTION" : "SELECT ON"
    try scratch.connection.execute("REVOKE \(kind) pg_catalog.\(object) FROM PUBLIC")
    defer { _ = try? scratch.connection.execute("GRANT \(kind) pg_catalog.\(object) TO PUBLIC") }
    let connection = try scratch.connect(user: "medic_matrix_plain")
    let after = Planted.Answer(try Checkup.look(connection, [("limit", "10000")]))
    #expect(after.silent(on: before) == [])
    #expect(connection.transactionStatus == .idle)
    // A rule that isn't judged doesn't pass in the documents either.
    let lost = Set(before.report.findings.map { $0.rule }).subtracting(after.report.findings.map { $0.rule })
    let junit = JUnitFormat.document([after.report], toolVersion: "")
    #expect(lost.filter { junit.contains("name=\"\($0)\"/>") } == [])
  }

  private static let revoked = [
    "pg_class", "pg_index", "pg_constraint", "pg_attribute", "pg_inherits", "pg_locks", "pg_stat_activity",
    "pg_stat_database", "pg_settings", "pg_depend", "pg_am", "pg_sequence", "pg_stats",
    "pg_stat_get_numscans(oid)", "pg_stat_get_live_tuples(oid)", "pg_stat_get_tuples_deleted(oid)",
    "pg_stat_get_tuples_inserted(oid)", "pg_stat_get_bgwriter_stat_reset_time()", "pg_stat_get_activity(integer)",
    "pg_get_indexdef(oid)", "pg_relation_size(regclass)", "pg_control_system()", "pg_options_to_table(text[])",
    "has_table_privilege(oid, text)", "has_schema_privilege(oid, text)", "pg_lock_status()",
  ]
}
