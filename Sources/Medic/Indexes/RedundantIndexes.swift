public import Postgres

/// `\redundant`: indexes that another one can stand in for, and invalid ones that a failed build left behind.
public struct RedundantIndexes: Examination {
  public static let name = "redundant"
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
    guard let rows = try inquiry.read(connection, [Index.query], parameters, for: Self.duplicate.rule) else { return }
    let catalog = IndexCatalog(rows.map { Index($0) })
    inquiry.scope = Quantity.count(catalog.roots.count, "index", "indexes")
    let pairs = substitutions(catalog)
    let broken = catalog.roots.filter { !$0.isValid }
    let definitions = try Definitions.read(
      catalog.parts(of: pairs.map { $0.extra } + broken), connection, &inquiry, for: Self.duplicate.rule)
    for pair in pairs { inquiry.findings.append(finding(pair, catalog, inquiry.server, definitions)) }
    for index in broken {
      if index.isBeingBuilt { continue }
      if index.mayBeBeingBuilt {
        inquiry.notAssessed.append(
          NotAssessed(Self.invalid.rule, index.object, "invalid, but somebody may be building it now"))
        continue
      }
      inquiry.findings.append(broke(index, catalog, inquiry.server, definitions))
    }
    let bytes = pairs.reduce(0) { $0 + catalog.pages($1.extra) } * inquiry.server.blockSize
    let invalid = inquiry.findings.filter { $0.rule == Self.invalid.rule }.count
    inquiry.summary =
      "\(Quantity.count(pairs.count, "index", "indexes")) that another makes unnecessary, "
      + "\(Quantity.pretty(bytes: bytes)); \(invalid) invalid"
  }

  // MARK: Which one stands in for which

  private struct Pair {
    let extra: Index
    let kept: Index
    let isDuplicate: Bool
  }

  private func substitutions(_ catalog: IndexCatalog) -> [Pair] {
    var pairs: [Pair] = []
    let tables = Dictionary(grouping: catalog.roots.filter { $0.isValid }) { $0.tableID }
    for indexes in tables.values {
      // The most worth keeping first; one that is given up never serves as the reason for another.
      let ordered = indexes.sorted { Self.rank($0, catalog) < Self.rank($1, catalog) }
      for (position, index) in ordered.enumerated() where Self.mayGo(index, catalog) {
        let alternatives = ordered.enumerated().filter { other in
          other.offset != position && !pairs.contains { $0.extra.id == other.element.id }
        }
        // Of two that are the same the later goes.
        if let same = alternatives.first(where: { $0.offset < position && Self.isSame(index, $0.element) }) {
          pairs.append(Pair(extra: index, kept: same.element, isDuplicate: true))
        } else if let longer = alternatives.first(where: { Self.isPrefix(index, of: $0.element) }) {
          pairs.append(Pair(extra: index, kept: longer.element, isDuplicate: false))
        }
      }
    }
    return pairs
  }

  /// Constraint, then unique, then what else holds it, then used more, then older.
  private static func rank(_ index: Index, _ catalog: IndexCatalog) -> (Int, Int, Int) {
    let hold: Int
    switch index {
    case _ where index.isPrimary: hold = 0
    case _ where index.constraint != nil || index.isReferenced: hold = 1
    case _ where index.isUnique: hold = 2
    case _ where catalog.reasonToKeep(index) != nil: hold = 3
    default: hold = 4
    }
    return (hold, -catalog.scans(index), index.id)
  }

  /// What backs a constraint, is referred to, or is the replica identity stays; a unique index may go when an equal one
  /// stays.
  private static func mayGo(_ index: Index, _ catalog: IndexCatalog) -> Bool {
    !catalog.parts(of: [index]).contains {
      $0.isPrimary || $0.constraint != nil || $0.isReferenced || $0.isReplicaIdentity || $0.isClustered
        || $0.`extension` != nil
    }
  }

  /// The other answers and enforces all that the index does.
  private static func isSame(_ index: Index, _ other: Index) -> Bool {
    guard index.method == other.method, index.predicate == other.predicate, index.included == other.included else {
      return false
    }
    if index.isUnique {
      guard other.isUnique, index.isImmediate == other.isImmediate, index.nullsNotDistinct == other.nullsNotDistinct
      else { return false }
    }
    // A btree can be read backwards, if all of it turns round.
    return index.keys == other.keys || (index.method == "btree" && index.keys == other.keys.map { $0.mirrored })
  }

  /// A longer btree begins with the index's keys and has its INCLUDE columns somewhere.
  private static func isPrefix(_ index: Index, of other: Index) -> Bool {
    guard index.method == "btree", other.method == "btree", !index.isUnique, index.predicate == other.predicate else {
      return false
    }
    let held = other.included.union(other.keys.filter { !$0.isExpression }.map { $0.what })
    guard index.included.isSubset(of: held), (index.keys.count, index.included.count) != (0, 0) else { return false }
    let isLonger = other.keys.count > index.keys.count || !index.included.isSuperset(of: other.included)
    guard isLonger, other.keys.count >= index.keys.count else { return false }
    let start = Array(other.keys.prefix(index.keys.count))
    return index.keys == start || index.keys == start.map { $0.mirrored }
  }

  // MARK: Findings

  private func finding(
    _ pair: Pair, _ catalog: IndexCatalog, _ server: Server, _ definitions: Definitions
  ) -> Finding {
    let (extra, kept) = (pair.extra, pair.kept)
    let (bytes, keptBytes) = (catalog.pages(extra) * server.blockSize, catalog.pages(kept) * server.blockSize)
    let reason = kept.constraint ?? (kept.isUnique && !extra.isUnique ? "unique" : nil)
    let why = reason.map { " (\($0))" } ?? ""
    let sizes = "\(Quantity.pretty(bytes: bytes)), the other \(Quantity.pretty(bytes: keptBytes))"
    let message =
      pair.isDuplicate
      ? "same as \(SQLName.quoted(kept.name))\(why); \(sizes)"
      : "\(SQLName.quoted(kept.name))\(why) starts with the same columns; \(sizes)"
    // Many scans of a much smaller index would each read more of the longer one.
    let isMuchSmaller = !pair.isDuplicate && bytes * 3 < keptBytes && catalog.scans(extra) > 0
    return Finding(
      pair.isDuplicate ? Self.duplicate : Self.prefix, on: extra.object, message,
      severity: isMuchSmaller ? .info : nil,
      evidence: [
        Fact("keep", .text(kept.name)), Fact("size_bytes", .int(bytes)), Fact("keep_size_bytes", .int(keptBytes)),
        Fact("scans", .int(catalog.scans(extra))), Fact("keep_scans", .int(catalog.scans(kept))),
        Fact("table_writes", .int(catalog.writes(extra))),
      ],
      confidence: isMuchSmaller ? .low : .high, remedy: definitions.drop(extra, catalog), weight: Double(bytes))
  }

  private func broke(
    _ index: Index, _ catalog: IndexCatalog, _ server: Server, _ definitions: Definitions
  ) -> Finding {
    let bytes = index.pages * server.blockSize
    var message = "not valid: a build failed or was cancelled"
    var remedy = definitions.drop(index, catalog)
    if index.isPartitioned {
      message = "not valid: some partition has no index attached to it"
      remedy = nil
    } else if Self.isLeftover(index.name, "_ccnew") {
      message = "left by a failed REINDEX CONCURRENTLY; the old index is still in place"
    } else if Self.isLeftover(index.name, "_ccold") {
      message = "the old copy of a REINDEX CONCURRENTLY that could not drop it"
    }
    if index.constraint != nil { remedy = .reindex(schema: index.schema, name: index.name) }
    return Finding(
      Self.invalid, on: index.object, message,
      evidence: [
        Fact("size_bytes", .int(bytes)), Fact("table_writes", .int(index.writes)),
        Fact("unique", .bool(index.isUnique)), Fact("partitioned", .bool(index.isPartitioned)),
      ],
      remedy: remedy, weight: Double(bytes))
  }

  /// `name_ccnew`, or `name_ccnew1` where that was taken.
  private static func isLeftover(_ name: String, _ suffix: String) -> Bool {
    var stem = name[...]
    while let last = stem.last, last.isASCII, last.isNumber { stem.removeLast() }
    return stem.hasSuffix(suffix)
  }
}
