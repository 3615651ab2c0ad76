import CLibPQ
import CShims
import Glibc

/// A session with a server, closed when it goes out of scope.
///
/// All of libpq's connection rules hold: keyword/value strings, URIs, `PG*` variables, services and the password file.
public struct Connection: ~Copyable {
  let handle: OpaquePointer
  private let notices: NoticeBox
  let failure = FailureBox()
  private var cancelObject: OpaquePointer?

  /// Connects and waits for it. Keywords are libpq's; a `dbname` that is a URI or a connection string is expanded.
  ///
  /// Throws `.connection` with libpq's text. `needsPassword` in the thrown case is asked with `connect`.
  public static func open(_ parameters: [(keyword: String, value: String)]) throws(PostgresError) -> Connection {
    switch connect(parameters) {
    case .connected(let connection): return connection
    case .failed(let message, _): throw .connection(message)
    }
  }

  private init(handle: OpaquePointer) {
    self.handle = handle
    notices = NoticeBox()
    cancelObject = PQgetCancel(handle)
    PQsetNoticeReceiver(handle, receiveNotice, Unmanaged.passUnretained(notices).toOpaque())
  }

  deinit {
    shim_interrupt_disarm(UnsafeMutableRawPointer(cancelObject))
    PQfreeCancel(cancelObject)
    PQfinish(handle)
  }

  /// What an attempt to connect came to.
  public enum Attempt: ~Copyable {
    case connected(Connection)
    /// libpq's message without a trailing newline, and whether the server asked for a password that wasn't given.
    case failed(message: String, needsPassword: Bool)
  }

  /// Connects and says what came of it, so that a caller can ask for a password and try again.
  public static func connect(_ parameters: [(keyword: String, value: String)]) -> Attempt {
    let connected = withCStrings(parameters.map { $0.keyword }) { keywords in
      withCStrings(parameters.map { $0.value }) { values in PQconnectdbParams(keywords, values, 1) }
    }
    guard let connected else { return .failed(message: "out of memory", needsPassword: false) }
    if PQstatus(connected) == CONNECTION_OK { return .connected(Connection(handle: connected)) }
    let message = PQerrorMessage(connected).map { String(cString: $0) } ?? ""
    let needsPassword = PQconnectionNeedsPassword(connected) == 1
    PQfinish(connected)
    return .failed(message: message.droppingTrailingNewline, needsPassword: needsPassword)
  }

  // MARK: What the connection is

  public var isAlive: Bool { PQstatus(handle) == CONNECTION_OK }
  public var database: String { text(PQdb(handle)) }
  public var user: String { text(PQuser(handle)) }
  public var password: String { text(PQpass(handle)) }
  public var host: String { text(PQhost(handle)) }
  /// The address the server was reached at, empty for a socket.
  public var hostAddress: String { text(PQhostaddr(handle)) }
  public var port: String { text(PQport(handle)) }
  public var options: String { text(PQoptions(handle)) }
  public var backendPID: Int32 { PQbackendPID(handle) }
  public var socket: Int32 { PQsocket(handle) }
  public var usedPassword: Bool { PQconnectionUsedPassword(handle) == 1 }
  /// As a number such as 150020 (15.20).
  public var serverVersion: Int { Int(PQserverVersion(handle)) }
  public var serverMajor: Int { serverVersion / 10000 }
  /// libpq's last message, with its trailing newline.
  public var errorMessage: String { text(PQerrorMessage(handle)) }

  /// A setting that the server reports by itself (`standard_conforming_strings`, `is_superuser`, …).
  public func reported(_ parameter: String) -> String? {
    PQparameterStatus(handle, parameter).map { String(cString: $0) }
  }

  public enum TransactionStatus: Sendable { case idle, active, inTransaction, inError, unknown }

