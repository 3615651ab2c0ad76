import Postgres

/// What an examination must know about the server and the role before it can judge.
public struct Server: Sendable, Equatable {
  public let database: String
  /// As a number: 150020.
  public let version: Int
  /// As the server writes it, without a distributor's addition: `15.20`.
  public let versionText: String
  /// The role whose rights count (`current_user`).
  public let role: String
  public let isSuperuser: Bool
  /// pg_monitor, or pg_read_all_stats, which is what lets one see other sessions and counters.
  public let readsAllStatistics: Bool
  public let readsAllData: Bool
  public let isStandby: Bool
  public let backendPID: Int32
  /// Bytes of a page, 8192 unless the server was built otherwise.
  public let blockSize: Int
  /// True when the connection ends at a pooler: the server's process isn't the one that libpq was told of.
  public let isPooled: Bool
  /// `Amazon RDS`, …, recognised by its administrative role; nil elsewhere.
  public let provider: String?

  public var major: Int { version / 10000 }

  /// For a report's first line.
  public var rights: String {
    var rights: [String] = []
    if isSuperuser { rights.append("superuser") }
    if readsAllStatistics && !isSuperuser { rights.append("pg_monitor") }
    if readsAllData && !isSuperuser { rights.append("pg_read_all_data") }
    if let provider { rights.append(provider) }
    return rights.isEmpty ? "plain role" : rights.joined(separator: ", ")
  }

  static let facts = """
    SELECT pg_catalog.current_database() AS database,
      pg_catalog.current_setting('server_version_num') AS version,
      pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version_text,
      current_user AS role,
      pg_catalog.pg_is_in_recovery() AS is_standby,
      pg_catalog.pg_backend_pid() AS pid, pg_catalog.current_setting('block_size') AS block_size,
      (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS is_superuser,
      pg_catalog.array_agg(r.rolname::text ORDER BY r.rolname)
        FILTER (WHERE pg_catalog.pg_has_role(r.oid, 'USAGE')) AS usable,
      pg_catalog.array_agg(r.rolname::text ORDER BY r.rolname) AS existing
    FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN ('pg_read_all_stats', 'pg_read_all_data', 'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin',
      'supabase_admin', 'neon_superuser')
    """

  /// Asks the server. Only inside `Connection.inspect`.
  static func read(_ connection: borrowing Connection) throws(PostgresError) -> Server {
    guard let row = try connection.rows(facts).first else { throw .usage("the server told nothing about itself") }
    let usable = row.list("usable")
    let providers = [
      ("rds_superuser", "Amazon RDS"), ("cloudsqlsuperuser", "Google Cloud SQL"), ("azure_pg_admin", "Azure"),
      ("supabase_admin", "Supabase"), ("neon_superuser", "Neon"),
    ]
    let existing = row.list("existing")
    let isSuperuser = row.flag("is_superuser")
    let pid = row.int("pid").flatMap { Int32(exactly: $0) } ?? 0
    return Server(
      database: row.text("database"), version: row.int("version") ?? 0, versionText: row.text("version_text"),
      role: row.text("role"), isSuperuser: isSuperuser,
      readsAllStatistics: isSuperuser || usable.contains("pg_read_all_stats"),
      readsAllData: isSuperuser || usable.contains("pg_read_all_data"), isStandby: row.flag("is_standby"),
      backendPID: pid, blockSize: row.int("block_size") ?? 8192, isPooled: pid != connection.backendPID,
      provider: providers.first { existing.contains($0.0) }?.1)
  }
}
