import Postgres
import Sandbox
import Testing

@testable import Medic

/// Settings and restarts, on servers of their own.
@Suite(.serialized) struct ServerSettingsTests {
  private func connect(_ server: OwnServer) throws -> Connection {
    try Connection.open(
      server.cluster.connectionParameters(database: "postgres").map { (keyword: $0.0, value: $0.1) })
  }

  private func found(_ report: Report) -> Set<String> {
    Set(report.findings.map { "\($0.rule) \($0.object.name)" })
  }

  @Test func whatEndangersDataOrBlindsTheServerIsFoundAndPutRight() throws {
    let server = try OwnServer(["track_activities": "off", "fsync": "off", "full_page_writes": "on"])
    let connection = try connect(server)
    let report = try ServerSettings.look(connection)
    let found = found(report)
    #expect(
      found.isSuperset(of: ["setting-unsafe fsync", "setting-blind track_activities", "setting-missing data_checksums"])
    )
    #expect(!found.contains("setting-unsafe full_page_writes"))
    #expect(found.contains("setting-missing idle_in_transaction_session_timeout"))
    #expect(report.notAssessed == [])
    let settings =
      "SELECT name || '=' || setting AS line FROM pg_settings WHERE name <> 'pg_stat_statements.max' ORDER BY 1"
    for name in ["fsync", "track_activities", "idle_in_transaction_session_timeout"] {
      let before = try connection.rows(settings).map { $0.text("line") }
      let remedy = try #require(report.findings.first { $0.object.name == name }?.remedy)
      for statement in remedy.sql { try connection.execute(statement) }
      try wait(on: connection) {
        try !self.found(ServerSettings.look(connection)).contains { $0.hasSuffix(" \(name)") }
      }
      for statement in remedy.undo { try connection.execute(statement) }
      try wait(on: connection) { try connection.rows(settings).map { $0.text("line") } == before }
    }
  }

  /// A signal to reload takes a moment to reach the session.
  private func wait(on connection: borrowing Connection, until holds: () throws -> Bool) throws {
    for _ in 0..<250 {
      if try holds() { return }
      try connection.execute("SELECT pg_sleep(0.02)")
    }
    Issue.record("it never came")
  }

  @Test func whatWaitsForARestartIsNamed() throws {
    let server = try OwnServer([:])
    let connection = try connect(server)
    #expect(!found(try ServerSettings.look(connection)).contains { $0.hasPrefix("setting-pending-restart") })
    try connection.execute("ALTER SYSTEM SET max_connections = 61")
    try connection.execute("SELECT pg_reload_conf()")
    try wait(on: connection) {
      try self.found(ServerSettings.look(connection)).contains("setting-pending-restart max_connections")
    }
  }

  @Test func aTimeoutThatARoleHasOfItsOwnIsEnough() throws {
    let server = try OwnServer([:])
    let connection = try connect(server)
    try connection.execute("CREATE ROLE app; ALTER ROLE app SET statement_timeout = '30s'")
    let found = found(try ServerSettings.look(connection))
    #expect(!found.contains("setting-missing statement_timeout"))
    #expect(found.contains("setting-missing idle_in_transaction_session_timeout"))
  }

  @Test func aCrashIsToldFromARestart() throws {
    func history(_ up: Int, _ counters: Int?, own: Int? = nil, initdb: Int? = 100_000) -> Finding? {
      ServerHistory(upSeconds: up, counterSeconds: counters, ownSeconds: own, secondsFromInitdb: initdb).finding
    }
    let day = 86400
    #expect(history(30 * day, 60 * day) == nil, "long up, counters older: nothing to say")
    #expect(history(300, 60 * day)?.severity == .info, "a clean restart keeps the counters")
    #expect(history(30 * day, 3600)?.message.contains("crash of a backend") == true)
    #expect(history(30 * day, 3600, own: 20 * day) == nil, "the server's counters were reset, the database's are older")
    #expect(history(3600, 3600)?.severity == .warning, "came up with empty counters")
    #expect(history(3600, 3600, initdb: 5)?.severity == .info, "a cluster just made")
  }

  /// The server's own behaviour: a backend killed by signal 9.
  @Test func aKilledBackendIsSeen() throws {
    let server = try OwnServer([:])
    let first = try connect(server)
    let pid = first.backendPID
    try first.execute("SELECT pg_sleep(1.1)")
    // Its sessions all go down with it, this one, too.
    _ = try? connect(server).execute("COPY (SELECT 1) TO PROGRAM 'kill -9 \(pid)'")
    var window: EvidenceWindow?
    for _ in 0..<500 {
      if let connection = try? connect(server), let text = EvidenceWindow.queries.text(for: connection.serverMajor),
        let row = try? connection.rows(text).first
      {
        window = EvidenceWindow(row)
        break
      }
      try? Self.pause()
    }
    let bounds = try #require(window)
    let connection = try connect(server)
    let up = try connection.rows("SELECT extract(epoch FROM now() - pg_postmaster_start_time())::int AS s").first?.int(
      "s")
    #expect((bounds.serverSeconds ?? .max) < (up ?? 0))
    if connection.serverMajor >= 15 { #expect(bounds.ownSeconds == nil) }
  }

  private static func pause() throws {
    let scratch = try Scratch("medic_statements", shared: true)
    try scratch.connection.execute("SELECT pg_sleep(0.02)")
  }
}
