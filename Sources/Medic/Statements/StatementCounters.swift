/// What pg_stat_statements has counted for one statement, added up over the roles that ran it.
struct StatementCounters: Sendable, Equatable {
  /// Which statement: the same text in another database or inside a function is another.
  struct Key: Sendable, Hashable {
    let database: Int
    /// Nil for statements of other roles, which this one may not read: they are one.
    let query: Int?
    let isTopLevel: Bool
    let isOwn: Bool
  }

  let key: Key
  let database: String
  let roles: [String]
  /// How many entries of the extension are in here.
  let entries: Int
  private(set) var calls: Int
  private(set) var rows: Int
  /// Milliseconds.
  private(set) var execTime: Double
  private(set) var planTime: Double
  private(set) var ioTime: Double
  /// Blocks.
  private(set) var hit: Int
  private(set) var read: Int
  private(set) var written: Int
  private(set) var tempRead: Int
  private(set) var tempWritten: Int
  private(set) var walBytes: Int

  init(_ row: Row) {
    key = Key(
      database: row.int("dbid") ?? 0, query: row.int("queryid"), isTopLevel: row.flag("toplevel"),
      isOwn: row.flag("is_own"))
    database = row.text("database")
    roles = row.list("roles")
    entries = row.int("entries") ?? 1
    calls = row.int("calls") ?? 0
    rows = row.int("rows") ?? 0
    execTime = row.double("exec_time") ?? 0
    planTime = row.double("plan_time") ?? 0
    ioTime = row.double("io_time") ?? 0
    hit = row.int("hit") ?? 0
    read = row.int("read") ?? 0
    written = row.int("written") ?? 0
    tempRead = row.int("temp_read") ?? 0
    tempWritten = row.int("temp_written") ?? 0
    walBytes = row.int("wal_bytes") ?? 0
  }

  var mean: Double { calls > 0 ? execTime / Double(calls) : 0 }
  var rowsPerCall: Double { calls > 0 ? Double(rows) / Double(calls) : 0 }
  /// The share of blocks that were in shared buffers; nil where none was asked for.
  var hitRatio: Double? { hit + read > 0 ? Double(hit) / Double(hit + read) : nil }

  /// What has come since an earlier snapshot; all of it when the entry was reset or evicted in between.
  func since(_ earlier: StatementCounters?) -> StatementCounters {
    guard let earlier, earlier.calls <= calls, earlier.execTime <= execTime else { return self }
    var difference = self
    difference.calls -= earlier.calls
    difference.rows -= earlier.rows
    difference.execTime -= earlier.execTime
    difference.planTime -= earlier.planTime
    difference.ioTime -= earlier.ioTime
    difference.hit -= earlier.hit
    difference.read -= earlier.read
    difference.written -= earlier.written
    difference.tempRead -= earlier.tempRead
    difference.tempWritten -= earlier.tempWritten
    difference.walBytes -= earlier.walBytes
    return difference
  }
}

/// What statements are ordered by.
enum StatementOrder: String, CaseIterable, Sendable {
  case total, mean, calls, io, temp, wal, rows

  func value(_ counters: StatementCounters) -> Double {
    switch self {
    case .total: counters.execTime
    case .mean: counters.mean
    case .calls: Double(counters.calls)
    // Time where it is measured (track_io_timing), and blocks where it isn't or is the same.
    case .io: counters.ioTime * 1000 + Double(counters.read + counters.written)
    case .temp: Double(counters.tempRead) + Double(counters.tempWritten)
    case .wal: Double(counters.walBytes)
    case .rows: Double(counters.rows)
    }
  }

  /// For the title: `by total time`.
  var words: String {
    switch self {
    case .total: "total time"
    case .mean: "mean time"
    case .calls: "calls"
    case .io: "blocks read and written"
    case .temp: "temporary blocks"
    case .wal: "WAL"
    case .rows: "rows"
    }
  }
}
