public import Postgres

/// `\redundant`: indexes that another one can stand in for, and invalid ones that a failed build left behind.
public struct RedundantIndexes: Examination {
  public static let name = "redundant"
  public static let basis = Basis.schema
  public static let manual = Manual(
    "find duplicate and redundant indexes, and invalid ones left behind",
    details: """
      An index is redundant when another can stand in for it in every use: columns, operator classes, collations,
      order, predicate, expressions and uniqueness are compared.

      Example: \\redundant public.*
      """)

  static let duplicate = Card(
    "index-duplicate", severity: .warning, in: .indexes, entry: "duplicate-indexes",
    summary: "indexes that are the same as another one")
  static let prefix = Card(
    "index-redundant", severity: .warning, in: .indexes, entry: "duplicate-indexes",
    summary: "indexes whose every use a longer one can take over")
  static let invalid = Card(
    "index-invalid", severity: .error, in: .indexes, entry: "migration-failed-midway",
    summary: "invalid indexes, which cost writes and answer nothing")
  public static let rules = [duplicate, prefix, invalid]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let parameters = inquiry.request.scope.parameters
    let rule = Self.duplicate.rule
    guard
      let count = try inquiry.read(connection, [Index.countQuery(inquiry.request.scope)], parameters, for: rule)?.first,
      let rows = try inquiry.read(connection, Index.similarQueries, parameters, for: rule)
    else { return }
    let catalog = IndexCatalog(rows.map { Index($0) })
    let forms = Dictionary(rows.map { ($0.int("id") ?? 0, IndexForm($0)) }) { first, _ in first }
    inquiry.scope = Quantity.count(count.int("indexes") ?? 0, "index", "indexes")
    let pairs = Substitutes(catalog, forms).pairs
    for pair in pairs { inquiry.findings.append(finding(pair, catalog, inquiry.server)) }
    var invalid = 0
    for index in catalog.roots where !index.isValid {
      guard let form = forms[index.id], !form.isBeingBuilt else { continue }
      if inquiry.server.readsAllStatistics ? form.isTableBeingIndexed : form.mayBeBeingBuilt {
        inquiry.notAssessed.append(
          NotAssessed(Self.invalid.rule, index.object, "invalid, but somebody may be building it now"))
        continue
      }
      inquiry.findings.append(broke(index, form, catalog, inquiry.server))
      invalid += 1
    }
    try complete(catalog, forms, connection, &inquiry)
    let bytes = pairs.reduce(0) { $0 + catalog.pages($1.extra) } * inquiry.server.blockSize
    inquiry.summary =
      "\(Quantity.count(pairs.count, "index", "indexes")) that another makes unnecessary, "
      + "\(Quantity.pretty(bytes: bytes)); \(invalid) invalid"
  }

  // MARK: Findings

  private func finding(_ pair: Substitutes.Pair, _ catalog: IndexCatalog, _ server: Server) -> Finding {
    let (extra, kept) = (pair.extra, pair.kept)
    let (bytes, keptBytes) = (catalog.pages(extra) * server.blockSize, catalog.pages(kept) * server.blockSize)
    let sizes = "\(Quantity.pretty(bytes: bytes)), the other \(Quantity.pretty(bytes: keptBytes))"
    let name = SQLName.quoted(kept.name) + (pair.reason.map { " (\($0))" } ?? "")
    let message = pair.isDuplicate ? "same as \(name); \(sizes)" : "\(name) starts with the same columns; \(sizes)"
    // Many scans of a much smaller index would each read more of the longer one.
    let isMuchSmaller = !pair.isDuplicate && bytes * 3 < keptBytes && pair.scans > 0
    return Finding(
      pair.isDuplicate ? Self.duplicate : Self.prefix, on: extra.object,
      isMuchSmaller ? message + ": much smaller and in use" : message,
      severity: isMuchSmaller ? .info : nil,
      evidence: [
        Fact("keep", .text(kept.name)), Fact("keep_because", .text(pair.reason ?? "longer")),
        Fact("size_bytes", .int(bytes)),
        Fact("keep_size_bytes", .int(keptBytes)), Fact("scans", .int(pair.scans)),
        Fact("keep_scans", .int(pair.keptScans)),
      ],
      confidence: isMuchSmaller ? .low : .high, weight: Double(bytes))
  }

  private func broke(_ index: Index, _ form: IndexForm, _ catalog: IndexCatalog, _ server: Server) -> Finding {
    let bytes = catalog.pages(index) * server.blockSize
    var evidence = [
      Fact("size_bytes", .int(bytes)), Fact("unique", .bool(index.isUnique)),
      Fact("partitioned", .bool(index.isPartitioned)),
    ]
    var message = "not valid: a build failed or was cancelled"
    if index.isPartitioned {
      if let broken = catalog.leaves(index).first(where: { !$0.isValid }) {
        message = "not valid: \(broken.object.displayName), a part of it, is not"
        evidence.append(Fact("invalid_part", .text(broken.object.displayName)))
      } else {
        message = "not valid: some partition has no index attached to it"
      }
    } else if Self.isLeftover(index.name, "_ccnew") {
      message = "left by a failed REINDEX CONCURRENTLY; the old index is still in place"
    } else if Self.isLeftover(index.name, "_ccold") {
      message = "the old copy of a REINDEX CONCURRENTLY that could not drop it"
    }
    if form.isUnique && !index.isPartitioned { message += "; it still refuses duplicates" }
    return Finding(Self.invalid, on: index.object, message, evidence: evidence, weight: Double(bytes))
  }

  /// `name_ccnew`, or `name_ccnew1` where that was taken.
  private static func isLeftover(_ name: String, _ suffix: String) -> Bool {
    var stem = name[...]
    while let last = stem.last, last.isASCII, last.isNumber { stem.removeLast() }
    return stem.hasSuffix(suffix)
  }

  /// Puts into the findings that will be shown what is read for these only.
  private func complete(
    _ catalog: IndexCatalog, _ forms: [Int: IndexForm], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let shown = Set(inquiry.shown.map { $0.object })
    let indexes = Dictionary(catalog.roots.map { ($0.object, $0) }) { first, _ in first }
    let parts = shown.sorted { $0.fullName < $1.fullName }.compactMap { indexes[$0] }.flatMap { catalog.parts(of: $0) }
    let details = try IndexDetails.read(parts, connection, &inquiry, for: Self.duplicate.rule)
    for position in inquiry.findings.indices where shown.contains(inquiry.findings[position].object) {
      guard let index = indexes[inquiry.findings[position].object] else { continue }
      let isInvalid = inquiry.findings[position].rule == Self.invalid.rule
      inquiry.findings[position].evidence.append(Fact("table_writes", .int(details.writes(index, catalog))))
      if !isInvalid || !index.isPartitioned {
        inquiry.findings[position].remedy =
          isInvalid && forms[index.id]?.constraint != nil
          ? .reindex(
            schema: index.schema, name: index.name, concurrently: forms[index.id]?.constraint != "exclusion")
          : details.drop(index, catalog)
      }
    }
  }
}
