/// A JSON document under construction; objects keep the order in which they were written.
public indirect enum JSON: Sendable {
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  case int(Int)
  case double(Double)
  case bool(Bool)
  case null

  public init(_ value: Value) {
    switch value {
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .text(let value): self = .string(value)
    case .bool(let value): self = .bool(value)
    case .null: self = .null
    }
  }

  public init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  public init(_ number: Int?) { self = number.map { .int($0) } ?? .null }
  public init(_ texts: [String]) { self = .array(texts.map { .string($0) }) }

  /// The document on one line.
  public var compact: String {
    var text = ""
    write(into: &text, indent: nil)
    return text
  }

  /// The document over several lines, two spaces a level.
  public var pretty: String {
    var text = ""
    write(into: &text, indent: 0)
    return text
  }

  private func write(into text: inout String, indent: Int?) {
    switch self {
    case .object(let members):
      JSON.write(members.count, "{", "}", into: &text, indent: indent) { index, text, indent in
        JSON.write(members[index].0, into: &text)
        text += indent == nil ? ":" : ": "
        members[index].1.write(into: &text, indent: indent)
      }
    case .array(let elements):
      JSON.write(elements.count, "[", "]", into: &text, indent: indent) { index, text, indent in
        elements[index].write(into: &text, indent: indent)
      }
    case .string(let value): JSON.write(value, into: &text)
    case .int(let value): text += String(value)
    // JSON has no infinity and no not-a-number.
    case .double(let value): text += value.isFinite ? String(value) : "null"
    case .bool(let value): text += value ? "true" : "false"
    case .null: text += "null"
    }
  }

  private static func write(
    _ count: Int, _ open: String, _ close: String, into text: inout String, indent: Int?,
    _ element: (Int, inout String, Int?) -> Void
  ) {
    text += open
    let inner = indent.map { $0 + 2 }
    for index in 0..<count {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      element(index, &text, inner)
    }
    if count > 0, let indent { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }

  private static func write(_ value: String, into text: inout String) {
    let digits = Array("0123456789abcdef".unicodeScalars)
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        text += "\\u00"
        text.unicodeScalars.append(digits[Int(scalar.value >> 4)])
        text.unicodeScalars.append(digits[Int(scalar.value & 15)])
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
