import Postgres

/// pg_stat_statements as it is here, and what keeps it from telling anything.
struct StatementExtension: Sendable {
  let schema: String
  /// The minor part of the extension's version: 10 of `1.10`.
  let minor: Int
  let measuresIO: Bool
  let workMemory: String

  /// What is missing, each with its own way out.
  enum Missing: Sendable, Equatable {
    /// Neither loaded nor created; the files are there or not.
    case notInstalled(hasFiles: Bool)
    case notCreated
    case notPreloaded
    case noSchemaUsage(String)
    case off(String)

    var reason: String {
      let load =
        "add it to shared_preload_libraries (ALTER SYSTEM SET shared_preload_libraries = …, keeping what is there), "
        + "restart the server"
      switch self {
      case .notInstalled(hasFiles: true):
        return
          "pg_stat_statements is not installed: \(load), then CREATE EXTENSION pg_stat_statements"
      case .notInstalled(hasFiles: false):
        return
          "pg_stat_statements is not on this machine: install the server's contrib package (postgresql-contrib), "
          + "then \(load), then CREATE EXTENSION pg_stat_statements"
      case .notCreated:
        return
          "pg_stat_statements is loaded and counts, but this database has no view of it: CREATE EXTENSION "
          + "pg_stat_statements (no restart)"
      case .notPreloaded:
        return
          "the extension pg_stat_statements is there but its library isn't loaded, so nothing is counted: \(load)"
      case .noSchemaUsage(let schema):
        return "pg_stat_statements is in schema \(schema), on which this role has no USAGE"
      case .off(let setting): return "pg_stat_statements counts nothing: \(setting)"
      }
    }
  }

  static func read(_ row: Row, quoted: (String) -> String = { SQLName.quoted($0) })
    -> Swift.Result<Self, Obstacle>
  {
    let isLoaded = row["maximum"] != nil
    guard let schema = row["schema"], let version = row["version"] else {
      return .failure(
        Obstacle(
          missing: isLoaded ? .notCreated : .notInstalled(hasFiles: row.flag("is_available"))))
    }
    guard isLoaded else { return .failure(Obstacle(missing: .notPreloaded)) }
    guard row.flag("may_use") else {
      return .failure(Obstacle(missing: .noSchemaUsage(quoted(schema))))
    }
    if row["track"] == "none" {
      return .failure(Obstacle(missing: .off("pg_stat_statements.track is none")))
    }
    if row["query_ids"] == "off" {
      return .failure(Obstacle(missing: .off("compute_query_id is off")))
    }
    let parts = version.split(separator: ".")
    let minor = parts.first == "1" ? parts.dropFirst().first.flatMap { Int($0) } : nil
    return .success(
      StatementExtension(
        schema: schema, minor: minor ?? 99, measuresIO: row["io_timing"] == "on",
        workMemory: row.text("work_mem")))
  }

  struct Obstacle: Error, Sendable, Equatable { let missing: Missing }
}

/// What was counted up to one moment.
struct StatementSnapshot: Sendable {
  let counters: [StatementCounters]
  /// Since when, in UTC, and for how many seconds; nil before 14.
  let since: String?
  let seconds: Int?
  /// Entries that had to make room for others.
  let evicted: Int?

  static func read(
    _ source: StatementExtension, allDatabases: Bool, _ connection: borrowing Connection
  ) throws(PostgresError) -> StatementSnapshot {
    guard let sql = StatementQueries.counters.text(for: source.minor) else {
      throw .usage(
        "pg_stat_statements 1.\(source.minor) is too old: ALTER EXTENSION pg_stat_statements UPDATE"
      )
    }
    let rows = try connection.rows(
      StatementQueries.text(sql, in: source.schema), [allDatabases ? "true" : "false"])
    let information =
      source.minor >= 9
      ? try connection.rows(StatementQueries.text(StatementQueries.information, in: source.schema))
        .first : nil
    return StatementSnapshot(
      counters: rows.map { StatementCounters($0) }, since: information?["since"],
      seconds: information?.int("seconds"), evicted: information?.int("evicted"))
  }

  /// What has come since an earlier snapshot.
  func since(_ earlier: StatementSnapshot) -> [StatementCounters] {
    // After a reset of all of it, what was before means nothing.
    let old = since == earlier.since ? earlier.counters : []
    let before = Dictionary(old.map { ($0.key, $0) }) { first, _ in first }
    return counters.map { $0.since(before[$0.key]) }.filter { $0.calls > 0 || $0.execTime > 0 }
  }
}
