/// json keeps the text: no index, no equality, parsed anew each time it is looked into.
struct JSONColumns: ColumnRule {
  static let card = Card(
    "conv-json", severity: .warning, in: .schema, entry: "jsonb-gin", summary: "json columns where jsonb would do")
  static let types = ["json"]

  func finding(_ column: TypedColumn) -> Finding? {
    column.finding(Self.card, "no equality, no index; use jsonb")
  }

  static let examples: [Example] = [
    .finds("public.t.data", in: "CREATE TABLE t (data json)"),
    .finds("public.t.data", in: "CREATE TABLE t (data json[] NOT NULL DEFAULT '{}')"),
    .finds("public.t.data", in: "CREATE DOMAIN document AS json; CREATE TABLE t (data document)"),
    .clean("CREATE TABLE t (data jsonb, json text)"),
    .clean("CREATE TABLE t (id int); CREATE VIEW v AS SELECT row_to_json(t) AS data FROM t"),
  ]
}
