import CShims
import Glibc
import Postgres
import Printing
import SQLText

/// psql's variables as the lexer wants them, quoted by the connection.
///
/// Borrows the connection through its quoter, so it must not outlive the call it is made for.
struct ScannedVariables: VariableSource {
  let variables: Variables
  let quoter: Quoter?

  func value(of name: String) -> [UInt8]? { variables.value(of: name).map { Array($0.utf8) } }

  func quoted(_ value: [UInt8], as style: VariableQuoting) throws(VariableQuotingError) -> [UInt8] {
    guard let quoter else { throw VariableQuotingError("cannot escape without active connection") }
    do throws(PostgresError) {
      switch style {
      case .literal: return try quoter.literal(value)
      case .identifier: return try quoter.identifier(value)
      }
    } catch {
      throw VariableQuotingError(error.message)
    }
  }
}

extension Session {
  private var scannedVariables: ScannedVariables {
    let quoter = connection?.quoter
    return ScannedVariables(variables: variables, quoter: quoter)
  }

  /// Reads on to the end of a statement, the next command or the end of the line.
  mutating func scan() -> ScanResult {
    scanner.standardStrings = usesStandardStrings
    let found: ScanResult
    if conditions.isActive {
      let source = scannedVariables
      found = scanner.next(appendingTo: &query, variables: source)
    } else {
      found = scanner.next(appendingTo: &query, variables: NoVariables())
    }
    reportDiagnostics()
    return found
  }

  /// The next argument of the running command with the way it was quoted, nil if there is none.
  ///
  /// Throws `.reported` for a quote that isn't closed.
  mutating func commandArgument(
    _ kind: ArgumentKind = .normal, strippingSemicolons: Bool = false
  ) throws(CommandError) -> CommandArgument? {
    let source = scannedVariables
    var exitStatus: Int32?
    var failure: String?
    let output = self.output
    let found = scanner.argument(kind, strippingSemicolons: strippingSemicolons, variables: source) { command in
      output.flush()
      let (text, status) = outputOfCommand(command)
      exitStatus = status
      if text == nil { failure = errorText() }
      return text
    }
    if let exitStatus { noteShellStatus(exitStatus) }
    if let failure { reporter.report(.error, failure) }
    return reportDiagnostics() ? nil : found
  }

  /// The next argument as text.
  mutating func argument(
    _ kind: ArgumentKind = .normal, strippingSemicolons: Bool = false
  ) throws(CommandError) -> String? {
    try commandArgument(kind, strippingSemicolons: strippingSemicolons)?.text
  }

  /// Prints what the lexer has to say; whether there was an error.
  @discardableResult
  private mutating func reportDiagnostics() -> Bool {
    guard !scanner.diagnostics.isEmpty else { return false }
    var hasError = false
    for diagnostic in scanner.takeDiagnostics() {
      if diagnostic.severity == .error { hasError = true }
      reporter.report(diagnostic.severity == .error ? .error : .warning, diagnostic.message)
    }
    return hasError
  }
}

/// Runs a shell command: what it wrote, without its last newline, and its status as `waitpid` gives it.
/// No text when it could not be run, wrote NUL bytes or ended in an error.
func outputOfCommand(_ command: [UInt8]) -> (text: [UInt8]?, status: Int32) {
  let stream = popen(String(decoding: command, as: UTF8.self), "r")
  guard let stream else { return (nil, -1) }
  var text: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { break }
    text.append(contentsOf: buffer[..<count])
  }
  let status = pclose(stream)
  return (text.contains(0) ? nil : text, status)
}

extension Session {
  /// SHELL_ERROR and SHELL_EXIT_CODE, as psql sets them after a shell command (16 and later).
  func noteShellStatus(_ status: Int32) {
    guard !isPsql else { return }
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    variables.note("SHELL_ERROR", status == 0 ? "false" : "true")
    variables.note("SHELL_EXIT_CODE", String(code))
  }
}
