import Postgres

/// A transaction of two-phase commit that is prepared and waits for its second phase. It has no process.
struct PreparedTransaction: Sendable, Equatable {
  let gid: String
  let transaction: String
  let owner: String
  let database: String
  let seconds: Int
  /// The role that asks may end it, in its database.
  let mayEnd: Bool
  let isHere: Bool

  static let query = Query(
    from: 13,
    """
    SELECT x.gid, x.transaction, x.owner, x.database,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - x.prepared)::bigint AS seconds,
      x.owner = current_user OR me.rolsuper AS may_end, x.database = pg_catalog.current_database() AS is_here
    FROM pg_catalog.pg_prepared_xacts AS x
    LEFT JOIN pg_catalog.pg_roles AS me ON me.rolname = current_user
    ORDER BY x.prepared, x.gid
    """)

  init(_ row: Row) {
    gid = row.text("gid")
    transaction = row.text("transaction")
    owner = row.text("owner")
    database = row.text("database")
    seconds = max(0, row.int("seconds") ?? 0)
    mayEnd = row.flag("may_end")
    isHere = row.flag("is_here")
  }
}
