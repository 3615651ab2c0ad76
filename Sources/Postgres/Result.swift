import CLibPQ

/// The answer to one statement: rows, a completed command, an error, or a COPY that begins.
///
/// Cells are spans over libpq's own memory and live as long as the result.
public struct Result: ~Copyable {
  let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  deinit { PQclear(handle) }

  public enum Status: Sendable {
    case emptyQuery, command, rows, singleRow, copyOut, copyIn, copyBoth, badResponse, nonfatalError, fatalError
    case pipelineSync, pipelineAborted
  }

  public var status: Status {
    switch PQresultStatus(handle) {
    case PGRES_EMPTY_QUERY: .emptyQuery
    case PGRES_COMMAND_OK: .command
    case PGRES_TUPLES_OK: .rows
    case PGRES_SINGLE_TUPLE: .singleRow
    case PGRES_COPY_OUT: .copyOut
    case PGRES_COPY_IN: .copyIn
    case PGRES_COPY_BOTH: .copyBoth
    case PGRES_NONFATAL_ERROR: .nonfatalError
    case PGRES_FATAL_ERROR: .fatalError
    case PGRES_PIPELINE_SYNC: .pipelineSync
    case PGRES_PIPELINE_ABORTED: .pipelineAborted
    default: .badResponse
    }
  }

  public var isError: Bool {
    switch status {
    case .badResponse, .nonfatalError, .fatalError, .pipelineAborted: true
    default: false
    }
  }

  public var rowCount: Int { Int(PQntuples(handle)) }
  public var columnCount: Int { Int(PQnfields(handle)) }

  /// The name of a column, or nil where there is no such column.
  public func columnName(_ column: Int) -> String? {
    PQfname(handle, Int32(truncatingIfNeeded: column)).map { String(cString: $0) }
  }

  public func typeOID(_ column: Int) -> UInt32 { PQftype(handle, Int32(truncatingIfNeeded: column)) }
  public func typeModifier(_ column: Int) -> Int32 { PQfmod(handle, Int32(truncatingIfNeeded: column)) }
  public func isBinary(_ column: Int) -> Bool { PQfformat(handle, Int32(truncatingIfNeeded: column)) == 1 }

  /// The bytes of a cell without copying, nil for NULL and for a cell that isn't there.
  public func bytes(row: Int, column: Int) -> UnsafeBufferPointer<UInt8>? {
    guard row >= 0, row < rowCount, column >= 0, column < columnCount else { return nil }
    return reader.cell(row: row, column: column)
  }

  /// Reads cells without asking each time whether they are there. It must not outlive the result.
  public var reader: ResultReader { ResultReader(handle: handle) }

  /// The text of a cell, nil for NULL. Invalid UTF-8 is repaired.
  public func string(row: Int, column: Int) -> String? {
    bytes(row: row, column: column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The command tag, such as `INSERT 0 1`.
  public var commandTag: String { PQcmdStatus(handle).map { String(cString: $0) } ?? "" }
  /// Rows affected as the tag says them, empty where the command counts none.
  public var affectedRows: String { PQcmdTuples(handle).map { String(cString: $0) } ?? "" }
  /// The oid of the one row inserted, "0" where there is none.
  public var insertedOID: String { String(PQoidValue(handle)) }
  public var parameterCount: Int { Int(PQnparams(handle)) }

  /// The message as libpq formats it under the connection's verbosity, with its trailing newline.
  public var errorText: String { PQresultErrorMessage(handle).map { String(cString: $0) } ?? "" }

  /// The message formatted anew, for `\errverbose`; nil when the result is no error.
  public func errorText(verbosity: Verbosity, context: ContextVisibility) -> String? {
    guard let text = PQresultVerboseErrorMessage(handle, verbosity.raw, context.raw) else { return nil }
    defer { PQfreemem(text) }
    return String(cString: text)
  }

  /// The fields of the error or notice.
  public var serverError: ServerError { ServerError(handle) }

  /// The result's handle for a borrow that ends before the result does.
  public func withHandle<R>(_ body: (OpaquePointer) -> R) -> R { body(handle) }

  /// What the result of a failure says went wrong.
  func error(lost: Bool) -> PostgresError {
    lost ? .connectionLost(errorText.droppingTrailingNewline) : .server(serverError)
  }
}

/// Reads the cells of a result whose shape the caller knows.
public struct ResultReader {
  let handle: OpaquePointer

  /// The bytes of a cell without copying, nil for NULL. Row and column must exist.
  public func cell(row: Int, column: Int) -> UnsafeBufferPointer<UInt8>? {
    let (row, column) = (Int32(truncatingIfNeeded: row), Int32(truncatingIfNeeded: column))
    let length = PQgetlength(handle, row, column)
    if length == 0, PQgetisnull(handle, row, column) == 1 { return nil }
    guard let value = PQgetvalue(handle, row, column) else { return nil }
    return UnsafeBufferPointer(start: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), count: Int(length))
  }
}

extension ServerError {
  init(_ handle: OpaquePointer) {
    func field(_ code: Character) -> String? {
      guard let ascii = code.asciiValue else { return nil }
      return PQresultErrorField(handle, Int32(ascii)).map { String(cString: $0) }
    }
    self.init()
    severity = field("V") ?? field("S") ?? ""
    sqlState = field("C") ?? ""
    message = field("M") ?? (PQresultErrorMessage(handle).map { String(cString: $0) } ?? "").droppingTrailingNewline
    detail = field("D")
    hint = field("H")
    position = field("P").flatMap { Int($0) }
    internalPosition = field("p").flatMap { Int($0) }
    internalQuery = field("q")
    context = field("W")
    schema = field("s")
    table = field("t")
    column = field("c")
    dataType = field("d")
    constraint = field("n")
    file = field("F")
    line = field("L")
    routine = field("R")
  }
}

/// How much of an error libpq writes (psql's VERBOSITY).
public enum Verbosity: String, Sendable, CaseIterable {
  case `default`, verbose, terse, sqlstate

  var raw: PGVerbosity {
    switch self {
    case .terse: PQERRORS_TERSE
    case .default: PQERRORS_DEFAULT
    case .verbose: PQERRORS_VERBOSE
    case .sqlstate: PQERRORS_SQLSTATE
    }
  }
}

/// When the CONTEXT field is written (psql's SHOW_CONTEXT).
public enum ContextVisibility: String, Sendable, CaseIterable {
  case never, errors, always

  var raw: PGContextVisibility {
    switch self {
    case .never: PQSHOW_CONTEXT_NEVER
    case .errors: PQSHOW_CONTEXT_ERRORS
    case .always: PQSHOW_CONTEXT_ALWAYS
    }
  }
}

extension String {
  var droppingTrailingNewline: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
