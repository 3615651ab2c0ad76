public import Postgres

/// `\seqs`: keys and sequences that run out, and sequences behind their tables.
public struct Sequences: Examination {
  public static let name = "seqs"
  /// Narrow copies and sequences that outgrow their columns are seen in an empty database, too.
  public static let basis = Basis.schema
  public static let manual = Manual(
    "find keys and sequences that run out, with the days left",
    details: """
      What is left is counted to the nearer of two limits: the sequence's own, and that of the column's type. Rates come
      from an earlier look, else from the inserts that the statistics have counted, which leave out what was drawn and
      never stored. Integer keys that no sequence fills are read at the ends of their indexes.

      Example: \\seqs (used=80) billing.*
      """)

  static let runsOut = Card(
    "sequence-runs-out", severity: .warning, in: .sequences, entry: "int4-pk-overflow",
    summary: "sequences that come to the end of their own range or of their column's type")
  static let keyRunsOut = Card(
    "key-runs-out", severity: .warning, in: .sequences, entry: "int4-pk-overflow",
    summary: "integer keys filled by the application that come to the end of their type")
  static let copyNarrower = Card(
    "key-copy-narrower", severity: .info, in: .sequences, entry: "int4-pk-overflow",
    summary: "referencing columns whose type holds less than the key that they copy")
  static let wider = Card(
    "sequence-wider-than-column", severity: .info, in: .sequences, entry: "conv-bigint-pk",
    summary: "sequences that go on where their column's type ends")
  static let behind = Card(
    "sequence-out-of-sync", severity: .error, in: .sequences, entry: "sequence-out-of-sync",
    summary: "sequences whose next values are in the table already")
  static let cycling = Card(
    "sequence-cycles", severity: .warning, in: .sequences, entry: "duplicate-key",
    summary: "sequences that will start again under a unique column")
  public static let rules = [runsOut, keyRunsOut, copyNarrower, wider, behind, cycling]

