// Remedies of the rules about the schema. All are short catalog changes, or scans that let reads and writes go on.

/// A serial column's sequence, with all that an identity must take over from it.
struct SerialSequence: Sendable {
  let schema: String
  let table: String
  let column: String
  let name: String
  let type: String
  /// As `CREATE SEQUENCE` and `ADD GENERATED` take them.
  let options: String

  init(_ row: Row) {
    schema = row.text("schema")
    table = row.text("table")
    column = row.text("column")
    name = row.text("sequence")
    type = row.text("type")
    options =
      "INCREMENT BY \(row.text("increment")) MINVALUE \(row.text("minimum")) MAXVALUE \(row.text("maximum")) "
      + "START WITH \(row.text("start")) CACHE \(row.text("cache"))\(row.flag("cycles") ? " CYCLE" : "")"
  }
}

extension Remedy {
  /// How long a change that keeps everybody out waits for its lock.
  private static let short = "2s"

  private static func alter(_ schema: String, _ table: String, _ action: String) -> String {
    "ALTER TABLE \(SQLName.qualified(schema, table)) \(action)"
  }

  /// Makes a unique index on columns that are NOT NULL the primary key. No scan; the undo builds the index again.
  static func primaryKey(schema: String, table: String, index: String, columns: [String]) -> Remedy {
    let name = SQLName.quoted(index)
    let create =
      "CREATE UNIQUE INDEX CONCURRENTLY \(name) ON \(SQLName.qualified(schema, table)) (\(SQLName.list(columns)))"
    return Remedy(
      sql: guarded(
        [alter(schema, table, "ADD CONSTRAINT \(name) PRIMARY KEY USING INDEX \(name)")], lockTimeout: short),
      undo: guarded([alter(schema, table, "DROP CONSTRAINT \(name)"), create], lockTimeout: short),
      caution: "Takes ACCESS EXCLUSIVE for a moment and scans nothing. Undone, the index is dropped and built anew.")
  }

  /// Checks the rows that are there; reads and writes go on.
  static func validate(_ constraint: DatabaseObject, isDomain: Bool) -> Remedy {
    let owner = SQLName.qualified([constraint.schema, constraint.table])
    let kind = isDomain ? "DOMAIN" : "TABLE"
    return Remedy(
      sql: guarded(["ALTER \(kind) \(owner) VALIDATE CONSTRAINT \(SQLName.quoted(constraint.name))"]),
      caution: isDomain
        ? "Reads every table that uses the domain, and keeps writes out of them until it is done."
        : "Reads the whole table while reads and writes go on; ends with an error at the first row that breaks it.")
  }

  static func renameIndex(schema: String, from old: String, to new: String) -> Remedy {
    func rename(_ from: String, _ to: String) -> String {
      "ALTER INDEX \(SQLName.qualified(schema, from)) RENAME TO \(SQLName.quoted(to))"
    }
    return Remedy(
      sql: guarded([rename(old, new)]), undo: guarded([rename(new, old)]),
      caution: "Readers and writers go on. Hints, monitoring and migrations that name the index must follow.")
  }

  static func rowSecurity(schema: String, table: String) -> Remedy {
    Remedy(
      sql: guarded([alter(schema, table, "ENABLE ROW LEVEL SECURITY")], lockTimeout: short),
      undo: guarded([alter(schema, table, "DISABLE ROW LEVEL SECURITY")], lockTimeout: short),
      caution: "From then on roles without a fitting policy see no rows, and no error says so: try the policies first.")
  }

  static func setLogged(schema: String, table: String, bytes: Int) -> Remedy {
    Remedy(
      sql: guarded([alter(schema, table, "SET LOGGED")], lockTimeout: short),
      undo: guarded([alter(schema, table, "SET UNLOGGED")], lockTimeout: short),
      caution: "Rewrites the table (\(Quantity.pretty(bytes: bytes))) while even readers wait, and writes as much WAL.")
  }

  static func revokeCreate(schema: String) -> Remedy {
    let name = SQLName.quoted(schema)
    return Remedy(
      sql: ["REVOKE CREATE ON SCHEMA \(name) FROM PUBLIC"], undo: ["GRANT CREATE ON SCHEMA \(name) TO PUBLIC"],
      caution: "Roles that create objects here need a grant of their own first.")
  }

  static func updateExtension(_ name: String, to version: String) -> Remedy {
    Remedy(
      sql: guarded(["ALTER EXTENSION \(SQLName.quoted(name)) UPDATE TO \(SQLName.literal(version))"]),
      caution: "Runs the extension's own script. There is no way back but a backup: read its release notes.")
  }

  /// `triggers` are tables, quoted, with the names of their triggers.
  static func enableTriggers(
    _ triggers: [(table: String, name: String)], isForReplicas: Bool, isConstraint: Bool
  ) -> Remedy {
    func statements(_ action: String) -> [String] {
      triggers.map { "ALTER TABLE \($0.table) \(action) TRIGGER \(SQLName.quoted($0.name))" }
    }
    let caution =
      isConstraint
      ? "Needs a superuser. Rows written meanwhile stay unchecked: look for them, or drop the constraint, add it NOT "
        + "VALID and validate it."
      : "Writers wait for a moment. What the trigger should have done meanwhile isn't made up for."
    return Remedy(
      sql: guarded(statements("ENABLE"), lockTimeout: short),
      undo: guarded(statements(isForReplicas ? "ENABLE REPLICA" : "DISABLE"), lockTimeout: short), caution: caution)
  }

