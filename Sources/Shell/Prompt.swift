import CShims
import Glibc
import Postgres
import SQLText

extension Session {
  /// The prompt for the state of the lexer: PROMPT1 at the start of a statement, PROMPT2 inside one.
  func prompt(for status: PromptStatus) -> String {
    expandedPrompt(status == .ready ? settings.prompt1 : settings.prompt2, status)
  }

  /// Expands psql's `%` sequences (manual, "psql", Prompting).
  func expandedPrompt(_ template: String, _ status: PromptStatus = .ready) -> String {
    var text = ""
    var rest = Substring(template)
    while let character = rest.popFirst() {
      guard character == "%" else {
        text.append(character)
        continue
      }
      guard let code = rest.popFirst() else { break }
      switch code {
      case "/": text += connection?.database ?? ""
      case "~": text += shortDatabase
      case "w": text += shownWidthOfPrompt1()
      case "M", "m": text += hostName(short: code == "m")
      case ">": text += connection?.port ?? ""
      case "n": text += connection == nil ? "" : sessionUser
      case "p": text += backendText
      case "0", "1", "2", "3", "4", "5", "6", "7":
        var digits = String(code)
        while digits.count < 3, let next = rest.first, ("0"..."7").contains(next) {
          digits.append(next)
          rest.removeFirst()
        }
        if let value = UInt8(digits, radix: 8), value != 0 { text.unicodeScalars.append(Unicode.Scalar(value)) }
      case "R": text += statusMark(status)
      case "x": text += transactionMark
      case "l": text += String(reporter.line + 1)
      case "?": break
      case "#": text += connection?.reported("is_superuser") == "on" ? "#" : ">"
      case "`":
        let end = rest.firstIndex(of: "`") ?? rest.endIndex
        text += firstLine(ofCommand: String(rest[..<end]))
        rest = end == rest.endIndex ? "" : rest[rest.index(after: end)...]
      case ":":
        let end = rest.firstIndex(of: ":") ?? rest.endIndex
        text += variables.value(of: String(rest[..<end])) ?? ""
        rest = end == rest.endIndex ? "" : rest[rest.index(after: end)...]
      case "[": text += "\u{1}"
      case "]": text += "\u{2}"
      default: text.append(code)
      }
    }
    return text
  }

  private var backendText: String {
    guard let pid = connection?.backendPID else { return "" }
    return String(pid)
  }

  private var shortDatabase: String {
    guard let database = connection?.database, let user = connection?.user else { return "" }
    return database == user || database == environment("PGDATABASE") ? "~" : database
  }

  var sessionUser: String { connection?.reported("session_authorization") ?? connection?.user ?? "" }

  private func hostName(short: Bool) -> String {
    guard let host = connection?.host else { return "" }
    if host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") {
      return short || host.isEmpty ? "[local]" : "[local:\(host)]"
    }
    return short ? String(host.prefix { $0 != "." }) : host
  }

  private func statusMark(_ status: PromptStatus) -> String {
    switch status {
    case .ready:
      if !conditions.isActive { return "@" }
      if connection == nil { return "!" }
      return settings.singleLine ? "^" : "="
    case .continued: return "-"
    case .singleQuote: return "'"
    case .doubleQuote: return "\""
    case .dollarQuote: return "$"
    case .comment: return "*"
    case .parenthesis: return "("
    }
  }

  private var transactionMark: String {
    switch connection?.transactionStatus {
    case nil: ""
    case .idle: ""
    case .active, .inTransaction: "*"
    case .inError: "!"
    case .unknown: "?"
    }
  }

  /// `%w`: blanks as wide as the last line of PROMPT1.
  private func shownWidthOfPrompt1() -> String {
    if settings.prompt1.contains("%w") { return "" }
    var width = 0
    var isHidden = false
    for character in expandedPrompt(settings.prompt1) {
      switch character {
      case "\u{1}": isHidden = true
      case "\u{2}": isHidden = false
      case "\n": width = 0
      default: width += isHidden ? 0 : 1
      }
    }
    return String(repeating: " ", count: width)
  }

  private func firstLine(ofCommand command: String) -> String {
    guard let stream = popen(command, "r") else { return "" }
    defer { pclose(stream) }
    var buffer = [CChar](repeating: 0, count: 1024)
    guard fgets(&buffer, Int32(buffer.count), stream) != nil else { return "" }
    var bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    if bytes.last == 10 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
