/// The kinds of values that options of `\pset` have in common.
extension PsetOption {
  /// A switch that is turned over when no value is given; with one it is set in silence.
  static func toggle(
    _ name: String, aliases: [String] = [], _ path: any WritableKeyPath<PrintOptions, Bool> & Sendable,
    _ subject: String
  ) -> PsetOption {
    PsetOption(
      name, aliases: aliases, values: { _ in ["on", "off"] },
      listed: { $0[keyPath: path] ? "on" : "off" },
      described: { "\(subject) is \($0[keyPath: path] ? "on" : "off")." },
      set: { options, value, request throws(PsetError) in
        guard let value else {
          options[keyPath: path].toggle()
          return .shown
        }
        guard let isOn = boolean(value) else {
          throw PsetError("unrecognized value \"" + value + "\" for \"\(request.name)\": Boolean expected")
        }
        options[keyPath: path] = isOn
        return .silent
      })
  }

  /// A text that can be unset.
  static func text(
    _ name: String, alias: String, _ path: any WritableKeyPath<PrintOptions, ByteString?> & Sendable, unset: ByteString,
    set: ByteString
  ) -> PsetOption {
    PsetOption(
      name, aliases: [alias],
      listed: { $0[keyPath: path].map(quoted) ?? "" },
      described: { options in options[keyPath: path].map { set + " \"" + $0 + "\"." } ?? unset },
      set: { options, value, _ in
        options[keyPath: path] = value
        return .shown
      })
  }

  /// One of the strokes of the Unicode line style.
  static func stroke(_ part: String, _ path: any WritableKeyPath<PrintOptions, PrintOptions.Stroke> & Sendable)
    -> PsetOption
  {
    PsetOption(
      "unicode_\(part)_linestyle", values: { _ in PrintOptions.Stroke.allCases.map(\.rawValue) },
      listed: { ByteString($0[keyPath: path].rawValue) },
      described: { "Unicode \(part) line style is \"\($0[keyPath: path].rawValue)\"." },
      set: { options, value, _ throws(PsetError) in
        guard let value else { return .shown }
        let name = value.description
        guard let stroke = PrintOptions.Stroke.allCases.first(where: { $0.rawValue.hasPrefixIgnoringCase(name) }) else {
          throw PsetError("\\pset: allowed Unicode \(part) line styles are single, double")
        }
        options[keyPath: path] = stroke
        return .shown
      })
  }

  /// What psql takes for true and false: unambiguous beginnings of on, off, true, false, yes, no; 1 and 0.
  static func boolean(_ value: ByteString) -> Bool? {
    let text = value.description
    guard !text.isEmpty else { return nil }
    if "true".hasPrefixIgnoringCase(text) || "yes".hasPrefixIgnoringCase(text) || text == "1" { return true }
    if "false".hasPrefixIgnoringCase(text) || "no".hasPrefixIgnoringCase(text) || text == "0" { return false }
    guard text.utf8.count > 1 else { return nil }
    if "on".equalsIgnoringCase(text) { return true }
    return "off".hasPrefixIgnoringCase(text) ? false : nil
  }

  /// The number at the beginning of a text, 0 if there is none; cut to 32 bits as C's `atoi` does here.
  static func number(_ value: ByteString) -> Int {
    var rest = value.bytes.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var number = 0
    for digit in rest.prefix(while: \.isDigit) {
      let (product, overflows) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = product.subtractingReportingOverflow(Int(digit) - 0x30)
      if overflows || overflowsToo {
        number = .min
        break
      }
      number = sum
    }
    // Counted downwards, since the least number has no opposite.
    let signed = isNegative ? number : number == .min ? .max : -number
    return Int(Int32(truncatingIfNeeded: signed))
  }

  /// A text in single quotes, as the listing of `\pset` shows it.
  static func quoted(_ text: ByteString) -> ByteString {
    var result: [UInt8] = [0x27]
    for byte in text.bytes {
      switch byte {
      case 0x0A: result += "\\n".utf8
      case 0x27: result += "\\'".utf8
      default: result.append(byte)
      }
    }
    return ByteString(bytes: result + [0x27])
  }
}
