public import Postgres

/// `\fkcheck`: foreign keys that no index serves, or serves badly.
///
/// Deleting or re-keying a parent row looks for its children; without an index that reads the whole child table each
/// time, while the row locks are held.
public struct ForeignKeyCheck: Examination {
  public static let name = "fkcheck"
  public static let basis = Basis.schema
  public static let manual = Manual(
    "find foreign keys that no index serves, or serves badly",
    details: """
      Deleting or changing a row of the referenced table reads the whole referencing table when no index serves the
      key. Reports missing and weak indexes, keys whose types stop an index from being used, and duplicate keys.
      Partitioned tables are judged partition by partition and reported once.

      Example: \\fkcheck (explain=on) billing.*
      """)

  static let missing = Card(
    "fk-without-index", severity: .warning, in: .indexes, entry: "conv-index-fk",
    summary: "foreign keys that no index serves")
  static let weak = Card(
    "fk-weak-index", severity: .info, in: .indexes, entry: "conv-index-fk",
    summary: "foreign keys that an index serves only in part")
  static let mismatch = Card(
    "fk-type-mismatch", severity: .warning, in: .schema, entry: "change-column-type",
    summary: "foreign keys whose type keeps every index from being used")
  static let duplicate = Card(
    "fk-duplicate", severity: .warning, in: .schema, entry: "conv-index-fk",
    summary: "foreign keys that say the same twice")
  public static let rules = [missing, weak, mismatch, duplicate]

  public static let options = [
    Option("explain", .flag, default: "off", "list each candidate index and why it was accepted or refused")
  ]