  static func enableRule(_ name: String, schema: String, table: String, isForReplicas: Bool) -> Remedy {
    let rule = SQLName.quoted(name)
    return Remedy(
      sql: guarded([alter(schema, table, "ENABLE RULE \(rule)")], lockTimeout: short),
      undo: guarded(
        [alter(schema, table, "\(isForReplicas ? "ENABLE REPLICA" : "DISABLE") RULE \(rule)")], lockTimeout: short)
    )
  }

  /// Fixes the search_path of a function to its own schema; `before` is what it has now. A schema that is open to
  /// everybody is closed first, or the fixed path would be no better.
  static func fixSearchPath(schema: String, name: String, arguments: String, before: String?, isOpen: Bool) -> Remedy {
    let function = "ALTER ROUTINE \(SQLName.qualified(schema, name))(\(arguments))"
    let path = (schema == "pg_catalog" ? [] : [SQLName.quoted(schema)]) + ["pg_temp"]
    let closing = isOpen ? revokeCreate(schema: schema) : Remedy(sql: [])
    return Remedy(
      sql: closing.sql + ["\(function) SET search_path = pg_catalog, \(path.joined(separator: ", "))"],
      undo: [before.map { "\(function) SET search_path = \($0)" } ?? "\(function) RESET search_path"] + closing.undo,
      caution: "Name the schemas that its body uses without saying so, before pg_temp; try it on a copy."
        + (isOpen ? " Roles that create objects in \(SQLName.quoted(schema)) need a grant of their own." : ""))
  }

  /// Makes a serial column an identity with the same sequence name, options and next value, in one short transaction.
  static func identity(_ sequence: SerialSequence) -> Remedy {
    let (schema, table) = (sequence.schema, sequence.table)
    let column = SQLName.quoted(sequence.column)
    let aside = SQLName.truncated(sequence.name, to: 59) + "_old"
    let (old, new) = (SQLName.qualified(schema, aside), SQLName.qualified(schema, sequence.name))
    let begin = ["BEGIN", "SET LOCAL lock_timeout = '\(short)'", "LOCK TABLE \(SQLName.qualified(schema, table))"]
    let setAside = "ALTER SEQUENCE \(new) RENAME TO \(SQLName.quoted(aside))"
    let value = "SELECT pg_catalog.setval(\(SQLName.literal(new)), last_value, is_called) FROM \(old)"
    let generated = "ADD GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME \(new) \(sequence.options))"
    return Remedy(
      sql: begin + [
        setAside, alter(schema, table, "ALTER COLUMN \(column) DROP DEFAULT"),
        alter(schema, table, "ALTER COLUMN \(column) \(generated)"), value, "DROP SEQUENCE \(old)", "COMMIT",
      ],
      undo: begin + [
        "CREATE SEQUENCE \(old) AS \(sequence.type) \(sequence.options)",
        "SELECT pg_catalog.setval(\(SQLName.literal(old)), last_value, is_called) FROM \(new)",
        alter(schema, table, "ALTER COLUMN \(column) DROP IDENTITY"),
        "ALTER SEQUENCE \(old) RENAME TO \(SQLName.quoted(sequence.name))",
        "ALTER SEQUENCE \(new) OWNED BY \(SQLName.qualified([schema, table, sequence.column]))",
        alter(schema, table, "ALTER COLUMN \(column) SET DEFAULT pg_catalog.nextval(\(SQLName.literal(new)))"),
        "COMMIT",
      ],
      caution:
        "Takes ACCESS EXCLUSIVE for a moment and rewrites nothing. Grants on the sequence are lost, and not needed "
        + "for inserting any more.")
  }

  /// An index on `lower(column)` or `upper(column)`.
  static func foldedIndex(_ column: DatabaseObject, function: String, isUnique: Bool) -> Remedy {
    let table = column.table ?? ""
    let name = IndexDefinition.name(table: table, columns: [function, column.name] + (isUnique ? ["unique"] : []))
    let create =
      "CREATE \(isUnique ? "UNIQUE " : "")INDEX CONCURRENTLY \(SQLName.quoted(name)) ON "
      + "\(SQLName.qualified([column.schema, table])) (\(function)(\(SQLName.quoted(column.name))))"
    return Remedy(
      sql: guarded([create]),
      undo: guarded(["DROP INDEX CONCURRENTLY IF EXISTS \(SQLName.qualified([column.schema, name]))"]),
      caution: isUnique
        ? "Fails where two spellings are there already, and leaves an INVALID index: drop it by the undo, clean up, retry."
        : "Outside a transaction. If it fails, an INVALID index is left: drop it by the undo, then try again.")
  }
}
