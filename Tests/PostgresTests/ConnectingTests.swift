import Glibc
import Postgres
import Sandbox
import Testing

/// Ways to say where to connect.
struct ConnectingTests {
  let socket: String
  let port: Int

  init() throws {
    let shared = try SharedCluster.empty()
    try shared.database(named: "libpq")
    socket = shared.cluster.socketDirectory
    port = shared.cluster.port
  }

  @Test func aConnectionStringInTheDatabaseNameIsExpanded() throws {
    let connection = try Connection.open([
      ("user", "nobody"), ("dbname", "host=\(socket) port=\(port) user=postgres dbname=libpq application_name='a b'"),
    ])
    #expect(connection.user == "postgres")
    #expect(connection.database == "libpq")
    #expect(connection.host == socket)
    #expect(connection.port == "\(port)")
    #expect(try value("SHOW application_name", on: connection) == "a b")
  }

  @Test func aURIIsExpanded() throws {
    let host = socket.split(separator: "/").joined(separator: "%2F")
    let connection = try Connection.open([
      ("dbname", "postgresql://postgres@%2F\(host):\(port)/libpq?application_name=by%20uri&options=-c%20work_mem%3D1MB")
    ])
    #expect(connection.database == "libpq")
    #expect(try value("SHOW application_name", on: connection) == "by uri")
    #expect(try value("SHOW work_mem", on: connection) == "1MB")
  }

  @Test func aServiceFileNamesThePlace() throws {
    let file = try TemporaryFile(
      "# places\n[here]\nhost=\(socket)\nport=\(port)\nuser=postgres\ndbname=libpq\napplication_name=served\n")
    setenv("PGSERVICEFILE", file.path, 1)
    defer { unsetenv("PGSERVICEFILE") }
    let connection = try Connection.open([("service", "here")])
    #expect(connection.database == "libpq")
    #expect(try value("SHOW application_name", on: connection) == "served")
    #expect(throws: PostgresError.self) { _ = try Connection.open([("service", "elsewhere")]) }
  }

  @Test func aPasswordFileGivesThePasswordOfItsLine() throws {
    let file = try TemporaryFile("other:*:*:*:wrong\n\(socket):*:libpq:postgres:se\\:cret\n")
    let connection = try Server.connect(("passfile", file.path))
    #expect(connection.password == "se:cret")
    #expect(connection.usedPassword == false)
  }

  @Test func whatCannotBeReachedIsSaidInLibpqsWords() throws {
    let error = #expect(throws: PostgresError.self) {
      _ = try Connection.open([("host", socket), ("port", "1"), ("user", "postgres")])
    }
    guard case .connection(let text) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(text.hasPrefix("connection to server on socket \"\(socket)/.s.PGSQL.1\" failed: No such file or directory"))
    #expect(!text.hasSuffix("\n"))
  }

  @Test func anUnknownDatabaseIsAFatalErrorOfTheServer() throws {
    let error = #expect(throws: PostgresError.self) { _ = try Server.connect(("dbname", "no such")) }
    #expect(error?.message.hasSuffix("FATAL:  database \"no such\" does not exist") == true)
  }

  @Test func anUnknownKeywordIsRefused() throws {
    let error = #expect(throws: PostgresError.self) { _ = try Server.connect(("hots", "x")) }
    #expect(error?.message == "invalid connection option \"hots\"")
  }

  @Test func parametersInForceOpenASecondConnection() throws {
    let first = try Server.connect(("application_name", "first"))
    let second = try Connection.open(first.parameters)
    #expect(second.backendPID != first.backendPID)
    #expect(try value("SHOW application_name", on: second) == "first")
    #expect(second.serverVersion == first.serverVersion)
    #expect(second.serverMajor == second.serverVersion / 10000)
  }

  @Test func reportedSettingsAreKnownWithoutAsking() throws {
    let connection = try Server.connect()
    #expect(connection.reported("standard_conforming_strings") == "on")
    #expect(connection.reported("is_superuser") == "on")
    #expect(connection.reported("work_mem") == nil)
    #expect(connection.setClientEncoding("LATIN1") == true)
    #expect(connection.clientEncoding == "LATIN1")
    #expect(connection.setClientEncoding("no such") == false)
    #expect(connection.clientEncoding == "LATIN1")
  }
}
