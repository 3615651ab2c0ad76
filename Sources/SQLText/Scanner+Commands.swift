/// Backslash commands. After `next` has returned `.backslash`: `commandName()`, then `argument` as often as the command
/// wants one, then `skipArguments` or `discardLine`, then `endOfCommand()`, then `next` again.
extension Scanner {
  /// The name of the command: everything up to white space or a backslash. It can be empty (`\ `).
  public mutating func commandName() -> String {
    var name: [UInt8] = []
    while let byte = currentByte(), !byte.isSpace, byte != UInt8(ascii: "\\") {
      name.append(byte)
      advance()
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// The next argument, or nil if there is none.
  ///
  /// An unterminated quote is an error in `diagnostics`, and nil: psql's commands then go on without the argument.
  ///
  /// - Parameters:
  ///   - strippingSemicolons: whether semicolons at the end that aren't quoted are left out, as in `\d foo;`
  ///     (with `.wholeLine` white space too; of psql's own commands only `\help` does that).
  ///   - backtick: runs the command between backticks; its output, of which one line feed at the end is left out, or
  ///     nil if it failed, which the caller reports. It isn't called for `.unevaluated` and `.wholeLine`.
  public mutating func argument(
    _ kind: ArgumentKind = .normal, strippingSemicolons: Bool = false,
    variables: borrowing some VariableSource & ~Copyable, backtick: (_ command: [UInt8]) -> [UInt8]?
  ) -> CommandArgument? {
    if kind != .wholeLine { skipSpace() }
    if kind == .wholeLine || (kind == .filePipe && currentByte() == UInt8(ascii: "|")) {
      return restOfLine(strippingSemicolons: strippingSemicolons)
    }
    var reader = ArgumentReader(kind: kind)
    guard read(&reader, variables, backtick) else {
      diagnostics.append(ScanDiagnostic(.error, "unterminated quoted string"))
      return nil
    }
    if strippingSemicolons { reader.stripSemicolons() }
    var value = reader.value
    if kind == .sqlIdentifier || kind == .sqlIdentifierLowercased {
      value = value.withoutDoubleQuotes(lowercasing: kind == .sqlIdentifierLowercased)
    }
    // psql's arguments are C strings: '\0' ends one
    if let end = value.firstIndex(of: 0) { value.removeSubrange(end...) }
    return value.isEmpty && reader.quote == nil ? nil : CommandArgument(value, quote: reader.quote)
  }

  /// The next argument as it is written, without variables and backticks: nil if there is none.
  public mutating func unevaluatedArgument() -> CommandArgument? {
    argument(.unevaluated, variables: NoVariables(), backtick: { _ in nil })
  }

  /// Reads the arguments that are left and drops them: what psql does in an inactive branch.
  public mutating func skipArguments() {
    while unevaluatedArgument() != nil {}
  }

  /// Drops the rest of the line: what psql does after a command that failed or doesn't exist.
  public mutating func discardLine() {
    sources.removeSubrange(1...)
    sources[0].position = sources[0].text.count
  }

  /// Ends the command: a separating `\\` behind it is skipped, another command or more SQL stay.
  public mutating func endOfCommand() {
    guard currentByte() == UInt8(ascii: "\\"), byte(ahead: 1) == UInt8(ascii: "\\") else { return }
    advance(by: 2)
  }

  private mutating func restOfLine(strippingSemicolons: Bool) -> CommandArgument? {
    skipSpace()
    var line: [UInt8] = []
    while let source = sources.last {
      line.append(contentsOf: source.text[source.position...])
      sources[sources.count - 1].position = source.text.count
      guard sources.count > 1 else { break }
      sources.removeLast()
    }
    if strippingSemicolons {
      while let last = line.last, last == UInt8(ascii: ";") || last.isSpace || last == 0x0B { line.removeLast() }
    }
    return line.isEmpty ? nil : CommandArgument(line)
  }
}

// MARK: Bytes

extension Scanner {
  /// The next byte; used up values of variables are left, so that the text behind them follows.
  mutating func currentByte() -> UInt8? {
    while let source = sources.last {
      if source.position < source.text.count { return source.text[source.position] }
      guard sources.count > 1 else { return nil }
      sources.removeLast()
    }
    return nil
  }

  /// The byte `distance` behind the next in the same text, or 0 behind its end.
  func byte(ahead distance: Int) -> UInt8 {
    guard let source = sources.last, source.position + distance < source.text.count else { return 0 }
    return source.text[source.position + distance]
  }

  mutating func advance(by count: Int = 1) {
    sources[sources.count - 1].position += count
  }

  mutating func skipSpace() {
    while let byte = currentByte(), byte.isSpace { advance() }
  }

  /// The variable reference that begins at the next byte, a colon.
  func reference() -> VariableReference? {
    guard let source = sources.last else { return nil }
    return VariableReference(source.text.span, at: source.position)
  }
}
