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

  /// The last scan, which 16 and later remember.
  static let lastScans = Query(
    from: 16,
    """
    SELECT i.id, pg_catalog.to_char(pg_catalog.pg_stat_get_lastscan(i.id) AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_scan
    FROM pg_catalog.unnest($1::oid[]) AS i (id)
    WHERE pg_catalog.pg_stat_get_lastscan(i.id) IS NOT NULL
    """)

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let rule = Self.card.rule
    guard
      let bounds = try inquiry.read(connection, EvidenceWindow.queries, for: rule)?.first,
      let rows = try inquiry.read(connection, [Index.query], inquiry.request.scope.parameters, for: rule)
    else { return }
    let window = EvidenceWindow(bounds)
    let catalog = IndexCatalog(rows.map { Index($0) })
    inquiry.window = window.window
    inquiry.scope = Quantity.count(catalog.roots.count, "index", "indexes")
    var elsewhere: [Int: Int] = [:]
    if let replicas = inquiry.options.text("replicas") {
      guard let scans = try Replicas.scans(replicas, connection, &inquiry, for: rule) else { return }
      elsewhere = scans
    } else if inquiry.server.isStandby {
      let reason = "a standby alone can't tell: ask the primary, and name this server in replicas="
      inquiry.notAssessed.append(NotAssessed(rule, nil, reason))
      return
    } else if window.standbys > 0 {
      inquiry.notes.append(
        "\(Quantity.count(window.standbys, "standby", "standbys")) may use indexes that look unused here: name them in "
          + "replicas=")
    }
    let candidates = catalog.roots.filter { $0.isValid && catalog.scans($0, elsewhere) == 0 }
    let servers = try soleServers(of: candidates, catalog, connection, &inquiry)
    let minimum = inquiry.options.integer("min_size") ?? 0
    var kept: [[Value]] = []
    var unused: [Index] = []
    for index in candidates {
      if let reason = catalog.reasonToKeep(index) ?? servers[index.id].map({ "the only index that serves \($0)" }) {
        kept.append([.text(index.object.displayName), .text(reason)])
      } else if catalog.pages(index) * inquiry.server.blockSize >= minimum {
        unused.append(index)
      }
    }
    let definitions = try Definitions.read(catalog.parts(of: unused), connection, &inquiry, for: rule)
    let scans = try inquiry.lastScans(Self.lastScans, unused, connection, for: rule)
    for index in unused {
      let isLonely = window.standbys > 0 && elsewhere.isEmpty && !inquiry.options.given.contains("replicas")
      inquiry.findings.append(
        finding(
          index, catalog, window, inquiry.server, definitions, lastScan: scans[index.id], isLonely: isLonely))
    }
    if !kept.isEmpty {
      inquiry.figures.append(
        Figure(
          "kept", "unscanned indexes that must stay", columns: ["index", "reason"], rows: kept, isDetail: true))
    }
    let bytes = unused.reduce(0) { $0 + catalog.pages($1) } * inquiry.server.blockSize
    inquiry.summary =
      "\(Quantity.count(unused.count, "unused index", "unused indexes")), \(Quantity.pretty(bytes: bytes)); "
      + "\(kept.count) more unscanned but needed; counted over \(Quantity.pretty(seconds: window.seconds))"
  }

  private func finding(
    _ index: Index, _ catalog: IndexCatalog, _ window: EvidenceWindow, _ server: Server, _ definitions: Definitions,
    lastScan: String?, isLonely: Bool
  ) -> Finding {
    let bytes = catalog.pages(index) * server.blockSize
    let writes = catalog.writes(index)
    let observed = window.observed(index)
    var confidence = Confidence.low
    if observed.isKnown && !isLonely {
      if observed.seconds >= 30 * 86400 {
        confidence = .high
      } else if observed.seconds >= 7 * 86400 {
        confidence = .medium
      }
    }
    var message = "no scan in \(Quantity.pretty(seconds: observed.seconds)); \(Quantity.pretty(bytes: bytes))"
    if writes > 0 { message += ", \(Quantity.count(writes, "write")) paid" }
    if !observed.isKnown { message += "; its own age is unknown" }
    if index.hasExpression { message += "; its expression's statistics go with it" }
    var evidence = [
      Fact("scans", 0), Fact("size_bytes", .int(bytes)), Fact("table_writes", .int(writes)),
      Fact("observed_seconds", .int(observed.seconds)), Fact("age_known", .bool(observed.isKnown)),
      Fact("has_expression", .bool(index.hasExpression)), Fact("last_scan", Value(lastScan)),
    ]
    if index.isPartitioned { evidence.append(Fact("partitions", .int(catalog.leaves(index).count))) }
    return Finding(
      Self.card, on: index.object, message, severity: confidence == .low ? .info : nil, evidence: evidence,
      confidence: confidence, remedy: definitions.drop(index, catalog), weight: Double(bytes))
  }

  /// Candidates that are the only index by which a foreign key of their table is served, with the key's name.
  private func soleServers(
    of candidates: [Index], _ catalog: IndexCatalog, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> [Int: String] {
    if candidates.isEmpty { return [:] }
    let tables = Set(candidates.flatMap { catalog.leaves($0) + [$0] }.map { $0.tableID })
    let major = inquiry.server.major
    let read = try inquiry.attempt(connection, for: Self.card.rule) {
      (connection) throws(PostgresError) -> [Int: String] in
      let keys = ForeignKey.keys(try connection.rows(ForeignKey.query.text, Scope(includesSystem: true).parameters))
      let children = ArrayText.write(Set(keys.map { $0.tableID }).sorted())
      let relations = RelationSet(try connection.rows(Relation.treeQuery.text, [children]))
      let facts = try connection.rows(IndexFacts.query.text, [ArrayText.write(tables.sorted())]).map { IndexFacts($0) }
      let byTable = Dictionary(grouping: facts) { $0.tableID }
      var sole: [Int: String] = [:]
      for key in keys {
        for leaf in relations.leaves(of: key.tableID) {
          let columns = key.columns.filter { $0.isIndexable && $0.isEquality }
          let serving = (byTable[leaf.id] ?? []).filter {
            !columns.isEmpty && IndexFit.of($0, for: columns, major: major) { _ in false } == .serves
          }
          if serving.count == 1, let only = serving.first {
            sole[catalog.root(of: only.id)] = SQLName.quoted(key.name)
          }
        }
      }
      return sole
    }
    return read ?? [:]
  }
}

extension Inquiry {
  /// The time of each index's last scan, where the server remembers it.
  fileprivate mutating func lastScans(
    _ query: Query, _ indexes: [Index], _ connection: borrowing Connection, for rule: String
  ) throws(PostgresError) -> [Int: String] {
    guard server.major >= query.major, !indexes.isEmpty else { return [:] }
    let rows = try read(connection, [query], [ArrayText.write(indexes.map { $0.id })], for: rule) ?? []
    return Dictionary(rows.map { ($0.int("id") ?? 0, $0.text("last_scan")) }) { first, _ in first }
  }
}