  /// The columns of a table that have few distinct values, which a skip scan (18) passes over.
  static let fewValues = Query(
    from: 18,
    """
    SELECT c.oid AS id, s.attname AS "column"
    FROM pg_catalog.pg_stats AS s
    JOIN pg_catalog.pg_namespace AS n ON n.nspname = s.schemaname
    JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
    WHERE c.oid = ANY ($1::oid[]) AND s.n_distinct BETWEEN 1 AND 100
    ORDER BY 1, 2
    """)

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    let parameters = inquiry.request.scope.parameters
    let major = inquiry.server.major
    let explains = inquiry.options.flag("explain")
    let catalog = try inquiry.attempt(connection, for: Self.missing.rule) {
      (connection) throws(PostgresError) -> Catalog in
      let count = try connection.rows(ForeignKey.countQueries.text(for: major) ?? "", parameters).first
      let rows = try connection.rows(
        ForeignKey.queries.text(for: major) ?? "", parameters + [explains ? "true" : "false", nil])
      let tables = ArrayText.write(ForeignKey.tables(rows))
      let relations = RelationSet(try connection.rows(Relation.treeQuery.text, [tables]))
      let keys = ForeignKey.keys(rows, relations)
      // Partitions may number their columns in their own way, so all their indexes are read.
      let whole = ArrayText.write(
        Set(keys.filter { explains || $0.isPartitioned }.flatMap { relations.parts(of: $0.tableID) }.map { $0.id })
          .sorted())
      let indexes = try connection.rows(IndexFacts.query.text, [whole, ArrayText.write(keys.map { $0.id })])
        .map { IndexFacts($0) }
      let ids = ArrayText.write(Set(indexes.map { $0.tableID }).sorted())
      let few = major >= Self.fewValues.major ? try connection.rows(Self.fewValues.text, [ids]) : []
      return Catalog(
        keyCount: count?.int("keys") ?? 0, tableCount: count?.int("tables") ?? 0, keys: keys, relations: relations,
        indexes: indexes, fewValues: few)
    }
    guard let catalog else { return }
    if inquiry.server.isStandby {
      let reason = "parent deletes are counted on the primary only: findings are not weighted here"
      inquiry.notAssessed.append(NotAssessed(Self.missing.rule, nil, reason))
    }
    let keys = Quantity.count(catalog.keyCount, "foreign key")
    inquiry.scope = "\(keys) of \(Quantity.count(catalog.tableCount, "table"))"
    let badly = judge(catalog, &inquiry)
    inquiry.findings += duplicates(catalog.keys)
    try offerIndexes(badly, catalog, connection, &inquiry)
    let bad = Set(inquiry.findings.filter { $0.rule != Self.duplicate.rule }.map { $0.object }).count
    let duplicates = inquiry.findings.filter { $0.rule == Self.duplicate.rule }.count
    inquiry.summary = "\(bad) of \(keys) badly served"
    if duplicates > 0 { inquiry.summary += ", \(Quantity.count(duplicates, "duplicate"))" }
  }

  /// What one look at the catalogs gives.
  private struct Catalog: Sendable {
    let keyCount: Int
    let tableCount: Int
    /// Those that have to be looked at closely.
    let keys: [ForeignKey]
    let relations: RelationSet
    let indexes: [Int: [IndexFacts]]
    private let fewValues: [Int: Set<String>]

    init(
      keyCount: Int, tableCount: Int, keys: [ForeignKey], relations: RelationSet, indexes: [IndexFacts],
      fewValues: [Row]
    ) {
      self.keyCount = keyCount
      self.tableCount = tableCount
      self.keys = keys
      self.relations = relations
      self.indexes = Dictionary(grouping: indexes) { $0.tableID }
      self.fewValues = Dictionary(grouping: fewValues) { $0.int("id") ?? 0 }.mapValues { rows in
        Set(rows.map { $0.text("column") })
      }
    }

    func hasFewValues(_ table: Int, _ column: String) -> Bool { fewValues[table]?.contains(column) ?? false }
  }

  // MARK: Served or not

  /// Adds the findings, and returns the keys behind those that an index would cure, with what is badly served.
  private func judge(
    _ catalog: Catalog, _ inquiry: inout Inquiry
  ) -> [DatabaseObject: (key: ForeignKey, bad: [Verdict])] {
    var badly: [DatabaseObject: (key: ForeignKey, bad: [Verdict])] = [:]
    var candidates: [[Value]] = []
    for key in catalog.keys {
      if let column = key.columns.first(where: { !$0.isIndexable }) {
        inquiry.findings.append(mismatched(key, column, catalog))
      }
      let columns = key.columns.filter { $0.isIndexable && $0.isEquality }
      if columns.isEmpty { continue }
      var verdicts: [Verdict] = []
      for leaf in catalog.relations.leaves(of: key.tableID) {
        let fits = (catalog.indexes[leaf.id] ?? []).map { index in
          (
            index: index,
            fit: IndexFit.of(index, for: columns, major: inquiry.server.major) { column in
              catalog.hasFewValues(leaf.id, column)
            }
          )
        }
        candidates += fits.map { [Value(key.object.displayName), Value($0.index.name)] + Self.words($0.fit) }
        verdicts.append(Verdict(leaf: leaf, fits: fits, columns: key.indexableNames))
      }
      if let finding = finding(key, verdicts, catalog, inquiry.server) {
        inquiry.findings.append(finding)
        badly[finding.object] = (key, verdicts.filter { !$0.isServed })
      }
    }
    if inquiry.options.flag("explain") {
      inquiry.figures.append(
        Figure(
          "candidates", "candidate indexes", columns: ["foreign_key", "index", "verdict", "reason"], rows: candidates))
    }
    return badly
  }

  private static func words(_ fit: IndexFit) -> [Value] {
    switch fit {
    case .serves: ["serves", nil]
    case .weak(let reason): ["weak", .text(reason)]
    case .refused(let reason): ["refused", .text(reason)]
    }
  }

  /// What the indexes of one table or leaf come to.
  private struct Verdict {
    let leaf: Relation
    let isServed: Bool
    /// The best index that serves in part, with the reason why only so.
    let weak: (index: IndexFacts, reason: String)?
    /// The index that would serve if it were valid.
    let invalid: IndexFacts?

    init(leaf: Relation, fits: [(index: IndexFacts, fit: IndexFit)], columns: [String]) {
      self.leaf = leaf
      isServed = fits.contains { $0.fit == .serves }
      var weak: (index: IndexFacts, reason: String)?
      for case (let index, .weak(let reason)) in fits where weak == nil || index.method == "btree" {
        if weak == nil || weak?.index.method != "btree" { weak = (index, reason) }
      }
      self.weak = weak
      invalid = fits.first { !$0.index.isValid && $0.index.isPlain && $0.index.starts(with: columns) }?.index
    }
  }

  private func finding(
    _ key: ForeignKey, _ verdicts: [Verdict], _ catalog: Catalog, _ server: Server
  ) -> Finding? {
    let bad = verdicts.filter { !$0.isServed }
    guard let first = bad.first else { return nil }
    let isMissing = bad.contains { $0.weak == nil }
    let cost = Cost(key, catalog.relations, bad.map { $0.leaf }, server)
    let columns = key.columns.map { $0.name }.joined(separator: ", ")
    var message: String
    if let weak = first.weak, !isMissing {
      message = "\(weak.index.name) serves (\(columns)) only in part: \(weak.reason)"
    } else {
      message = "no index starts with (\(columns))"
      if let invalid = first.invalid { message += "; \(invalid.name) is not valid" }
    }
    if key.isPartitioned { message += ", on \(bad.count) of \(Quantity.count(verdicts.count, "partition"))" }
    if isMissing { message += cost.words }
    var evidence = [Fact("columns", .text(columns)), Fact("parent", .text(cost.parent))] + cost.evidence
    if key.isPartitioned {
      evidence += [
        Fact("partitions", .int(verdicts.count)), Fact("partitions_without_index", .int(bad.count)),
        Fact("first_without_index", .text(SQLName.qualified(first.leaf.schema, first.leaf.name))),
      ]
    }
    return Finding(
      isMissing ? Self.missing : Self.weak, on: key.object, message,
      severity: isMissing && cost.isHigh ? .error : nil, evidence: evidence, weight: cost.weight)
  }

  /// Puts the remedies into the findings that will be shown.
  private func offerIndexes(
    _ badly: [DatabaseObject: (key: ForeignKey, bad: [Verdict])], _ catalog: Catalog,
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let shown = inquiry.shown.map { $0.object }
    let keys = shown.compactMap { badly[$0]?.key }
    var names = try FreeNames.read(
      keys.map { IndexDefinition(schema: $0.schema, table: $0.table, columns: $0.indexableNames) }, connection,
      &inquiry, for: Self.missing.rule)
    for position in inquiry.findings.indices {
      let finding = inquiry.findings[position]
      guard finding.rule == Self.missing.rule || finding.rule == Self.weak.rule, shown.contains(finding.object),
        let (key, bad) = badly[finding.object]
      else { continue }
      inquiry.findings[position].remedy = remedy(key, bad, catalog, &names)
    }
  }

  private func remedy(
    _ key: ForeignKey, _ bad: [Verdict], _ catalog: Catalog, _ names: inout FreeNames
  ) -> Remedy? {
    let columns = key.indexableNames
    if !key.isPartitioned {
      if let invalid = bad.first?.invalid {
        return invalid.isBeingBuilt ? nil : .reindex(schema: invalid.schema, name: invalid.name)
      }
      let index = IndexDefinition(schema: key.schema, table: key.table, columns: columns)
      return .createIndex(names.named(index))
    }
    // What is there already is attached: exactly these columns and nothing more, valid or (above leaves) not yet.
    let tree = catalog.relations.tree(of: key.tableID) { id in
      let isLeaf = catalog.relations[id]?.kind != "p"
      let found = (catalog.indexes[id] ?? []).first {
        $0.isPlain && $0.keys == columns && ($0.isValid || !isLeaf) && !$0.isAttached
      }
      return found.map { DatabaseObject(.index, schema: $0.schema, name: $0.name) }
    }
    return tree.map {
      .createPartitionedIndex(IndexDefinition(schema: key.schema, table: key.table, columns: columns), on: $0)
    }
  }

  // MARK: Wrong in themselves

  private func mismatched(_ key: ForeignKey, _ column: ForeignKey.Column, _ catalog: Catalog) -> Finding {
    let message =
      "\(column.name) is \(column.type), \(key.parent).\(column.parentName) is \(column.parentType): "
      + "no index on it can be used"
    return Finding(
      Self.mismatch, on: key.object, message,
      evidence: [
        Fact("column", .text(column.name)), Fact("type", .text(column.type)),
        Fact("parent_type", .text(column.parentType)),
        Fact("child_rows", Value(catalog.relations.leaves(of: key.tableID).reduce(0) { $0 + ($1.rows ?? 0) })),
      ])
  }

  /// Keys of one table that pair the same columns with the same columns of the same parent. The one to keep is
  /// validated rather than not, and older rather than newer. Where their actions differ, which one is meant is for a
  /// person to say, so no remedy is offered.
  private func duplicates(_ keys: [ForeignKey]) -> [Finding] {
    let groups = Dictionary(grouping: keys) { key in
      let pairs = key.columns.map { "\(SQLName.quoted($0.name))=\(SQLName.quoted($0.parentName))" }
      return "\(key.tableID) \(key.parentID) \(pairs.sorted().joined(separator: ","))"
    }
    var findings: [Finding] = []
    for group in groups.values where group.count > 1 {
      let ordered = group.sorted { ($0.isValidated ? 0 : 1, $0.id) < ($1.isValidated ? 0 : 1, $1.id) }
      guard let kept = ordered.first else { continue }
      for extra in ordered.dropFirst() {
        let same = extra.onDelete == kept.onDelete && extra.onUpdate == kept.onUpdate
        let difference = same ? "" : ", but with ON DELETE \(extra.deleteAction) instead of \(kept.deleteAction)"
        findings.append(
          Finding(
            Self.duplicate, on: extra.object, "says the same as \(SQLName.quoted(kept.name))\(difference)",
            evidence: [
              Fact("duplicate_of", .text(kept.name)), Fact("parent", .text(extra.parent)),
              Fact("on_delete", .text(extra.deleteAction)), Fact("on_delete_of_other", .text(kept.deleteAction)),
            ],
            confidence: same ? .high : .medium,
            remedy: same ? .dropConstraint(extra) : nil))
      }
    }
    return findings
  }

  // MARK: What it costs

  /// What the missing index costs, as far as the counters tell.
  private struct Cost {
    let parent: String
    let words: String
    let evidence: [Fact]
    let weight: Double
    /// Parent rows are being deleted or re-keyed, and each time many rows are read.
    let isHigh: Bool

    init(_ key: ForeignKey, _ relations: RelationSet, _ bad: [Relation], _ server: Server) {
      parent = SQLName.qualified(key.parentSchema, key.parent)
      let parents = relations.leaves(of: key.parentID)
      let rows = bad.reduce(0) { $0 + ($1.rows ?? 0) }
      let isCounted = bad.allSatisfy { $0.rows != nil || $0.pages == 0 }
      let bytes = bad.reduce(0) { $0 + $1.pages } * server.blockSize
      let deletes = parents.reduce(0) { $0 + $1.deletes }
      let updates = parents.reduce(0) { $0 + $1.indexedUpdates }
      let events = server.isStandby ? 0 : deletes + updates
      weight = Double(rows + 1) * Double(1 + events)
      isHigh = events > 0 && rows >= 100_000
      var evidence = [
        Fact("on_delete", .text(key.deleteAction)),
        Fact("child_rows", isCounted ? .int(rows) : .null), Fact("child_bytes", .int(bytes)),
      ]
      if !server.isStandby {
        evidence += [
          Fact("parent_deletes", .int(deletes)), Fact("parent_key_updates_at_most", .int(updates)),
        ]
      }
      self.evidence = evidence
      var words = ""
      if rows >= 1000 { words += "; each delete in \(key.parent) reads \(Quantity.pretty(bytes: bytes))" }
      if deletes > 0 && !server.isStandby { words += ", \(Quantity.count(deletes, "delete")) counted" }
      self.words = words
    }
  }
}
