import Postgres

/// What the recorded statements do with columns, as far as `RecordedCondition` reads it.
struct RecordedUses: Sendable {
  private struct Place: Hashable {
    let schema: String?
    let table: String
    let column: String
    let use: RecordedCondition.Use
  }

  private struct Count {
    var words: Set<String> = []
    var statements = 0
    var calls = 0
  }

  private var counts: [Place: Count] = [:]
  /// Texts that this version's grammar doesn't know.
  private(set) var unreadable = 0
  private(set) var statements = 0

  /// Texts parsed at most; those with the most calls come first.
  static let limit = 1000

  static let installed = Query(
    from: 10,
    """
    SELECT n.nspname AS schema FROM pg_catalog.pg_extension AS e
    JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
    WHERE e.extname = 'pg_stat_statements'
    """)

  /// Texts of this database that may hold a condition of interest; `{S}` is the extension's schema.
  static let query = """
    SELECT s.query, pg_catalog.sum(s.calls)::bigint AS calls, pg_catalog.count(*) OVER () AS texts
    FROM {S}.pg_stat_statements AS s
    WHERE s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
      AND (s.query ~* '->|#>|@>|<@|@@|@[?]|[?]|[[]|(lower|upper)[[:space:]]*[(]' OR s.query = '<insufficient privilege>')
    GROUP BY s.query
    ORDER BY pg_catalog.sum(s.calls) DESC, s.query
    LIMIT \(limit)
    """

  /// Reads them; nil when they can't be had, which `inquiry` then says for `rules`.
  static func read(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry, for rules: [Card]
  ) throws(PostgresError) -> RecordedUses? {
    func refuse(_ reason: String) {
      inquiry.notAssessed += rules.map { NotAssessed($0.rule, nil, reason) }
    }
    guard let first = rules.first else { return nil }
    guard let found = try inquiry.read(connection, [installed], for: first.rule) else { return nil }
    guard let schema = found.first?["schema"] else {
      refuse("pg_stat_statements is not installed here, so what statements do with columns is not known")
      return nil
    }
    let text = query.split(separator: "{S}").joined(separator: SQLName.quoted(schema))
    guard let rows = try inquiry.read(connection, [Query(from: 10, text)], for: first.rule) else {
      inquiry.notAssessed += rules.dropFirst().map {
        NotAssessed($0.rule, nil, "the recorded statements can't be read")
      }
      return nil
    }
    var uses = RecordedUses()
    var isHidden = false
    for row in rows {
      let query = row.text("query")
      if query == "<insufficient privilege>" { isHidden = true } else { uses.add(query, calls: row.int("calls") ?? 0) }
    }
    if isHidden { refuse("statements of other roles are hidden: needs pg_read_all_stats") }
    let texts = rows.first?.int("texts") ?? 0
    if texts > limit { inquiry.notes.append("recorded statements: the \(limit) most called of \(texts) were read") }
    if uses.unreadable > 0 {
      inquiry.notes.append("\(Quantity.count(uses.unreadable, "recorded statement")) could not be parsed")
    }
    return uses
  }

  mutating func add(_ statement: String, calls: Int) {
    if statement.contains(OwnMark.text) { return }
    guard let conditions = RecordedCondition.all(in: statement) else {
      unreadable += 1
      return
    }
    statements += 1
    var places: Set<Place> = []
    for condition in conditions {
      let place = Place(
        schema: condition.schema, table: condition.table, column: condition.column, use: condition.use)
      counts[place, default: Count()].words.insert(condition.word)
      places.insert(place)
    }
    for place in places {
      counts[place]?.statements += 1
      counts[place]?.calls += calls
    }
  }

  var tables: [String] { Set(counts.keys.map { $0.table }).sorted() }
  var columns: [String] { Set(counts.keys.map { $0.column }).sorted() }

  /// What is done with a column. A table without a schema in the text is one that only `isOnly` of that name can be.
  func uses(of column: DatabaseObject, isOnly: Bool) -> [ColumnUse] {
    [RecordedCondition.Use.folded, .document, .extracted].compactMap { use in
      var count = Count()
      for schema in isOnly ? [column.schema, nil] : [column.schema] {
        let place = Place(schema: schema, table: column.table ?? "", column: column.name, use: use)
        guard let found = counts[place] else { continue }
        count.words.formUnion(found.words)
        count.statements += found.statements
        count.calls += found.calls
      }
      if count.statements == 0 { return nil }
      return ColumnUse(use: use, operators: count.words.sorted(), statements: count.statements, calls: count.calls)
    }
  }
}
