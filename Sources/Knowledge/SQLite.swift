import CSQLite

/// An SQLite database in memory: as much of SQLite's C interface as the search needs.
struct SQLite: ~Copyable {
  struct Failure: Error, Sendable { let message: String }

  private let handle: OpaquePointer

  init() throws(Failure) {
    var handle: OpaquePointer?
    // no locks: one thread has it, for one search
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(":memory:", &handle, flags, nil) == SQLITE_OK, let handle else {
      sqlite3_close(handle)
      throw Failure(message: "SQLite has no memory for the search")
    }
    self.handle = handle
  }

  deinit { sqlite3_close_v2(handle) }

  private var failure: Failure { Failure(message: String(cString: sqlite3_errmsg(handle))) }

  func run(_ sql: String) throws(Failure) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
  }

  /// Runs one statement once for each row of texts.
  func run(_ sql: String, rows: [[String]]) throws(Failure) {
    let statement = try prepare(sql)
    defer { sqlite3_finalize(statement) }
    for row in rows {
      try bind(row, to: statement)
      guard sqlite3_step(statement) == SQLITE_DONE else { throw failure }
      sqlite3_reset(statement)
    }
  }

  /// All rows of a query as (integer, number) pairs.
  func pairs(_ sql: String, _ values: [String]) throws(Failure) -> [(Int, Double)] {
    let statement = try prepare(sql)
    defer { sqlite3_finalize(statement) }
    try bind(values, to: statement)
    var rows: [(Int, Double)] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: rows.append((Int(sqlite3_column_int64(statement, 0)), sqlite3_column_double(statement, 1)))
      case SQLITE_DONE: return rows
      default: throw failure
      }
    }
  }

  private func prepare(_ sql: String) throws(Failure) -> OpaquePointer? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure }
    return statement
  }

  private func bind(_ values: [String], to statement: OpaquePointer?) throws(Failure) {
    for (index, value) in values.enumerated() {
      var value = value
      // -1 as the destructor lets SQLite take a copy (SQLITE_TRANSIENT is a macro that Swift can't see)
      let copy = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      let code = value.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text in
          // without an address SQLite would bind NULL
          text.baseAddress.map { sqlite3_bind_text(statement, Int32(index + 1), $0, Int32(text.count), copy) }
            ?? sqlite3_bind_text(statement, Int32(index + 1), "", 0, copy)
        }
      }
      guard code == SQLITE_OK else { throw failure }
    }
  }
}