  public static let options = [
    Option("used", .integer, default: "50", "percent of the range from which on a sequence or key is reported"),
    Option("probe", .integer, default: "1000", "tables at most whose keys are looked at, the largest first"),
    Option(
      "read", .integer, default: "5000",
      "sequences at most that are read: first those that end soonest, then those most inserted from"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rule = Self.runsOut.rule
    let parameters = inquiry.request.scope.parameters
    guard
      let rows = try inquiry.read(connection, [SequenceFacts.query], parameters, for: rule),
      let keyRows = try inquiry.read(connection, [KeyQueries.plain], parameters, for: Self.keyRunsOut.rule),
      let copyRows = try inquiry.read(connection, [KeyQueries.copies], parameters, for: Self.copyNarrower.rule)
    else { return }
    let sequences = SequenceFacts.all(rows)
    let keys = keyRows.map { KeyColumn($0) }
    let copies = copyRows.map { NarrowCopy($0) }
    inquiry.scope =
      "\(Quantity.count(sequences.count, "sequence")), \(Quantity.count(keys.count, "key")) without one"
    let window = try readWindow(connection, &inquiry)
    let locks = try Locks.read(connection, &inquiry, for: rule)
    let reader = SequenceReader(
      locks: locks, deadline: .now.advanced(by: .seconds(4)), most: inquiry.options.integer("probe") ?? 1000,
      mostSequences: max(0, inquiry.options.integer("read") ?? 5000))
    let values = try reader.values(of: sequences, connection, &inquiry)
    var next: [ColumnID: Int] = [:]
    var states: [State] = []
    let record = try inquiry.record(connection)
    var look = Look(time: record?.time ?? 0)
    for sequence in sequences {
      guard let value = values[sequence.id] else { continue }
      let change = record.flatMap {
        $0.earlier.longestChange(.sequenceValue, sequence.id, to: value.last, at: $0.time)
      }
      look[.sequenceValue, sequence.id] = value.last
      let state = State(sequence, value, rate: .of(sequence, change: change, windowSeconds: window))
      states.append(state)
      for column in sequence.columns { next[ColumnID(column.key)] = state.headroom.next ?? value.last }
      judge(state, &inquiry)
    }
    if let record { inquiry.note(look, in: record) }
    for clash in try reader.clashes(of: states, connection, &inquiry) { inquiry.findings.append(Self.finding(clash)) }
    let unknown = copies.map { $0.parent }.filter { next[ColumnID($0)] == nil }
    let ends = try reader.ends(of: keys + unknown, connection, &inquiry)
    for key in keys { judge(key, ends[ColumnID(key)], &inquiry) }
    for (id, end) in ends { next[id] = next[id] ?? end.largest }
    for copy in copies { judge(copy, next[ColumnID(copy.parent)], &inquiry) }
    report(states, of: sequences.count, &inquiry)
  }

  private func readWindow(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> Int? {
    if inquiry.server.isStandby {
      inquiry.notes.append(
        "a standby counts no inserts, so no days are given; it may see a sequence up to 32 values ahead")
      return nil
    }
    guard let window = try EvidenceWindow.read(connection, &inquiry, for: Self.runsOut.rule) else { return nil }
    inquiry.window = window.window
    return window.seconds
  }

  /// A sequence with where it stands.
  struct State: Sendable {
    let sequence: SequenceFacts
    let value: SequenceReader.Value
    let headroom: Headroom
    let rate: UsageRate?

    init(_ sequence: SequenceFacts, _ value: SequenceReader.Value, rate: UsageRate?) {
      self.sequence = sequence
      self.value = value
      self.rate = rate
      headroom = Headroom(
        last: value.last, isCalled: value.isCalled, start: sequence.start, minimum: sequence.minimum,
        maximum: sequence.maximum, increment: sequence.increment, limit: sequence.bound.limit)
    }

    var days: Double? { rate.flatMap { headroom.days(perDay: $0.perDay) } }
    /// Starts again at its own limit, before any column's type ends.
    var startsAgain: Bool { sequence.cycles && sequence.bound.column == nil }
  }

  // MARK: Findings

  /// From `used` percent on info, from 75 a warning, from 90 an error; sooner where the days are known to be few.
  private func severity(_ used: Double, days: Double?, isMeasured: Bool = false, _ inquiry: Inquiry) -> Severity? {
    let least = Double(inquiry.options.integer("used") ?? 50) / 100
    // A day's counting at least, so that one bulk load isn't taken for the rate.
    let days = isMeasured || (inquiry.window?.seconds ?? 0) >= 86400 ? days : nil
    if used >= 0.9 || (days ?? .infinity) < 30 { return .error }
    if used >= 0.75 || (days ?? .infinity) < 180 { return .warning }
    return used >= least ? .info : nil
  }

  private func judge(_ state: State, _ inquiry: inout Inquiry) {
    let sequence = state.sequence
    let headroom = state.headroom
    if state.startsAgain {
      guard let column = sequence.columns.first(where: { $0.key.isUnique }),
        headroom.used * 100 >= Double(inquiry.options.integer("used") ?? 50)
      else { return }
      let again = sequence.increment > 0 ? sequence.minimum : sequence.maximum
      inquiry.findings.append(
        Finding(
          Self.cycling, on: sequence.object,
          "starts again at \(again) after \(headroom.left) more values: then \(column.key.shortName), which is unique, "
            + "refuses what is still there",
          severity: headroom.used >= 0.9 ? nil : .info, evidence: facts(of: state), weight: headroom.used))
      return
    }
    if let severity = severity(
      headroom.used, days: state.days, isMeasured: state.rate.map { !$0.isLowerBound } ?? false, inquiry),
      headroom.used * 100 >= Double(inquiry.options.integer("used") ?? 50) || severity > .info
    {
      inquiry.findings.append(runningOut(state, severity))
    } else if let column = sequence.bound.column {
      inquiry.findings.append(
        Finding(
          Self.wider, on: sequence.object,
          "\(sequence.type) up to \(sequence.increment > 0 ? sequence.maximum : sequence.minimum), but "
            + "\(column.key.shortName) is \(column.key.type) and ends at \(headroom.limit)",
          evidence: facts(of: state), weight: headroom.used))
    }
  }

  private func runningOut(_ state: State, _ severity: Severity) -> Finding {
    let sequence = state.sequence
    let headroom = state.headroom
    let column = sequence.bound.column
    let end = column.map { "what \($0.key.shortName) (\($0.key.type)) holds" } ?? "its own limit \(headroom.limit)"
    var message: String
    if headroom.left == 0 {
      message =
        column == nil
        ? "no value left before \(end): nextval fails (2200H)"
        : "no value left of \(end): inserts fail (22003)"
    } else {
      let past = headroom.used > 0.999 && headroom.used < 1 ? "over 99.9 %" : Quantity.percent(headroom.used)
      message = "\(past) of the way to \(end), \(Quantity.count(headroom.left, "value")) left"
      if let days = state.days, let rate = state.rate {
        message += ", \(rate.isLowerBound ? "at most " : "")\(Self.pretty(days: days))"
      }
    }
    if sequence.columns.count > 1 { message += "; \(sequence.columns.count) columns draw from it" }
    let narrowed = sequence.columns.contains {
      $0.key.range.map { $0.upperBound == headroom.limit || $0.lowerBound == headroom.limit } ?? false
    }
    return Finding(
      Self.runsOut, on: sequence.object, message, severity: headroom.left == 0 ? .error : severity,
      evidence: facts(of: state), remedy: column == nil && !narrowed ? .widen(sequence) : nil,
      weight: headroom.used + (headroom.left == 0 ? 1 : 0))
  }

  private static func pretty(days: Double) -> String {
    days < 1 ? "less than a day" : days > 36500 ? "over 100 years" : "\(Quantity.count(Int(days), "day"))"
  }

  private func facts(of state: State) -> [Fact] {
    let sequence = state.sequence
    let bound = sequence.bound
    let columns = sequence.columns.map {
      "\(SQLName.qualified([$0.key.schema, $0.key.table, $0.key.name])) \($0.key.type)"
    }
    var facts = [
      Fact("last_value", .int(state.value.last)), Fact("is_called", .bool(state.value.isCalled)),
      Fact("increment", .int(sequence.increment)), Fact("limit", .int(state.headroom.limit)),
      Fact("limited_by", bound.column.map { .text($0.key.type + " column") } ?? "sequence"),
      Fact("sequence_type", .text(sequence.type)), Fact("columns", .text(columns.joined(separator: ", "))),
      Fact("values_left", .int(state.headroom.left)),
      Fact("used_percent", .double((state.headroom.used * 1000).rounded() / 10)),
    ]
    if let rate = state.rate {
      facts += [
        Fact(rate.isLowerBound ? "per_day_at_least" : "per_day", .double(rate.perDay.rounded())),
        Fact(rate.isLowerBound ? "days_left_at_most" : "days_left", Value(state.days.map { $0.rounded() })),
      ]
    }
    return facts
  }

  private func judge(_ key: KeyColumn, _ end: SequenceReader.Ends?, _ inquiry: inout Inquiry) {
    guard let end, let range = key.range else { return }
    let up = Headroom(largest: end.largest, limit: range.upperBound)
    let down = Headroom(largest: min(end.smallest, 0), limit: range.lowerBound)
    let nearest = end.largest > 0 && up.used >= down.used ? up : down
    guard let severity = severity(nearest.used, days: nil, inquiry) else { return }
    // Keys that were counted up lie close to one another; drawn ones, or a mark like 2147483647, don't.
    let span = Double(end.largest) - Double(end.smallest) + 1
    let isSparse = (key.rows ?? end.few).map { Double($0) < span / 1000 } ?? false
    let words = isSparse ? "; values lie far apart, so it may be a mark or drawn by chance" : ""
    inquiry.findings.append(
      Finding(
        Self.keyRunsOut, on: key.object,
        "\(Quantity.percent(nearest.used)) of what \(key.type) holds is used, \(nearest.left) values left\(words)",
        severity: isSparse ? .info : severity,
        evidence: [
          Fact("largest", .int(end.largest)), Fact("smallest", .int(end.smallest)), Fact("limit", .int(nearest.limit)),
          Fact("values_left", .int(nearest.left)), Fact("rows", Value(key.rows)),
          Fact("used_percent", .double((nearest.used * 1000).rounded() / 10)),
        ], confidence: isSparse ? .low : .high, weight: nearest.used))
  }

  private func judge(_ copy: NarrowCopy, _ next: Int?, _ inquiry: inout Inquiry) {
    guard let range = KeyColumn.range(type: copy.type, modifier: -1) else { return }
    let parent = SQLName.qualified([copy.parent.schema, copy.parent.table, copy.parent.name])
    let used = next.map { Headroom(largest: max(0, $0), limit: range.upperBound).used }
    var message = "\(copy.type), but \(parent), which it copies, is \(copy.parent.type)"
    if let used, let next {
      message +=
        next > range.upperBound
        ? " and at \(next) already: new keys don't fit" : ", at \(Quantity.percent(used)) of what the copy holds"
    }
    let isBeyond = (next ?? 0) > range.upperBound
    inquiry.findings.append(
      Finding(
        Self.copyNarrower, on: copy.column, message,
        severity: isBeyond ? .error : used.flatMap { severity($0, days: nil, inquiry) } ?? .info,
        evidence: [
          Fact("foreign_key", .text(copy.constraint)), Fact("type", .text(copy.type)), Fact("key", .text(parent)),
          Fact("key_type", .text(copy.parent.type)), Fact("key_next_value", Value(next)),
          Fact("limit", .int(range.upperBound)),
        ], weight: used ?? 0))
  }

  static func finding(_ clash: SequenceReader.Clash) -> Finding {
    let sequence = clash.state.sequence
    let message =
      clash.distance == 0
      ? "the next value \(clash.taken) is in \(clash.key.shortName) already: the next insert fails (23505)"
      : "\(clash.key.shortName) holds \(clash.taken), which the sequence comes to after "
        + Quantity.count(clash.distance, "value")
    return Finding(
      behind, on: sequence.object, message,
      severity: clash.distance == 0 ? .error : clash.distance <= 10_000 ? .warning : .info,
      evidence: [
        Fact("last_value", .int(clash.value.last)), Fact("is_called", .bool(clash.value.isCalled)),
        Fact("next_taken", .int(clash.taken)), Fact("farthest_in_table", Value(clash.farthest)),
        Fact("column", .text(clash.key.object.displayName)), Fact("values_before_it", .int(clash.distance)),
      ],
      remedy: sequence.increment.magnitude == 1
        ? .catchUp(sequence, to: clash.key, last: clash.value.last, isCalled: clash.value.isCalled) : nil,
      weight: clash.distance == 0 ? 1 : 0)
  }

  // MARK: Figures

  /// `sequences` is how many there are, of which `states` are those that could be read.
  private func report(_ states: [State], of sequences: Int, _ inquiry: inout Inquiry) {
    let worst = states.sorted {
      ($1.headroom.used, $0.sequence.schema, $0.sequence.name) < (
        $0.headroom.used, $1.sequence.schema, $1.sequence.name
      )
    }
    let shown = worst.prefix(inquiry.options.integer("limit") ?? 20)
    let rows = shown.map { state -> [Value] in
      [
        .text(SQLName.qualified(state.sequence.schema, state.sequence.name)),
        Value(state.sequence.columns.first.map { $0.key.shortName }), .int(state.value.last),
        .int(state.headroom.limit),
        .double((state.headroom.used * 1000).rounded() / 10), .int(state.headroom.left),
        Value(state.rate.map { $0.perDay.rounded() }), Value(state.days.map { $0.rounded(.down) }),
      ]
    }
    if !rows.isEmpty {
      inquiry.figures.append(
        Figure(
          "sequences", "sequences, the fullest first",
          columns: ["sequence", "column", "last_value", "limit", "used_percent", "left", "per_day", "days_left"],
          rows: rows,
          note: states.count > rows.count ? "\(rows.count) of \(states.count)" : nil, isDetail: true))
    }
    func count(_ cards: Card...) -> Int {
      let rules = Set(cards.map { $0.rule })
      return inquiry.findings.filter { rules.contains($0.rule) }.count
    }
    let near = count(Self.runsOut, Self.keyRunsOut)
    var parts = [
      near == 0
        ? states.count < sequences ? "nothing that was read runs out" : "nothing runs out"
        : "\(Quantity.count(near, "sequence or key", "sequences and keys")) running out"
    ]
    if let first = worst.first(where: { !$0.startsAgain }) {
      parts.append(
        "fullest: \(SQLName.qualified(first.sequence.schema, first.sequence.name)) at "
          + Quantity.percent(first.headroom.used))
    }
    if count(Self.behind) > 0 { parts.append("\(count(Self.behind)) behind the table") }
    if count(Self.copyNarrower) > 0 {
      parts.append(Quantity.count(count(Self.copyNarrower), "copy too narrow", "copies too narrow"))
    }
    inquiry.summary = parts.joined(separator: "; ")
  }
}
