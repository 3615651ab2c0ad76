extension Remedy {
  /// VACUUM of one table; beside reads and writes, but not beside other DDL on it.
  static func vacuum(_ table: VacuumTable, freeze: Bool = false, note: String? = nil) -> Remedy {
    let options = freeze ? "(FREEZE, VERBOSE)" : "(ANALYZE)"
    return Remedy(
      sql: guarded(["VACUUM \(options) \(table.target)"]),
      caution: ["Outside a transaction. Reads and writes go on; it costs I/O (vacuum_cost_delay slows it down).", note]
        .compactMap { $0 }.joined(separator: " "))
  }

  static func analyze(_ table: VacuumTable) -> Remedy {
    Remedy(sql: guarded(["ANALYZE \(table.target)"]), caution: "Reads a sample of the table; reads and writes go on.")
  }

  /// Lets autovacuum come to a table again.
  static func enableAutovacuum(_ table: VacuumTable) -> Remedy {
    let option = (table.isTOAST ? "toast." : "") + "autovacuum_enabled"
    return Remedy(
      sql: guarded(["ALTER TABLE \(table.target) RESET (\(option))"], lockTimeout: "2s"),
      undo: guarded(["ALTER TABLE \(table.target) SET (\(option) = false)"], lockTimeout: "2s"),
      caution: "Its first autovacuum may be a long one.")
  }

  /// Turns a setting of the server back on, where the configuration file or ALTER SYSTEM has it off.
  static func turnOn(_ setting: String) -> Remedy {
    Remedy(
      sql: ["ALTER SYSTEM SET \(setting) = on", "SELECT pg_catalog.pg_reload_conf()"],
      undo: ["ALTER SYSTEM SET \(setting) = off", "SELECT pg_catalog.pg_reload_conf()"],
      caution: "Needs a superuser, and a parameter group where the server is managed. Workers start at once on "
        + "everything that has waited.")
  }

  /// Ends an idle session, if it is still the same session and still in the same state.
  static func terminate(pid: Int, backendStart: String, state: String) -> Remedy {
    Remedy(
      sql: [
        "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = \(pid) "
          + "AND backend_start = \(SQLName.literal(backendStart))::timestamptz AND state = \(SQLName.literal(state))"
      ], pattern: "idle-in-transaction", slots: [Slot("pid", String(pid))],
      caution: "Its open transaction is rolled back and the client sees a lost connection; pg_cancel_backend would do "
        + "nothing to an idle session. Needs pg_signal_backend or membership in its role.")
  }

  /// Cancels a session's statement, if it is still the same session and still at work.
  static func cancel(pid: Int, backendStart: String) -> Remedy {
    Remedy(
      sql: [
        "SELECT pg_catalog.pg_cancel_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = \(pid) "
          + "AND backend_start = \(SQLName.literal(backendStart))::timestamptz AND state = 'active'"
      ],
      caution: "Its statement ends with an error; in a transaction block the horizon goes on only once that ends, too. "
        + "Needs pg_signal_backend or membership in its role.")
  }

  static func dropSlot(_ name: String) -> Remedy {
    Remedy(
      sql: [
        "SELECT pg_catalog.pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots "
          + "WHERE slot_name = \(SQLName.literal(name)) AND NOT active"
      ],
      caution:
        "Whoever reads from this slot can't go on afterwards: a standby may need a new base backup, a subscriber "
        + "a new copy. Nothing takes it back.")
  }
}
