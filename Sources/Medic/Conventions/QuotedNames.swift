/// Names that work only in double quotes: each query that forgets them fails, or finds something else.
///
/// Names derived from others (indexes, constraints, sequences) are left out: who renames the table renames them.
struct QuotedNames: SchemaRule {
  static let card = Card(
    "conv-name-quoted", severity: .info, in: .schema, entry: "rename-column",
    summary: "names that need double quotes, and reserved words")

  static let queries = [NamedObjects.query]

  /// The kinds of names that come from others.
  private static let derived: Set<String> = ["index", "constraint", "sequence", "trigger"]

  /// Keywords that may not stand for an object: for a column or table the reserved ones and those that only functions
  /// may have, for a function those that look like one, for a type all.
  private static func isForbidden(_ keyword: String, for kind: String) -> Bool {
    switch keyword {
    case "R": true
    case "T": kind != "function"
    case "C": kind == "function" || kind == "type"
    default: false
    }
  }

  func finding(_ row: Row) -> Finding? {
    let kind = row.text("kind")
    let isWord = row["keyword"].map { Self.isForbidden($0, for: kind) } ?? false
    guard isWord || row.flag("needs_quotes"), !Self.derived.contains(kind) else { return nil }
    let isMixed = row.text("name").contains { $0.isASCII && $0.isUppercase }
    let reason = isWord ? "a reserved word" : isMixed ? "upper-case letters" : "characters that names don't have"
    return Finding(
      Self.card, on: NamedObjects.object(row), "\(reason): works in double quotes only",
      evidence: [Fact("reason", .text(isWord ? "reserved word" : isMixed ? "upper case" : "characters"))])
  }

  static let examples: [Example] = [
    .finds("public.\"Orders\"", in: "CREATE TABLE \"Orders\" (id int PRIMARY KEY)"),
    .finds("public.t.\"createdAt\"", in: "CREATE TABLE t (\"createdAt\" timestamptz)"),
    .finds("public.t.\"order\"", in: "CREATE TABLE t (\"order\" int)"),
    .finds("public.\"user\"", in: "CREATE VIEW \"user\" AS SELECT 1 AS id"),
    .finds("public.t.\"left\"", in: "CREATE TABLE t (\"left\" int)"),
    .finds("public.t.\"due date\"", in: "CREATE TABLE t (\"due date\" date)"),
    .finds("public.t.\"2nd\"", in: "CREATE TABLE t (\"2nd\" int)"),
    .finds("\"Shop\"", in: "CREATE SCHEMA \"Shop\""),
    .finds("public.\"Mood\"", in: "CREATE TYPE \"Mood\" AS ENUM ('good')"),
    .finds("public.\"total\"\"\"", in: "CREATE FUNCTION \"total\"\"\"() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    .finds(
      "public.t.\"Id\"",
      in: """
        CREATE TABLE t ("Id" int) PARTITION BY LIST ("Id"); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1)
        """),
    // None of these needs quotes, and what is derived counts with its table.
    .clean(
      "CREATE TABLE größe (id$1 int, _x int, name text, value text, position int, \"values\" int, key int, time time)"),
    .clean("CREATE TABLE t (id int CONSTRAINT \"T-check\" CHECK (id > 0)); CREATE INDEX \"T_I\" ON t (id)"),
    .clean("CREATE TEMP TABLE \"T\" (\"X\" int); CREATE TABLE t (\"X\" int, y int); ALTER TABLE t DROP COLUMN \"X\""),
  ]
}
