/// Text that recorded statements compare in lower or upper case, with no index on that expression: each such statement
/// reads the whole table, whatever index the column has.
struct CaseFoldedText: WorkloadRule {
  static let card = Card(
    "conv-case-insensitive", severity: .warning, in: .indexes, entry: "conv-citext",
    summary: "text compared without regard to case, which no index serves", dependsOnLoad: true)

  func finding(_ use: ColumnUse, _ column: UsedColumn) -> Finding? {
    guard use.use == .folded, column.isText, !column.isSmall else { return nil }
    // `lower(text)` is function 870, `upper(text)` 871.
    let missing = use.operators.filter { !column.hasExpression(":funcid \($0 == "lower" ? 870 : 871) ") }
    guard let function = missing.first else { return nil }
    return Finding(
      Self.card, on: column.object,
      "compared by \(function)(\(SQLName.quoted(column.object.name))) in \(Quantity.count(use.calls, "call")) without an "
        + "index on that; citext, or such an index",
      evidence: UnindexedDocuments.evidence(use, column), confidence: column.rows == nil ? .low : .medium,
      remedy: column.kind == "r" ? .foldedIndex(column.object, function: function, isUnique: false) : nil,
      weight: Double(column.bytes))
  }

  private static let table = """
    CREATE EXTENSION pg_stat_statements;
    CREATE TABLE users (id bigint PRIMARY KEY, email text, name varchar(50));
    INSERT INTO users SELECT i, 'User' || i || '@example.com', 'N' FROM generate_series(1, 3000) i;
    CREATE UNIQUE INDEX ON users (email);
    ANALYZE users;

    """
  private static let search =
    "SELECT u.id FROM users u JOIN users v ON v.id = u.id WHERE lower(u.email) = 'user1@example.com';\n"

  static let examples: [Example] = [
    .finds("public.users.email", committed: true, in: table + search),
    .finds(
      "public.users.name", committed: true,
      in: table + "DELETE FROM public.users WHERE upper(name) IN ('X', 'Y') AND email LIKE 'a%';\n"),
    .finds(
      "public.users.email", committed: true,
      in: table
        + "SELECT FROM (SELECT 1 AS one) x WHERE EXISTS (SELECT FROM users WHERE lower(email) = lower('A') AND one = 1);\n"
    ),
    .finds("public.users.email", committed: true, in: table + "CREATE INDEX ON users (upper(email));\n" + search),
    .clean(table + "CREATE INDEX ON users (lower(email));\n" + search, committed: true),
    .clean(table + "SELECT lower(email) FROM users WHERE email = lower('A') ORDER BY lower(email);\n", committed: true),
    .clean(
      table + """
        CREATE EXTENSION citext;
        ALTER TABLE users ALTER email TYPE citext;
        SELECT FROM users WHERE email = 'A';
        SELECT FROM users WHERE lower(email) = 'A';

        """, committed: true),
  ]
}
