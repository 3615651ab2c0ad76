extension Scanner {
  /// Puts the value of a variable where SQL text names it, or the reference itself if there is no value.
  mutating func put(
    _ reference: VariableReference, of text: borrowing Span<UInt8>, into query: inout [UInt8],
    _ variables: borrowing some VariableSource & ~Copyable
  ) {
    guard reference.form == .plain else {
      if let value = substitute(for: reference, quotes: .sql, variables) {
        query.append(contentsOf: value)
      } else {
        query.append(text, in: reference.range)
      }
      return
    }
    guard let value = variables.value(of: reference.name) else {
      query.append(text, in: reference.range)
      return
    }
    // The value is SQL text itself, with variables of its own.
    if sources.contains(where: { $0.variable == reference.name }) {
      warn("skipping recursive expansion of variable \"\(reference.name)\"")
      query.append(text, in: reference.range)
    } else {
      sources.append(Source(text: value, variable: reference.name))
    }
  }

  /// How `:'name'` is quoted: for SQL, or between backticks for the shell.
  enum Quotes {
    case sql, shell
  }

  /// What stands for a reference whose value isn't read as text again; nil if there is no such variable, or if it
  /// couldn't be quoted.
  mutating func substitute(
    for reference: VariableReference, quotes: Quotes, _ variables: borrowing some VariableSource & ~Copyable
  ) -> [UInt8]? {
    let value = variables.value(of: reference.name)
    if reference.form == .test { return Array((value == nil ? "FALSE" : "TRUE").utf8) }
    guard let value else { return nil }
    do throws(VariableQuotingError) {
      switch reference.form {
      case .plain, .test: return value
      case .identifier: return try variables.quoted(value, as: .identifier)
      case .literal:
        return quotes == .sql ? try variables.quoted(value, as: .literal) : try shellQuoted(value)
      }
    } catch {
      diagnostics.append(ScanDiagnostic(.error, error.message))
      return nil
    }
  }

  mutating func warn(_ message: String) {
    diagnostics.append(ScanDiagnostic(.warning, message))
  }
}

/// `value` as one word of a shell command, bare if it holds nothing special: as psql does it for `:'name'` between
/// backticks.
///
/// - Throws: if the value holds a line feed or carriage return, which psql refuses.
public func shellQuoted(_ value: [UInt8]) throws(VariableQuotingError) -> [UInt8] {
  if value.contains(where: \.endsLine) {
    let text = String(decoding: value, as: UTF8.self)
    throw VariableQuotingError("shell command argument contains a newline or carriage return: \"\(text)\"")
  }
  let isPlain = value.allSatisfy { $0.isASCIILetter || $0.isDigit || "-_./:".utf8.contains($0) }
  if isPlain && !value.isEmpty { return value }
  var quoted: [UInt8] = [UInt8(ascii: "'")]
  for byte in value {
    if byte == UInt8(ascii: "'") { quoted.append(contentsOf: "'\"'\"'".utf8) } else { quoted.append(byte) }
  }
  quoted.append(UInt8(ascii: "'"))
  return quoted
}
