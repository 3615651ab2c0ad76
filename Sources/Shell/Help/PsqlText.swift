import CShims

/// The help texts that psql prints, as they were printed and compiled in.
enum PsqlText {
  case sql, commands, variables

  /// The text from its second line on; the first tells how it was made.
  var text: Substring {
    let stored =
      switch self {
      case .sql: shim_help_sql()
      case .commands: shim_help_commands()
      case .variables: shim_help_variables()
      }
    let bytes = UnsafeRawBufferPointer(start: stored.bytes, count: stored.count)
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.utf8.firstIndex(of: UInt8(ascii: "\n")) else { return Substring(text) }
    return text[text.utf8.index(after: end)...]
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}
