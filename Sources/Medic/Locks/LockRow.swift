import Postgres

/// One row of pg_locks that has to do with a wait.
struct LockRow: Sendable {
  /// Names the locked thing: rows with the same tag are locks on the same thing.
  let tag: String
  let target: LockTarget
  let mode: LockMode
  let isGranted: Bool
  /// nil for a prepared transaction.
  let pid: Int?
  /// What holds it, for a prepared transaction's rows.
  let virtualTransaction: String
  let waitSeconds: Int?
  /// Of a wait: whom `pg_blocking_pids` names, 0 for prepared transactions.
  let blockers: [Int]

  /// That many waits are followed up; the others are counted.
  static let mostWaiters = 500

  /// The locks that are waited for, all locks on the same things, the row locks of those that wait, and the
  /// transaction ids of prepared transactions. `pg_blocking_pids`, which stops the lock manager for a moment, is asked
  /// once for each waiter. A relation is named by its oid, which opens nothing.
  static let queries = [
    Query(from: 14, text(waitStart: "l.waitstart")),
    // Before 14 the server doesn't tell since when a lock is waited for.
    Query(from: 13, text(waitStart: "NULL::timestamptz")),
  ]

  private static func text(waitStart: String) -> String {
    """
    WITH locks AS MATERIALIZED (
      SELECT l.*, \(waitStart) AS since,
        ROW(l.locktype, l.database, l.relation, l.page, l.tuple, l.virtualxid, l.transactionid, l.classid, l.objid,
          l.objsubid)::text AS tag
      FROM pg_catalog.pg_locks AS l
    ), waiters AS MATERIALIZED (
      SELECT l.pid, pg_catalog.min(l.since) AS since FROM locks AS l WHERE NOT l.granted
      GROUP BY l.pid ORDER BY 2, 1 LIMIT \(mostWaiters)
    ), blocked AS MATERIALIZED (
      SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid) AS blockers FROM waiters AS w
    )
    SELECT l.tag, l.locktype AS type, l.mode, l.granted, l.pid, l.virtualtransaction, b.blockers,
      pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - l.since)::bigint AS wait_seconds,
      d.datname AS database, d.datname = pg_catalog.current_database() AS is_here,
      l.relation, n.nspname AS schema, c.relname AS name, l.page, l.tuple, l.virtualxid, l.transactionid,
      l.classid, l.objid, l.objsubid, k.relname AS catalog,
      coalesce(od.datname, orole.rolname, ons.nspname, ox.extname) AS object
    FROM locks AS l
    LEFT JOIN blocked AS b ON b.pid = l.pid AND NOT l.granted
    LEFT JOIN pg_catalog.pg_database AS d ON d.oid = l.database
    LEFT JOIN pg_catalog.pg_class AS c
      ON c.oid = l.relation AND (l.database = 0 OR d.datname = pg_catalog.current_database())
    LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class AS k ON l.locktype = 'object' AND k.oid = l.classid
    LEFT JOIN pg_catalog.pg_database AS od ON k.relname = 'pg_database' AND od.oid = l.objid
    LEFT JOIN pg_catalog.pg_roles AS orole ON k.relname = 'pg_authid' AND orole.oid = l.objid
    LEFT JOIN pg_catalog.pg_namespace AS ons ON k.relname = 'pg_namespace' AND ons.oid = l.objid
      AND d.datname = pg_catalog.current_database()
    LEFT JOIN pg_catalog.pg_extension AS ox ON k.relname = 'pg_extension' AND ox.oid = l.objid
      AND d.datname = pg_catalog.current_database()
    WHERE l.tag IN (SELECT w.tag FROM locks AS w WHERE NOT w.granted)
      OR l.locktype = 'tuple' AND l.pid IN (SELECT w.pid FROM waiters AS w)
      OR l.locktype = 'transactionid' AND l.pid IS NULL
    ORDER BY l.tag, l.pid, l.mode
    """
  }

  /// nil for a predicate lock.
  init?(_ row: Row) {
    guard let mode = LockMode(row.text("mode")) else { return nil }
    self.mode = mode
    tag = row.text("tag")
    target = LockTarget(row)
    isGranted = row.flag("granted")
    pid = row.int("pid")
    virtualTransaction = row.text("virtualtransaction")
    waitSeconds = row.int("wait_seconds").map { max(0, $0) }
    blockers = row.ints("blockers")
  }
}

/// The thing that a lock is on, in words.
struct LockTarget: Sendable, Hashable {
  /// `pg_locks.locktype`.
  let type: String
  /// `public.orders`, `row (0,1) of public.orders`, `advisory lock 42`, …
  let words: String
  /// The relation's name where it belongs to this database or to all.
  let schema: String?
  let relation: String?
  let transaction: String?
  /// A table's lock can be had in several modes; the end of a transaction is just waited for.
  var hasModes: Bool { ["relation", "advisory", "object"].contains(type) }

  init(_ row: Row) {
    type = row.text("type")
    schema = row["schema"]
    relation = row["name"]
    transaction = row["transactionid"]
    let place =
      if let relation { SQLName.qualified([schema, relation]) } else {
        "relation \(row.text("relation")) of database \(SQLName.quoted(row.text("database")))"
      }
    let elsewhere = row.flag("is_here") ? "" : " of database \(SQLName.quoted(row.text("database")))"
    switch type {
    case "relation": words = place
    case "extend": words = "the extension of \(place)"
    case "page": words = "page \(row.text("page")) of \(place)"
    case "tuple": words = "row (\(row.text("page")),\(row.text("tuple"))) of \(place)"
    case "transactionid": words = "transaction \(row.text("transactionid")) to end"
    case "virtualxid": words = "virtual transaction \(row.text("virtualxid")) to end"
    case "spectoken": words = "an insertion of transaction \(row.text("transactionid"))"
    case "frozenid": words = "the freezing of a database's transaction ids"
    case "advisory": words = "advisory lock \(LockTarget.key(row))\(elsewhere)"
    case "object":
      let object = row["object"].map { SQLName.quoted($0) } ?? row.text("objid")
      let catalog = row["catalog"] ?? "catalog \(row.text("classid"))"
      let kinds = [
        "pg_database": "database", "pg_authid": "role", "pg_namespace": "schema", "pg_extension": "extension",
      ]
      words = kinds[catalog].map { "\($0) \(object)" } ?? "entry \(object) of \(catalog)"
    default: words = "a lock of type \(type)"
    }
  }

  /// One bigint (objsubid 1) or two integers (2), as the advisory functions take them.
  private static func key(_ row: Row) -> String {
    let (high, low) = (row.int("classid") ?? 0, row.int("objid") ?? 0)
    func signed(_ value: Int) -> Int32 { Int32(truncatingIfNeeded: value) }
    guard row.text("objsubid") == "1" else { return "(\(signed(high)), \(signed(low)))" }
    return String(Int64(signed(high)) << 32 | Int64(UInt32(truncatingIfNeeded: low)))
  }
}
