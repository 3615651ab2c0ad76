import Postgres

/// Somebody who keeps rows that are dead from being removed.
struct HorizonHolder: Sendable {
  enum Kind: String, Sendable {
    case session, standby, slot
    case prepared = "prepared transaction"
  }

  let kind: Kind
  let name: String
  let pid: Int?
  /// Transactions begun since the oldest that it may still see.
  let age: Int
  /// nil for a slot, of which the server doesn't tell.
  let seconds: Int?
  let state: String?
  let role: String?
  let application: String?
  let query: String?
  let backendStart: String?
  let isActive: Bool
  /// Another database's: it holds back nothing but the shared catalogs.
  let isElsewhere: Bool
  /// A slot's catalog_xmin: it holds back the system catalogs alone.
  let isCatalogOnly: Bool
  let owner: String?

  /// The holder's horizon is the older of backend_xid and backend_xmin: a session idle after a write has no xmin. A
  /// VACUUM holds back nobody else. A walsender with a slot passes the standby's horizon to the slot.
  static let query = Query(
    from: 11,
    """
    SELECT h.* FROM (
      SELECT CASE WHEN a.backend_type = 'walsender' THEN 'standby' ELSE 'session' END AS kind,
        'pid ' || a.pid AS name, a.pid,
        greatest(pg_catalog.age(a.backend_xid), pg_catalog.age(a.backend_xmin)) AS age,
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.backend_start))::bigint
          AS seconds,
        a.state, a.usename AS role, a.application_name AS application, a.query,
        a.backend_start::text AS backend_start, true AS is_active,
        a.datid IS NOT NULL AND a.datname <> pg_catalog.current_database() AS is_elsewhere,
        false AS is_catalog_only, NULL::text AS owner
      FROM pg_catalog.pg_stat_activity AS a
      WHERE (a.backend_xid IS NOT NULL OR a.backend_xmin IS NOT NULL) AND a.pid <> pg_catalog.pg_backend_pid()
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_vacuum AS v WHERE v.pid = a.pid)
      UNION ALL
      SELECT 'prepared transaction', x.gid, NULL, pg_catalog.age(x.transaction),
        pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - x.prepared)::bigint, NULL, x.owner, NULL, NULL,
        NULL, true, x.database <> pg_catalog.current_database(), false, x.database
      FROM pg_catalog.pg_prepared_xacts AS x
      UNION ALL
      SELECT 'slot', s.slot_name, s.active_pid, pg_catalog.age(s.xmin), NULL, NULL, NULL, s.plugin, NULL, NULL,
        s.active, false, false, s.database
      FROM pg_catalog.pg_replication_slots AS s WHERE s.xmin IS NOT NULL
      UNION ALL
      SELECT 'slot', s.slot_name, s.active_pid, pg_catalog.age(s.catalog_xmin), NULL, NULL, NULL, s.plugin, NULL, NULL,
        s.active, false, true, s.database
      FROM pg_catalog.pg_replication_slots AS s
      WHERE s.catalog_xmin IS NOT NULL AND s.xmin IS NULL
    ) AS h
    ORDER BY h.age DESC, h.kind, h.name
    """)

  init(_ row: Row) {
    kind = Kind(rawValue: row.text("kind")) ?? .session
    name = row.text("name")
    pid = row.int("pid")
    age = row.int("age") ?? 0
    seconds = row.int("seconds")
    state = row["state"]
    role = row["role"]
    application = row["application"]
    query = row["query"]
    backendStart = row["backend_start"]
    isActive = row.flag("is_active")
    isElsewhere = row.flag("is_elsewhere")
    isCatalogOnly = row.flag("is_catalog_only")
    owner = row["owner"]
  }

  var object: DatabaseObject {
    switch kind {
    case .slot: DatabaseObject(.replicationSlot, name: name)
    case .prepared: DatabaseObject(.session, name: words)
    case .session, .standby: DatabaseObject(.session, name: name)
    }
  }

  /// `pid 4711 (idle in transaction)`, `prepared transaction 'x'`.
  var words: String {
    switch kind {
    case .session: "\(name) (\(state ?? "hidden"))"
    case .standby: "\(name), a standby's feedback (\(application ?? ""))"
    case .prepared: "prepared transaction \(SQLName.literal(name))"
    case .slot: "replication slot \(SQLName.quoted(name))\(isActive ? "" : " (inactive)")"
    }
  }

  /// The same beside its name: `idle in transaction`.
  var condition: String {
    switch kind {
    case .session: state ?? "in a state that is hidden"
    case .standby: "a standby's feedback (\(application ?? ""))"
    case .prepared: "prepared"
    case .slot: isActive ? "slot in use" : "inactive slot"
    }
  }

  var holds: String {
    isElsewhere ? "shared catalogs only" : isCatalogOnly ? "system catalogs only" : "everything in this database"
  }

  var remedy: Remedy? {
    switch kind {
    case .session:
      guard let pid, let backendStart, let state else { return nil }
      return state == "active"
        ? .cancel(pid: pid, backendStart: backendStart) : .terminate(pid: pid, backendStart: backendStart, state: state)
    case .standby: return nil
    case .prepared: return isElsewhere ? nil : owner.map { .rollBackPrepared(gid: name, database: $0) }
    case .slot: return isActive ? nil : .dropSlot(name)
    }
  }
}
