/// An option that an examination takes in parentheses: its name, type, default and a few words.
///
/// Help, completion and the message about an unknown option are made from these.
public struct Option: Sendable {
  public enum Kind: Sendable, Equatable {
    /// `on` or `off`.
    case flag
    case integer
    /// Bytes, written as in postgresql.conf: `10MB`, `512kB`; a bare number is bytes.
    case size
    /// Milliseconds, written as in postgresql.conf: `60s`, `5min`; a bare number is milliseconds.
    case duration
    case text
    case choice([String])
  }

  public let name: String
  public let kind: Kind
  /// As a user would write it; nil when leaving the option out means something that no value says.
  public let standard: String?
  public let summary: String

  public init(_ name: String, _ kind: Kind, default standard: String? = nil, _ summary: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.summary = summary
  }

  /// Options that every examination takes.
  public static let common: [Option] = [
    Option("limit", .integer, default: "20", "findings shown; what is cut off is counted"),
    Option("timeout", .duration, default: "10s", "statement_timeout of each query"),
  ]
}

/// An option that isn't there or a value that doesn't fit.
public struct OptionError: Error, Sendable, Equatable {
  public let message: String
  /// What could have been written instead.
  public let hint: String?
}

/// The options of one call: checked, with defaults filled in.
public struct Options: Sendable {
  private var values: [String: Value] = [:]
  /// The names that the user wrote.
  public let given: Set<String>

  /// Checks what was written against what is known. Throws what a user should be told.
  public init(_ written: [(name: String, value: String)], for known: [Option]) throws(OptionError) {
    var given: Set<String> = []
    for option in known {
      if let standard = option.standard { values[option.name] = try Options.parse(standard, for: option) }
    }
    for (name, text) in written {
      guard let option = known.first(where: { $0.name == name }) else {
        let names = known.map { $0.name }.sorted().joined(separator: ", ")
        throw OptionError(message: "unknown option \"\(name)\"", hint: "Options are: \(names).")
      }
      values[name] = try Options.parse(text, for: option)
      given.insert(name)
    }
    self.given = given
  }

  /// The defaults of a list of options.
  public static func standard(for known: [Option]) -> Options {
    (try? Options([], for: known)) ?? Options()
  }

  private init() { given = [] }

  public func flag(_ name: String) -> Bool {
    if case .bool(let value)? = values[name] { return value }
    return false
  }

  /// An integer, a size in bytes or a duration in milliseconds; nil when neither given nor defaulted.
  public func integer(_ name: String) -> Int? {
    if case .int(let value)? = values[name] { return value }
    return nil
  }

  public func text(_ name: String) -> String? {
    if case .text(let value)? = values[name] { return value }
    return nil
  }

  private static func parse(_ text: String, for option: Option) throws(OptionError) -> Value {
    func refused(_ hint: String) -> OptionError {
      OptionError(message: "invalid value for option \"\(option.name)\": \"\(text)\"", hint: hint)
    }
    switch option.kind {
    case .flag:
      switch text.lowercased() {
      case "on", "true", "yes", "1", "t", "y": return true
      case "off", "false", "no", "0", "f", "n": return false
      default: throw refused("It is on or off.")
      }
    case .integer:
      guard let number = Int(text), number >= 0 else { throw refused("It is a whole number.") }
      return .int(number)
    case .size:
      guard let bytes = Quantity.bytes(text) else {
        throw refused("Valid units are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".")
      }
      return .int(bytes)
    case .duration:
      guard let milliseconds = Quantity.milliseconds(text) else {
        throw refused("Valid units are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".")
      }
      return .int(milliseconds)
    case .text:
      return .text(text)
    case .choice(let choices):
      guard choices.contains(text.lowercased()) else {
        throw refused("It is one of: \(choices.joined(separator: ", ")).")
      }
      return .text(text.lowercased())
    }
  }
}