  public var transactionStatus: TransactionStatus {
    switch PQtransactionStatus(handle) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .inError
    default: .unknown
    }
  }

  /// TLS facts as `\conninfo` prints them, nil without TLS.
  public func tlsAttribute(_ name: String) -> String? {
    PQsslAttribute(handle, name).map { String(cString: $0) }
  }

  public var usesTLS: Bool { PQsslInUse(handle) == 1 }
  public var usesGSS: Bool { PQgssEncInUse(handle) == 1 }

  /// The parameters in force, as libpq knows them (for a second connection to the same place).
  public var parameters: [(keyword: String, value: String)] {
    guard let options = PQconninfo(handle) else { return [] }
    defer { PQconninfoFree(options) }
    var found: [(keyword: String, value: String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { found.append((String(cString: keyword), String(cString: value))) }
      option += 1
    }
    return found
  }

  // MARK: Settings

  /// Where notices go. Without a handler they are dropped.
  public func onNotice(_ handler: ((Notice) -> Void)?) { notices.handler = handler }

  public func setVerbosity(_ verbosity: Verbosity) { PQsetErrorVerbosity(handle, verbosity.raw) }
  public func setContext(_ visibility: ContextVisibility) { PQsetErrorContextVisibility(handle, visibility.raw) }

  public var clientEncoding: String { text(pg_encoding_to_char(PQclientEncoding(handle))) }

  /// False when the server does not know the encoding.
  public func setClientEncoding(_ name: String) -> Bool { PQsetClientEncoding(handle, name) == 0 }

  /// Closes the connection and makes it anew with the same parameters; whether it worked.
  public mutating func reset() -> Bool {
    disarmInterrupt()
    PQreset(handle)
    PQfreeCancel(cancelObject)
    cancelObject = PQgetCancel(handle)
    return isAlive
  }

  // MARK: Quoting

  /// A string literal with its quotes. Throws `.usage` for text that is invalid in the client encoding.
  public func literal(_ value: String) throws(PostgresError) -> String {
    String(decoding: try quoter.literal(Array(value.utf8)), as: UTF8.self)
  }

  /// An identifier, always in double quotes.
  public func identifier(_ value: String) throws(PostgresError) -> String {
    String(decoding: try quoter.identifier(Array(value.utf8)), as: UTF8.self)
  }

  /// Quotes by this connection's rules (encoding, standard_conforming_strings).
  public var quoter: Quoter { Quoter(handle) }

  /// A password as the server stores it, made here so that it never travels in clear. Throws `.server` or `.usage`.
  public func encryptedPassword(_ password: String, for user: String) throws(PostgresError) -> String {
    guard let secret = PQencryptPasswordConn(handle, password, user, nil) else {
      throw .usage(errorMessage.droppingTrailingNewline)
    }
    defer { PQfreemem(secret) }
    return String(cString: secret)
  }

  // MARK: Waiting and cancelling

  /// From now on Ctrl-C sends a cancel request for what this connection runs.
  public func armInterrupt() { shim_interrupt_arm(UnsafeMutableRawPointer(cancelObject)) }

  /// From now on Ctrl-C sends no cancel request.
  public func disarmInterrupt() { shim_interrupt_disarm(UnsafeMutableRawPointer(cancelObject)) }

  /// Asks the server to cancel what runs; nil when the request was sent, else why not.
  public func cancel() -> String? {
    guard let cancelObject else { return "no connection to cancel" }
    var why = [CChar](repeating: 0, count: 256)
    if PQcancel(cancelObject, &why, Int32(why.count)) == 1 { return nil }
    return String(decoding: why.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The next notification that has arrived, without waiting.
  public func nextNotification() -> Notification? {
    PQconsumeInput(handle)
    guard let found = PQnotifies(handle) else { return nil }
    defer { PQfreemem(found) }
    return Notification(
      channel: text(found.pointee.relname), payload: text(found.pointee.extra), pid: found.pointee.be_pid)
  }

  /// The connection's handle for a borrow that ends before the connection does.
  public func withHandle<R>(_ body: (OpaquePointer) -> R) -> R { body(handle) }
}

/// A message of NOTIFY.
public struct Notification: Sendable, Equatable {
  public let channel: String
  public let payload: String
  /// The notifying server process.
  public let pid: Int32
}

/// A notice or warning: its fields, and the text as libpq formats it.
public struct Notice: Sendable {
  public let fields: ServerError
  public let text: String
}

/// Carries the notice handler across libpq's C callback.
private final class NoticeBox {
  var handler: ((Notice) -> Void)?
}

/// Keeps the result of a statement that failed.
final class FailureBox {
  var result: Result?
}

private func receiveNotice(_ argument: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
  guard let argument, let result else { return }
  let box = Unmanaged<NoticeBox>.fromOpaque(argument).takeUnretainedValue()
  guard let handler = box.handler else { return }
  handler(Notice(fields: ServerError(result), text: text(PQresultErrorMessage(result))))
}

private func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }

/// Calls `body` with a NULL-terminated array of C strings.
func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
  withOptionalCStrings(strings, body)
}

func withOptionalCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
  var bytes: [CChar] = []
  var offsets: [Int?] = []
  for string in strings {
    guard let string else {
      offsets.append(nil)
      continue
    }
    offsets.append(bytes.count)
    for byte in string.utf8 { bytes.append(CChar(bitPattern: byte)) }
    bytes.append(0)
  }
  return bytes.withUnsafeBufferPointer { buffer in
    var pointers: [UnsafePointer<CChar>?] = offsets.map { offset in
      guard let offset, let base = buffer.baseAddress else { return nil }
      return base + offset
    }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}

/// Quotes for SQL by the rules of one connection. It must not outlive the connection.
public struct Quoter {
  private let handle: OpaquePointer

  fileprivate init(_ handle: OpaquePointer) { self.handle = handle }

  /// A string literal with its quotes. Throws `.usage` for text that is invalid in the client encoding.
  public func literal(_ value: [UInt8]) throws(PostgresError) -> [UInt8] { try quote(value, PQescapeLiteral) }

  /// An identifier, always in double quotes.
  public func identifier(_ value: [UInt8]) throws(PostgresError) -> [UInt8] { try quote(value, PQescapeIdentifier) }

  private func quote(
    _ value: [UInt8], _ escape: (OpaquePointer?, UnsafePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?
  ) throws(PostgresError) -> [UInt8] {
    // an empty array has no address to hand over
    let quoted = (value.isEmpty ? [0] : value).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { escape(handle, $0.baseAddress, value.count) }
    }
    guard let quoted else {
      let why = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
      throw .usage(why.droppingTrailingNewline)
    }
    defer { PQfreemem(quoted) }
    return UnsafeRawPointer(quoted).withMemoryRebound(to: UInt8.self, capacity: 1) { start in
      Array(UnsafeBufferPointer(start: start, count: strlen(quoted)))
    }
  }
}
