/// Names of exactly the greatest length: the server cuts longer ones with no more than a NOTICE, and what was cut can't
/// be seen any more.
struct CutNames: SchemaRule {
  static let card = Card(
    "conv-name-cut", severity: .info, in: .schema, entry: "conv-index-names",
    summary: "names as long as names can be, which may have been cut")

  static let queries = [NamedObjects.query]

  func finding(_ row: Row) -> Finding? {
    guard let bytes = row.int("bytes"), let most = row.int("most_bytes"), bytes >= most else { return nil }
    if ["index", "constraint", "sequence"].contains(row.text("kind")), Self.isMadeByServer(row.text("name")) {
      return nil
    }
    return Finding(
      Self.card, on: NamedObjects.object(row), "exactly \(bytes) bytes, the most there can be: perhaps cut",
      evidence: [Fact("name_bytes", .int(bytes))], confidence: .low)
  }

  /// What ends like a name of the server's own making was shortened by it, and with care.
  private static func isMadeByServer(_ name: String) -> Bool {
    var stem = name[...]
    while let last = stem.last, last.isASCII, last.isNumber { stem.removeLast() }
    return ["_pkey", "_key", "_idx", "_fkey", "_check", "_excl", "_seq", "_not_null"].contains { stem.hasSuffix($0) }
  }

  private static let long = String(repeating: "x", count: 63)

  static let examples: [Example] = [
    .finds("public.\(long)", in: "CREATE TABLE \(long)y (id int)"),
    .finds("public.t.\(long)", in: "CREATE TABLE t (\(long)yz int)"),
    .finds("public.\(long)", in: "CREATE TABLE t (id int); CREATE INDEX \(long) ON t (id)"),
    .finds("public.t.\(long)", in: "CREATE TABLE t (id int, CONSTRAINT \(long)_check UNIQUE (id))"),
    .clean("CREATE TABLE t (\(String(long.dropLast())) int)"),
    // The server's own names are as long and were not cut blindly.
    .clean("CREATE TABLE \(long.dropLast()) (id serial PRIMARY KEY, \(long.dropLast()) int UNIQUE CHECK (1 > 0))"),
  ]
}
