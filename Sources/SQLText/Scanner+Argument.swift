/// An argument while it is read.
struct ArgumentReader {
  let kind: ArgumentKind
  var value: [UInt8] = []
  var quote: CommandArgument.Quote?
  /// How many bytes at the end of the value aren't quoted in any way.
  private var unquoted = 0

  init(kind: ArgumentKind) {
    self.kind = kind
  }

  mutating func append(_ byte: UInt8) {
    value.append(byte)
    unquoted += 1
  }

  mutating func begin(_ quote: CommandArgument.Quote) {
    self.quote = quote
    unquoted = 0
  }

  mutating func stripSemicolons() {
    while unquoted > 0 && value.last == UInt8(ascii: ";") {
      value.removeLast()
      unquoted -= 1
    }
  }
}

extension Scanner {
  /// Reads an argument up to unquoted white space, a backslash or the end of the line.
  ///
  /// - Returns: false if a quote isn't closed.
  mutating func read(
    _ reader: inout ArgumentReader, _ variables: borrowing some VariableSource & ~Copyable,
    _ backtick: ([UInt8]) -> [UInt8]?
  ) -> Bool {
    while let byte = currentByte(), !byte.isSpace, byte != UInt8(ascii: "\\") {
      switch byte {
      case UInt8(ascii: "'"):
        reader.begin(.single)
        advance()
        guard readSingleQuoted(&reader.value) else { return false }
      case UInt8(ascii: "\""):
        reader.begin(.double)
        advance()
        guard readDoubleQuoted(&reader.value) else { return false }
      case UInt8(ascii: "`"):
        reader.begin(.backtick)
        advance()
        guard let command = readBackticked(reader.kind, variables) else { return false }
        if reader.kind == .unevaluated {
          reader.value += command
        } else if var output = backtick(command) {
          if output.last == .lineFeed { output.removeLast() }
          reader.value += output
        }
      case UInt8(ascii: ":"):
        readReference(&reader, variables)
      default:
        reader.append(byte)
        advance()
      }
    }
    return true
  }

  private mutating func readReference(
    _ reader: inout ArgumentReader, _ variables: borrowing some VariableSource & ~Copyable
  ) {
    guard let reference = reference() else {
      reader.append(UInt8(ascii: ":"))
      advance()
      return
    }
    reader.begin(.variable)
    appendValue(of: reference, quotes: .sql, to: &reader.value, reader.kind, variables)
  }

  private mutating func appendValue(
    of reference: VariableReference, quotes: Quotes, to value: inout [UInt8], _ kind: ArgumentKind,
    _ variables: borrowing some VariableSource & ~Copyable
  ) {
    let found =
      kind == .unevaluated
      ? substitute(for: reference, quotes: quotes, NoVariables())
      : substitute(for: reference, quotes: quotes, variables)
    if let found {
      value += found
    } else if let text = sources.last?.text {
      value.append(text.span, in: reference.range)
    }
    advance(by: reference.range.count)
  }

  /// Text in single quotes: `''` and backslash escapes stand for single bytes.
  private mutating func readSingleQuoted(_ value: inout [UInt8]) -> Bool {
    while let byte = currentByte() {
      advance()
      if byte == UInt8(ascii: "'") {
        guard self.byte(ahead: 0) == UInt8(ascii: "'") else { return true }
        advance()
        value.append(byte)
      } else if byte == UInt8(ascii: "\\") {
        value.append(readEscape())
      } else {
        value.append(byte)
      }
    }
    return false
  }

  private mutating func readEscape() -> UInt8 {
    let byte = byte(ahead: 0)
    if byte == 0 { return UInt8(ascii: "\\") }
    if byte.isOctalDigit { return readDigits(atMost: 3, base: 8) }
    advance()
    switch byte {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "f"): return 0x0C
    case UInt8(ascii: "x"): return self.byte(ahead: 0).hexDigit == nil ? byte : readDigits(atMost: 2, base: 16)
    default: return byte
    }
  }

  private mutating func readDigits(atMost count: Int, base: UInt8) -> UInt8 {
    var result: UInt8 = 0
    for _ in 0..<count {
      guard let digit = byte(ahead: 0).hexDigit, digit < base else { break }
      result = result &* base &+ digit
      advance()
    }
    return result
  }

  /// Text in double quotes, which stay.
  private mutating func readDoubleQuoted(_ value: inout [UInt8]) -> Bool {
    value.append(UInt8(ascii: "\""))
    while let byte = currentByte() {
      advance()
      value.append(byte)
      if byte == UInt8(ascii: "\"") { return true }
    }
    return false
  }

  /// The shell command between backticks, with variables put in: `:name` as it is, `:'name'` as one word.
  private mutating func readBackticked(
    _ kind: ArgumentKind, _ variables: borrowing some VariableSource & ~Copyable
  ) -> [UInt8]? {
    var command: [UInt8] = []
    while let byte = currentByte() {
      if byte == UInt8(ascii: "`") {
        advance()
        return command
      }
      if byte == UInt8(ascii: ":"), let reference = reference(),
        reference.form == .plain || reference.form == .literal
      {
        appendValue(of: reference, quotes: .shell, to: &command, kind, variables)
      } else {
        command.append(byte)
        advance()
      }
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isOctalDigit: Bool { self & 0xF8 == 0x30 }

  var hexDigit: UInt8? {
    if isDigit { return self & 0x0F }
    return (lowercased &- 0x61) < 6 ? lowercased - 0x61 + 10 : nil
  }
}
