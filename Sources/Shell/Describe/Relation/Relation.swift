/// A relation that `\d NAME` describes, as pg_class has it.
struct Relation {
  enum Kind: Character {
    case table = "r"
    case view = "v"
    case materializedView = "m"
    case index = "i"
    case partitionedIndex = "I"
    case sequence = "S"
    case toast = "t"
    case composite = "c"
    case foreign = "f"
    case partitioned = "p"
  }

  /// Nil for a kind that a later server may bring.
  let kind: Kind?
  let row: CatalogRow

  init(_ row: CatalogRow) {
    self.row = row
    kind = row["relkind"].first.flatMap { Kind(rawValue: $0) }
  }

  var oid: String { row["oid"] }
  var schema: String { row["nspname"] }
  var name: String { row["relname"] }
  var isPartition: Bool { row.holds("relispartition") }
  var isUnlogged: Bool { row["relpersistence"] == "u" }
  var isIndex: Bool { isOne(of: .index, .partitionedIndex) }
  /// May have constraints, whose triggers it then has; a partitioned table's are with its partitions.
  var mayHaveForeignKeys: Bool { row.holds("relhastriggers") || kind == .partitioned }
  /// Has indexes, rules, parents and children to tell of.
  var isTableLike: Bool {
    isOne(of: .table, .materializedView, .foreign, .partitioned, .toast, .partitionedIndex)
  }

  func isOne(of kinds: Kind...) -> Bool { kind.map { kinds.contains($0) } ?? false }

  /// The line above the columns.
  var title: String {
    let what =
      switch kind {
      case .table: "Table"
      case .view: "View"
      case .materializedView: "Materialized view"
      case .index: "Index"
      case .partitionedIndex: "Partitioned index"
      case .sequence: "Sequence"
      case .toast: "TOAST table"
      case .composite: "Composite type"
      case .foreign: "Foreign table"
      case .partitioned: "Partitioned table"
      case nil: "?\(row["relkind"])?"
      }
    let maybeUnlogged = isOne(of: .table, .materializedView, .index, .partitionedIndex, .sequence, .partitioned)
    let words = isUnlogged && maybeUnlogged ? "Unlogged \(what.prefix(1).lowercased())\(what.dropFirst())" : what
    return "\(words) \"\(schema).\(name)\""
  }

  static let columns = """
    SELECT c.oid, n.nspname, c.relname, c.relkind, c.relchecks > 0 AS haschecks, c.relhasindex, c.relhasrules,
      c.relhastriggers, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relpersistence, c.relreplident,
      CASE WHEN c.reloftype <> 0 THEN c.reloftype::pg_catalog.regtype::pg_catalog.text END AS typed,
      ts.spcname, am.amname,
      pg_catalog.array_to_string(c.reloptions
        || ARRAY(SELECT 'toast.' || o FROM pg_catalog.unnest(tc.reloptions) AS o), ', ') AS options
    FROM pg_catalog.pg_class c
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_class tc ON tc.oid = c.reltoastrelid
      LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
      LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
    """
}

/// How a relation is looked at.
struct Look {
  let isVerbose: Bool
  let major: Int
  let hidesTableAM: Bool
  let hidesCompression: Bool
}

/// A part of what stands below a relation's columns: which relations have it, what to ask, and the lines it makes.
protocol RelationSection: Sendable {
  func applies(to relation: Relation, _ look: Look) -> Bool
  /// Asked with the relation's oid as `$1`; nil where nothing needs to be asked.
  var query: CatalogQuery? { get }
  func lines(_ rows: [CatalogRow], of relation: Relation, _ look: Look) -> [String]
}

/// Every section in the order in which psql prints them.
let relationSections: [any RelationSection] = [
  PartitionOf(), PartitionKey(), OwningTable(), IndexSummary(), RelationTablespace(ofIndexes: true),
  IndexList(), CheckConstraints(), ForeignKeys(), ReferencedBy(), Policies(), StatisticsObjects(), TableRules(),
  TablePublications(), ViewDefinition(), ViewRules(), Triggers(), ForeignServer(), Parents(), Children(), TypedTable(),
  ReplicaIdentity(), RelationTablespace(ofIndexes: false), TableAccessMethod(), StorageOptions(),
]

extension Session {
  /// `\d NAME`: describes each relation that matches. Fails where there is none.
  mutating func describeRelations(_ request: DescribeRequest) throws(CommandError) {
    let pattern = try pattern(request.pattern, parts: NameTarget.relation.parts)
    var filter = CatalogFilter()
    if request.isForUserObjects { filter.require(Listing.userSchemas) }
    filter.match(pattern, .relation)
    let found = try rows("\(Relation.columns)\(filter.clause)\nORDER BY 2, 3", filter.parameters)
    if found.isEmpty {
      if !settings.quiet {
        reporter.report(
          .error,
          request.pattern.map { "Did not find any relation named \"\($0)\"." } ?? "Did not find any relations.")
      }
      throw .reported
    }
    let look = Look(
      isVerbose: request.isVerbose, major: serverMajor, hidesTableAM: settings.hidesTableAM,
      hidesCompression: settings.hidesToastCompression)
    for row in found {
      let relation = Relation(row)
      if relation.kind == .sequence {
        try describeSequence(relation)
      } else {
        try describe(relation, look)
      }
    }
  }

  private mutating func describe(_ relation: Relation, _ look: Look) throws(CommandError) {
    let columns = RelationColumns(of: relation, look)
    let attributes = try rows(columns.sql, [relation.oid])
    var footers: [String] = []
    for section in relationSections where section.applies(to: relation, look) {
      let answer: [CatalogRow] = if let query = section.query { try rows(query, [relation.oid]) } else { [] }
      footers += section.lines(answer, of: relation, look)
    }
    // psql finds expanded output confusing here, and so never uses it
    describe(
      relation.title, columns: columns.headings, rows: attributes.map(columns.cells), footers: footers,
      expands: false)
  }
}
