import Medic
import Postgres

/// The server's cost settings, as the session has them, and the extensions that matter.
struct PlannerSettings: Sendable {
  let sequentialPage: Double
  let randomPage: Double
  let tuple: Double
  let indexTuple: Double
  let operation: Double
  let cachePages: Double
  /// Schemas of the extensions, nil where they aren't installed in this database.
  var hypopgSchema: String?
  let trigramSchema: String?
  let hasTrigramsAvailable: Bool
  let pageSize: Double
  /// For how long the counters of this database have been counting; nil when the server doesn't tell.
  let counterSeconds: Double?

  init(_ row: Row, pageSize: Int) {
    sequentialPage = row.double("seq_page") ?? 1
    randomPage = row.double("random_page") ?? 4
    tuple = row.double("tuple") ?? 0.01
    indexTuple = row.double("index_tuple") ?? 0.005
    operation = row.double("operator") ?? 0.0025
    cachePages = row.double("cache_pages") ?? 524_288
    hypopgSchema = row["hypopg"]
    trigramSchema = row["trigrams"]
    hasTrigramsAvailable = row.flag("trigrams_available")
    self.pageSize = Double(pageSize)
    counterSeconds = row.double("counter_seconds")
  }
}

/// The tables that the statements of a workload name, by the names they are called by.
struct Catalog: Sendable {
  struct Name: Hashable, Sendable {
    let schema: String?
    let name: String
  }

  let settings: PlannerSettings
  private var ids: [Name: Int] = [:]
  private var tables: [Int: TableFacts] = [:]
  /// Leaves of partitioned tables to the table at the top.
  private var roots: [Name: Int] = [:]

  init(settings: PlannerSettings) { self.settings = settings }

  subscript(_ id: Int) -> TableFacts? { tables[id] }

  func table(schema: String?, _ name: String) -> TableFacts? {
    ids[Name(schema: schema, name: name)].flatMap { tables[$0] }
  }

  /// The table that a scan node of a plan reads: itself, or the partitioned table that it belongs to.
  func tables(ofRelation name: String, in schema: String?) -> [TableFacts] {
    let own = tables.values.first { $0.name == name && (schema == nil || $0.schema == schema) }
    let root = roots[Name(schema: schema, name: name)].flatMap { tables[$0] }
    return [own, root].compactMap { $0 }
  }

  func partition(_ name: String, in schema: String?, of table: TableFacts) -> TableFacts.Partition? {
    table.partitions.first { $0.name == name && (schema == nil || $0.schema == schema) }
  }

  var all: [TableFacts] { tables.values.sorted { ($0.schema, $0.name) < ($1.schema, $1.name) } }

  // MARK: Reading

