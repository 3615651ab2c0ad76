/// Writes values as JSON.
struct JSONValues {
  private let sink: ByteSink
  private let isUTF8: Bool
  /// JSON values are put on one line.
  private let onOneLine: Bool

  init(_ sink: ByteSink, _ encoding: TextEncoding, onOneLine: Bool) {
    self.sink = sink
    isUTF8 = encoding == .utf8
    self.onOneLine = onOneLine
  }

  /// A value in the type of its column; a string where its text has no such form in JSON (`NaN`, money).
  func value(_ bytes: UnsafeBufferPointer<UInt8>, _ kind: Column.Kind) {
    switch kind {
    case .number where Self.isNumber(bytes): sink.append(bytes)
    case .boolean where bytes.count == 1 && bytes[0] == UInt8(ascii: "t"): sink.append("true")
    case .boolean where bytes.count == 1 && bytes[0] == UInt8(ascii: "f"): sink.append("false")
    case .json: document(bytes)
    default: string(bytes)
    }
  }

  func string(_ bytes: UnsafeBufferPointer<UInt8>) {
    sink.append(0x22)
    if ByteScan.isPrintableASCII(bytes) && !bytes.contains(where: { $0 == 0x22 || $0 == 0x5C }) {
      sink.append(bytes)
    } else {
      escaped(bytes)
    }
    sink.append(0x22)
  }

  private func escaped(_ bytes: UnsafeBufferPointer<UInt8>) {
    repaired(bytes) { part in
      sink.append(part) { byte in
        switch byte {
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x0A: "\\n"
        case 0x0D: "\\r"
        case 0x09: "\\t"
        case 0..<0x20: Self.controls[Int(byte)]
        default: nil
        }
      }
    }
  }

  /// A JSON text as it is, or without its line breaks, which can't be part of its strings.
  private func document(_ bytes: UnsafeBufferPointer<UInt8>) {
    repaired(bytes) { part in
      if onOneLine {
        for line in part.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
          sink.append(UnsafeBufferPointer(rebasing: line.drop { $0 == 0x20 || $0 == 0x09 }))
        }
      } else {
        sink.append(part)
      }
    }
  }

  /// Passes on the text, with U+FFFD in the place of each byte that isn't UTF-8.
  private func repaired(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    guard isUTF8, !ByteScan.isASCII(bytes) else { return body(bytes) }
    var copied = 0
    var offset = 0
    while offset < bytes.count {
      let length = ValidText.lengthOfCharacter(in: bytes, at: offset, allowingNoncharacters: true)
      if length == 0 {
        body(UnsafeBufferPointer(rebasing: bytes[copied..<offset]))
        sink.append("\u{FFFD}")
        copied = offset + 1
      }
      offset += max(length, 1)
    }
    body(UnsafeBufferPointer(rebasing: bytes[copied...]))
  }

  /// Whether the text is a number by JSON's grammar, which has no NaN, no leading zeros and no bare point.
  static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = bytes[...]
    func digits() -> Int {
      let count = rest.prefix(while: \.isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let startsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    if whole == 0 || (startsWithZero && whole > 1) { return false }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      if digits() == 0 { return false }
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }

  private static let controls: [StaticString] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
    "\\b", "\\t", "\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f",
    "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
    "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
  ]
}
