public import Postgres

/// `\partitions`: missing next partition, rows in the default, gaps, too many, mismatched children.
public struct PartitionCheck: Examination {
  public static let name = "partitions"
  public static let basis = Basis.schema
  public static let manual = Manual(
    "find missing and mismatched partitions, and rows in default ones",
    details: """
      Ranges by time are held against now, ranges of numbers against the largest key. Also named: gaps, indexes that a
      partition lacks, defaults that differ, detaching that was not finished, tables that look like partitions and aren't
      attached, and big tables that only grow. TimescaleDB's hypertables and jobs are shown where it is installed.

      Example: \\partitions (min_size=1GB) metrics.*
      """)

  static let missing = Card(
    "partition-missing-next", severity: .warning, in: .partitions, entry: "time-series-partitioning",
    summary: "ranges that end now or soon, with no partition after them")
  static let inDefault = Card(
    "partition-default-rows", severity: .warning, in: .partitions, entry: "time-series-partitioning",
    summary: "rows in a default partition, which keep a partition from being added for them")
  static let gap = Card(
    "partition-gap", severity: .warning, in: .partitions, entry: "time-series-partitioning",
    summary: "holes between the ranges of partitions")
  static let many = Card(
    "partition-too-many", severity: .info, in: .partitions, entry: "partition-retention",
    summary: "tables with so many partitions that planning takes long")
  static let index = Card(
    "partition-index-missing", severity: .warning, in: .partitions, entry: "index-concurrently",
    summary: "partitioned indexes that aren't valid since a partition lacks its part")
  static let defaults = Card(
    "partition-default-differs", severity: .info, in: .partitions, entry: "time-series-partitioning",
    summary: "partitions whose column defaults differ from their parent's")
  static let pending = Card(
    "partition-detach-pending", severity: .warning, in: .partitions, entry: "partition-retention",
    summary: "partitions whose concurrent detaching was begun and not finished")
  static let unattached = Card(
    "partition-unattached", severity: .info, in: .partitions, entry: "time-series-partitioning",
    summary: "tables that look like partitions and aren't attached")
  static let asking = Card(
    "table-asks-for-partitioning", severity: .info, in: .partitions, entry: "partition-existing-table",
    summary: "big tables that only grow, in the order of time")
  static let job = Card(
    "timescale-job-failing", severity: .error, in: .partitions, entry: "timescale-retention",
    summary: "TimescaleDB's jobs whose last run has failed")
  public static let rules = [missing, inDefault, gap, many, index, defaults, pending, unattached, asking, job]

