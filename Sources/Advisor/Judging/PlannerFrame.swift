import Medic
import Postgres

/// The session settings under which a statement of the workload is planned, so that its names and its plan are those
/// that the user would get.
struct PlannerFrame: Sendable {
  let searchPath: String
  let parallelWorkers: String
  /// The schemas of the path that are there, `pg_catalog` among them.
  let schemas: [String]

  /// Reads them outside `inspect`, which has a search path of its own. Changes nothing.
  static func read(_ connection: borrowing Connection) throws(PostgresError) -> PlannerFrame {
    let row = try connection.rows(
      """
      SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.current_schemas(true) AS schemas,
        pg_catalog.current_setting('max_parallel_workers_per_gather') AS workers
      """
    ).first
    return PlannerFrame(
      searchPath: row?.text("path") ?? "pg_catalog", parallelWorkers: row?.text("workers") ?? "0",
      schemas: row?.list("schemas") ?? [])
  }

  /// Sets them for the rest of the transaction (or savepoint) of `Connection.inspect`.
  func enter(_ connection: borrowing Connection, parallel: Bool = true) throws(PostgresError) {
    _ = try connection.rows(
      """
      SELECT pg_catalog.set_config('search_path', $1, true),
        pg_catalog.set_config('max_parallel_workers_per_gather', $2, true),
        pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)
      """, [searchPath, parallel ? parallelWorkers : "0"])
  }
}
