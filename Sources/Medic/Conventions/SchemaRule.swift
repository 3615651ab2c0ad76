/// A rule about the schema that one query judges: `\conventions` runs it with the others.
///
/// A new one is a file with such a type, and its line in `Conventions.checks`.
protocol SchemaRule: Check {}

extension SchemaRule {
  static var manual: Manual { Manual(card.summary, details: "One of the rules of \\conventions.") }
}

extension Scope {
  /// A condition: no extension owns the object `id` of `catalog`. What an extension brings is its author's affair.
  static func notOfExtension(_ catalog: String, _ id: String) -> String {
    """
    \(id) NOT IN (SELECT member.objid FROM pg_catalog.pg_depend AS member
          WHERE member.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND member.deptype = 'e'
            AND member.classid = 'pg_catalog.\(catalog)'::pg_catalog.regclass)
    """
  }

  /// Those of schemas and tables together, as most rules ask.
  static let ownTable = """
    \(condition(schema: "n.nspname", name: "c.relname"))
          AND \(notOfExtension("pg_class", "c.oid"))
    """
}

extension Row {
  /// What a finding about a table or a part of it is weighed by: the table's size in bytes, by `relpages`.
  var bytes: Int { int("bytes") ?? 0 }

  /// The column `name` of the row's `table`.
  var columnObject: DatabaseObject {
    DatabaseObject(.column, schema: text("schema"), name: text("column"), table: text("table"))
  }

  var tableObject: DatabaseObject { DatabaseObject(.table, schema: text("schema"), name: text("table")) }
}
