/// The session's psql variables, sorted by name, with the rules of the special ones.
///
/// A class, since the lexer reads it while the session is being changed.
final class Variables {
  /// Why a value was refused, in psql's words.
  struct Refused: Error { let message: String }

  /// What makes a variable special: it always has a value of some form, and not every value is allowed.
  struct Rule {
    /// The value that stands for an unset or empty one (`\set QUIET` means on); gives nil to leave it as it is.
    var substitute: (String?) -> String? = { $0 }
    /// Checks a value and takes it over; throws psql's message.
    var assign: (String?) throws(Refused) -> Void = { _ in }
  }

  private var values: [String: String] = [:]
  private var rules: [String: Rule] = [:]

  func value(of name: String) -> String? { values[name] }
  var names: [String] { values.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) } }
  var specialNames: [String] { rules.keys.sorted() }

  static func isValidName(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        byte >= 0x80 || byte == UInt8(ascii: "_") || (byte >= 0x30 && byte <= 0x39)
          || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a)
      }
  }

  /// Sets a variable, or with nil unsets it. Throws what psql would print.
  func set(_ name: String, _ value: String?) throws(Refused) {
    guard Variables.isValidName(name) else {
      if value == nil { return }
      throw Refused(message: "invalid variable name: \"\(name)\"")
    }
    guard let rule = rules[name] else {
      values[name] = value
      return
    }
    let taken = rule.substitute(value)
    try rule.assign(taken)
    values[name] = taken
  }

  /// Whether a variable has rules of its own, so that `\gset` leaves it alone.
  func isSpecial(_ name: String) -> Bool { rules[name] != nil }

  /// Sets a plain variable that can't be refused (`ROW_COUNT`, `SQLSTATE`, …).
  func note(_ name: String, _ value: String?) { values[name] = value }

  /// Makes `name` special and gives it its first value.
  func addRule(_ name: String, _ rule: Rule) {
    rules[name] = rule
    let first = rule.substitute(values[name])
    try? rule.assign(first)
    values[name] = first
  }

  /// psql's booleans: on, off, true, false, yes, no, 1, 0 and their prefixes, whatever the case.
  static func boolean(_ text: String) -> Bool? {
    let value = text.lowercased()
    if value.isEmpty { return nil }
    if "true".hasPrefix(value) || "yes".hasPrefix(value) || value == "on" || value == "1" { return true }
    if "false".hasPrefix(value) || "no".hasPrefix(value) || (value.utf8.count >= 2 && "off".hasPrefix(value))
      || value == "0"
    {
      return false
    }
    return nil
  }

  static func requireBoolean(_ text: String, for name: String) throws(Refused) -> Bool {
    guard let value = boolean(text) else {
      throw Refused(message: "unrecognized value \"\(text)\" for \"\(name)\": Boolean expected")
    }
    return value
  }

  /// An integer as `strtol` with base 0 reads it: decimal, 0x hexadecimal or 0 octal.
  static func requireInteger(_ text: String, for name: String) throws(Refused) -> Int {
    guard let value = integer(text), Int32(exactly: value) != nil else {
      throw Refused(message: "invalid value \"\(text)\" for \"\(name)\": integer expected")
    }
    return value
  }

  private static func integer(_ text: String) -> Int? {
    var digits = Substring(text).drop { $0 == " " || $0 == "\t" }
    let negative = digits.hasPrefix("-")
    if negative || digits.hasPrefix("+") { digits = digits.dropFirst() }
    guard digits.first?.isHexDigit == true else { return nil }
    let magnitude: Int?
    if digits.lowercased().hasPrefix("0x") {
      magnitude = Int(digits.dropFirst(2), radix: 16)
    } else if digits.hasPrefix("0"), digits.count > 1 {
      magnitude = Int(digits, radix: 8)
    } else {
      magnitude = Int(digits)
    }
    return magnitude.map { negative ? -$0 : $0 }
  }
}
