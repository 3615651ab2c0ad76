// Connects with libpq's own rules (PGHOST, services, passfile, …) and prints a query's rows as psql would.
import Postgres
import Printing

do {
  let connection = try Connection.open([("fallback_application_name", "snippet")])
  let result = try connection.query(
    "SELECT nspname, nspowner::regrole FROM pg_catalog.pg_namespace WHERE nspname !~ $1 ORDER BY 1", ["^pg_"])
  var rows: [[String?]] = []
  for row in 0..<result.rowCount {
    rows.append((0..<result.columnCount).map { result.string(row: row, column: $0) })
  }
  let columns = (0..<result.columnCount).map { Column(result.columnName($0) ?? "") }
  let output = ByteSink(fileDescriptor: 1)
  print(Table(columns: columns, rows: rows), PrintOptions(), to: output)
  output.flush()
} catch {
  print("query failed: \(error)")
}
