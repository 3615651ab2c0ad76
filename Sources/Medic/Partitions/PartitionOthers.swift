import Postgres

extension PartitionCheck {
  func judgeIndexes(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let parameters = inquiry.request.scope.parameters
    for row in try inquiry.read(connection, [PartitionQueries.invalid], parameters, for: Self.index.rule) ?? [] {
      let lacking = row.list("lacking")
      let first = lacking.first.map { ", \($0) first" } ?? ""
      inquiry.findings.append(
        Finding(
          Self.index,
          on: DatabaseObject(.index, schema: row.text("schema"), name: row.text("name"), table: row.text("table")),
          "not valid: \(Quantity.count(lacking.count, "partition")) of \(row.text("table")) without a part of it\(first)",
          evidence: [Fact("partitions", .text(lacking.joined(separator: ", ")))]))
    }
    for row in try inquiry.read(connection, [PartitionQueries.lookalikes], parameters, for: Self.unattached.rule) ?? []
    {
      inquiry.findings.append(
        Finding(
          Self.unattached, on: DatabaseObject(.table, schema: row.text("schema"), name: row.text("name")),
          "has the name and the columns of a partition of \(row.text("parent")), but isn't attached",
          evidence: [Fact("parent", .text(row.text("parent"))), Fact("rows_estimated", Value(row.int("rows")))],
          confidence: .medium, weight: Double(row.int("rows") ?? 0)))
    }
  }

  /// Big tables that only grow.
  func judgeOthers(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let bytes = inquiry.options.integer("min_size") ?? 10 << 30
    let pages = String(max(1, bytes / max(1, inquiry.server.blockSize)))
    let rows = try inquiry.read(
      connection, [PartitionQueries.asking], inquiry.request.scope.parameters + [pages], for: Self.asking.rule)
    if inquiry.server.isStandby {
      inquiry.notAssessed.append(
        NotAssessed(Self.asking.rule, nil, "changes are counted on the primary only: ask there"))
      return
    }
    var seen: Set<String> = []
    for row in rows ?? [] {
      let object = DatabaseObject(.table, schema: row.text("schema"), name: row.text("name"))
      let inserts = row.int("inserts") ?? 0
      let changes = row.int("changes") ?? 0
      guard inserts > 0, changes <= inserts / 100, seen.insert(object.displayName).inserted else { continue }
      let size = (row.int("pages") ?? 0) * inquiry.server.blockSize
      inquiry.findings.append(
        Finding(
          Self.asking, on: object,
          "\(Quantity.pretty(bytes: size)), only inserted into, in the order of \(row.text("column")): ranges of it would "
            + "make old rows cheap to drop",
          evidence: [
            Fact("size_bytes", .int(size)), Fact("rows_estimated", Value(row.int("rows"))),
            Fact("column", .text(row.text("column"))), Fact("correlation", Value(row.double("correlation"))),
            Fact("inserts", .int(inserts)), Fact("updates_and_deletes", .int(changes)),
          ], confidence: .medium, weight: Double(size)))
    }
  }

  func judgeTimescale(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    guard
      let version = try inquiry.read(connection, [PartitionQueries.timescale], for: Self.job.rule)?.first?["version"]
    else { return }
    inquiry.notes.append("TimescaleDB \(version): its catalogs are read by its documents, untested")
    let tables = try inquiry.read(connection, [PartitionQueries.hypertables], for: Self.job.rule) ?? []
    if !tables.isEmpty {
      inquiry.figures.append(
        Figure(
          "hypertables", "hypertables", columns: ["hypertable", "chunks", "compression", "policies"],
          rows: tables.map { row in
            [
              .text(SQLName.qualified(row.text("schema"), row.text("name"))), Value(row.int("chunks")),
              Value(row["compressed"]), Value(row.int("policies")),
            ]
          }))
    }
    for row in try inquiry.read(connection, [PartitionQueries.jobs], for: Self.job.rule) ?? [] {
      inquiry.findings.append(
        Finding(
          Self.job, on: DatabaseObject(.function, name: row.text("procedure")),
          "job \(row.text("id")) has failed in its last run, \(row.text("failures")) of \(row.text("runs")) in all",
          evidence: [
            Fact("job", Value(row.int("id"))), Fact("failures", Value(row.int("failures"))),
            Fact("last_success", Value(row["succeeded"])),
          ], confidence: .medium))
    }
  }
}

extension Remedy {
  /// The next partition, made beside the table and then attached, which lets reads and writes go on.
  static func addPartition(to table: PartitionedTable, after newest: Partition) -> Remedy? {
    guard let next = table.next else { return nil }
    var name = SQLName.truncated(table.name, to: 50) + "_" + next.suffix
    if table.partitions.contains(where: { $0.name == name }) { name += "_next" }
    let partition = SQLName.qualified(table.schema, name)
    return Remedy(
      sql: guarded(
        [
          "CREATE TABLE \(partition) (LIKE \(table.label) INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)",
          "ALTER TABLE \(table.label) ATTACH PARTITION \(partition) FOR VALUES FROM (\(newest.upper)) TO (\(next.upper))",
        ], lockTimeout: "2s"),
      undo: guarded(
        ["ALTER TABLE \(table.label) DETACH PARTITION \(partition)", "DROP TABLE \(partition)"], lockTimeout: "2s"),
      caution: "Its name and bounds go on as the newest partition's do: check them. "
        + (table.fallback == nil
          ? "" : "A default partition is read through for rows of the new one, and locked meanwhile. ")
        + "The undo drops what was inserted into it.")
  }

  static func finishDetaching(_ partition: Partition, of table: PartitionedTable) -> Remedy {
    Remedy(
      sql: guarded(["ALTER TABLE \(table.label) DETACH PARTITION \(partition.label) FINALIZE"], lockTimeout: "2s"),
      caution:
        "Waits for queries that still see it as a partition; attach it again with its bounds if it was not meant.")
  }
}
