/// Inside quotes and comments: nothing but their ends has a meaning.
extension LexicalState {
  mutating func openString(_ kind: StringKind) {
    mode = .string(kind)
  }

  mutating func openDollarQuote(_ bytes: borrowing Span<UInt8>, _ tag: Range<Int>) {
    dollarTag.removeAll(keepingCapacity: true)
    dollarTag.append(bytes, in: tag)
    mode = .dollarQuote
  }

  mutating func openComment() {
    outerComments = 0
    mode = .comment
  }

  mutating func scanString(_ bytes: borrowing Span<UInt8>, _ at: inout Int, _ kind: StringKind) {
    let end = bytes.count
    while at < end {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "'") {
        if kind != .bits && bytes.byte(at: at) == UInt8(ascii: "'") {
          at += 1
        } else {
          mode = kind == .standard && standardStrings ? .plain : .afterString(kind)
          return
        }
      } else if byte == UInt8(ascii: "\\") && kind == .escape && at < end {
        at += 1
      }
    }
  }

  /// A string goes on behind white space with a line feed, as the same kind of string. Lines are read one by one,
  /// without their line feeds, so this happens in the values of variables and in edited text only, as in psql.
  mutating func leaveString(_ bytes: borrowing Span<UInt8>, _ at: inout Int, _ kind: StringKind) {
    mode = .plain
    var ahead = at
    var hasLineFeed = false
    while ahead < bytes.count {
      let byte = bytes[ahead]
      if byte.isSpace {
        hasLineFeed = hasLineFeed || byte.endsLine
        ahead += 1
      } else if byte == UInt8(ascii: "-") && bytes.byte(at: ahead + 1) == UInt8(ascii: "-") {
        ahead = bytes.endOfLine(from: ahead)
      } else {
        break
      }
    }
    if hasLineFeed && bytes.byte(at: ahead) == UInt8(ascii: "'") {
      at = ahead + 1
      mode = .string(kind)
    }
  }

  mutating func scanQuotedIdentifier(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") {
        guard bytes.byte(at: at) == UInt8(ascii: "\"") else {
          mode = .plain
          return
        }
        at += 1
      }
    }
  }

  mutating func scanDollarQuote(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "$") else {
        at += 1
        continue
      }
      // In $a$ … $b$a$ the last dollar sign of $b$ begins the closing delimiter: it is read again.
      guard let tag = bytes.dollarDelimiter(at: at) else {
        at += 1
        continue
      }
      if tag.count == dollarTag.count && bytes.matches(dollarTag, at: tag.lowerBound) {
        at = tag.upperBound
        mode = .plain
        return
      }
      at = tag.upperBound - 1
    }
  }

  mutating func scanComment(_ bytes: borrowing Span<UInt8>, _ at: inout Int) {
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "*") && bytes.byte(at: at) == UInt8(ascii: "/") {
        at += 1
        guard outerComments > 0 else {
          mode = .plain
          return
        }
        outerComments -= 1
      } else if byte == UInt8(ascii: "/") && bytes.byte(at: at) == UInt8(ascii: "*") {
        at += 1
        outerComments += 1
      }
    }
  }
}

extension Span<UInt8> {
  /// The end of the line, not including what ends it, for the `--` comment at `index`.
  func endOfLine(from index: Int) -> Int {
    var at = index
    while at < count && !self[at].endsLine { at += 1 }
    return at
  }

  /// The range of `$$` or `$tag$` at the dollar sign at `index`, if it is one.
  func dollarDelimiter(at index: Int) -> Range<Int>? {
    var at = index + 1
    if byte(at: at).startsIdentifier {
      while byte(at: at).isNameByte { at += 1 }
    }
    return byte(at: at) == UInt8(ascii: "$") ? index..<(at + 1) : nil
  }

  func matches(_ other: [UInt8], at index: Int) -> Bool {
    for (offset, byte) in other.enumerated() where self.byte(at: index + offset) != byte {
      return false
    }
    return true
  }
}
