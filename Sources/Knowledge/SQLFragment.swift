/// A look at SQL text that somebody gives as a part of a statement: it must not be able to end its place in it.
enum SQLFragment {
  /// Why a text can't stand as one expression or one type, or nil.
  static func fault(_ text: String) -> String? {
    switch scan(text) {
    case .fault(let why): why
    case .commas(let places): places.isEmpty ? nil : "has a comma outside parentheses"
    }
  }

  /// The parts between commas that stand outside parentheses and quotes; nil if the text isn't sound.
  static func splitAtCommas(_ text: String) -> [String]? {
    guard case .commas(let places) = scan(text) else { return nil }
    let bytes = Array(text.utf8)
    var parts: [String] = []
    var start = 0
    for place in places + [bytes.count] {
      parts.append(string(bytes[start..<place]))
      start = place + 1
    }
    return parts
  }

  private enum Scan { case fault(String), commas([Int]) }

  private static func scan(_ text: String) -> Scan {
    var open: [UInt8] = []
    var commas: [Int] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let next: UInt8? = index + 1 < bytes.count ? bytes[index + 1] : nil
      switch byte {
      case 0: return .fault("holds a zero byte")
      case UInt8(ascii: ";"): return .fault("holds a semicolon")
      case UInt8(ascii: "-") where next == byte, UInt8(ascii: "/") where next == UInt8(ascii: "*"):
        return .fault("holds a comment")
      case UInt8(ascii: "$") where next == byte || next.map(isIdentifierStart) == true:
        return .fault("holds a dollar quote; use '…'")
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        guard let end = endOfQuotes(bytes, index) else { return .fault("has a quote that isn't closed") }
        index = end
      case UInt8(ascii: "("), UInt8(ascii: "["): open.append(byte)
      case UInt8(ascii: ")"), UInt8(ascii: "]"):
        guard let last = open.popLast(), (last == UInt8(ascii: "(")) == (byte == UInt8(ascii: ")")) else {
          return .fault("has a parenthesis that was never opened")
        }
      case UInt8(ascii: ",") where open.isEmpty: commas.append(index)
      default: break
      }
      index += 1
    }
    return open.isEmpty ? .commas(commas) : .fault("has a parenthesis that isn't closed")
  }

  /// The closing quote; in an `E'…'` string a backslash takes the next byte along.
  private static func endOfQuotes(_ bytes: [UInt8], _ start: Int) -> Int? {
    let isEscapeString =
      bytes[start] == UInt8(ascii: "'") && start > 0 && lowercased(bytes[start - 1]) == UInt8(ascii: "e")
      && (start == 1 || !isIdentifierPart(bytes[start - 2]))
    var index = start + 1
    while index < bytes.count {
      if bytes[index] == bytes[start] { return index }
      index += isEscapeString && bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  /// `CREATE [UNIQUE] INDEX …` as `pg_get_indexdef` gives it, made `CONCURRENTLY`; nil if it is anything else.
  static func concurrently(_ definition: String) -> String? {
    for start in ["CREATE INDEX ", "CREATE UNIQUE INDEX "] where definition.hasPrefix(start) {
      let rest = definition.dropFirst(start.utf8.count)
      return start + (rest.hasPrefix("CONCURRENTLY ") ? "" : "CONCURRENTLY ") + rest
    }
    return nil
  }
}
