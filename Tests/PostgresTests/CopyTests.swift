import Glibc
import Postgres
import Testing

/// COPY in both directions, and large objects.
struct CopyTests {
  private func nextError(_ connection: borrowing Connection) -> ServerError? { connection.nextResult()?.serverError }

  @Test func dataGoInAndComeOutAgain() throws {
    let connection = try Server.connect()
    try connection.execute("CREATE TEMP TABLE copied (n int, t text)")
    let status = try connection.execute("COPY copied FROM STDIN").status
    #expect(status == .copyIn)
    for piece in ["1\ton", "e\n2\t\\N\n", "", "3\ta\\tb\n"] {
      let bytes = Array(piece.utf8)
      #expect(bytes.withUnsafeBufferPointer { connection.writeCopy($0) })
    }
    #expect(connection.endCopy(error: nil) == true)
    #expect(connection.nextResult()?.commandTag == "COPY 3")
    let isOver = connection.nextResult() == nil
    #expect(isOver)

    #expect(try connection.execute("COPY copied TO STDOUT").status == .copyOut)
    var lines: [String] = []
    loop: while true {
      switch connection.readCopy({ lines.append(String(decoding: $0, as: UTF8.self)) }) {
      case .data: continue
      case .done: break loop
      case .failed(let why):
        Issue.record("\(why)")
        break loop
      }
    }
    #expect(lines == ["1\tone\n", "2\t\\N\n", "3\ta\\tb\n"])
    #expect(connection.nextResult()?.commandTag == "COPY 3")
    connection.discardResults()
    #expect(connection.transactionStatus == .idle)
  }

  @Test func theServerThrowsDataAwayWhenToldSo() throws {
    let connection = try Server.connect()
    try connection.execute("CREATE TEMP TABLE dropped (n int)")
    try connection.execute("COPY dropped FROM STDIN")
    _ = Array("1\n".utf8).withUnsafeBufferPointer { connection.writeCopy($0) }
    #expect(connection.endCopy(error: "no more of it") == true)
    let failedError = nextError(connection)
    let failed = try #require(failedError)
    #expect(failed.sqlState == "57014")
    #expect(failed.message == "COPY from stdin failed: no more of it")
    connection.discardResults()
    #expect(try value("SELECT count(*) FROM dropped", on: connection) == "0")
  }

  @Test func wrongDataAreAnErrorAtTheEnd() throws {
    let connection = try Server.connect()
    try connection.execute("CREATE TEMP TABLE wrong (n int)")
    try connection.execute("COPY wrong FROM STDIN")
    _ = Array("1\nx\n".utf8).withUnsafeBufferPointer { connection.writeCopy($0) }
    _ = connection.endCopy(error: nil)
    let failedError = nextError(connection)
    let failed = try #require(failedError)
    #expect(failed.sqlState == "22P02")
    #expect(failed.context == "COPY wrong, line 2, column n: \"x\"")
    connection.discardResults()
    #expect(connection.isAlive == true)
  }

  @Test func whatIsLeftOfACopyIsDiscarded() throws {
    let connection = try Server.connect()
    try connection.send(Array("COPY (SELECT generate_series(1, 100000)) TO STDOUT; SELECT 1".utf8))
    connection.discardResults()
    #expect(connection.transactionStatus == .idle)
    try connection.execute("CREATE TEMP TABLE unfed (n int)")
    try connection.send(Array("COPY unfed FROM STDIN".utf8))
    connection.discardResults()
    #expect(try value("SELECT 'ready'", on: connection) == "ready")
  }

  @Test func largeObjectsComeFromAndGoToFiles() throws {
    let connection = try Server.connect()
    let text = String(repeating: "large\u{1}object\n", count: 3000)
    let (source, target) = (try TemporaryFile(text), try TemporaryFile())
    try connection.execute("BEGIN")
    let oid = try connection.importLargeObject(from: source.path)
    #expect(try value("SELECT length(lo_get($1::oid))", ["\(oid)"], on: connection) == "\(text.utf8.count)")
    try connection.exportLargeObject(oid, to: target.path)
    let isSame = target.text == text
    #expect(isSame)
    try connection.unlinkLargeObject(oid)
    let error = #expect(throws: PostgresError.self) { try connection.unlinkLargeObject(oid) }
    #expect(error?.message == "ERROR:  large object \(oid) does not exist")
    try connection.execute("ROLLBACK")
    let missing = #expect(throws: PostgresError.self) { _ = try connection.importLargeObject(from: "/no/such") }
    #expect(missing?.message == "could not open file \"/no/such\": No such file or directory")
  }
}
