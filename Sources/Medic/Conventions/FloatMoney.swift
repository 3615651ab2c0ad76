/// Sums of money in binary floating point: 0.1 + 0.2 isn't 0.3. The column's name is all the evidence there is.
struct FloatMoney: ColumnRule {
  static let card = Card(
    "conv-float-money", severity: .info, in: .schema, entry: "change-column-type",
    summary: "floating point columns whose name says money")
  static let types = ["float4", "float8"]

  private static let words: Set<Substring> = [
    "price", "amount", "cost", "balance", "salary", "fee", "tax", "revenue", "payment", "wage", "invoice",
    "prices", "amounts", "costs", "balances", "salaries", "fees", "taxes", "payments", "wages",
  ]

  func finding(_ column: TypedColumn) -> Finding? {
    guard column.object.name.lowercased().split(separator: "_").contains(where: { Self.words.contains($0) }) else {
      return nil
    }
    return column.finding(
      Self.card, "inexact, and its name says money; use numeric", confidence: .low)
  }

  static let examples: [Example] = [
    .finds("public.t.unit_price", in: "CREATE TABLE t (unit_price double precision)"),
    .finds("public.t.\"Amount\"", in: "CREATE TABLE t (\"Amount\" real)"),
    .clean("CREATE TABLE t (price numeric, latitude double precision, priceless float8, corner point)"),
  ]
}
