/// A place in a text where psql would put the value of a variable.
struct VariableReference: Equatable, Sendable {
  enum Form {
    /// `:name`
    case plain
    /// `:'name'`
    case literal
    /// `:"name"`
    case identifier
    /// `:{?name}`, whether there is such a variable.
    case test
  }

  var form: Form
  var name: String
  /// The reference with its colon and quotes.
  var range: Range<Int>

  /// The reference at the colon at `index`, if it is one.
  init?(_ bytes: borrowing Span<UInt8>, at index: Int) {
    var start = index + 1
    var closing: UInt8 = 0
    switch bytes.byte(at: start) {
    case UInt8(ascii: "'"): (form, closing) = (.literal, UInt8(ascii: "'"))
    case UInt8(ascii: "\""): (form, closing) = (.identifier, UInt8(ascii: "\""))
    case UInt8(ascii: "{"):
      guard bytes.byte(at: start + 1) == UInt8(ascii: "?") else { return nil }
      (form, closing) = (.test, UInt8(ascii: "}"))
      start += 1
    default: form = .plain
    }
    if form != .plain { start += 1 }
    var end = start
    while bytes.byte(at: end).isNameByte { end += 1 }
    guard end > start else { return nil }
    name = bytes.string(in: start..<end)
    if form != .plain {
      guard bytes.byte(at: end) == closing else { return nil }
      range = index..<(end + 1)
    } else {
      range = index..<end
    }
  }
}
