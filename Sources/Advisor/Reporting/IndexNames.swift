import Medic
import Postgres

/// Names for advised indexes: `index_<table>_on_<columns>`, in 63 bytes, and not taken.
struct IndexNames: Sendable {
  private var taken: Set<String>

  /// Reads which names are taken in these schemas.
  static func read(
    _ schemas: [String], _ connection: borrowing Connection, _ inquiry: inout Inquiry
  ) throws(PostgresError) -> IndexNames {
    let query = Query(
      from: 11,
      """
      SELECT n.nspname AS schema, c.relname AS name
      FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
      WHERE n.nspname = ANY ($1::text[]) AND c.relname ~ '^index_'
      """)
    let rows = try inquiry.read(connection, [query], [ArrayText.write(schemas)], for: Advise.missing.rule) ?? []
    return IndexNames(taken: Set(rows.map { "\($0.text("schema")).\($0.text("name"))" }))
  }

  mutating func name(_ candidate: Candidate, table: String) -> String {
    var words = candidate.keys.map { key in
      key.isColumn ? key.columns.joined() : IndexNames.word(key.sql)
    }
    if let predicate = candidate.predicate { words += ["where", IndexNames.word(predicate)] }
    if candidate.method != "btree" { words.append(candidate.method) }
    let wanted = IndexDefinition.name(table: table, columns: words)
    var name = wanted
    var number = 2
    while !taken.insert("\(candidate.schema).\(name)").inserted {
      let suffix = "_\(number)"
      name = SQLName.truncated(wanted, to: 63 - suffix.utf8.count) + suffix
      number += 1
    }
    return name
  }

  /// Letters and digits of an expression, joined by single underscores.
  private static func word(_ sql: String) -> String {
    sql.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).joined(separator: "_")
  }
}
