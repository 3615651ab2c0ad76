import CLibPQ

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A connection to a sandbox's own server, for the few statements that set it up.
///
/// Not the one of `Postgres`: that module's tests stand on this one.
struct Link: ~Copyable {
  private let connection: OpaquePointer?

  init(socketDirectory: String, database: String, user: String = "postgres") throws(SandboxError) {
    let parameters = [
      ("host", socketDirectory), ("port", "\(Server.port)"), ("user", user), ("dbname", database),
      ("application_name", "pgmedic sandbox"), ("client_encoding", "UTF8"), ("options", ""), ("sslmode", "disable"),
      ("gssencmode", "disable"), ("passfile", "/dev/null"), ("connect_timeout", "10"),
    ]
    connection = Self.withCStrings(parameters.map(\.0)) { names in
      Self.withCStrings(parameters.map(\.1)) { values in PQconnectdbParams(names, values, 0) }
    }
    guard PQstatus(connection) == CONNECTION_OK else {
      throw .statement("connect to \(database)", message: Self.text(PQerrorMessage(connection)))
    }
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
  }

  deinit { PQfinish(connection) }

  /// Runs statements (several of them in one implicit transaction) and returns the first column of the last result.
  @discardableResult
  func run(_ sql: String) throws(SandboxError) -> [String] {
    let result = PQexec(connection, sql)
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return []
    case PGRES_TUPLES_OK:
      return (0..<PQntuples(result)).map { row in Self.text(PQgetvalue(result, row, 0)) }
    default: throw .statement(sql, message: Self.text(PQerrorMessage(connection)))
    }
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    guard let pointer else { return "" }
    let text = String(cString: pointer)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static func text(_ pointer: UnsafeMutablePointer<CChar>?) -> String { text(UnsafePointer(pointer)) }

  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
  ) -> R {
    let copies = strings.map { UnsafePointer(strdup($0)) }
    defer { for copy in copies { free(UnsafeMutablePointer(mutating: copy)) } }
    return (copies + [nil]).withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