  /// Learns the tables behind these names, views and what they read among them.
  mutating func learn(
    _ names: [Name], frame: PlannerFrame, _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    let rule = Advise.missing.rule
    let new = names.filter { ids[$0] == nil }
    guard !new.isEmpty else { return }
    let resolved = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      try frame.enter(connection)
      return try connection.rows(
        CatalogQueries.resolve, [ArrayText.write(new.map { $0.schema }), ArrayText.write(new.map { $0.name })])
    }
    var unknown: Set<Int> = []
    for row in resolved ?? [] {
      guard let place = row.int("place"), new.indices.contains(place - 1), let id = row.int("id") else { continue }
      ids[new[place - 1]] = id
      if tables[id] == nil { unknown.insert(id) }
    }
    try read(unknown.sorted(), connection, &inquiry)
  }

  private mutating func read(
    _ wanted: [Int], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) {
    guard !wanted.isEmpty else { return }
    let rule = Advise.missing.rule
    let parameters = [ArrayText.write(wanted.map { String($0) })]
    let found = try inquiry.attempt(connection, for: rule) { (connection) throws(PostgresError) in
      let tables = try connection.rows(CatalogQueries.tables, parameters)
      let columns = try connection.rows(CatalogQueries.columns, parameters)
      let partitions = try connection.rows(CatalogQueries.partitions, parameters)
      return (tables, columns, partitions)
    }
    guard let (rows, columns, partitions) = found else { return }
    let columnsByTable = Dictionary(grouping: columns) { $0.int("table_id") ?? 0 }
    let partitionsByTable = Dictionary(grouping: partitions) { $0.int("table_id") ?? 0 }
    for row in rows {
      let id = row.int("id") ?? 0
      let schema = row.text("schema")
      let object = DatabaseObject(.table, schema: schema, name: row.text("name"))
      var indexes: [Row] = []
      if !row.flag("is_system"), ["r", "p", "m"].contains(row.text("kind")) {
        let read = try inquiry.attempt(connection, for: rule, on: object) { (connection) throws(PostgresError) in
          try connection.rows(CatalogQueries.indexes, [ArrayText.write([String(id)])])
        }
        guard let read else { continue }
        indexes = read
      }
      let below = (partitionsByTable[id] ?? []).map { TableFacts.Partition($0) }
      tables[id] = TableFacts(
        row, columns: (columnsByTable[id] ?? []).map { Column($0) }, indexes: indexes.map { ExistingIndex($0) },
        partitions: below)
      for part in below { roots[Name(schema: part.schema, name: part.name)] = id }
    }
  }
}

extension TableFacts.Partition {
  init(_ row: Row) {
    id = row.int("id") ?? 0
    parent = row.int("parent_id") ?? 0
    isPartitioned = row.text("kind") == "p"
    schema = row.text("schema")
    name = row.text("name")
    rows = row.double("rows") ?? 0
    pages = row.double("pages") ?? 0
  }
}

extension TableFacts {
  init(_ row: Row, columns: [Column], indexes: [ExistingIndex], partitions: [Partition]) {
    id = row.int("id") ?? 0
    schema = row.text("schema")
    name = row.text("name")
    kind = row.text("kind")
    rows = row.double("rows") ?? -1
    pages = row.double("pages") ?? 0
    isSystem = row.flag("is_system")
    visibleShare = min(1, (row.double("visible_pages") ?? 0) / max(row.double("pages") ?? 1, 1))
    inserts = row.double("inserts") ?? 0
    updates = row.double("updates") ?? 0
    deletes = row.double("deletes") ?? 0
    liveRows = row.double("live") ?? 0
    sequentialScans = row.double("seq_scans") ?? 0
    indexScans = row.double("index_scans") ?? 0
    definition = row["definition"]
    self.columns = columns
    self.indexes = indexes
    self.partitions = partitions
  }
}

extension Column {
  init(_ row: Row) {
    name = row.text("name")
    number = row.int("number") ?? 0
    type = row.text("type")
    category = row.text("category")
    isNotNull = row.flag("is_not_null")
    hasByteOrder = row.flag("has_byte_order")
    isOrdered = row.flag("is_ordered")
    guard let distinct = row.double("n_distinct") else {
      statistics = nil
      return
    }
    statistics = Statistics(
      nullFraction: row.double("null_frac") ?? 0, distinct: distinct, width: row.int("avg_width") ?? 8,
      correlation: row.double("correlation"), commonValues: row.list("common_values"),
      commonFrequencies: row.list("common_frequencies").compactMap { Double($0) })
  }
}

extension ExistingIndex {
  init(_ row: Row) {
    name = row.text("name")
    method = row.text("method")
    isValid = row.flag("is_valid")
    isUnique = row.flag("is_unique")
    let all = row.list("keys")
    let count = min(row.int("key_count") ?? all.count, all.count)
    keys = Array(all.prefix(count))
    included = Array(all.dropFirst(count))
    opclasses = row.optionalList("opclasses")
    let options = row.ints("options")
    descending = options.map { $0 & 1 != 0 }
    nullsFirst = options.map { $0 & 2 != 0 }
    predicate = row["predicate"]
  }
}
