import CLibPQ

extension Connection {
  /// Sends one message of one or more statements (simple protocol) and returns the last result. Throws on error.
  @discardableResult
  public func execute(_ sql: String) throws(PostgresError) -> Result {
    try finished(PQexec(handle, sql))
  }

  /// Sends one statement with text parameters (extended protocol). Throws on error.
  public func query(_ sql: String, _ parameters: [String?] = []) throws(PostgresError) -> Result {
    guard let count = Int32(exactly: parameters.count), count <= 65535 else {
      throw .usage("a statement takes at most 65535 parameters")
    }
    return try finished(
      withOptionalCStrings(parameters) { PQexecParams(handle, sql, count, nil, $0, nil, nil, 0) })
  }

  private func finished(_ result: OpaquePointer?) throws(PostgresError) -> Result {
    guard let result else { throw .connectionLost(errorMessage.droppingTrailingNewline) }
    let answer = Result(result)
    guard answer.isError else { return answer }
    let error = answer.error(lost: !isAlive)
    failure.result = consume answer
    throw error
  }

  /// The result behind the last error that `execute`, `query` and their kin threw, for its text at another verbosity;
  /// nil when there was none since the last call.
  public func takeFailedResult() -> Result? { failure.result.take() }

  /// Runs `body` in a read-only transaction with local settings and always ends it by ROLLBACK.
  ///
  /// Isolation and access are said in full, since the session's defaults may be anything. `settings` are set with
  /// `set_config(…, true)`, so that they end with the transaction.
  public func readOnly<R: ~Copyable>(
    settings: [(name: String, value: String)] = [], _ body: (borrowing Connection) throws(PostgresError) -> R
  ) throws(PostgresError) -> R {
    _ = try execute("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
    let outcome: Swift.Result<Void, PostgresError>
    var value: R?
    do {
      for setting in settings {
        _ = try query("SELECT pg_catalog.set_config($1, $2, true)", [setting.name, setting.value])
      }
      value = try body(self)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    _ = try? execute("ROLLBACK")
    try outcome.get()
    guard let value else { throw .usage("the transaction gave no value") }
    return value
  }

  // MARK: Step by step

  /// Sends a message of one or more statements; results are fetched with `nextResult`. Throws `.connectionLost`.
  public func send(_ sql: [UInt8]) throws(PostgresError) {
    let sent = withUnsafeTemporaryAllocation(of: CChar.self, capacity: sql.count + 1) { text in
      for (index, byte) in sql.enumerated() { text[index] = CChar(bitPattern: byte) }
      text[sql.count] = 0
      return PQsendQuery(handle, text.baseAddress)
    }
    if sent == 0 { throw lostOrUsage() }
  }

  /// Sends one statement with parameters; results are fetched with `nextResult`.
  public func send(_ sql: String, parameters: [String?]) throws(PostgresError) {
    guard let count = Int32(exactly: parameters.count) else { throw .usage("too many parameters") }
    let sent = withOptionalCStrings(parameters) { PQsendQueryParams(handle, sql, count, nil, $0, nil, nil, 0) }
    if sent == 0 { throw lostOrUsage() }
  }

  private func lostOrUsage() -> PostgresError {
    let text = errorMessage.droppingTrailingNewline
    return isAlive ? .usage(text) : .connectionLost(text)
  }

  /// From now to the end of the statement every row comes as a result of its own; false when it is too late to ask.
  public func useSingleRows() -> Bool { PQsetSingleRowMode(handle) == 1 }

  /// The next result of what was sent, nil when all have come. Errors are results.
  public func nextResult() -> Result? { PQgetResult(handle).map { Result($0) } }

  /// Reads and throws away what is left of the current statements.
  public func discardResults() {
    while let result = nextResult() {
      if result.status == .copyIn { _ = endCopy(error: "COPY terminated") }
      if result.status == .copyOut { while case .data = readCopy({ _ in }) {} }
    }
  }

  /// Parses and describes a statement without running it. Throws on error.
  public func prepare(_ name: String, _ sql: String) throws(PostgresError) {
    _ = try finished(PQprepare(handle, name, sql, 0, nil))
  }

  public func describePrepared(_ name: String) throws(PostgresError) -> Result {
    try finished(PQdescribePrepared(handle, name))
  }

  // MARK: COPY

  public enum CopyRead: Sendable { case data, done, failed(String) }

  /// Reads one piece of COPY TO STDOUT and hands it to `body`.
  public func readCopy(_ body: (UnsafeBufferPointer<UInt8>) -> Void) -> CopyRead {
    var piece: UnsafeMutablePointer<CChar>?
    let count = PQgetCopyData(handle, &piece, 0)
    if count == -1 { return .done }
    guard count >= 0, let piece else { return .failed(errorMessage.droppingTrailingNewline) }
    defer { PQfreemem(piece) }
    piece.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
      body(UnsafeBufferPointer(start: $0, count: Int(count)))
    }
    return .data
  }

  /// Sends data of COPY FROM STDIN; false when the connection can't take it.
  public func writeCopy(_ data: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = data.baseAddress, data.count > 0 else { return true }
    return base.withMemoryRebound(to: CChar.self, capacity: data.count) {
      PQputCopyData(handle, $0, Int32(truncatingIfNeeded: data.count)) == 1
    }
  }

  /// Ends COPY FROM STDIN, with an error text to make the server throw the data away.
  public func endCopy(error: String?) -> Bool { PQputCopyEnd(handle, error) == 1 }
}
