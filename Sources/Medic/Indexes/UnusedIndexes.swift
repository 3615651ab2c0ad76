public import Postgres

/// `\unused`: indexes that nothing has read for as long as the counters go back.
public struct UnusedIndexes: Examination {
  public static let name = "unused"
  public static let manual = Manual(
    "find indexes that nothing uses, over the time of the statistics",
    details: """
      Never named: unique, primary and exclusion indexes, replica identities, clustered ones, and the only index that
      serves a foreign key. A partitioned index counts as used when any partition's is. How long the statistics
      reach back, and what bounds them, stands above the findings.

      Example: \\unused (min_size=10MB) billing.*
      """)

  static let card = Card(
    "index-unused", severity: .warning, in: .indexes, entry: "unused-indexes", summary: "indexes that nothing uses")
  public static let rules = [card]

  public static let options = [
    Option("min_size", .size, default: "0", "leave smaller indexes out"),
    Option("replicas", .text, "connection strings of standbys, separated by semicolons, whose scans count, too"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rule = Self.card.rule
    guard let window = try EvidenceWindow.read(connection, &inquiry, for: rule) else { return }
    inquiry.window = window.window
    var elsewhere: [Int] = []
    var named = 0
    if let replicas = inquiry.options.text("replicas") {
      guard let scanned = try Replicas.scanned(replicas, connection, &inquiry, for: rule) else { return }
      elsewhere = scanned
      named = Replicas.count(replicas)
    } else if inquiry.server.isStandby {
      let reason = "a standby alone can't tell: ask the primary, and name this server in replicas="
      inquiry.notAssessed.append(NotAssessed(rule, nil, reason))
      return
    }
    let unasked = window.standbys - named
    if unasked > 0 {
      inquiry.notes.append(
        "\(Quantity.count(unasked, "standby", "standbys")) may use indexes that look unused here: name them in replicas="
      )
    }
    if !window.isCounting {
      inquiry.notAssessed.append(NotAssessed(rule, nil, "track_counts is off, so scans aren't counted"))
      return
    }
    let parameters = inquiry.request.scope.parameters
    guard
      let count = try inquiry.read(connection, [Index.countQuery(inquiry.request.scope)], parameters, for: rule)?.first,
      let rows = try inquiry.read(
        connection, [Index.unscannedQuery], parameters + [ArrayText.write(elsewhere)], for: rule)
    else { return }
    inquiry.scope = Quantity.count(count.int("indexes") ?? 0, "index", "indexes")
    let catalog = IndexCatalog(rows.map { Index($0) })
    let ages = Dictionary(rows.map { ($0.int("id") ?? 0, IndexAge($0)) }) { first, _ in first }
    let candidates = catalog.roots.filter { $0.isValid && !$0.isUnique }
    guard
      let servers = try KeyServers.read(
        candidates, catalog, scannedElsewhere: elsewhere, connection, &inquiry, for: rule)
    else { return }
    let minimum = inquiry.options.integer("min_size") ?? 0
    var kept: [[Value]] = []
    let isDoubtful = unasked > 0 || window.wasPromotedUnknownWhen
    var unused: [Unused] = []
    for index in candidates {
      if let reason = catalog.reasonToKeep(index)
        ?? servers.needed[index.id].map({ "the only index that serves \($0)" })
      {
        kept.append([.text(index.object.displayName), .text(reason)])
        continue
      }
      let bytes = catalog.pages(index) * inquiry.server.blockSize
      if bytes < minimum { continue }
      let observed = window.observed(ages[index.id] ?? IndexAge(), atMost: inquiry.window?.seconds)
      unused.append(
        Unused(index: index, bytes: bytes, seconds: observed.seconds, isKnown: observed.isKnown, isDoubtful: isDoubtful)
      )
    }
    // Thousands of findings that would be cut off at once aren't made, as long as none may be ignored before.
    let room = inquiry.request.ignoring.isEmpty ? inquiry.limit : Int.max
    if unused.count > room { unused.sort(by: Unused.isBefore) }
    inquiry.unmade += max(0, unused.count - room)
    for one in unused.prefix(room) { inquiry.findings.append(finding(one, catalog)) }
    try complete(catalog, connection, &inquiry)
    if !kept.isEmpty {
      inquiry.figures.append(
        Figure(
          "kept", "unscanned indexes that must stay", columns: ["index", "reason"], rows: kept, isDetail: true))
    }
    let bytes = unused.reduce(0) { $0 + $1.bytes }
    inquiry.summary =
      "\(Quantity.count(unused.count, "unused index", "unused indexes")), \(Quantity.pretty(bytes: bytes)); "
      + "\(kept.count) more unscanned but needed; counted over \(Quantity.pretty(seconds: window.seconds))"
  }

  /// An index that nothing uses.
  private struct Unused {
    let index: Index
    let bytes: Int
    /// For how long it has been seen unused, and whether its own age is known.
    let seconds: Int
    let isKnown: Bool
    /// Others may use it.
    let isDoubtful: Bool

    var confidence: Confidence {
      guard isKnown, !isDoubtful else { return .low }
      return seconds >= 30 * 86400 ? .high : seconds >= 7 * 86400 ? .medium : .low
    }

    /// The order of their findings in a report.
    static func isBefore(_ left: Unused, _ right: Unused) -> Bool {
      let (isLow, isOtherLow) = (left.confidence == .low, right.confidence == .low)
      if isLow != isOtherLow { return isOtherLow }
      if left.bytes != right.bytes { return left.bytes > right.bytes }
      if left.index.schema != right.index.schema { return left.index.schema < right.index.schema }
      if left.index.table != right.index.table { return left.index.table < right.index.table }
      return left.index.name < right.index.name
    }
  }

  private func finding(_ unused: Unused, _ catalog: IndexCatalog) -> Finding {
    let index = unused.index
    let confidence = unused.confidence
    var message = "no scan in \(Quantity.pretty(seconds: unused.seconds)); \(Quantity.pretty(bytes: unused.bytes))"
    if !unused.isKnown { message += "; its own age is unknown" }
    if index.hasExpression { message += "; its expression's statistics go with it" }
    var evidence = [
      Fact("scans", 0), Fact("size_bytes", .int(unused.bytes)), Fact("observed_seconds", .int(unused.seconds)),
      Fact("age_known", .bool(unused.isKnown)), Fact("has_expression", .bool(index.hasExpression)),
    ]
    if index.isPartitioned { evidence.append(Fact("partitions", .int(catalog.leaves(index).count))) }
    return Finding(
      Self.card, on: index.object, message, severity: confidence == .low ? .info : nil, evidence: evidence,
      confidence: confidence, weight: Double(unused.bytes))
  }

  /// Puts into the findings that will be shown what is read for these only: the remedy, and what the index has cost.
  private func complete(
    _ catalog: IndexCatalog, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let shown = Set(inquiry.shown.map { $0.object })
    let indexes = Dictionary(catalog.roots.lazy.filter { shown.contains($0.object) }.map { ($0.object, $0) }) {
      first, _ in
      first
    }
    let parts = shown.sorted { $0.fullName < $1.fullName }.compactMap { indexes[$0] }.flatMap { catalog.parts(of: $0) }
    let details = try IndexDetails.read(parts, connection, &inquiry, for: Self.card.rule)
    for position in inquiry.findings.indices {
      guard let index = indexes[inquiry.findings[position].object] else { continue }
      inquiry.findings[position].remedy = details.drop(index, catalog)
      inquiry.findings[position].evidence += [
        Fact("table_writes", .int(details.writes(index, catalog))),
        Fact("last_scan", Value(details.lastScan(index, catalog))),
      ]
    }
  }
}
