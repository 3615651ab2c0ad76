/// char(n) is padded with blanks, which some operations count and others don't, and saves nothing.
struct CharColumns: ColumnRule {
  static let card = Card(
    "conv-char", severity: .info, in: .schema, entry: "change-column-type", summary: "char(n) columns")
  static let types = ["bpchar"]

  func finding(_ column: TypedColumn) -> Finding? {
    // Without a length, bpchar isn't padded.
    if column.modifier < 0 { return nil }
    return column.finding(Self.card, "padded with blanks; use text or varchar")
  }

  static let examples: [Example] = [
    .finds("public.t.code", in: "CREATE TABLE t (code char(3))"),
    .finds("public.t.flag", in: "CREATE TABLE t (flag character)"),
    .finds("public.t.code", in: "CREATE DOMAIN country AS char(2); CREATE TABLE t (code country)"),
    .clean("CREATE TABLE t (code varchar(3), kind \"char\", name name, free bpchar, char text)"),
  ]
}
