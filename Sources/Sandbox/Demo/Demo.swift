import CShims

/// The database `demo`: a small company's application with problems planted in it, and things that only look like
/// problems beside them. All data are generated and the same each time.
public struct Demo: Sendable {
  let server: ServerInstallation

  /// A part that is sent as one message, so as one transaction, unless its statement takes none.
  struct Chapter: Sendable {
    let role: String
    let sql: String
    /// The SQLSTATE that it must fail with.
    let failure: String?
    /// The first major version that has it.
    let version: Int
    let planted: [Truth]
    let decoys: [Truth]

    init(
      as role: String, from version: Int = 0, fails failure: String? = nil, _ sql: String, planted: [Truth] = [],
      decoys: [Truth] = []
    ) {
      self.role = role
      self.sql = sql
      self.failure = failure
      self.version = version
      self.planted = planted
      self.decoys = decoys
    }
  }

  /// What a check is about.
  public enum Kind: String, Sendable, CaseIterable {
    case foreignKey, weakForeignKey, duplicateForeignKey, foreignKeyType
    case unusedIndex, redundantIndex, invalidIndex
    case bloat, deadRows, staleStatistics, sequence, partitions, connectionLimit, publication
    case convention, notValid, disabledTrigger, rowSecurity, securityDefiner
  }

  /// Something that is so in the demo (planted), or that only looks so (a decoy).
  public struct Truth: Sendable {
    public let kind: Kind
    /// `schema.relation`, `schema.relation.constraint` or `schema.function`, quoted as SQL needs it;
    /// or a role or a database.
    public let object: String
    public let reason: String

    init(_ kind: Kind, _ object: String, _ reason: String = "") {
      self.kind = kind
      self.object = object
      self.reason = reason
    }
  }

  static let chapters: [Chapter] =
    [
      roles, shop, foreignKeys, invalidIndex, partitions, indexes, failedReindex, repairedFunction, bloat, sequences,
      conventions, atomicBody, publication,
    ] + vacuums

  /// What a check must find.
  public static func planted(_ kind: Kind) -> [Truth] { chapters.flatMap(\.planted).filter { $0.kind == kind } }
  /// What it must leave alone.
  public static func decoys(_ kind: Kind) -> [Truth] { chapters.flatMap(\.decoys).filter { $0.kind == kind } }

  /// Counts the changes to `load`.
  private static let edition = 2

  /// Everything that decides what the database holds, for the name of its template.
  static var text: String {
    "\(edition)\n" + chapters.map { "\($0.role) \($0.version) \($0.sql)" }.joined(separator: "\n")
      + workload.map { "\($0.times) \($0.sql(0)) \($0.sql(1))" }.joined(separator: "\n")
  }

  /// Makes the database on the server whose socket is in `socketDirectory`.
  func load(over socketDirectory: String) throws(SandboxError) {
    try Link(socketDirectory: socketDirectory, database: "postgres").run("CREATE DATABASE demo")
    for chapter in Self.chapters where chapter.version <= server.major {
      if shim_interrupt_pending() { throw .interrupted }
      let link = try Link(socketDirectory: socketDirectory, database: "demo")
      // Without asking for each row whether its parent is there, which would be half of the time. (A test asks.)
      try link.run("SET session_replication_role = replica; SET SESSION AUTHORIZATION \(chapter.role)")
      guard let failure = chapter.failure else {
        try link.run(chapter.sql)
        continue
      }
      guard try link.failure(of: chapter.sql) == failure else {
        throw .statement(chapter.sql, message: "it should have failed with SQLSTATE \(failure)")
      }
    }
    let own = try Link(socketDirectory: socketDirectory, database: "demo")
    let records = try !own.run("SELECT 1 FROM pg_catalog.pg_extension WHERE extname = 'pg_stat_statements'").isEmpty
    // What loading has cost is no workload.
    if records { try own.run("SELECT pg_stat_statements_reset()") }
    let app = try Link(socketDirectory: socketDirectory, database: "demo", user: "app")
    for traffic in Self.workload {
      if shim_interrupt_pending() { throw .interrupted }
      for turn in 0..<traffic.times { try app.run(traffic.sql(turn)) }
    }
  }
}
