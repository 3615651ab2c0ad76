import Postgres

/// A column by its catalog address.
struct ColumnID: Sendable, Hashable {
  let table: Int
  let attribute: Int

  init(_ key: KeyColumn) {
    table = key.tableID
    attribute = key.attribute
  }
}

/// Reads where sequences and keys stand, a few relations at a time, leaving out what is locked.
///
/// A sequence is read as the table that it is: `pg_sequence_last_value` takes a stronger lock, which inside a user's
/// transaction would stay, and its view takes one for every sequence at once.
struct SequenceReader: Sendable {
  let locks: [Int: ExclusiveLock]
  let deadline: ContinuousClock.Instant
  /// Tables at most whose keys are looked at.
  let most: Int
  /// Sequences at most that are read; each is a relation to be opened, 0.1 ms.
  let mostSequences: Int

  struct Value: Sendable {
    let last: Int
    let isCalled: Bool

    init?(_ row: Row) {
      guard let last = row.int("last_value") else { return nil }
      self.last = last
      isCalled = row.flag("is_called")
    }
  }

  func values(
    of sequences: [SequenceFacts], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Int: Value] {
    let rule = Sequences.runsOut.rule
    var readable: [SequenceFacts] = []
    var refused: [DatabaseObject] = []
    for sequence in sequences {
      if !sequence.isReadable {
        refused.append(sequence.object)
      } else if sequence.isUnlogged, inquiry.server.isStandby {
        inquiry.notAssessed.append(NotAssessed(rule, sequence.object, "unlogged: not there on a standby"))
      } else if let lock = locks[sequence.id] {
        inquiry.notAssessed.append(NotAssessed(rule, sequence.object, "skipped: \(lock.words)"))
      } else {
        readable.append(sequence)
      }
    }
    inquiry.leaveOut(refused, "sequences", "this role has no SELECT on them", for: rule)
    readable = dropSurplus(of: readable, &inquiry)
    let probes = readable.map { sequence in
      let name = SQLName.qualified(sequence.schema, sequence.name)
      return Probe(sequence.object, "SELECT q.last_value, q.is_called FROM \(name) AS q")
    }
    let rows = try inquiry.probe(
      connection, probes, perStatement: 100, deadline: .now.advanced(by: .seconds(4)), for: rule)
    var values: [Int: Value] = [:]
    for (index, row) in rows { values[readable[index].id] = Value(row) }
    return values
  }

  /// Leaves out, where there are too many, those with the most room as far as the catalog tells: by what their values
  /// end at (a bigint that counts from 1 doesn't get there), then by rows inserted and the table's size.
  private func dropSurplus(of sequences: [SequenceFacts], _ inquiry: inout Inquiry) -> [SequenceFacts] {
    guard sequences.count > mostSequences else { return sequences }
    let ranked = sequences.map { sequence in
      (
        sequence: sequence,
        room: Headroom.distance(sequence.start, sequence.bound.limit) / max(1, sequence.increment.magnitude),
        inserts: sequence.columns.reduce(0) { $0 + $1.inserts }, pages: sequence.columns.reduce(0) { $0 + $1.key.pages }
      )
    }
    .sorted {
      ($0.room, $1.inserts, $1.pages, $0.sequence.schema, $0.sequence.name) < (
        $1.room, $0.inserts, $0.pages, $1.sequence.schema, $1.sequence.name
      )
    }
    let unread =
      "\(sequences.count - mostSequences) of \(sequences.count) sequences not read, those with the most room by their "
      + "type and inserts: name some, or (read=\(sequences.count))"
    inquiry.notAssessed += [Sequences.runsOut, Sequences.behind].map { NotAssessed($0.rule, nil, unread) }
    return ranked.prefix(mostSequences).map { $0.sequence }
  }

  // MARK: Behind the table

  /// A value that the sequence is going to give out and that is there already.
  struct Clash: Sendable {
    let state: Sequences.State
    let key: KeyColumn
    let value: Value
    let taken: Int
    let farthest: Int?
    /// Values that still come before it.
    let distance: Int
  }

  /// Sequence and table are read in one statement, whose snapshot is older than its look at the sequence: what is in the
  /// snapshot and was drawn from it can't be ahead of it.
  func clashes(
    of states: [Sequences.State], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Clash] {
    let candidates = states.flatMap { state in
      state.sequence.columns.filter { $0.key.isUnique && KeyColumn.range(type: $0.key.baseType, modifier: -1) != nil }
        .map { (state: state, column: $0) }
    }.filter { SequenceReader.clashSQL($0.state, $0.column.key) != nil }
    let chosen = try choose(
      candidates, "tables", for: Sequences.behind.rule, connection, &inquiry, key: { $0.column.key },
      members: { $0.column.memberIDs })
    let probes = chosen.map { Probe($0.state.sequence.object, SequenceReader.clashSQL($0.state, $0.column.key) ?? "") }
    let rows = try inquiry.probe(
      connection, probes, perStatement: 8, deadline: deadline, for: Sequences.behind.rule)
    return rows.sorted { $0.key < $1.key }.compactMap { index, row -> Clash? in
      let (state, column) = chosen[index]
      guard let value = Value(row), let taken = row.int("taken") else { return nil }
      let steps = (taken.subtractingReportingOverflow(value.last)).partialValue / state.sequence.increment
      return Clash(
        state: state, key: column.key, value: value, taken: taken, farthest: row.int("farthest"),
        distance: max(0, value.isCalled ? steps - 1 : steps))
    }
  }

