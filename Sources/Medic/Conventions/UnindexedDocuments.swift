/// jsonb columns that recorded statements filter by, with no index that could answer.
struct UnindexedDocuments: WorkloadRule {
  static let card = Card(
    "conv-jsonb-without-index", severity: .warning, in: .indexes, entry: "jsonb-gin",
    summary: "jsonb conditions in the workload that no index serves", dependsOnLoad: true)

  /// `jsonb_path_ops` knows nothing of keys (`?`). What is taken out of a document needs an index on that expression;
  /// recorded texts don't say which key it is, so any expression over the column is taken for the right one.
  func finding(_ use: ColumnUse, _ column: UsedColumn) -> Finding? {
    guard column.type == "jsonb", !column.isSmall else { return nil }
    let name = SQLName.quoted(column.object.name)
    let operators = use.operators.joined(separator: ", ")
    let message: String
    var remedy: Remedy?
    switch use.use {
    case .folded: return nil
    case .document:
      let asksForKeys = use.operators.contains { $0.hasPrefix("?") }
      let classes = column.indexes.filter { $0.method == "gin" }.flatMap { $0.opclasses }
      if classes.contains("jsonb_ops") || (classes.contains("jsonb_path_ops") && !asksForKeys) { return nil }
      let gin = classes.isEmpty ? "no GIN index is on it" : "its jsonb_path_ops index does not know ?, ?| and ?&"
      message = "filtered by \(operators) in \(Quantity.count(use.calls, "call")), and \(gin)"
      if column.kind == "r", let schema = column.object.schema, let table = column.object.table {
        remedy = .createIndex(
          IndexDefinition(schema: schema, table: table, columns: [column.object.name], method: "gin"))
      }
    case .extracted:
      if column.hasExpression() { return nil }
      message =
        "compared by \(name) \(operators) … in \(Quantity.count(use.calls, "call")), and no index has such an expression"
    }
    return Finding(
      Self.card, on: column.object, message, evidence: Self.evidence(use, column),
      confidence: column.rows == nil ? .low : .medium, remedy: remedy, weight: Double(column.bytes))
  }

  static func evidence(_ use: ColumnUse, _ column: UsedColumn) -> [Fact] {
    [
      Fact("operators", .text(use.operators.joined(separator: " "))), Fact("statements", .int(use.statements)),
      Fact("calls", .int(use.calls)), Fact("rows", Value(column.rows)), Fact("table_bytes", .int(column.bytes)),
    ]
  }

  private static let table = """
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE "Events" (id bigint PRIMARY KEY, "Data" jsonb, tags text[]);
    INSERT INTO "Events" SELECT i, jsonb_build_object('kind', i % 7), ARRAY['a'] FROM generate_series(1, 3000) i;
    ANALYZE "Events";

    """
  private static let contains = "SELECT count(*) FROM \"Events\" e WHERE e.\"Data\" @> '{\"kind\": 3}';\n"
  private static let hasKey = "SELECT id FROM \"Events\" WHERE \"Data\" ? 'kind';\n"
  private static let extracts = "SELECT id FROM \"Events\" WHERE (\"Data\" ->> 'kind')::int = 3;\n"

  static let examples: [Example] = [
    .finds("public.\"Events\".\"Data\"", committed: true, in: table + contains),
    .finds(
      "public.\"Events\".\"Data\"", committed: true,
      in: table + "CREATE INDEX ON \"Events\" USING gin (\"Data\" jsonb_path_ops);\n" + contains + hasKey),
    .finds(
      "public.\"Events\".\"Data\"", committed: true,
      in: table + "UPDATE \"Events\" SET tags = NULL FROM (SELECT 1) x WHERE '{\"kind\": 9}' <@ \"Data\";\n"),
    .finds(
      "public.\"Events\".\"Data\"", committed: true,
      in: table + "CREATE INDEX ON \"Events\" USING gin (\"Data\");\n" + extracts),
    .clean(table + "CREATE INDEX ON \"Events\" USING gin (\"Data\");\n" + contains + hasKey, committed: true),
    .clean(
      table + "CREATE INDEX ON \"Events\" USING gin (\"Data\" jsonb_path_ops);\n" + contains, committed: true),
    .clean(table + "CREATE INDEX ON \"Events\" ((\"Data\" ->> 'kind'));\n" + extracts, committed: true),
    // No condition, another type, a name that WITH gives, and a table that is read whole anyway.
    .clean(
      table + """
        SELECT "Data" ->> 'kind', "Data" ? 'kind' FROM "Events" LIMIT 1;
        SELECT id FROM "Events" WHERE tags @> ARRAY['b'];
        WITH "Events" AS (SELECT '{}'::jsonb AS "Data") SELECT FROM "Events" WHERE "Data" ? 'x';
        CREATE TABLE few (data jsonb);
        INSERT INTO few VALUES ('{}');
        ANALYZE few;
        SELECT FROM few WHERE data @> '{}';

        """, committed: true),
  ]
}
