// Starts a throwaway server with the demo database, examines its foreign keys and prints each finding with its remedy.
import Medic
import Postgres
import Sandbox

do {
  let cluster = try Cluster.start(ClusterOptions(.demo))
  let connection = try Connection.open(cluster.connectionParameters)
  let report = try ForeignKeyCheck().report(
    connection, Request(options: Options.standard(for: ForeignKeyCheck.allOptions)))
  print(report.headline)
  for finding in report.findings {
    print("\(finding.severity.rawValue): \(finding.object.displayName): \(finding.message)")
    for statement in finding.remedy?.sql ?? [] { print("    \(statement);") }
  }
} catch {
  print("examination failed: \(error)")
}