  /// nil where the arithmetic could leave bigint.
  private static func clashSQL(_ state: Sequences.State, _ key: KeyColumn) -> String? {
    let sequence = state.sequence
    let isUp = sequence.increment > 0
    let table = (key.isPartitioned ? "" : "ONLY ") + SQLName.qualified(key.schema, key.table)
    let column = "t.\(SQLName.quoted(key.name))"
    var near = ""
    if sequence.increment.magnitude > 1 {
      // Of two servers that count odd and even, one has the other's rows: only what this one will give out counts.
      guard sequence.increment.magnitude < 1 << 40, state.value.last.magnitude < 1 << 62 else { return nil }
      near =
        " AND \(column) \(isUp ? "<=" : ">=") q.last_value + (\(sequence.increment * 100))"
        + " AND (\(column) - q.last_value) % (\(sequence.increment)) = 0"
    }
    func nearest(_ comparison: String) -> String {
      "(SELECT pg_catalog.\(isUp ? "min" : "max")(\(column)) FROM \(table) AS t WHERE \(column) \(comparison) q.last_value\(near))"
    }
    return """
      SELECT q.last_value, q.is_called,
        CASE WHEN q.is_called THEN \(nearest(isUp ? ">" : "<")) ELSE \(nearest(isUp ? ">=" : "<=")) END AS taken,
        (SELECT pg_catalog.\(isUp ? "max" : "min")(\(column)) FROM \(table) AS t) AS farthest
      FROM \(SQLName.qualified(sequence.schema, sequence.name)) AS q
      """
  }

  // MARK: Ends of keys

  struct Ends: Sendable {
    let smallest: Int
    let largest: Int
    /// 1 where the two are one, which is known without statistics.
    var few: Int? { smallest == largest ? 1 : nil }
  }

  func ends(
    of keys: [KeyColumn], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [ColumnID: Ends] {
    let rule = Sequences.keyRunsOut.rule
    var seen: Set<ColumnID> = []
    let distinct = keys.filter { $0.isIndexed && seen.insert(ColumnID($0)).inserted }
    let chosen = try choose(distinct, "tables", for: rule, connection, &inquiry, key: { $0 }, members: { [$0.tableID] })
    let probes = chosen.map { key in
      let column = SQLName.quoted(key.name)
      return Probe(
        key.object,
        "SELECT pg_catalog.min(\(column))::bigint AS smallest, pg_catalog.max(\(column))::bigint AS largest "
          + "FROM \(key.isPartitioned ? "" : "ONLY ")\(SQLName.qualified(key.schema, key.table)) AS t")
    }
    let rows = try inquiry.probe(connection, probes, perStatement: 8, deadline: deadline, for: rule)
    var ends: [ColumnID: Ends] = [:]
    for (index, row) in rows {
      guard let smallest = row.int("smallest"), let largest = row.int("largest") else { continue }
      ends[ColumnID(chosen[index])] = Ends(smallest: smallest, largest: largest)
    }
    return ends
  }

  /// What may be looked at: readable, there, not locked, not too many partitions, the largest tables first.
  private func choose<Item>(
    _ items: [Item], _ noun: String, for rule: String, _ connection: borrowing Connection, _ inquiry: inout Inquiry,
    key: (Item) -> KeyColumn, members: (Item) -> [Int]
  ) throws(PostgresError) -> [Item] {
    var chosen: [Item] = []
    var refused: [DatabaseObject] = []
    for item in items.sorted(by: { key($0).pages > key($1).pages }) {
      let column = key(item)
      let table = DatabaseObject(.table, schema: column.schema, name: column.table)
      if !column.isReadable {
        refused.append(table)
      } else if column.isUnlogged, inquiry.server.isStandby {
        inquiry.notAssessed.append(NotAssessed(rule, table, "unlogged: not there on a standby"))
      } else if let lock = members(item).lazy.compactMap({ locks[$0] }).first {
        inquiry.notAssessed.append(NotAssessed(rule, table, "skipped: \(lock.words)"))
      } else if members(item).count > 200 {
        inquiry.notAssessed.append(NotAssessed(rule, table, "more than 200 partitions would be opened"))
      } else {
        chosen.append(item)
      }
    }
    inquiry.leaveOut(refused, noun, "this role has no SELECT on them", for: rule)
    if chosen.count > most {
      let reason =
        "\(chosen.count - most) of \(chosen.count) \(noun) not looked at, the smaller ones: (probe=\(chosen.count))"
      inquiry.notAssessed.append(NotAssessed(rule, nil, reason))
      chosen.removeLast(chosen.count - most)
    }
    return chosen
  }
}
