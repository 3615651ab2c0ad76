import Postgres

/// How near transaction or multixact numbers of a database are to where the server stops taking writes.
struct Wraparound: Sendable, Equatable {
  enum Counter: String, Sendable {
    case transactions = "transaction"
    case multixacts = "multixact"
  }

  let counter: Counter
  let age: Int
  /// `autovacuum_freeze_max_age` or its multixact twin: where autovacuum begins to freeze by itself. Being there is
  /// routine.
  let freezeAge: Int
  /// `vacuum_failsafe_age` (14 on).
  let failsafeAge: Int?

  /// Numbers are used up at 2³¹; the server refuses new ones 3,000,000 before that (1,000,000 on 13, which is nearer
  /// than a report needs).
  static let stop = 2_147_483_647 - 3_000_000

  var share: Double { Double(age) / Double(Wraparound.stop) }

  /// nil while autovacuum's own freezing is on time: it begins at `freezeAge` and takes a while.
  var severity: Severity? {
    if share >= 0.7 || (failsafeAge.map { age >= $0 } ?? false) { return .error }
    if Double(age) < Double(freezeAge) * 1.25 { return share >= 0.5 ? .warning : nil }
    return share >= 0.2 ? .warning : .info
  }

  var words: String {
    let left = Wraparound.stop - age
    var words = "\(age) \(counter.rawValue)s old, \(Quantity.percent(share)) of the way to the stop"
    if left <= 0 { words = "the server refuses new \(counter.rawValue) numbers: writes fail" }
    if let failsafeAge, age >= failsafeAge { words += "; VACUUM's failsafe is on" }
    if Double(age) >= Double(freezeAge) * 1.25 { words += "; autovacuum should have frozen it from \(freezeAge) on" }
    return words
  }

  /// All databases, also those that nobody can connect to, whose ages count as well.
  static let query = Query(
    from: 11,
    """
    SELECT d.datname AS name, pg_catalog.age(d.datfrozenxid) AS transaction_age,
      pg_catalog.mxid_age(d.datminmxid) AS multixact_age,
      pg_catalog.current_setting('autovacuum_freeze_max_age')::bigint AS freeze_age,
      pg_catalog.current_setting('autovacuum_multixact_freeze_max_age')::bigint AS multixact_freeze_age,
      pg_catalog.current_setting('vacuum_failsafe_age', true) AS failsafe_age,
      pg_catalog.current_setting('vacuum_multixact_failsafe_age', true) AS multixact_failsafe_age
    FROM pg_catalog.pg_database AS d
    WHERE d.datfrozenxid <> '0'::xid
    ORDER BY pg_catalog.age(d.datfrozenxid) DESC, d.datname
    """)

  static func of(_ row: Row) -> [Wraparound] {
    [
      Wraparound(
        counter: .transactions, age: row.int("transaction_age") ?? 0, freezeAge: row.int("freeze_age") ?? 0,
        failsafeAge: row.int("failsafe_age")),
      Wraparound(
        counter: .multixacts, age: row.int("multixact_age") ?? 0, freezeAge: row.int("multixact_freeze_age") ?? 0,
        failsafeAge: row.int("multixact_failsafe_age")),
    ]
  }
}
