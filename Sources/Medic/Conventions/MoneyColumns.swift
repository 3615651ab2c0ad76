/// money's meaning hangs on `lc_monetary`: another locale reads the stored cents as another currency.
struct MoneyColumns: ColumnRule {
  static let card = Card(
    "conv-money", severity: .warning, in: .schema, entry: "change-column-type", summary: "columns of type money")
  static let types = ["money"]

  func finding(_ column: TypedColumn) -> Finding? {
    column.finding(Self.card, "its meaning depends on lc_monetary; use numeric")
  }

  static let examples: [Example] = [
    .finds("public.t.price", in: "CREATE TABLE t (price money)"),
    .finds("public.t.prices", in: "CREATE TABLE t (prices money[])"),
    .clean("CREATE TABLE t (money numeric(12, 2), cents bigint)"),
  ]
}
