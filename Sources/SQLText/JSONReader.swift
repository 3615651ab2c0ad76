extension JSONValue {
  /// Reads a JSON text (RFC 8259).
  ///
  /// - Parameter depth: how deeply arrays and objects may nest.
  public init(parsing bytes: [UInt8], depth: Int = 512) throws(JSONError) {
    var reader = JSONReader(bytes: bytes, depth: depth)
    self = try reader.document()
  }

  public init(parsing text: String, depth: Int = 512) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), depth: depth)
  }
}

struct JSONReader {
  private let bytes: [UInt8]
  private var at = 0
  private var depth: Int

  init(bytes: [UInt8], depth: Int) {
    self.bytes = bytes
    self.depth = depth
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw error("unexpected text behind the value") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch peek ?? 0 {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error(at < bytes.count ? "expected a value" : "unexpected end of text")
    }
  }

  private mutating func object() throws(JSONError) -> JSONObject {
    var members: [JSONObject.Member] = []
    try enter()
    if take(UInt8(ascii: "}")) { return leave(JSONObject()) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a key") }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw error("expected a colon") }
      members.append(JSONObject.Member(key, try value()))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw error("expected a comma or a closing brace") }
    return leave(JSONObject(members))
  }

  private mutating func array() throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    try enter()
    if take(UInt8(ascii: "]")) { return leave(elements) }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw error("expected a comma or a closing bracket") }
    return leave(elements)
  }

  private mutating func enter() throws(JSONError) {
    guard depth > 0 else { throw error("nested too deeply") }
    depth -= 1
    at += 1
  }

  private mutating func leave<T>(_ value: T) -> T {
    depth += 1
    return value
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let end = at + word.utf8CodeUnitCount
    let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard end <= bytes.count, bytes[at..<end].elementsEqual(expected) else { throw error("expected a value") }
    at = end
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = at
    var isInteger = true
    if peek == UInt8(ascii: "-") { at += 1 }
    if peek == UInt8(ascii: "0") { at += 1 } else { try digits() }
    if peek == UInt8(ascii: ".") {
      isInteger = false
      at += 1
      try digits()
    }
    if let byte = peek, byte.lowercased == UInt8(ascii: "e") {
      isInteger = false
      at += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isInteger, let value = Int(text) { return .int(value) }
    guard let value = Double(text) else { throw JSONError("invalid number", at: start) }
    return .double(value)
  }

  private mutating func digits() throws(JSONError) {
    guard let first = peek, first.isDigit else { throw error("expected a digit") }
    while let byte = peek, byte.isDigit { at += 1 }
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { at += 1 }
  }

  private func error(_ message: String) -> JSONError { JSONError(message, at: at) }
}

// MARK: Strings

extension JSONReader {
  private mutating func string() throws(JSONError) -> String {
    let start = at
    at += 1
    var result: [UInt8] = []
    while let byte = peek {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: result, as: UTF8.self) else {
          throw JSONError("a string isn't valid UTF-8", at: start)
        }
        return string
      case UInt8(ascii: "\\"): try escape(&result)
      case 0..<0x20: throw JSONError("a control character in a string", at: at - 1)
      default: result.append(byte)
      }
    }
    throw JSONError("a string without end", at: start)
  }

  private mutating func escape(_ result: inout [UInt8]) throws(JSONError) {
    let byte = peek
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte ?? 0)
    case UInt8(ascii: "b"): result.append(0x08)
    case UInt8(ascii: "f"): result.append(0x0C)
    case UInt8(ascii: "n"): result.append(0x0A)
    case UInt8(ascii: "r"): result.append(0x0D)
    case UInt8(ascii: "t"): result.append(0x09)
    case UInt8(ascii: "u"): result.append(contentsOf: try codePoint().utf8)
    default: throw JSONError("invalid escape", at: at - 1)
    }
  }

  /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
  private mutating func codePoint() throws(JSONError) -> Character {
    let start = at - 2
    var value = try hexadecimal()
    if value & 0xFC00 == 0xD800 && peek == UInt8(ascii: "\\") {
      at += 1
      guard peek == UInt8(ascii: "u") else { throw JSONError("half a surrogate pair", at: start) }
      at += 1
      let low = try hexadecimal()
      guard low & 0xFC00 == 0xDC00 else { throw JSONError("half a surrogate pair", at: start) }
      value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
    }
    guard let scalar = Unicode.Scalar(value) else { throw JSONError("half a surrogate pair", at: start) }
    return Character(scalar)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek?.hexDigit else { throw error("expected four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}
