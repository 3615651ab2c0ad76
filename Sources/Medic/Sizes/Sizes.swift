public import Postgres

/// `\sizes`: what takes the room: databases, tables, indexes and TOAST, and how they grow.
public struct Sizes: Examination {
  public static let name = "sizes"
  public static let manual = Manual(
    "show the largest databases, tables and indexes, and how they grow",
    details: """
      Sizes come from the catalog, as of the last VACUUM or ANALYZE; those of the largest tables are then read from
      their files, but for tables that somebody has locked. A partitioned table stands for all its partitions; + shows
      them, and the indexes. Growth is since the last look that was remembered: at the terminal always, in scripts with
      --state.

      Example: \\sizes+ (top=5) billing.*
      """)

  static let growth = Card(
    "size-growth", severity: .info, in: .storage, entry: "table-sizes", summary: "tables that grow fast")
  public static let rules = [growth]

  public static let options = [
    Option("top", .integer, default: "10", "rows of each list, and tables whose files are measured"),
    Option("growth", .size, default: "100MB", "the least growth that is reported, if it is a quarter or more"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let top = max(1, inquiry.options.integer("top") ?? 10)
    let databases = try inquiry.attempt(connection, for: Self.growth.rule) { (connection) throws(PostgresError) in
      try connection.rows(DatabaseSize.query).map { DatabaseSize($0) }
    }
    let rows = try inquiry.read(
      connection, [RelationSize.query], inquiry.request.scope.parameters, for: Self.growth.rule)
    var sizes = (rows ?? []).map { RelationSize($0, blockSize: inquiry.server.blockSize) }
    try ExactSizes.measure(&sizes, at: Self.largest(sizes, top), connection, &inquiry)
    let record = try inquiry.record(connection)
    let trees = TableTree.all(of: sizes)
    let changes = Growth(record, trees: trees, databases: databases ?? [])
    let storing = sizes.filter { $0.hasStorage }
    inquiry.scope =
      rows == nil ? "nothing" : "\(Quantity.count(storing.count, "table")), \(Self.indexCount(storing))"
    show(databases ?? [], changes, top, &inquiry)
    if rows != nil { show(trees, sizes, changes, top, &inquiry) }
    judge(trees, changes, &inquiry)
    if let record { inquiry.note(changes.look(at: record.time), in: record) }
    remark(record, changes, sizes, &inquiry)
  }

  /// The places of the relations whose files are worth a look: the largest, by pages or by rows counted since.
  private static func largest(_ sizes: [RelationSize], _ top: Int) -> [Int] {
    let ranked = sizes.indices.filter { sizes[$0].hasStorage }.sorted {
      (sizes[$1].likelyBytes, sizes[$0].id) < (sizes[$0].likelyBytes, sizes[$1].id)
    }
    // Rows counted since are a rough guide, so some more than are shown.
    return Array(ranked.prefix(top + top / 2 + 5))
  }

  private static func indexCount(_ sizes: [RelationSize]) -> String {
    Quantity.count(sizes.reduce(0) { $0 + $1.indexes.count }, "index", "indexes")
  }

  // MARK: Figures

  private func show(_ databases: [DatabaseSize], _ changes: Growth, _ top: Int, _ inquiry: inout Inquiry) {
    let hidden = databases.filter { $0.bytes == nil }
    for database in hidden {
      inquiry.notAssessed.append(
        NotAssessed(
          Self.growth.rule, DatabaseObject(.database, name: database.name),
          "its size needs CONNECT on it, or pg_read_all_stats"))
    }
    let known = databases.filter { $0.bytes != nil }
    let shown = inquiry.request.isComplete ? known[...] : known.prefix(top)
    let rows = shown.map { database -> [Value] in
      [.text(database.name), Value(database.bytes)] + changes.cells(database)
    }
    let rest = known.count - shown.count
    inquiry.figures.append(
      Figure(
        "databases", "databases", columns: ["database", "size_bytes"] + changes.databaseColumns, rows: rows,
        note: rest > 0 ? "\(rest) smaller ones are not shown" : nil))
  }

  private func show(
    _ trees: [TableTree], _ sizes: [RelationSize], _ changes: Growth, _ top: Int, _ inquiry: inout Inquiry
  ) {
    let count = inquiry.request.isComplete ? Int.max : top
    func note(_ rest: Int) -> String? { rest > 0 ? "\(rest) smaller ones are not shown" : nil }
    let storing = sizes.filter { $0.hasStorage }
    let (heap, toast, index) = storing.reduce((0, 0, 0)) {
      ($0.0 + $1.heapBytes, $0.1 + $1.toastBytes, $0.2 + $1.bytes - $1.heapBytes - $1.toastBytes)
    }
    inquiry.summary =
      "tables \(Quantity.pretty(bytes: heap)), TOAST \(Quantity.pretty(bytes: toast)), "
      + "indexes \(Quantity.pretty(bytes: index))" + changes.words
    inquiry.figures.append(
      Figure(
        "tables", "largest tables",
        columns: ["table", "total_bytes", "table_bytes", "toast_bytes", "index_bytes", "rows"] + changes.treeColumns,
        rows: trees.prefix(count).map { tree in
          [
            .text(tree.label), .int(tree.bytes), .int(tree.heapBytes), .int(tree.toastBytes), .int(tree.indexBytes),
            tree.rows,
          ] + changes.cells(tree)
        }, note: note(trees.count - min(count, trees.count))))
    let leaves = storing.filter { $0.rootID != nil }.sorted { ($1.bytes, $0.displayName) < ($0.bytes, $1.displayName) }
    if !leaves.isEmpty {
      inquiry.figures.append(
        Figure(
          "partitions", "largest partitions",
          columns: ["partition", "total_bytes", "table_bytes", "toast_bytes", "index_bytes", "rows"],
          rows: leaves.prefix(count).map { leaf in
            [
              .text(leaf.displayName), .int(leaf.bytes), .int(leaf.heapBytes), .int(leaf.toastBytes),
              .int(leaf.indexBytes.reduce(0, +)), leaf.rows.value,
            ]
          }, note: note(leaves.count - min(count, leaves.count)), isDetail: true))
    }
    let indexes = storing.flatMap { size in
      zip(size.indexes, size.indexBytes).map { (name: SQLName.qualified(size.schema, $0.name), size: size, bytes: $1) }
    }.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
    inquiry.figures.append(
      Figure(
        "indexes", "largest indexes", columns: ["index", "size_bytes", "table", "table_bytes"],
        rows: indexes.prefix(count).map {
          [.text($0.name), .int($0.bytes), .text($0.size.name), .int($0.size.heapBytes)]
        },
        note: note(indexes.count - min(count, indexes.count)), isDetail: true))
  }

  // MARK: Growth

  private func judge(_ trees: [TableTree], _ changes: Growth, _ inquiry: inout Inquiry) {
    let least = inquiry.options.integer("growth") ?? 100_000_000
    for tree in trees {
      guard let change = changes[tree], change.difference >= least, change.difference * 4 >= change.from else {
        continue
      }
      let evidence = [
        Fact("size_bytes", .int(change.to)), Fact("earlier_size_bytes", .int(change.from)),
        Fact("growth_bytes", .int(change.difference)), Fact("over_seconds", .int(change.seconds)),
        Fact("growth_per_day_bytes", .int(Int(exactly: change.perDay.rounded()) ?? Int.max)),
      ]
      let message =
        "grew by \(Quantity.pretty(bytes: change.difference)) to \(Quantity.pretty(bytes: change.to)) in "
        + Quantity.pretty(seconds: change.seconds)
      inquiry.findings.append(
        Finding(
          Self.growth, on: tree.object, message, evidence: evidence, confidence: tree.isExact ? .high : .medium,
          weight: Double(change.difference)))
    }
  }

  private func remark(
    _ record: Record?, _ changes: Growth, _ sizes: [RelationSize], _ inquiry: inout Inquiry
  ) {
    if record != nil, !changes.isKnown { inquiry.notes.append("no earlier look to compare with: growth is not shown") }
    let uncounted = sizes.filter { $0.hasStorage && $0.rows == .neverCounted }.count
    if uncounted > 0 {
      inquiry.notes.append(
        "\(Quantity.count(uncounted, "table was", "tables were")) never analysed: rows and, where not measured, sizes "
          + "are unknown to the catalog")
    }
    if inquiry.server.isStandby {
      inquiry.notes.append("rows written since the last ANALYZE are counted on the primary only")
    }
  }
}