  public static let options = [
    Option("most", .integer, default: "1000", "from how many partitions on a table has too many"),
    Option("min_size", .size, default: "10GB", "from which size on a table may ask for partitioning"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let parameters = inquiry.request.scope.parameters
    guard let rows = try inquiry.read(connection, PartitionedTable.queries, parameters, for: Self.missing.rule)
    else { return }
    let tables = PartitionedTable.all(rows)
    let count = tables.reduce(0) { $0 + $1.partitions.count }
    inquiry.scope =
      "\(Quantity.count(tables.count, "partitioned table")) with \(Quantity.count(count, "partition"))"
    let locks = tables.isEmpty ? [:] : try Locks.read(connection, &inquiry, for: Self.inDefault.rule)
    let filled = try filledDefaults(of: tables, locks, connection, &inquiry)
    let largest = try largestKeys(of: tables, locks, connection, &inquiry)
    for table in tables { judge(table, filled, largest[table.id], &inquiry) }
    try judgeIndexes(connection, &inquiry)
    try judgeOthers(connection, &inquiry)
    try judgeTimescale(connection, &inquiry)
    report(tables, filled, &inquiry)
  }

  // MARK: What has to be looked at in the tables themselves

  /// Default partitions that hold a row; one row is read, not counted.
  private func filledDefaults(
    of tables: [PartitionedTable], _ locks: [Int: ExclusiveLock], _ connection: borrowing Connection,
    _ inquiry: inout Inquiry
  ) throws(PostgresError) -> Set<Int> {
    var open: [Partition] = []
    for partition in tables.compactMap({ $0.fallback }) {
      if let lock = locks[partition.id] {
        inquiry.notAssessed.append(NotAssessed(Self.inDefault.rule, partition.object, "skipped: \(lock.words)"))
      } else if partition.isReadable {
        open.append(partition)
      } else if partition.rows == 0 {
        inquiry.notAssessed.append(
          NotAssessed(Self.inDefault.rule, partition.object, "no rows counted, and this role has no SELECT on it"))
      }
    }
    let probes = open.map { Probe($0.object, "SELECT EXISTS (SELECT FROM \($0.label)) AS is_filled") }
    let answers = try inquiry.probe(
      connection, probes, perStatement: 8, deadline: .now.advanced(by: .seconds(4)), for: Self.inDefault.rule)
    var filled = Set(answers.filter { $0.value.flag("is_filled") }.map { open[$0.key].id })
    let read = Set(answers.keys.map { open[$0].id })
    for partition in tables.compactMap({ $0.fallback }) where !read.contains(partition.id) && partition.rows > 0 {
      filled.insert(partition.id)
    }
    return filled
  }

  /// The largest keys of tables by ranges of numbers, from the end of their index.
  private func largestKeys(
    of tables: [PartitionedTable], _ locks: [Int: ExclusiveLock], _ connection: borrowing Connection,
    _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Int: Double] {
    var open: [PartitionedTable] = []
    for table in tables where table.strategy == "r" && table.isNumber && !table.ranges.isEmpty {
      if table.ranges.last?.to == .infinity { continue }
      if let lock = ([table.id] + table.partitions.map { $0.id }).lazy.compactMap({ locks[$0] }).first {
        inquiry.notAssessed.append(NotAssessed(Self.missing.rule, table.object, "skipped: \(lock.words)"))
      } else if let reason = Self.obstacle(to: table) {
        inquiry.notAssessed.append(NotAssessed(Self.missing.rule, table.object, reason))
      } else {
        open.append(table)
      }
    }
    let probes = open.map { table in
      Probe(
        table.object,
        "SELECT pg_catalog.max(\(SQLName.quoted(table.column ?? "")))::bigint AS largest FROM \(table.label)")
    }
    let answers = try inquiry.probe(
      connection, probes, perStatement: 4, deadline: .now.advanced(by: .seconds(4)), for: Self.missing.rule)
    var largest: [Int: Double] = [:]
    for (index, row) in answers { largest[open[index].id] = row.double("largest") }
    return largest
  }

  /// Why the largest key of a table can't be read cheaply.
  private static func obstacle(to table: PartitionedTable) -> String? {
    if !table.isReadable { return "this role has no SELECT on it, to read its largest key" }
    if !table.isKeyIndexed { return "no index on \(table.column ?? "its key"), to read the largest from" }
    return table.partitions.count > 200 ? "over 200 partitions, too many to read the largest key of" : nil
  }

  // MARK: Judging one table

  private func judge(
    _ table: PartitionedTable, _ filled: Set<Int>, _ largest: Double?, _ inquiry: inout Inquiry
  ) {
    if let fallback = table.fallback, filled.contains(fallback.id) {
      let rows = fallback.rows > 0 ? "about \(fallback.rows) rows" : "rows"
      inquiry.findings.append(
        Finding(
          Self.inDefault, on: fallback.object,
          "\(rows) in the default partition of \(table.label): a partition for them can't be added (23514)",
          severity: table.strategy == "r" ? nil : .info,
          evidence: [
            Fact("parent", .text(table.label)), Fact("rows_estimated", .int(fallback.rows)),
            Fact("size_bytes", .int(fallback.pages * inquiry.server.blockSize)),
          ], weight: Double(fallback.rows)))
    }
    let most = inquiry.options.integer("most") ?? 1000
    if table.partitions.count >= max(most, 1) {
      inquiry.findings.append(
        Finding(
          Self.many, on: table.object,
          "\(table.partitions.count) partitions: planning reads all that a condition doesn't exclude",
          severity: table.partitions.count >= most * 5 ? .warning : nil,
          evidence: [Fact("partitions", .int(table.partitions.count))], weight: Double(table.partitions.count)))
    }
    for partition in table.partitions {
      if partition.isPending {
        inquiry.findings.append(
          Finding(
            Self.pending, on: partition.object, "detaching from \(table.label) was begun and not finished",
            evidence: [Fact("parent", .text(table.label))], remedy: .finishDetaching(partition, of: table)))
      }
      if !partition.differingDefaults.isEmpty {
        let columns = SQLName.list(partition.differingDefaults)
        inquiry.findings.append(
          Finding(
            Self.defaults, on: partition.object,
            "default of \(columns) differs from \(table.label)'s: what is inserted here directly gets another value",
            evidence: [Fact("parent", .text(table.label)), Fact("columns", .text(columns))]))
      }
    }
    let ranges = table.ranges
    for (left, right) in zip(ranges, ranges.dropFirst()) {
      guard let end = left.to, let start = right.from, end < start else { continue }
      inquiry.findings.append(
        Finding(
          Self.gap, on: table.object,
          "no partition from \(left.end) to \(right.beginning)"
            + (table.fallback == nil ? ": rows in between are refused (23514)" : ": the default takes rows in between"),
          severity: table.fallback == nil ? nil : .info,
          evidence: [
            Fact("from", .text(left.upper)), Fact("to", .text(right.lower)), Fact("before", .text(right.label)),
          ]))
    }
    judgeEnd(table, ranges, largest, &inquiry)
  }

  private func judgeEnd(
    _ table: PartitionedTable, _ ranges: [Partition], _ largest: Double?, _ inquiry: inout Inquiry
  ) {
    guard table.strategy == "r", let newest = ranges.last, let end = newest.to, let start = newest.from, end.isFinite
    else { return }
    guard let here = table.isTime ? table.now : largest else { return }
    let step = start.isFinite ? end - start : 0
    let left = end - here
    // The next is due a step before the end, or a week where steps are long.
    let notice = table.isTime ? min(step, 7 * 86400) : step
    guard left < notice || left <= 0 else { return }
    // Nothing is inserted any more into what ended long ago.
    let isArchive = table.isTime && -left > max(step * 12, 366 * 86400) && newest.inserts == 0
    let what = table.isTime ? "now" : "the largest key"
    let consequence =
      table.fallback == nil ? "rows after that are refused (23514)" : "rows after that fall into the default partition"
    let distance =
      table.isTime ? Quantity.pretty(seconds: Int(min(abs(left), 1e10))) : String(Int(min(abs(left), 9e15)))
    let message =
      left <= 0
      ? "the newest partition ends at \(newest.end), \(distance) before \(what): \(consequence)"
      : "the newest partition ends at \(newest.end), \(distance) after \(what), with none behind it"
    inquiry.findings.append(
      Finding(
        Self.missing, on: table.object, message,
        severity: isArchive ? .info : left <= 0 && table.fallback == nil ? .error : nil,
        evidence: [
          Fact("newest", .text(newest.label)), Fact("ends_at", .text(newest.upper)), Fact("step", .double(step)),
          Fact("left", .double(left)), Fact("default_partition", Value(table.fallback?.label)),
        ], confidence: isArchive ? .low : .high,
        remedy: step > 0 ? .addPartition(to: table, after: newest) : nil, weight: -left))
  }

  // MARK: Figures

  private func report(_ tables: [PartitionedTable], _ filled: Set<Int>, _ inquiry: inout Inquiry) {
    let rows = tables.prefix(inquiry.options.integer("limit") ?? 20).map { table -> [Value] in
      let strategies = ["r": "range", "l": "list", "h": "hash"]
      let key = "\(strategies[table.strategy] ?? table.strategy) (\(table.column ?? "expression"))"
      let empty = table.partitions.filter { $0.rows == 0 && $0.pages == 0 && !$0.isDefault && $0.kind == "r" }.count
      let pages = table.partitions.reduce(0) { $0 + $1.pages }
      return [
        .text(table.label), .text(key), .int(table.partitions.count), .int(empty), Value(table.ranges.first?.beginning),
        Value(table.ranges.last?.end),
        .text(table.fallback.map { filled.contains($0.id) ? "filled" : "empty" } ?? "none"),
        .int(pages * inquiry.server.blockSize),
      ]
    }
    if !rows.isEmpty {
      inquiry.figures.append(
        Figure(
          "tables", "partitioned tables",
          columns: ["table", "key", "partitions", "empty", "from", "to", "default", "size_bytes"], rows: Array(rows),
          note: tables.count > rows.count ? "\(rows.count) of \(tables.count)" : nil))
    }
  }
}
