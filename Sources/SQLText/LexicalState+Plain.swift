extension LexicalState {
  /// Reads text outside quotes and comments until an event or until something opens.
  ///
  /// - Returns: nil when a quote or comment opened or the text is used up.
  mutating func scanPlain(
    _ bytes: borrowing Span<UInt8>, _ run: inout Run, into query: inout [UInt8], _ classes: [ByteClass]
  ) -> Event? {
    let end = bytes.count
    while run.at < end {
      let byte = bytes[run.at]
      switch classes[Int(byte)] {
      case .other:
        run.at += 1
      case .space:
        let wasEmpty = run.isEmpty
        repeat { run.at += 1 } while run.at < end && bytes[run.at].isSpace
        if wasEmpty { run.start = run.at }
      case .letter:
        if readWord(bytes, &run.at) { return nil }
      case .digit:
        readNumber(bytes, &run.at)
      case .dot:
        readDot(bytes, &run.at)
      case .dollar:
        if readDollar(bytes, &run.at) { return nil }
      case .singleQuote:
        run.at += 1
        openString(standardStrings ? .standard : .escape)
        return nil
      case .doubleQuote:
        run.at += 1
        mode = .quotedIdentifier
        return nil
      case .open:
        run.at += 1
        parenthesisDepth += 1
      case .close:
        run.at += 1
        if parenthesisDepth > 0 { parenthesisDepth -= 1 }
      case .minus:
        let wasEmpty = run.isEmpty
        if bytes.byte(at: run.at + 1) == UInt8(ascii: "-") {
          run.at = bytes.endOfLine(from: run.at)
          if wasEmpty { run.start = run.at }
        } else {
          run.at += 1
        }
      case .slash:
        if bytes.byte(at: run.at + 1) == UInt8(ascii: "*") {
          run.at += 2
          openComment()
          return nil
        }
        run.at += 1
      case .semicolon:
        run.at += 1
        if parenthesisDepth == 0 && shape.beginDepth == 0 { return .semicolon }
      case .backslash:
        let next = bytes.byte(at: run.at + 1)
        guard next == UInt8(ascii: ";") || next == UInt8(ascii: ":") else {
          run.at += 1
          return .backslash
        }
        // `\;` and `\:` are a semicolon and a colon for the server, without meaning for psql.
        query.append(bytes, in: run.start..<run.at)
        run.start = run.at + 1
        run.at += 2
        run.isFirst = false
        if next == UInt8(ascii: ";") && parenthesisDepth == 0 { shape.separator() }
      case .colon:
        let next = bytes.byte(at: run.at + 1)
        if next == UInt8(ascii: ":") || next == UInt8(ascii: "=") {
          run.at += 2
        } else if let reference = VariableReference(bytes, at: run.at) {
          run.at = reference.range.upperBound
          return .variable(reference)
        } else {
          run.at += 1
        }
      }
    }
    return nil
  }

  /// An identifier or keyword, or the letters before the quote of `E'…'`, `B'…'`, `X'…'`, `U&'…'` and `U&"…"`.
  ///
  /// - Returns: whether a quote opened.
  private mutating func readWord(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> Bool {
    let start = at
    repeat { at += 1 } while at < bytes.count && bytes[at].continuesIdentifier
    if at == start + 1 {
      let next = bytes.byte(at: at)
      if next == UInt8(ascii: "'") || next == UInt8(ascii: "&") {
        if openPrefixed(bytes, &at, next) { return true }
        // psql's rule for `U&` without a quote takes the letter alone, and not as a word.
        if next == UInt8(ascii: "&") && bytes[start].lowercased == UInt8(ascii: "u") { return false }
      }
    }
    if parenthesisDepth == 0 { shape.word(bytes, at: start..<at) }
    return false
  }

  /// Opens the quote that the letter before `at` belongs to; false if there is none.
  private mutating func openPrefixed(_ bytes: borrowing Span<UInt8>, _ at: inout Int, _ next: UInt8) -> Bool {
    switch (bytes[at - 1].lowercased, next) {
    case (UInt8(ascii: "e"), UInt8(ascii: "'")): openString(.escape)
    case (UInt8(ascii: "b"), UInt8(ascii: "'")), (UInt8(ascii: "x"), UInt8(ascii: "'")): openString(.bits)
    case (UInt8(ascii: "n"), UInt8(ascii: "'")): openString(standardStrings ? .standard : .escape)
    case (UInt8(ascii: "u"), UInt8(ascii: "&")):
      switch bytes.byte(at: at + 1) {
      case UInt8(ascii: "'"): openString(.unicode)
      case UInt8(ascii: "\""): mode = .quotedIdentifier
      default: return false
      }
      at += 1
    default: return false
    }
    at += 1
    return true
  }

  /// A number, with the identifier behind it that psql takes as trailing junk: `1E'x'` is no escape string, and no
  /// dollar quote begins in `1a$x$`.
  private func readNumber(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    bytes.skipDigits(&at)
    if bytes.byte(at: at) == UInt8(ascii: ".") && bytes.byte(at: at + 1) != UInt8(ascii: ".") {
      at += 1
      bytes.skipDigits(&at)
    } else if bytes.byte(at: at) == UInt8(ascii: ".") {
      return
    }
    readExponent(bytes, &at)
  }

  /// `.5` is a number; `..` isn't two halves of numbers.
  private func readDot(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    at += 1
    if bytes.byte(at: at) == UInt8(ascii: ".") {
      at += 1
    } else if bytes.byte(at: at).isDigit {
      bytes.skipDigits(&at)
      readExponent(bytes, &at)
    }
  }

  private func readExponent(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    let sign = bytes.byte(at: at + 1)
    if bytes.byte(at: at).lowercased == UInt8(ascii: "e") && (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")) {
      // Without digits the sign is junk too: the rest of `1e--` is a minus sign, no comment.
      at += 2
      guard bytes.byte(at: at).isDigit else { return }
      bytes.skipDigits(&at)
    }
    bytes.skipJunk(&at)
  }

  /// A parameter `$1` (with an identifier as junk), the beginning of a dollar quote, or a lone dollar sign.
  ///
  /// - Returns: whether a dollar quote opened.
  private mutating func readDollar(_ bytes: borrowing Span<UInt8>, _ at: inout Int) -> Bool {
    if bytes.byte(at: at + 1).isDigit {
      at += 1
      bytes.skipDigits(&at)
      bytes.skipJunk(&at)
    } else if let tag = bytes.dollarDelimiter(at: at) {
      at = tag.upperBound
      openDollarQuote(bytes, tag)
      return true
    } else {
      at += 1
    }
    return false
  }
}

extension Span<UInt8> {
  @inline(__always)
  func skipDigits(_ at: inout Int) {
    while byte(at: at).isDigit { at += 1 }
  }

  func skipJunk(_ at: inout Int) {
    guard byte(at: at).startsIdentifier else { return }
    while byte(at: at).continuesIdentifier { at += 1 }
  }
}
