public import Medic
public import Postgres

/// `\advise`: indexes to make for a statement, a file of statements, or the recorded workload.
///
/// `request.text` is the statement (of the command's argument, the query buffer, or with `last=on` the previous one);
/// without it and without `file=` the workload is what pg_stat_statements has recorded of this database. Statements are
/// only planned, never executed. With HypoPG in the database its pretended indexes are used and dropped again; without
/// it, and for GIN and GiST, costs come from a model, which each finding says.
public struct Advise: Examination {
  public static let name = "advise"
  public static let manual = Manual(
    "advise indexes for a query, a file of queries, or the recorded workload", takes: .text,
    details: """
      Takes the statement behind it, else the query buffer, else what pg_stat_statements has recorded. (last=on) takes
      the previous statement, (file=FILE) a file of them, (format=sql) prints the CREATE INDEX statements only.
      Statements are planned, never executed.

      Example: \\advise select * from orders where status = 'open' order by created_at
      """)

  static let missing = Card(
    "index-missing", severity: .warning, in: .indexes, entry: "index-design",
    summary: "indexes that would make statements cheaper")
  /// The same rule, explained by the entries that fit better.
  static let composite = Card(
    missing.rule, severity: missing.severity, in: .indexes, entry: "composite-index", summary: missing.summary)
  static let partial = Card(
    missing.rule, severity: missing.severity, in: .indexes, entry: "partial-index", summary: missing.summary)
  public static let rules = [missing]

  public static let options = [
    Option("last", .flag, default: "off", "advise on the previous statement"),
    Option("file", .text, "a file of statements; a line `-- calls: N` gives the next one's weight"),
    Option("budget", .size, "the most that all advised indexes together may take"),
    Option("max", .integer, default: "10", "the most indexes advised"),
    Option("time", .duration, default: "30s", "the longest that weighing may take"),
    Option("verify", .flag, default: "off", "not available yet"),
    Option("format", .choice(["sql", "report"]), default: "report", "sql prints the statements only"),
  ]

  public init() {}

  public func examine(_ connection: borrowing Connection, _ inquiry: inout Inquiry) throws(PostgresError) {
    if inquiry.options.flag("verify") {
      throw .usage("\\advise (verify=on) is not available yet: make the index on a copy and look at EXPLAIN (ANALYZE)")
    }
    let frame = try PlannerFrame.read(connection)
    guard let workload = try workload(connection, &inquiry) else {
      if inquiry.scope.isEmpty { inquiry.scope = "no statement" }
      return
    }
    guard let settings = try settings(connection, &inquiry) else { return }
    var study = Study(
      workload: workload, frame: frame, settings: settings, limits: inquiry.limits, server: inquiry.server)
    try study.advise(connection, &inquiry)
  }

  private func workload(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> Workload? {
    let standardStrings = connection.reported("standard_conforming_strings") != "off"
    if let path = inquiry.options.text("file") {
      let read = StatementFile.read(path)
      guard let text = read.text else { throw .usage("could not read \"\(path)\": \(read.reason)") }
      return Advise.workload(.file(path), text, standardStrings)
    }
    if let text = inquiry.request.text, text.contains(where: { !$0.isWhitespace }) {
      return Advise.workload(.statement, text, standardStrings)
    }
    if inquiry.options.flag("last") { throw .usage("there is no previous statement to advise on") }
    return try RecordedWorkload.read(connection, &inquiry)
  }

  private static func workload(_ source: Workload.Source, _ text: String, _ standardStrings: Bool) -> Workload {
    var workload = Workload(source)
    for (statement, calls) in StatementFile.statements(text, standardStrings: standardStrings) {
      workload.add(statement, calls: calls)
    }
    return workload
  }

  private func settings(
    _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> PlannerSettings? {
    let rows = try inquiry.read(connection, [Query(from: 11, CatalogQueries.settings)], for: Self.missing.rule)
    return rows?.first.map { PlannerSettings($0, pageSize: inquiry.server.blockSize) }
  }
}
