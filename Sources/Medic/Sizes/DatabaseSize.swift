import Postgres

/// A database of the cluster and its size on disk.
struct DatabaseSize: Sendable {
  let id: Int
  let name: String
  /// Nil where the role may neither connect to it nor read all statistics.
  let bytes: Int?
  let isCurrent: Bool

  /// pg_database_size looks at every file of a database, and takes no lock.
  static let query = """
    SELECT d.oid AS id, d.datname AS name, d.datname = pg_catalog.current_database() AS is_current,
      CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
          OR pg_catalog.pg_has_role(r.oid, 'USAGE')
        THEN pg_catalog.pg_database_size(d.oid) END AS bytes
    FROM pg_catalog.pg_database AS d
    LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = 'pg_read_all_stats'
    ORDER BY 4 DESC NULLS LAST, d.datname
    """

  init(_ row: Row) {
    id = row.int("id") ?? 0
    name = row.text("name")
    bytes = row.int("bytes")
    isCurrent = row.flag("is_current")
  }
}
